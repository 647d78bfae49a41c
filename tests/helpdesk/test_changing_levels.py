"""Another guarantee level for a ticket: who gives it, on every face, and what its clocks say."""

from datetime import timedelta

import pytest

from core.models import JournalLine
from helpdesk import actions
from helpdesk.models import Ticket
from helpdesk.promises import Event, Terms, What
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT
from tests.helpdesk.test_around import act
from tests.helpdesk.test_clock_rows import stored, worked_out
from tests.helpdesk.test_faces import AGENTS, ASKERS, OUTSIDE
from tests.helpdesk.test_promises import MEASURED, OFFICE, answered, at, moved, standing, told

BETTER = Terms(timedelta(hours=1), timedelta(hours=1), timedelta(hours=9), OFFICE)


def level(slug):
    return act("level", "PUT", {"level": slug}, api_data={"level": slug})


def promised(when, terms):
    return [Event(when, What.PROMISED, terms=terms)]


@pytest.mark.parametrize("face", FACES)
def test_agents_of_the_queue_alone_give_another_level(face, perform, desk, levels, ticket):
    what = level("free")
    expected = dict.fromkeys(OUTSIDE, UNSEEN) | dict.fromkeys(ASKERS, NOT_ALLOWED)

    assert {who: perform(face, desk[who], what, ticket) for who in expected} == expected
    assert perform(face, None, what, ticket) == SIGN_IN
    for who in sorted(AGENTS):
        assert perform(face, desk[who], what, ticket) == DONE
    assert perform(face, desk["nadia"], level("nothing"), ticket) == INVALID

    ticket.refresh_from_db()
    assert ticket.level_version.level.slug == "free"
    assert JournalLine.objects.filter(verb="helpdesk.level_changed").count() == 1
    assert stored(ticket) == worked_out(ticket)


@pytest.mark.parametrize("face", FACES)
def test_merged_ticket_keeps_its_level(face, perform, desk, levels, ticket, open_ticket):
    into = open_ticket()
    actions.merge(actor=desk["nadia"], ticket_id=ticket.pk, into_id=into.pk)

    assert perform(face, desk["nadia"], level("guaranteed"), ticket) == WRONG_MOMENT


def test_requester_reads_that_the_level_was_changed(browse, desk, levels, ticket):
    actions.change_level(actor=desk["nadia"], ticket_id=ticket.pk, level_slug="free")

    page = browse(desk["aminata"]).get(ticket.path).content.decode()

    assert "gave it the level “Free”" in page


def test_clocks_of_the_queue_follow_the_level(desk, levels, ticket):
    before = stored(ticket)

    actions.change_level(actor=desk["nadia"], ticket_id=ticket.pk, level_slug="free")
    free = Ticket.objects.get(pk=ticket.pk)
    assert free.answer_due_at > ticket.answer_due_at
    assert (free.turn_at, free.solution_due_at) == (free.answer_due_at, None)
    assert stored(ticket) == worked_out(ticket)

    actions.change_level(actor=desk["nadia"], ticket_id=ticket.pk, level_slug="guaranteed")
    assert stored(ticket)[1] == before[1]


def test_service_that_was_spent_counts():
    found = standing(promised(at(23, 11), TERMS_OF_THREE_HOURS))

    assert (found.answer_due_at, found.solution_due_at) == (at(23, 13), at(24, 10))


TERMS_OF_THREE_HOURS = Terms(timedelta(hours=3), timedelta(hours=2), timedelta(hours=9), OFFICE)


def test_what_would_have_been_due_before_is_due_now():
    found = standing(promised(at(23, 12), BETTER))

    assert found.answer_due_at == at(23, 12)


def test_what_is_late_stays_due_when_it_was():
    found = standing(promised(at(24, 9), BETTER))

    assert found.answer_due_at == at(23, 14)


def test_nothing_is_due_where_nothing_is_promised_any_more():
    found = standing(promised(at(23, 11), MEASURED))

    assert told(found) == [("solution", 1, None, ""), ("first_response", 1, None, "")]
    assert found.turn_at == at(23, 11) + timedelta(days=7)


def test_what_stands_still_goes_on_by_the_new_promise():
    found = standing(
        answered(at(23, 11)), promised(at(23, 12), BETTER), moved(at(24, 9), "waiting_us")
    )

    assert told(found)[0] == ("solution", 1, at(24, 17), "")
    assert found.answer_due_at == at(24, 10)


def test_what_ended_stays_as_it_ended():
    found = standing(answered(at(23, 11), to="solved"), promised(at(23, 12), BETTER))

    assert [row[-1] for row in told(found)] == ["kept", "kept"]
