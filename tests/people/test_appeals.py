"""Appeals on every face: made once by whom it concerns, decided by another moderator."""

import pytest

from core.models import JournalLine, OutgoingMail
from people import actions
from people.models import Appeal, Notice, Person, Removal, Sanction
from tests.cast import SECRET, make_person
from tests.faces import (
    DONE,
    FACES,
    INVALID,
    NOT_ALLOWED,
    SIGN_IN,
    UNSEEN,
    WRONG_MOMENT,
    Act,
)
from tests.people.conftest import KIND


def appeals(text="It was a link to my own guide.") -> Act:
    """Return the act of appealing against a removal or sanction."""

    def facts(decided):
        subject = "removal" if isinstance(decided, Removal) else "sanction"
        return {"subject": subject, "id": decided.pk, "text": text}

    return Act(
        page=lambda decided: ("/appeals/new", facts(decided)),
        api=lambda decided: ("POST", "/api/v1/appeals", facts(decided)),
    )


APPEAL = appeals()
EMPTY = appeals(text=" ")


def decides(decision="reversed", answer="You are right.") -> Act:
    """Return the act of deciding on an appeal."""
    facts = {"decision": decision, "answer": answer}
    return Act(
        page=lambda made: (f"/appeals/{made.pk}/decision", facts),
        api=lambda made: ("PUT", f"/api/v1/appeals/{made.pk}/decision", facts),
    )


DECIDE = decides()


@pytest.fixture
def removal(post, cast):
    """Return moira's removal of bao's post."""
    return actions.remove_post(
        actor=cast.moira, kind=KIND, object_id=post.pk, rule="spam", reason="Advertising."
    )


@pytest.fixture
def miro(db):
    """Return another moderator."""
    return make_person("miro", role="moderator")


@pytest.fixture
def appeal(removal, cast):
    """Return bao's appeal against moira's removal."""
    return actions.appeal(actor=cast.bao, subject="removal", subject_id=removal.pk, text="Why?")


@pytest.mark.parametrize("face", FACES)
def test_author_appeals_once_however_often(face, perform, cast, removal, run_tasks):
    assert perform(face, cast.bao, APPEAL, removal) == DONE
    assert perform(face, cast.bao, APPEAL, removal) == DONE

    assert Appeal.objects.get().text == "It was a link to my own guide."
    run_tasks()
    assert Notice.objects.filter(person=cast.moira, verb="people.appeal_made").count() == 1


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("who", ["omar", "moira"])
def test_nobody_appeals_for_another(face, perform, cast, removal, who):
    assert perform(face, getattr(cast, who), APPEAL, removal) == UNSEEN
    assert perform(face, None, APPEAL, removal) == SIGN_IN


@pytest.mark.parametrize("face", FACES)
def test_appeal_says_why(face, perform, cast, removal):
    assert perform(face, cast.bao, EMPTY, removal) == INVALID


@pytest.mark.parametrize("face", FACES)
def test_what_holds_no_more_is_not_appealed(face, perform, cast, removal):
    actions.restore_post(actor=cast.moira, kind=KIND, object_id=removal.thing_id)

    assert perform(face, cast.bao, APPEAL, removal) == WRONG_MOMENT


@pytest.mark.parametrize("face", FACES)
def test_own_removal_is_not_appealed(face, perform, cast, post):
    own = actions.remove_post(actor=cast.bao, kind=KIND, object_id=post.pk, rule="author")

    assert perform(face, cast.bao, APPEAL, own) == UNSEEN


@pytest.mark.parametrize("face", FACES)
def test_another_moderator_takes_the_decision_back(
    face, perform, browse, cast, post, appeal, miro, run_tasks
):
    assert perform(face, cast.moira, DECIDE, appeal) == NOT_ALLOWED
    assert perform(face, miro, DECIDE, appeal) == DONE
    assert perform(face, miro, DECIDE, appeal) == WRONG_MOMENT
    assert perform(face, cast.bao, DECIDE, appeal) == NOT_ALLOWED
    assert perform(face, cast.omar, DECIDE, appeal) == UNSEEN

    post.refresh_from_db()
    assert post.visibility == "visible"
    run_tasks()
    mail = OutgoingMail.objects.get(subject="Your appeal is decided")
    assert mail.to == "bao@people.example"
    assert "You are right." in bytes(mail.raw).decode()
    assert "You are right." in browse(cast.bao).get(f"/appeals/{appeal.pk}").content.decode()
    assert perform(face, cast.bao, APPEAL, Removal.objects.get()) == WRONG_MOMENT


