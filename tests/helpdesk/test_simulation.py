"""The month at the help desk: the guarantees hold for many seeds, and the command tells of them."""

import json
from dataclasses import asdict

import pytest
from django.core.management import CommandError, call_command

from helpdesk import simulation
from helpdesk.simulation import Load, arrivals_of, by_floor, nearest_promise, run, simulate

KEYS = {
    "paid_kept",
    "paid_kept_plain",
    "free_wait_max_days",
    "free_wait_max_days_plain",
    "agents_needed",
}


def both_ways(load):
    arrivals = arrivals_of(load)
    return run(arrivals, load, by_floor(load.policy)), run(arrivals, load, nearest_promise)


@pytest.mark.parametrize("agents", [3, 5, 10, 20])
@pytest.mark.parametrize("seed", range(1, 9))
def test_paid_promises_lose_five_points_at_most_when_there_is_room(agents, seed):
    ours, plain = both_ways(Load(paid=0.6, free=0.3, agents=agents, seed=seed))

    assert plain.paid_kept - ours.paid_kept <= 0.05
    assert ours.free_wait_max_days <= plain.free_wait_max_days


@pytest.mark.parametrize("agents", [1, 3, 10])
@pytest.mark.parametrize("paid", [1.0, 1.05, 1.1])
@pytest.mark.parametrize("seed", range(1, 5))
def test_no_free_ticket_waits_five_days_while_deadline_first_starves_them(agents, paid, seed):
    ours, plain = both_ways(Load(paid=paid, free=0.1, agents=agents, seed=seed))

    assert ours.free_wait_max_days <= 5 < plain.free_wait_max_days
    assert ours.paid_kept <= plain.paid_kept  # what it costs is not hidden


def test_without_a_floor_waiting_still_ages_into_urgency():
    ours, plain = both_ways(Load(paid=1.1, free=0.1, floor_percent=0))

    assert ours.free_wait_max_days <= 5 < plain.free_wait_max_days


def test_the_same_seed_is_the_same_month():
    assert simulate(Load(seed=7, days=5)) == simulate(Load(seed=7, days=5))
    assert simulate(Load(seed=7, days=5)) != simulate(Load(seed=8, days=5))


def test_agents_needed_are_enough_and_one_fewer_is_not():
    load = Load(paid=1.2, free=0.4)
    needed = simulate(load).agents_needed
    arrivals = arrivals_of(load)

    def is_enough(agents):
        outcome = run(arrivals, Load(**{**asdict(load), "agents": agents}), by_floor(load.policy))
        return (
            outcome.paid_kept >= simulation.WELL_KEPT
            and outcome.free_wait_max_days <= simulation.MOST_FREE_DAYS
        )

    assert is_enough(needed)
    assert not is_enough(needed - 1)
    assert needed > load.agents


def test_by_hand_two_tickets_and_one_agent():
    """A paid one with an hour's work and a free one that comes a moment later."""
    hour, start = simulation.timedelta(hours=1), simulation.START
    paid = simulation.Arrival(start, hour, 4 * hour)
    free = simulation.Arrival(start + hour / 2, hour, None)
    late = simulation.Arrival(start + hour / 2, 5 * hour, 4 * hour)

    outcome = run([paid, free, late], Load(agents=1), by_floor(Load().policy))

    assert outcome.paid_kept == 0.5
    assert outcome.free_wait_max_days == 5.5 / 8


def test_a_month_without_tickets_breaks_nothing():
    report = simulate(Load(paid=0, free=0))

    assert (report.paid_kept, report.free_wait_max_days, report.agents_needed) == (1.0, 0.0, 1)


def test_command_prints_exactly_these_keys(capsys):
    call_command("simulate_queue", "--json", "--days=5", "--seed=3", "--paid=0.6", "--free=0.3")

    found = json.loads(capsys.readouterr().out)
    assert set(found) == KEYS
    assert found == asdict(simulate(Load(days=5, seed=3, paid=0.6, free=0.3)))


def test_command_prints_each_month_as_json_on_a_line_of_its_own(capsys):
    call_command("simulate_queue", "--json", "--days=5", "--seed=3", "--seeds=2", "--free=0.3")

    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert found == [asdict(simulate(Load(days=5, seed=seed, free=0.3))) for seed in (3, 4)]
    assert found[0] != found[1]


def test_command_prints_what_it_costs_the_paid(capsys):
    call_command("simulate_queue", "--days=5", "--paid=1.05", "--free=0.1", "--seeds=2")

    printed = capsys.readouterr().out
    assert "seeds 1 to 2" in printed
    assert "what the floor costs, points" in printed


@pytest.mark.parametrize(
    "wrong", ["--days=0", "--agents=0", "--paid=-1", "--floor=1.5", "--seeds=0", "--agents=999999"]
)
def test_command_refuses_what_makes_no_month(wrong):
    with pytest.raises(CommandError):
        call_command("simulate_queue", wrong)
