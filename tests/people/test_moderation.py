"""Flags and removals on every face."""

from datetime import UTC, datetime

import pytest

from core.errors import InvalidInput, NotAllowed, NotSeen, WrongMoment
from core.models import JournalLine
from people import actions
from people.models import Flag, Notice, Person, Removal
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
        {
            "decision": "agreed",
            "remove": "on",
            "answer": "Thank you.",
            "to_author": "Advertising.",
        },
    ),
    api=lambda flag: (
        "PUT",
        f"/api/v1/flags/{flag.pk}/decision",
        {
            "decision": "agreed",
            "remove": True,
            "answer": "Thank you.",
            "to_author": "Advertising.",
        },
    ),
)


def declines(**words) -> Act:
    """Return the act of declining a flag; words: `answer`, `to_author`."""
    facts = {"decision": "declined", **words}
    return Act(
        page=lambda flag: (f"/flags/{flag.pk}/decision", facts),
        api=lambda flag: ("PUT", f"/api/v1/flags/{flag.pk}/decision", facts),
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
    actions.decide_flag(actor=cast.moira, flag_id=flag.pk, decision="declined", answer="It stays.")

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
        ("agreed", "moira", "Thank you.")
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
        actions.decide_flag(
            actor=cast.moira, flag_id=flag.pk, decision="declined", answer="It stays.", remove=True
        )

    decided = actions.decide_flag(
        actor=cast.moira, flag_id=flag.pk, decision="declined", answer="It stays."
    )

    assert decided.decision == "declined"
    assert not Removal.objects.exists()


@pytest.mark.parametrize("face", FACES)
def test_who_flagged_and_who_wrote_read_why_a_flag_is_declined(
    face, perform, browse, call, cast, post, flag, run_tasks, mailoutbox
):
    Person.objects.filter(pk=cast.bao.pk).update(interface_language="fr")
    declined = declines(answer="It is no advert.", to_author="Votre réponse peut rester.")
    for silent in (declines(), declines(answer=" ", to_author="Votre réponse peut rester.")):
        assert perform(face, cast.moira, silent, flag) == INVALID
    assert not Flag.objects.exclude(decision="").exists()

    assert perform(face, cast.moira, declined, flag) == DONE
    run_tasks()

    told = {mail.to[0]: (mail.subject, mail.body) for mail in mailoutbox}
    subject, text = told["omar@people.example"]
    assert subject == "A moderator looked at what you flagged"
    assert "It is no advert." in text
    assert "Votre réponse" not in text
    subject, text = told["bao@people.example"]
    assert subject == "Une personne de la modération a un mot pour vous"
    assert "Votre réponse peut rester." in text
    assert "It is no advert." not in text
    assert "It is no advert." in browse(cast.omar).get(f"/flags/{flag.pk}").content.decode()
    assert call(cast.omar).get(f"/api/v1/flags/{flag.pk}").json()["answer"] == "It is no advert."
    assert "Votre réponse peut rester." in browse(cast.bao).get("/me/moderation").content.decode()
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
    assert f"/appeals/new?subject=removal&amp;id={removal.pk}" in page


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
        actor=cast.moira,
        flag_id=flag.pk,
        decision="agreed",
        answer=SECRET,
        to_author=SECRET,
        remove=True,
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
        actor=cast.moira,
        flag_id=flag.pk,
        decision="agreed",
        answer="Yes.",
        to_author="Advertising.",
        remove=True,
    )
    run_tasks()
    client = browse(cast.bao)

    pages = (
        client.get("/me/notices").content
        + client.get(f"/removals/{Removal.objects.get().pk}").content
    )

    assert b"omar" not in pages.lower()


def test_flag_of_a_person_takes_no_post_away(browse, cast):
    flag = actions.flag(actor=cast.omar, kind="people.person", object_id=cast.bao.pk, reason="spam")

    page = browse(cast.moira).get(f"/flags/{flag.pk}").content.decode()

    assert "Take the post away" not in page


def test_moderators_are_led_to_what_waits_from_everywhere_and_told_how_much(browse, cast, post):
    actions.flag(actor=cast.aminata, kind=KIND, object_id=post.pk, reason="spam")
    today, list_of_it = browse(cast.moira).get("/me"), browse(cast.moira).get("/moderation")

    html = today.content.decode()
    assert html.count('href="/moderation"') == 3  # the bar, the menu, and one's part of the day
    assert "1 waits" in html
    assert "<h1>Moderation</h1>" in list_of_it.content.decode()
    assert 'href="/moderation"' not in browse(cast.aminata).get("/me").content.decode()


def test_who_flagged_is_told_by_the_moderators_and_on_their_own_day(
    browse, cast, flag, run_tasks, mailoutbox
):
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)  # in Paris the day after
    Flag.objects.filter(pk=flag.pk).update(at=late)
    reader = flag.person
    reader.interface_language, reader.time_zone = "fr", "Europe/Paris"
    reader.save()
    actions.decide_flag(
        actor=cast.moira, flag_id=flag.pk, decision="declined", answer="It may stay."
    )
    run_tasks()

    told = browse(reader).get("/me/notices").content.decode()

    [mail] = [mail for mail in mailoutbox if mail.to == [f"{reader.handle}@people.example"]]
    assert "votre signalement du" in told
    assert "25 novembre 2026" in told
    assert "2026-11-24" not in told
    for text in (told, mail.body + mail.subject):
        assert cast.moira.display_name not in text


def test_author_reads_of_one_removal_once(browse, cast, post, flag, run_tasks):
    actions.decide_flag(
        actor=cast.moira,
        flag_id=flag.pk,
        decision="agreed",
        answer="Thank you.",
        to_author="Advertising, and nothing else.",
        remove=True,
    )
    run_tasks()

    page = browse(cast.bao).get("/me/moderation").content.decode()

    assert page.count("A post of yours was taken away") == 1
    assert page.count("Advertising, and nothing else.") == 1