@pytest.mark.parametrize("face", FACES)
def test_decision_may_stand(face, perform, cast, post, appeal, miro):
    assert perform(face, miro, decides("upheld", "It was advertising."), appeal) == DONE

    post.refresh_from_db()
    assert post.visibility == "removed"
    assert JournalLine.objects.get(verb="people.appeal_decided").changes == {
        "rule": "spam",
        "subject": "removal",
        "decision": "upheld",
    }


@pytest.mark.parametrize("face", FACES)
def test_decision_on_an_appeal_says_why(face, perform, appeal, miro):
    assert perform(face, miro, decides(answer=""), appeal) == INVALID


@pytest.mark.parametrize("face", FACES)
def test_who_is_the_only_moderator_decides_again(face, perform, cast, appeal):
    assert perform(face, cast.moira, DECIDE, appeal) == DONE


@pytest.mark.parametrize("kind", ["silence", "suspension"])
@pytest.mark.parametrize("face", FACES)
def test_who_may_not_write_appeals_and_writes_again(face, kind, perform, cast, miro, browse):
    made = actions.sanction(actor=cast.moira, handle="omar", kind=kind, reason="Unkind.", days=7)
    omar = Person.objects.get(handle="omar")
    page = browse(omar).get("/people/omar/sanction").content.decode()
    assert f"/appeals/new?subject=sanction&amp;id={made.pk}" in page

    assert perform(face, omar, APPEAL, made) == DONE
    appeal = Appeal.objects.get()
    assert perform(face, miro, DECIDE, appeal) == DONE

    assert Person.objects.get(handle="omar").may_act
    assert Sanction.objects.get().lifted_at is not None


def test_moderators_own_sanction_is_for_superusers(perform, cast, miro):
    root = Person.objects.create_superuser("root-admin", "x")
    made = actions.sanction(actor=root, handle="miro", reason="Unkind.", days=7)
    appeal = actions.appeal(actor=miro, subject="sanction", subject_id=made.pk, text="Why?")

    assert perform("page", cast.moira, DECIDE, appeal) == NOT_ALLOWED
    assert perform("page", root, DECIDE, appeal) == DONE


def test_outsider_learns_nothing_of_appeals(browse, call, cast, removal):
    appeal = actions.appeal(actor=cast.bao, subject="removal", subject_id=removal.pk, text=SECRET)

    for client in (browse(cast.aminata), browse()):
        for path in (f"/appeals/{appeal.pk}", "/me/moderation", "/moderation", "/moderation/log"):
            assert SECRET not in client.get(path).content.decode(), path
    for path in ("/api/v1/appeals", f"/api/v1/appeals/{appeal.pk}", "/api/v1/reviews"):
        assert SECRET not in call(cast.aminata).get(path).content.decode(), path


# The one queue


def test_queue_shows_every_kind_oldest_first_with_a_preview(browse, call, cast, post, appeal):
    actions.flag(actor=cast.omar, kind="people.person", object_id=cast.bao.pk, reason="unkind")

    page = browse(cast.moira).get("/moderation").content.decode()
    waiting = call(cast.moira).get("/api/v1/reviews").json()

    assert [(one["kind"], one["thing_kind"]) for one in waiting["results"]] == [
        ("appeal", KIND),
        ("flag", "people.person"),
    ]
    assert waiting["results"][0]["preview"].startswith("Buy my plugin")
    assert page.index(f"/appeals/{appeal.pk}") < page.index("/flags/")
    assert "Buy my plugin" in page
    only = browse(cast.moira).get("/moderation?kind=flag").content.decode()
    assert f"/appeals/{appeal.pk}" not in only
    assert browse(cast.omar).get("/moderation").status_code == 403
    assert call(cast.omar).get("/api/v1/reviews").status_code == 403


def test_queue_is_paged_through_all_kinds(cast, posts, removal):
    from people.reviews import waiting_page

    for number in range(5):
        row = posts.create(author_id=cast.bao.pk, text=f"post {number}")
        actions.flag(actor=cast.omar, kind=KIND, object_id=row.pk, reason="spam")
    actions.appeal(actor=cast.bao, subject="removal", subject_id=removal.pk, text="Why?")
    seen, cursor = [], None

    while True:
        page = waiting_page(cast.moira, cursor=cursor, size=2)
        seen += [(one.kind, one.id) for one in page.results]
        if (cursor := page.next) is None:
            break

    assert len(seen) == len(set(seen)) == 6
    assert seen[-1][0] == "appeal"
    counts = waiting_page(cast.moira, size=2).counts
    assert counts == {"flag": 5, "hold": 0, "appeal": 1, "suggestion": 0}


