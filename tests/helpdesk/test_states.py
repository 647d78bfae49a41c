import pytest

from helpdesk.states import (
    MOVES,
    Side,
    State,
    WaitsFor,
    after_message,
    is_ever_allowed,
    moves,
    waits_for,
)


@pytest.mark.parametrize("side", Side.values)
def test_every_state_has_its_row_and_none_leads_to_itself_or_back_to_new(side):
    assert list(MOVES[Side(side)]) == State.values
    for state in State.values:
        assert state not in moves(state, side)
        assert "new" not in moves(state, side)


def test_requesters_never_do_what_is_the_agents_to_do():
    assert {to for state in State.values for to in moves(state, "requester")} == {
        "waiting_us",
        "solved",
        "closed",
    }
    assert not is_ever_allowed("merged", "requester")
    assert not is_ever_allowed("open", "requester")
    assert is_ever_allowed("merged", "agent")


def test_nothing_leads_out_of_merged():
    assert moves("merged", "agent") == moves("merged", "requester") == []


@pytest.mark.parametrize(
    ("state", "by_requester", "by_agent"),
    [
        ("new", "new", "waiting_requester"),
        ("open", "open", "waiting_requester"),
        ("waiting_us", "waiting_us", "waiting_requester"),
        ("waiting_requester", "waiting_us", "waiting_requester"),
        ("solved", "waiting_us", "solved"),
        ("closed", "waiting_us", "closed"),
    ],
)
def test_an_answer_passes_the_turn(state, by_requester, by_agent):
    assert after_message(state, "requester") == by_requester
    assert after_message(state, "agent") == by_agent


def test_who_is_to_act_in_each_state():
    assert {state: waits_for(state) for state in State.values} == {
        "new": WaitsFor.US,
        "open": WaitsFor.US,
        "waiting_us": WaitsFor.US,
        "waiting_requester": WaitsFor.THEM,
        "solved": WaitsFor.NOBODY,
        "closed": WaitsFor.NOBODY,
        "merged": WaitsFor.NOBODY,
    }
