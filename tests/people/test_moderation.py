"""Flags, removals and suspensions on every face."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.errors import InvalidInput, NotAllowed, NotSeen, WrongMoment
from core.models import JournalLine, OutgoingMail
from people import actions, queries
from people.models import Flag, Notice, Person, Removal, Sanction
from people.tasks import end_suspensions
from tests.cast import SECRET, make_person
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT, Act
from tests.people.conftest import KIND

FLAG = Act(
    page=lambda post: ("/flags/new", {"kind": KIND, "id": post.pk, "reason": "spam"}),
    api=lambda post: (
        "POST",
        "/api/v1/flags",
        {"kind": KIND, "id": post.pk, "reason": "spam"},
    ),
)
NONSENSE = Act(
    page=lambda post: ("/flags/new", {"kind": KIND, "id": post.pk, "reason": "taste"}),
    api=lambda post: (
        "POST",
        "/api/v1/flags",
        {"kind": KIND, "id": post.pk, "reason": "taste"},
    ),
)
AGREE = Act(
    page=lambda flag: (
        f"/flags/{flag.pk}/decision",
        {"decision": "agreed", "remove": "on", "answer": "Advertising."},
    ),
    api=lambda flag: (
        "PUT",
        f"/api/v1/flags/{flag.pk}/decision",
        {"decision": "agreed", "remove": True, "answer": "Advertising."},
    ),
)
REMOVE = Act(
    page=lambda post: (
        "/removals/new",
        {"kind": KIND, "id": post.pk, "rule": "spam", "reason": "Advertising."},
    ),
    api=lambda post: (
        "POST",
        "/api/v1/removals",
        {"kind": KIND, "id": post.pk, "rule": "spam", "reason": "Advertising."},
    ),
)
RESTORE = Act(
    page=lambda removal: (f"/removals/{removal.pk}/undo", {}),
    api=lambda removal: ("DELETE", f"/api/v1/removals/{removal.pk}", None),
)


@pytest.fixture
def flag(post, cast):
    """Return omar's flag of bao's post."""
    return actions.flag(actor=cast.omar, kind=KIND, object_id=post.pk, reason="spam", text="Look.")


@pytest.fixture
def removal(post, cast):
    """Return moira's removal of bao's post."""
    return actions.remove_post(
        actor=cast.moira, kind=KIND, object_id=post.pk, rule="spam", reason="Advertising."
    )


# Flagging


@pytest.mark.parametrize("face", FACES)
def test_member_flags_once_however_often(face, perform, cast, post):
    assert perform(face, cast.omar, FLAG, post) == DONE
    assert perform(face, cast.omar, FLAG, post) == DONE

    assert Flag.objects.values_list("person__handle", "reason").get() == ("omar", "spam")
    assert JournalLine.objects.filter(verb="people.flag_raised").count() == 1


@pytest.mark.parametrize("face", FACES)
def test_nobody_flags_what_they_wrote(face, perform, cast, post):
    assert perform(face, cast.bao, FLAG, post) == NOT_ALLOWED
    assert not Flag.objects.exists()


@pytest.mark.parametrize("face", FACES)
def test_visitor_signs_in_before_flagging(face, perform, post):
    assert perform(face, None, FLAG, post) == SIGN_IN


@pytest.mark.parametrize("face", FACES)
def test_suspended_member_cannot_flag(face, perform, cast, post):
    Person.objects.filter(pk=cast.omar.pk).update(state="suspended")

    assert perform(face, cast.omar, FLAG, post) == NOT_ALLOWED


@pytest.mark.parametrize("face", FACES)
def test_what_is_not_seen_cannot_be_flagged(face, perform, cast, post, posts):
    posts.update(visibility="removed")

    assert perform(face, cast.omar, FLAG, post) == UNSEEN


@pytest.mark.parametrize("face", FACES)
def test_flag_needs_one_of_the_reasons(face, perform, cast, post):
    assert perform(face, cast.omar, NONSENSE, post) == INVALID


@pytest.mark.parametrize("face", FACES)
def test_flag_once_decided_is_not_raised_again(face, perform, cast, post, flag):
    actions.decide_flag(actor=cast.moira, flag_id=flag.pk, decision="declined")

    assert perform(face, cast.omar, FLAG, post) == WRONG_MOMENT


# Deciding


@pytest.mark.parametrize("face", FACES)
def test_moderator_agrees_and_takes_the_post_away(face, perform, cast, post, flag, run_tasks):
    other = make_person("zoe")
    actions.flag(actor=other, kind=KIND, object_id=post.pk, reason="unkind")

    assert perform(face, cast.moira, AGREE, flag) == DONE

    post.refresh_from_db()
    assert post.visibility == "removed"
    assert set(Flag.objects.values_list("decision", "decided_by__handle", "answer")) == {
        ("agreed", "moira", "Advertising.")
    }
    assert Removal.objects.values_list("by__handle", "rule", "reason").get() == (
        "moira",
        "spam",
        "Advertising.",
    )
    run_tasks()
    assert set(Notice.objects.values_list("person__handle", "verb")) == {
        ("moira", "people.flag_raised"),
        ("omar", "people.flag_decided"),
        ("zoe", "people.flag_decided"),
        ("bao", "people.post_removed"),
    }


@pytest.mark.parametrize("face", FACES)
def test_moderator_never_decides_on_own_posts(face, perform, cast, posts):
    own = posts.create(author_id=cast.moira.pk, text="mine")
    flag = actions.flag(actor=cast.omar, kind=KIND, object_id=own.pk, reason="wrong")

    assert perform(face, cast.moira, AGREE, flag) == NOT_ALLOWED
    assert perform(face, make_person("miro", role="moderator"), AGREE, flag) == DONE


@pytest.mark.parametrize("face", FACES)
def test_who_flagged_cannot_decide(face, perform, cast, flag):
    assert perform(face, cast.omar, AGREE, flag) == NOT_ALLOWED


@pytest.mark.parametrize("face", FACES)
def test_others_do_not_see_the_flag(face, perform, cast, flag):
    assert perform(face, cast.aminata, AGREE, flag) == UNSEEN


@pytest.mark.parametrize("face", FACES)
def test_decided_is_decided(face, perform, cast, flag):
    assert perform(face, cast.moira, AGREE, flag) == DONE
    assert perform(face, cast.moira, AGREE, flag) == WRONG_MOMENT
    assert Removal.objects.count() == 1


def test_declining_takes_nothing_away(cast, flag):
    with pytest.raises(InvalidInput):
        actions.decide_flag(actor=cast.moira, flag_id=flag.pk, decision="declined", remove=True)

    decided = actions.decide_flag(actor=cast.moira, flag_id=flag.pk, decision="declined")

    assert decided.decision == "declined"
    assert not Removal.objects.exists()


# Taking away and bringing back


@pytest.mark.parametrize("face", FACES)
def test_moderator_takes_away_once(face, perform, cast, post):
    assert perform(face, cast.moira, REMOVE, post) == DONE
    assert perform(face, cast.moira, REMOVE, post) == WRONG_MOMENT

    assert Removal.objects.count() == 1
    line = JournalLine.objects.get(verb="people.post_removed")
    assert (line.thing_kind, line.thing_id, line.changes["rule"]) == (KIND, post.pk, "spam")


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("who", ["omar", "bao", "clara"])
def test_others_cannot_take_away(face, perform, cast, post, who):
    assert perform(face, getattr(cast, who), REMOVE, post) == NOT_ALLOWED


@pytest.mark.parametrize("face", FACES)
def test_moderator_brings_back_once(face, perform, cast, post, removal):
    assert perform(face, cast.moira, RESTORE, removal) == DONE
    assert perform(face, cast.moira, RESTORE, removal) == WRONG_MOMENT

    post.refresh_from_db()
    assert post.visibility == "visible"
    removal.refresh_from_db()
    assert removal.undone_at is not None


@pytest.mark.parametrize("face", FACES)
def test_author_reads_why_but_cannot_bring_back(face, perform, browse, cast, removal):
    assert perform(face, cast.bao, RESTORE, removal) == NOT_ALLOWED

    page = browse(cast.bao).get(f"/removals/{removal.pk}").content.decode()
    assert "Advertising." in page
    assert "/tickets/new" in page


@pytest.mark.parametrize("face", FACES)
def test_removal_of_others_is_unseen(face, perform, cast, removal):
    assert perform(face, cast.omar, RESTORE, removal) == UNSEEN


def test_author_takes_away_and_brings_back_what_they_wrote(cast, post):
    args = {"actor": cast.bao, "kind": KIND, "object_id": post.pk}

    actions.remove_post(**args, rule="author")
    actions.restore_post(**args)

    post.refresh_from_db()
    assert post.visibility == "visible"
    with pytest.raises(NotAllowed):
        actions.remove_post(**{**args, "actor": cast.omar}, rule="author")


def test_what_has_no_visibility_cannot_be_taken_away(cast):
    with pytest.raises(NotSeen):
        actions.remove_post(
            actor=cast.moira, kind="people.person", object_id=cast.bao.pk, rule="spam"
        )


def test_what_is_there_cannot_be_brought_back(cast, post):
    with pytest.raises(WrongMoment) as refused:
        actions.restore_post(actor=cast.moira, kind=KIND, object_id=post.pk)

    assert refused.value.allowed == ("remove",)


# Nothing leaks


def test_outsider_learns_nothing_of_flags_and_removals(browse, call, cast, post, flag, run_tasks):
    actions.decide_flag(
        actor=cast.moira, flag_id=flag.pk, decision="agreed", answer=SECRET, remove=True
    )
    run_tasks()
    removal = Removal.objects.get()
    for client in (browse(cast.aminata), browse()):
        for path in (
            f"/flags/{flag.pk}",
            f"/removals/{removal.pk}",
            "/moderation",
            f"/flags/new?kind={KIND}&id={post.pk}",
            "/people/omar",
            "/people/bao",
            "/me/notices",
        ):
            assert SECRET not in client.get(path).content.decode(), path
    for path in ("/api/v1/flags", f"/api/v1/flags/{flag.pk}", f"/api/v1/removals/{removal.pk}"):
        assert SECRET not in call(cast.aminata).get(path).content.decode(), path


def test_who_flagged_is_not_told_to_the_author(browse, cast, post, flag, run_tasks):
    actions.decide_flag(
        actor=cast.moira, flag_id=flag.pk, decision="agreed", answer="Yes.", remove=True
    )
    run_tasks()
    client = browse(cast.bao)

    pages = (
        client.get("/me/notices").content
        + client.get(f"/removals/{Removal.objects.get().pk}").content
    )

    assert b"omar" not in pages.lower()


# Suspending

SUSPEND = Act(
    page=lambda person: (f"/people/{person.handle}/suspension", {"reason": "Sells watches."}),
    api=lambda person: (
        "PUT",
        f"/api/v1/people/{person.handle}/suspension",
        {"reason": "Sells watches."},
    ),
)
LIFT = Act(
    page=lambda person: (f"/people/{person.handle}/suspension/undo", {}),
    api=lambda person: ("DELETE", f"/api/v1/people/{person.handle}/suspension", None),
)
SILENT = Act(
    page=lambda person: (f"/people/{person.handle}/suspension", {"reason": " "}),
    api=lambda person: ("PUT", f"/api/v1/people/{person.handle}/suspension", {"reason": " "}),
)


@pytest.mark.parametrize("face", FACES)
def test_moderator_suspends_and_lifts_once(face, perform, browse, cast, run_tasks):
    assert perform(face, cast.moira, SUSPEND, cast.omar) == DONE
    assert perform(face, cast.moira, SUSPEND, cast.omar) == WRONG_MOMENT
    run_tasks()

    omar = Person.objects.get(pk=cast.omar.pk)
    assert not omar.may_act
    client = browse(omar)
    assert "here is why" in client.get("/me/notices").content.decode()
    assert "Sells watches." in client.get("/people/omar/suspension").content.decode()
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.subject) == ("omar@people.example", "Your account is suspended")

    assert perform(face, cast.moira, LIFT, cast.omar) == DONE
    assert perform(face, cast.moira, LIFT, cast.omar) == WRONG_MOMENT
    assert Person.objects.get(pk=cast.omar.pk).may_act


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("act", [SUSPEND, LIFT])
def test_others_do_not_suspend_nor_moderators_each_other(face, perform, cast, act):
    miro = make_person("miro", role="moderator")
    root = Person.objects.create_superuser("root-admin", "x")

    for person, other in [
        (cast.clara, cast.omar),
        (cast.omar, cast.bao),
        (cast.moira, cast.moira),
        (cast.moira, miro),
        (cast.moira, root),
        (root, root),
    ]:
        assert perform(face, person, act, other) == NOT_ALLOWED
    assert perform(face, None, act, cast.omar) == SIGN_IN


@pytest.mark.parametrize("face", FACES)
def test_suspending_needs_a_reason(face, perform, cast):
    assert perform(face, cast.moira, SILENT, cast.omar) == INVALID


@pytest.mark.parametrize("face", FACES)
def test_suspended_moderator_lifts_nothing(face, perform, cast):
    miro = make_person("miro", role="moderator")
    root = Person.objects.create_superuser("root-admin", "x")
    actions.suspend(actor=root, handle="miro", reason="Unkind.")

    assert perform(face, miro, LIFT, miro) == NOT_ALLOWED
    assert perform(face, cast.moira, LIFT, miro) == NOT_ALLOWED
    assert perform(face, root, LIFT, miro) == DONE


FOR_A_WEEK = Act(
    page=lambda person: (
        f"/people/{person.handle}/suspension",
        {"reason": "Sells watches.", "days": "7"},
    ),
    api=lambda person: (
        "PUT",
        f"/api/v1/people/{person.handle}/suspension",
        {"reason": "Sells watches.", "days": 7},
    ),
)
FOR_EVER = Act(
    page=lambda person: (
        f"/people/{person.handle}/suspension",
        {"reason": "Sells watches.", "days": "9999"},
    ),
    api=lambda person: (
        "PUT",
        f"/api/v1/people/{person.handle}/suspension",
        {"reason": "Sells watches.", "days": 9999},
    ),
)


@pytest.mark.parametrize("face", FACES)
def test_moderator_suspends_for_a_week_and_says_until_when(
    face, perform, browse, call, cast, run_tasks
):
    assert perform(face, cast.moira, FOR_EVER, cast.omar) == INVALID
    assert perform(face, cast.moira, FOR_A_WEEK, cast.omar) == DONE
    run_tasks()

    sanction = Sanction.objects.get()
    assert sanction.until == sanction.at + timedelta(days=7)
    shown = call(cast.omar).get("/api/v1/people/omar/suspension").json()
    assert shown["until"] == f"{sanction.until:%Y-%m-%dT%H:%M:%S.%fZ}"
    assert "Until</dt>" in browse(cast.omar).get("/people/omar/suspension").content.decode()
    mail = bytes(OutgoingMail.objects.get().raw).decode()
    assert "It ends by itself on" in mail


@pytest.fixture
def week_over(cast, time_machine):
    """Suspend bao, a helper, for a week; let it pass without the worker."""
    began = timezone.now()
    time_machine.move_to(began, tick=False)
    actions.suspend(actor=cast.moira, handle="bao", reason="Unkind.", days=7)
    time_machine.move_to(began + timedelta(days=7, seconds=-1), tick=False)
    assert not Person.objects.get(handle="bao").may_act
    assert not Person.objects.active().filter(handle="bao").exists()
    time_machine.move_to(began + timedelta(days=7), tick=False)
    return Person.objects.get(handle="bao")


@pytest.mark.parametrize("face", FACES)
def test_who_was_suspended_writes_again_the_moment_it_is_over(
    face, perform, cast, post, posts, week_over
):
    posts.update(author_id=cast.omar.pk)

    assert perform(face, week_over, FLAG, post) == DONE


def test_every_view_agrees_that_a_suspension_is_over(browse, call, cast, week_over):
    assert (week_over.state, week_over.state_now, week_over.may_act) == (
        "suspended",
        "active",
        True,
    )
    assert week_over.roles == {"helper"}
    assert list(Person.objects.with_role("helper")) == [week_over]
    assert queries.people_called(["bao"]) == [week_over]
    assert queries.suspension_of(week_over) is None
    assert call(week_over).get("/api/v1/people/me").json()["state"] == "active"
    assert call(week_over).get("/api/v1/people/bao/suspension").status_code == 404
    for viewer in (week_over, cast.moira):
        assert "/people/bao/suspension" not in _states(browse(viewer).get("/people/bao"))
    assert "not suspended" in browse(week_over).get("/people/bao/suspension").content.decode()


def _states(page):
    """Return the badges beside the name."""
    return page.content.decode().partition('class="row small">')[2].partition("</p>")[0]


def test_the_end_is_written_down_once_and_told(cast, week_over, run_tasks):
    end_suspensions.call()
    end_suspensions.call()
    run_tasks()

    week_over.refresh_from_db()
    sanction = Sanction.objects.get()
    assert (week_over.state, sanction.lifted_at) == ("active", sanction.until)
    line = JournalLine.objects.get(verb="people.suspension_ended")
    assert (line.actor, line.thing_id, line.changes) == (
        None,
        week_over.pk,
        {"sanction": sanction.pk},
    )
    assert Notice.objects.filter(person=week_over, verb="people.suspension_ended").count() == 1
    subjects = set(OutgoingMail.objects.values_list("to", "subject"))
    assert ("bao@people.example", "Your suspension is over: you may write again") in subjects


@pytest.mark.parametrize("face", FACES)
def test_over_is_not_lifted_but_may_be_suspended_anew(face, perform, cast, week_over):
    assert perform(face, cast.moira, LIFT, week_over) == WRONG_MOMENT
    assert perform(face, cast.moira, SUSPEND, week_over) == DONE

    assert not Person.objects.get(pk=week_over.pk).may_act
    verbs = JournalLine.objects.filter(thing_id=week_over.pk).order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "people.person_suspended",
        "people.suspension_ended",
        "people.person_suspended",
    ]


def test_what_still_holds_is_not_ended(cast, time_machine):
    actions.suspend(actor=cast.moira, handle="bao", reason="Unkind.")
    actions.suspend(actor=cast.moira, handle="omar", reason="Unkind.", days=366)
    time_machine.move_to(timezone.now() + timedelta(days=365))

    end_suspensions.call()

    assert Person.objects.filter(state="suspended").count() == 2


def test_the_end_of_an_erased_persons_suspension_tells_nobody(cast, week_over, run_tasks):
    actions.erase_person(actor=week_over, handle="bao")

    end_suspensions.call()
    run_tasks()

    assert Person.objects.get(pk=week_over.pk).state == "erased"
    assert not JournalLine.objects.filter(verb="people.suspension_ended").exists()


def test_suspension_is_not_shown_to_others(browse, call, cast):
    actions.suspend(actor=cast.moira, handle="omar", reason=SECRET)

    for client in (browse(cast.aminata), browse()):
        for path in ("/people/omar", "/people/omar/suspension"):
            text = client.get(path).content.decode()
            assert SECRET not in text
            assert "suspended" not in text
    for path in ("/api/v1/people/omar", "/api/v1/people/omar/suspension"):
        assert "suspended" not in call(cast.aminata).get(path).content.decode()
    assert call(cast.omar).get("/api/v1/people/omar/suspension").json()["reason"] == SECRET
    assert "suspended" in browse(cast.moira).get("/people/omar").content.decode()


def test_flag_of_a_person_takes_no_post_away(browse, cast):
    flag = actions.flag(actor=cast.omar, kind="people.person", object_id=cast.bao.pk, reason="spam")

    page = browse(cast.moira).get(f"/flags/{flag.pk}").content.decode()

    assert "Take the post away" not in page