def test_queue_asks_as_much_for_many_as_for_few(browse, cast, posts, assert_asks):
    client = browse(cast.moira)
    for number in range(8):
        row = posts.create(author_id=cast.bao.pk, text=f"post {number}")
        actions.flag(actor=cast.omar, kind=KIND, object_id=row.pk, reason="spam")
        removal = actions.remove_post(
            actor=cast.moira, kind=KIND, object_id=row.pk, rule="spam", reason="No."
        )
        actions.appeal(actor=cast.bao, subject="removal", subject_id=removal.pk, text="Why?")
    client.get("/moderation")

    with assert_asks(12):  # session, four kinds, removals, posts, authors, four counts
        client.get("/moderation")


def test_review_shows_what_was_decided_before(browse, cast, post, miro):
    first = actions.flag(actor=cast.omar, kind=KIND, object_id=post.pk, reason="spam")
    actions.decide_flag(actor=cast.moira, flag_id=first.pk, decision="declined", answer="Fine.")
    actions.sanction(actor=cast.moira, handle="bao", kind="silence", reason="No.", days=1)
    actions.lift_sanction(actor=miro, handle="bao")
    again = actions.flag(actor=cast.aminata, kind=KIND, object_id=post.pk, reason="unkind")

    page = browse(miro).get(f"/flags/{again.pk}").content.decode()

    assert "A flag (Advertising or spam): declined" in page
    assert "Its author: silenced" in page
    assert "Buy my plugin" in page


def test_both_read_the_decision_each_in_their_language(cast, post, run_tasks):
    Person.objects.filter(handle="bao").update(interface_language="fr")
    flag = actions.flag(actor=cast.omar, kind=KIND, object_id=post.pk, reason="unkind")
    actions.decide_flag(
        actor=cast.moira,
        flag_id=flag.pk,
        decision="agreed",
        answer="You are right.",
        to_author="Restez aimable.",
    )
    run_tasks()

    mails = {
        mail.to: (mail.subject, bytes(mail.raw).decode()) for mail in OutgoingMail.objects.all()
    }
    assert mails["omar@people.example"][0] == "A moderator looked at what you flagged"
    assert "You are right." in mails["omar@people.example"][1]
    assert mails["bao@people.example"][0] == "Une personne de la modération a un mot pour vous"
    assert "Restez aimable." in mails["bao@people.example"][1]
    assert Notice.objects.filter(person=cast.bao, verb="people.author_told").exists()


# The public log


def test_log_says_what_by_which_rule_and_never_whose(
    browse, call, cast, post, appeal, miro, run_tasks
):
    actions.decide_appeal(actor=miro, appeal_id=appeal.pk, decision="reversed", answer="Yes.")
    actions.sanction(
        actor=cast.moira, handle="omar", kind="silence", rule="unkind", reason="No.", days=3
    )
    actions.remove_post(actor=cast.bao, kind=KIND, object_id=post.pk, rule="author")
    run_tasks()

    shown = call().get("/api/v1/moderation/log").json()["results"]
    page = browse().get("/moderation/log").content.decode()

    newest, *rest = [(one["act"], one["rule"], one["days"], one["is_automatic"]) for one in shown]
    rule = "Unkind or against the code of conduct"
    assert newest == ("people.person_silenced", rule, 3, False)
    assert sorted(rest) == [
        (f"people.{act}", "Advertising or spam", None, False)
        for act in ("appeal_decided", "post_removed", "post_restored")
    ]
    for name in ("omar", "bao", "moira", "miro", "Omar", "Bao", "plugin"):
        assert name not in page
        assert name not in str(shown)
    assert "A person silenced" in page
    assert "3 days" in page


def test_log_is_paged_and_asks_little(browse, cast, posts, run_tasks, assert_asks):
    for number in range(30):
        row = posts.create(author_id=cast.bao.pk, text=f"post {number}")
        actions.remove_post(
            actor=cast.moira, kind=KIND, object_id=row.pk, rule="spam", reason="No."
        )
    run_tasks()
    client = browse()
    client.get("/moderation/log")

    with assert_asks(1):
        page = client.get("/moderation/log").content.decode()

    assert page.count("Taken away") == 25
    assert "cursor=" in page
