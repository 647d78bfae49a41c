"""Every action on all its faces, and the table "Who may what" of the help desk."""

import pytest

from aid.models import AidLine
from helpdesk import actions
from helpdesk.models import Ticket
from helpdesk.states import MOVES, Side, State
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT, Act

NEW = {"subject": "My site is down", "source": "Since noon.", "language": "en"}


def act(noun, page_data=None, *, api=None, method="PUT", api_data=None):
    """An act on a ticket: POST on the page, another verb and perhaps other data on the API."""
    data = page_data or {}
    return Act(
        page=lambda t: (f"{t.path}/{noun}", data),
        api=lambda t: (
            method,
            f"/api/v1/tickets/{t.pk}/{api or noun}",
            data if api_data is None else api_data,
        ),
    )


OPEN = Act(page=lambda t: ("/tickets/new", NEW), api=lambda t: ("POST", "/api/v1/tickets", NEW))
REPLY = act("replies", {"source": "Hello.", "revision": 9}, method="POST")
SOLVED_THANKS = act(
    "replies", {"source": "Thanks!", "revision": 9, "then": "solved"}, method="POST"
)
STALE = act("replies", {"source": "Hello.", "revision": 0}, method="POST")
ANYWAY = act("replies", {"source": "Hi.", "revision": 0, "send_anyway": "true"}, method="POST")
NOTE = act("notes", {"source": "Hm.", "revision": 9}, method="POST", api_data={"source": "Hm."})
SOLVE = act("state", {"state": "solved"})
CLOSE = act("state", {"state": "closed"})
WAIT = act("state", {"state": "waiting_requester"})
TAKE = act("assignment")
GIVE = act("assignment", {"assignee": "vera"})
GIVE_OUTSIDE = act("assignment", {"assignee": "odile"})
PUT_BACK = act("assignment/undo", api="assignment", method="DELETE")
SHARE = act("shares", {"person": "bao"}, api="shares/bao", api_data={})
END_SHARE = act("shares/undo", {"person": "farid"}, api="shares/farid", method="DELETE")
SHARE_NOBODY = act("shares", {"person": "no-one"}, api="shares/no-one", api_data={})
NEXT = Act(page=lambda t: ("/queue/next", {}), api=lambda t: ("POST", "/api/v1/queue/next", {}))

ASKERS = {"aminata", "farid", "olga"}
AGENTS = {"nadia", "vera"}
OUTSIDE = {"omar", "mika", "odile", "clara", "moira", "panel"}
# Who may what: act → who does it, who sees the ticket and may not. All others see nothing.
TABLE = {
    "reply": (REPLY, ASKERS | AGENTS, set()),
    "solve": (SOLVE, ASKERS | AGENTS, set()),
    "close": (CLOSE, ASKERS | AGENTS, set()),
    "wait": (WAIT, AGENTS, ASKERS),
    "note": (NOTE, AGENTS, ASKERS),
    "take": (TAKE, AGENTS, ASKERS),
    "give": (GIVE, AGENTS, ASKERS),
    "put back": (PUT_BACK, AGENTS, ASKERS),
    "share": (SHARE, {"aminata"} | AGENTS, ASKERS - {"aminata"}),
    "end a share": (END_SHARE, {"aminata", "farid"} | AGENTS, {"olga"}),
}


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("name", TABLE)
def test_who_may_what(face, name, perform, desk, ticket):
    what, may, may_not = TABLE[name]
    expected = dict.fromkeys(OUTSIDE, UNSEEN) | dict.fromkeys(may_not, NOT_ALLOWED)

    found = {who: perform(face, desk[who], what, ticket) for who in expected}
    assert found == expected
    assert perform(face, None, what, ticket) == SIGN_IN
    for who in sorted(may):
        if name == "end a share":
            actions.share(actor=desk["aminata"], ticket_id=ticket.pk, person=desk["farid"])
        assert (who, perform(face, desk[who], what, ticket)) == (who, DONE)


@pytest.mark.parametrize("face", FACES)
def test_anyone_active_opens_a_ticket(face, perform, desk, ticket):
    assert perform(face, desk["omar"], OPEN, ticket) == DONE
    assert perform(face, None, OPEN, ticket) == SIGN_IN
    desk["omar"].state = "suspended"
    desk["omar"].save()
    assert perform(face, desk["omar"], OPEN, ticket) == NOT_ALLOWED
    assert Ticket.objects.filter(requester=desk["omar"]).count() == 1


@pytest.mark.parametrize("face", FACES)
def test_suspended_requester_reads_and_writes_nothing(face, perform, desk, ticket):
    desk["aminata"].state = "suspended"
    desk["aminata"].save()

    for what in (REPLY, SOLVE, SHARE):
        assert perform(face, desk["aminata"], what, ticket) == NOT_ALLOWED


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("how", ["button", "words"])
def test_silenced_requester_solves_and_the_volunteers_help_counts(face, how, perform, desk, ticket):
    answer = {"ticket_id": ticket.pk, "source": "Try this.", "revision": 9}
    actions.reply(actor=desk["vera"], **answer)
    desk["aminata"].state = "silenced"
    desk["aminata"].save()

    what = SOLVE if how == "button" else SOLVED_THANKS
    assert perform(face, desk["aminata"], what, ticket) == DONE

    assert Ticket.objects.get().state == "solved"
    assert {line.person.handle: line.minutes for line in AidLine.objects.all()} == {
        "vera": 15,
        "aminata": -15,
    }


