"""What a ticket's history makes of its promises: told as stories, on a Paris working week."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from helpdesk.clocks import ServiceHours
from helpdesk.promises import Event, Terms, What, standing_of

OFFICE = ServiceHours("Europe/Paris", ((((time(9), time(18))),),) * 5 + ((), ()), frozenset())
NEVER = ServiceHours("Europe/Paris", ((),) * 7, frozenset())
TERMS = Terms(timedelta(hours=4), timedelta(hours=2), timedelta(hours=18), OFFICE)
MEASURED = Terms(None, None, None, OFFICE)


def at(day, hour, minute=0):
    """Return a moment of March 2026: Monday 23 to Friday 27, and after the change of clocks."""
    return datetime(2026, 3, day, hour, minute, tzinfo=ZoneInfo("Europe/Paris"))


def said(when):
    return [Event(when, What.ASKED)]


def moved(when, state):
    return [Event(when, What.MOVED, state=state)]


def came_back(when):
    return said(when) + moved(when, "waiting_us")


def answered(when, to="waiting_requester"):
    return [Event(when, What.ANSWERED), *moved(when, to)]


def aside(when, until):
    return [*moved(when, "waiting_us"), Event(when, What.SET_ASIDE, until=until)]


def standing(*events, terms=TERMS):
    return standing_of(terms, at(23, 10), [event for group in events for event in group])


def told(result):
    return [(c.kind, c.turn, c.due_at, c.outcome) for c in result.clocks]


def test_opening_starts_first_response_and_solution():
    found = standing()

    assert told(found) == [
        ("solution", 1, at(25, 10), ""),
        ("first_response", 1, at(23, 14), ""),
    ]
    assert found.turn_at == found.answer_due_at == found.first_response_due_at == at(23, 14)
    assert (found.solution_due_at, found.first_response_at) == (at(25, 10), None)


def test_answer_keeps_the_promise_and_the_solution_waits_for_the_requester():
    found = standing(answered(at(23, 12)))

    solution, first = found.clocks
    assert (first.outcome, first.ended_at, first.spent_seconds) == ("kept", at(23, 12), 7200)
    assert (solution.paused_at, solution.spent_seconds) == (at(23, 12), 7200)
    assert found.answer_due_at is found.solution_due_at is None
    assert found.first_response_at == at(23, 12)


def test_coming_back_starts_a_next_response_and_puts_off_the_solution_by_the_wait():
    found = standing(answered(at(23, 12)), came_back(at(24, 12)))

    assert told(found)[2] == ("next_response", 1, at(24, 14), "")
    assert found.solution_due_at == at(26, 10)  # nine hours of service were theirs
    assert found.clocks[0].paused_seconds == 9 * 3600
    assert found.turn_at == at(24, 14)


def test_solution_may_be_nearer_than_the_next_answer():
    slow = Terms(timedelta(hours=4), timedelta(hours=40), timedelta(hours=5), OFFICE)

    found = standing(answered(at(23, 12)), came_back(at(23, 13)), terms=slow)

    assert found.turn_at == found.solution_due_at == at(23, 16)
    assert found.answer_due_at > found.turn_at


def test_asking_back_without_an_answer_stops_the_clock_and_does_not_reset_it():
    found = standing(moved(at(23, 13), "waiting_requester"), came_back(at(24, 10)))

    assert told(found)[1] == ("first_response", 1, at(24, 11), "")


def test_late_is_late_however_it_ends():
    late = standing(answered(at(23, 15)))
    stopped_late = standing(moved(at(23, 15), "waiting_requester"), moved(at(23, 16), "solved"))
    stopped_in_time = standing(moved(at(23, 12), "waiting_requester"), moved(at(27, 16), "closed"))

    assert told(late)[1][3] == told(stopped_late)[1][3] == "missed"
    assert told(stopped_in_time)[1][3] == "dropped"
    assert told(stopped_in_time)[0][3] == "dropped"


def test_deadline_to_the_second():
    in_time, late = at(23, 14), at(23, 14) + timedelta(seconds=1)

    assert told(standing(answered(in_time)))[1][3] == "kept"
    assert told(standing(answered(late)))[1][3] == "missed"


def test_solved_is_kept_and_opened_again_goes_on_without_the_time_between():
    solved = standing(answered(at(23, 12)), came_back(at(23, 13)), answered(at(23, 14), "solved"))
    again = standing(
        answered(at(23, 12)),
        came_back(at(23, 13)),
        answered(at(23, 14), "solved"),
        came_back(at(30, 10)),  # the clocks have changed in between
    )

    assert told(solved)[0][3] == "kept"
    assert solved.clocks[0].spent_seconds == 3 * 3600
    assert told(again)[0] == ("solution", 1, at(31, 16), "")
    assert [row[:2] for row in told(again)[2:]] == [("next_response", 1), ("next_response", 2)]
    assert again.answer_due_at == at(30, 12)


def test_first_response_goes_on_when_a_ticket_solved_without_one_is_opened_again():
    found = standing(moved(at(23, 12), "solved"), came_back(at(24, 9)))

    assert told(found)[1] == ("first_response", 1, at(24, 11), "")


def test_we_come_back_runs_from_our_answer_or_from_the_day_we_named():
    now = standing(answered(at(23, 12), "waiting_us"))
    named = standing(answered(at(23, 12), "waiting_us"), aside(at(23, 12, 5), at(26, 9)))

    assert now.answer_due_at == at(23, 14)
    assert named.answer_due_at == at(26, 11)
    assert named.turn_at == named.solution_due_at == at(25, 10)  # the solution is not put off


def test_naming_a_day_puts_off_nothing_that_is_owed():
    assert standing(aside(at(23, 12), at(26, 9))).answer_due_at == at(23, 14)


def test_their_word_or_ours_ends_the_delay():
    delayed = answered(at(23, 12), "waiting_us"), aside(at(23, 12, 5), at(26, 9))

    assert standing(*delayed, said(at(24, 10))).answer_due_at == at(24, 12)
    woken = [Event(at(24, 11), What.WOKEN)]
    assert standing(*delayed, woken).answer_due_at == at(24, 13)
    taken = moved(at(24, 15), "open")
    assert standing(*delayed, taken).answer_due_at == at(24, 17)
    in_time = [Event(at(26, 9), What.WOKEN)]
    assert standing(*delayed, in_time).answer_due_at == at(26, 11)


def test_delay_that_never_came_leaves_no_clock_that_ends_before_it_starts():
    found = standing(
        answered(at(23, 12), "waiting_us"),
        aside(at(23, 13), at(26, 9)),
        moved(at(24, 10), "solved"),
    )

    assert all(c.started_at <= c.ended_at for c in found.clocks)


def test_merge_that_is_undone_has_not_been():
    before = answered(at(23, 12)), came_back(at(24, 12))
    merged = standing(*before, moved(at(24, 13), "merged"))
    undone = standing(*before, moved(at(24, 13), "merged"), moved(at(25, 9), "waiting_us"))

    assert {c.outcome for c in merged.clocks} == {"kept", "dropped"}
    assert undone == standing(*before)


def test_what_is_not_promised_is_measured_and_takes_its_turn_after_a_week():
    found = standing(answered(at(23, 12)), came_back(at(24, 12)), terms=MEASURED)

    assert [row[2] for row in told(found)] == [None] * 3
    assert [row[3] for row in told(found)] == ["", "unpromised", ""]
    assert found.clocks[1].spent_seconds == 7200
    assert found.answer_due_at is found.first_response_due_at is None
    assert found.turn_at == at(24, 12) + timedelta(days=7)
    assert standing(terms=MEASURED).turn_at == at(23, 10) + timedelta(days=7)


def test_calendar_that_never_opens_promises_nothing():
    never = Terms(timedelta(hours=4), None, timedelta(hours=4), NEVER)

    assert standing(terms=never).turn_at == at(23, 10) + timedelta(days=7)
    assert standing(terms=never).answer_due_at is None
