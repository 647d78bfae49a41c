"""Silence and suspension on every face: what they stop, why, until when."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import JournalLine, OutgoingMail
from people import actions, decisions, queries
from people.models import Notice, Person, Sanction
from people.tasks import end_sanctions
from tests.cast import SECRET, make_person
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, WRONG_MOMENT, Act
from tests.helpdesk.test_faces import OPEN
from tests.people.test_moderation import FLAG


def sanctions(**sent) -> Act:
    """Return the act of silencing or suspending someone: kind, rule, reason, so many days."""
    facts = {"kind": "suspension", "rule": "unkind", **sent}
    return Act(
        page=lambda person: (f"/people/{person.handle}/sanction", facts),
        api=lambda person: ("PUT", f"/api/v1/people/{person.handle}/sanction", facts),
    )


REASON = "Sells watches."
SUSPEND = sanctions(reason=REASON, days=7)
SILENCE = sanctions(kind="silence", reason=REASON, days=7)
WITHOUT_REASON = sanctions(reason=" ", days=7)
LIFT = Act(
    page=lambda person: (f"/people/{person.handle}/sanction/undo", {}),
    api=lambda person: ("DELETE", f"/api/v1/people/{person.handle}/sanction", None),
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
    assert "Sells watches." in client.get("/people/omar/sanction").content.decode()
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
    assert perform(face, cast.moira, WITHOUT_REASON, cast.omar) == INVALID


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("kind", ["silence", "suspension"])
def test_a_sanction_has_an_end(kind, face, perform, cast):
    for days in ({}, {"days": ""}, {"days": 0}, {"days": 367}):
        endless = sanctions(kind=kind, reason=REASON, **days)
        assert perform(face, cast.moira, endless, cast.omar) == INVALID, days
    assert not Sanction.objects.exists()

    assert perform(face, cast.moira, sanctions(reason=REASON, days=366), cast.omar) == DONE


@pytest.mark.parametrize("face", FACES)
def test_suspended_moderator_lifts_nothing(face, perform, cast):
    miro = make_person("miro", role="moderator")
    root = Person.objects.create_superuser("root-admin", "x")
    actions.sanction(actor=root, handle="miro", reason="Unkind.", days=7)

    assert perform(face, miro, LIFT, miro) == NOT_ALLOWED
    assert perform(face, cast.moira, LIFT, miro) == NOT_ALLOWED
    assert perform(face, root, LIFT, miro) == DONE


@pytest.mark.parametrize("face", FACES)
def test_moderator_suspends_for_a_week_and_says_until_when(
    face, perform, browse, call, cast, run_tasks
):
    assert perform(face, cast.moira, sanctions(reason=REASON, days=9999), cast.omar) == INVALID
    assert perform(face, cast.moira, sanctions(reason=REASON, days=7), cast.omar) == DONE
    run_tasks()

    sanction = Sanction.objects.get()
    assert sanction.until == sanction.at + timedelta(days=7)
    shown = call(cast.omar).get("/api/v1/people/omar/sanction").json()
    assert shown["until"] == f"{sanction.until:%Y-%m-%dT%H:%M:%S.%fZ}"
    assert "Until</dt>" in browse(cast.omar).get("/people/omar/sanction").content.decode()
    mail = bytes(OutgoingMail.objects.get().raw).decode()
    assert "It ends by itself on" in mail


@pytest.fixture
def week_over(cast, time_machine):
    """Suspend bao, a helper, for a week; let it pass without the worker."""
    began = timezone.now()
    time_machine.move_to(began, tick=False)
    actions.sanction(actor=cast.moira, handle="bao", reason="Unkind.", days=7)
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
    assert decisions.sanction_of(week_over) is None
    assert call(week_over).get("/api/v1/people/me").json()["state"] == "active"
    assert call(week_over).get("/api/v1/people/bao/sanction").status_code == 404
    for viewer in (week_over, cast.moira):
        assert "/people/bao/sanction" not in _states(browse(viewer).get("/people/bao"))
    assert (
        "neither silenced nor suspended"
        in browse(week_over).get("/people/bao/sanction").content.decode()
    )


def _states(page):
    """Return the badges beside the name."""
    return page.content.decode().partition('class="row small">')[2].partition("</p>")[0]


def test_the_end_is_written_down_once_and_told(cast, week_over, run_tasks):
    end_sanctions.call()
    end_sanctions.call()
    run_tasks()

    week_over.refresh_from_db()
    sanction = Sanction.objects.get()
    assert (week_over.state, sanction.lifted_at) == ("active", sanction.until)
    line = JournalLine.objects.get(verb="people.suspension_ended")
    assert (line.actor, line.thing_id, line.changes) == (
        None,
        week_over.pk,
        {"sanction": sanction.pk, "rule": "other", "days": None},
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
    made = actions.sanction(actor=cast.moira, handle="bao", reason="Unkind.", days=7)
    Sanction.objects.filter(pk=made.pk).update(until=None)  # as from before an end was asked for
    actions.sanction(actor=cast.moira, handle="omar", reason="Unkind.", days=366)
    time_machine.move_to(timezone.now() + timedelta(days=365))

    end_sanctions.call()

    assert Person.objects.filter(state="suspended").count() == 2


def test_the_end_of_an_erased_persons_suspension_tells_nobody(cast, week_over, run_tasks):
    actions.erase_person(actor=week_over, handle="bao")

    end_sanctions.call()
    run_tasks()

    assert Person.objects.get(pk=week_over.pk).state == "erased"
    assert not JournalLine.objects.filter(verb="people.suspension_ended").exists()


def test_suspension_is_not_shown_to_others(browse, call, cast):
    actions.sanction(actor=cast.moira, handle="omar", reason=SECRET, days=7)

    for client in (browse(cast.aminata), browse()):
        for path in ("/people/omar", "/people/omar/sanction"):
            text = client.get(path).content.decode()
            assert SECRET not in text
            assert "suspended" not in text
    for path in ("/api/v1/people/omar", "/api/v1/people/omar/sanction"):
        assert "suspended" not in call(cast.aminata).get(path).content.decode()
    assert call(cast.omar).get("/api/v1/people/omar/sanction").json()["reason"] == SECRET
    assert "suspended" in browse(cast.moira).get("/people/omar").content.decode()


# Silence


@pytest.mark.parametrize("face", FACES)
def test_silenced_member_reads_and_writes_to_the_help_desk_alone(
    face, perform, browse, cast, levels, post
):
    assert perform(face, cast.moira, SILENCE, cast.omar) == DONE
    omar = Person.objects.get(pk=cast.omar.pk)

    assert perform(face, omar, FLAG, post) == NOT_ALLOWED
    assert browse(omar).get("/questions").status_code == 200
    assert perform(face, omar, OPEN, omar) == DONE


def test_suspended_member_does_not_write_to_the_help_desk(perform, cast, levels):
    actions.sanction(actor=cast.moira, handle="omar", reason=REASON, days=7)

    assert perform("page", Person.objects.get(handle="omar"), OPEN, cast.omar) == NOT_ALLOWED


@pytest.mark.parametrize("kind", ["silence", "suspension"])
def test_every_page_says_why_until_when_and_what_can_be_done(kind, browse, cast):
    actions.sanction(actor=cast.moira, handle="omar", kind=kind, reason=REASON, days=3)

    for path in ("/", "/questions", "/me", "/about/conduct", "/tickets/nowhere"):
        text = browse(cast.omar).get(path).content.decode()
        assert REASON in text, path
        assert "/people/omar/sanction" in text, path
        assert "Until" in text, path
        assert REASON not in browse(cast.bao).get(path).content.decode(), path


def test_who_is_silenced_reads_the_true_reason_once(browse, cast):
    wrong = "your account does not have the right"
    assert wrong in browse(cast.omar).get("/moderation").content.decode()
    actions.sanction(actor=cast.moira, handle="omar", kind="silence", reason=REASON, days=3)

    refused = browse(cast.omar).get("/questions/ask")
    text = refused.content.decode()

    assert refused.status_code == 403
    assert text.count(REASON) == 1
    assert "the notice at the top of the page says why" in text
    assert wrong not in text


@pytest.mark.parametrize("face", FACES)
def test_silence_may_become_a_suspension_and_one_is_in_force(face, perform, cast):
    assert perform(face, cast.moira, SILENCE, cast.omar) == DONE
    assert perform(face, cast.moira, SILENCE, cast.omar) == WRONG_MOMENT
    assert perform(face, cast.moira, SUSPEND, cast.omar) == DONE

    assert Person.objects.get(pk=cast.omar.pk).state == "suspended"
    assert Sanction.objects.in_force().get().kind == "suspension"


def test_silence_ends_by_itself(cast, time_machine, run_tasks):
    actions.sanction(actor=cast.moira, handle="omar", kind="silence", reason=REASON, days=1)
    time_machine.move_to(timezone.now() + timedelta(days=1, seconds=1))

    assert Person.objects.get(handle="omar").may_act
    assert cast.omar in Person.objects.active()
    end_sanctions.call()
    run_tasks()

    assert Person.objects.get(handle="omar").state == "active"
    assert Notice.objects.filter(person=cast.omar, verb="people.silence_ended").exists()


def test_silenced_program_reads_with_its_token_and_writes_nothing(call, cast, post):
    client = call(cast.omar)
    actions.sanction(actor=cast.moira, handle="omar", kind="silence", reason=REASON, days=7)

    assert client.get("/api/v1/people/me").json()["state"] == "silenced"
    assert client.post(*FLAG.api(post)[1:], format="json").status_code == 403