@pytest.mark.parametrize("face", FACES)
def test_taken_states_twice_are_once(face, perform, desk, ticket):
    for what in (TAKE, TAKE, SOLVE, SOLVE, CLOSE, CLOSE):
        assert perform(face, desk["nadia"], what, ticket) == DONE
    assert ticket.assignments.count() == 1


@pytest.mark.parametrize("face", FACES)
def test_wrong_moments(face, perform, desk, ticket):
    assert perform(face, desk["aminata"], STALE, ticket) == DONE  # only one's own words are new
    assert perform(face, desk["nadia"], STALE, ticket) == WRONG_MOMENT
    assert perform(face, desk["nadia"], ANYWAY, ticket) == DONE
    assert perform(face, desk["nadia"], CLOSE, ticket) == DONE
    assert perform(face, desk["nadia"], SOLVE, ticket) == WRONG_MOMENT
    assert perform(face, desk["vera"], TAKE, ticket) == WRONG_MOMENT
    assert perform(face, desk["nadia"], WAIT, ticket) == WRONG_MOMENT


@pytest.mark.parametrize("face", FACES)
def test_people_who_cannot_are_refused_beside_the_field(face, perform, desk, ticket):
    assert perform(face, desk["nadia"], GIVE_OUTSIDE, ticket) == INVALID
    assert perform(face, desk["aminata"], SHARE_NOBODY, ticket) == INVALID
    assert perform(face, desk["omar"], SHARE_NOBODY, ticket) == UNSEEN


@pytest.mark.parametrize("face", FACES)
def test_next_one_is_for_agents(face, perform, desk, ticket):
    assert perform(face, None, NEXT, ticket) == SIGN_IN
    for who in ("aminata", "omar", "bao", "clara"):
        assert perform(face, desk[who], NEXT, ticket) == NOT_ALLOWED
    assert perform(face, desk["odile"], NEXT, ticket) == DONE  # nothing waits for her
    assert perform(face, desk["vera"], NEXT, ticket) == DONE
    ticket.refresh_from_db()
    assert ticket.assignee == desk["vera"]


@pytest.mark.parametrize("face", FACES)
def test_merging_on_every_face(face, perform, desk, ticket, open_ticket):
    twin, others = open_ticket(), open_ticket("omar")
    merge = Act(
        page=lambda t: (f"{t.path}/merger", {"into": ticket.number}),
        api=lambda t: ("PUT", f"/api/v1/tickets/{t.pk}/merger", {"into": ticket.pk}),
    )

    assert perform(face, desk["aminata"], merge, twin) == NOT_ALLOWED
    assert perform(face, desk["omar"], merge, twin) == UNSEEN
    assert perform(face, desk["nadia"], merge, others) == INVALID
    assert perform(face, desk["nadia"], merge, twin) == DONE
    assert perform(face, desk["nadia"], merge, twin) == DONE
    assert perform(face, desk["nadia"], SOLVE, twin) == WRONG_MOMENT


@pytest.mark.parametrize("face", FACES)
def test_answer_that_solved_it_on_every_face(face, perform, desk, a_question):
    solved = Act(
        page=lambda q: ("/tickets/solved-by-answer", {"answer": f"forum.question:{q.pk}"}),
        api=lambda q: (
            "PUT",
            "/api/v1/tickets/solved-by-answer",
            {"kind": "forum.question", "id": q.pk},
        ),
    )

    assert perform(face, desk["aminata"], solved, a_question) == DONE
    assert perform(face, desk["aminata"], solved, a_question) == DONE
    assert perform(face, None, solved, a_question) == SIGN_IN
    a_question.pk += 1000
    assert perform(face, desk["aminata"], solved, a_question) == UNSEEN


@pytest.mark.parametrize("side", Side.values)
@pytest.mark.parametrize("state", [state for state in State.values if state != "merged"])
def test_table_of_states_is_replayed(side, state, call, browse, desk, ticket):
    who = desk["nadia"] if side == "agent" else desk["farid"]
    facts = {"state": state, "assignee": desk["vera"]}
    api, page = call(who), browse(who)
    allowed = {str(to) for to in MOVES[Side(side)][state] if to != "merged"}

    Ticket.objects.filter(pk=ticket.pk).update(**facts)
    assert set(api.get(f"/api/v1/tickets/{ticket.pk}").json()["allowed"]) == allowed
    for to in State.values:
        Ticket.objects.filter(pk=ticket.pk).update(**facts)
        by_api = api.put(f"/api/v1/tickets/{ticket.pk}/state", {"state": to})
        Ticket.objects.filter(pk=ticket.pk).update(**facts)
        by_page = page.post(f"{ticket.path}/state", {"state": to})
        ticket.refresh_from_db()

        if to == "merged":
            assert (by_api.status_code, by_page.status_code) == (422, 422)
        elif to in allowed or to == state:
            assert (by_api.status_code, by_page.status_code) == (200, 303)
            assert by_api.json()["state"] == ticket.state == to
        elif by_api.status_code == 409:
            assert by_page.status_code == 409
            assert set(by_api.json()["allowed"]) == allowed
            assert ticket.state == state
        else:
            assert (by_api.status_code, by_page.status_code) == (403, 403)
            assert side == "requester"
            assert to in ("open", "waiting_requester")
