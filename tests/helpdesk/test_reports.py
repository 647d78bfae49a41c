"""The figures of the desk: exact, of one's own queues alone, on every face."""

import csv
import random
import statistics
from datetime import UTC, date, datetime, timedelta
from math import ceil

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpdesk import actions, queries
from helpdesk.models import Clock, Ticket
from helpdesk.queries.percentiles import MEDIAN, MOST, percentile
from people.models import RoleGrant

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture
def history(desk, site, open_ticket):
    """Ten tickets of a March, opened day by day: five with a promise kept, three broken."""

    def make(number):
        ticket = open_ticket(
            subject=f"No {number}",
            language="fr" if number % 2 else "en",
            site_id=site.pk if number < 4 else None,
        )
        opened = MONDAY + timedelta(days=number)
        first = timedelta(minutes=10 * (number + 1)) if number < 8 else None
        facts = {
            "opened_at": opened,
            "first_response_due_at": opened + timedelta(minutes=50),
            "first_response_at": opened + first if first else None,
            "waiting_since": opened + timedelta(hours=number + 1),
            "state": "solved" if number < 6 else "new",
        }
        Ticket.objects.filter(pk=ticket.pk).update(**facts)
        return ticket

    made = [make(number) for number in range(10)]
    Ticket.objects.filter(pk=made[9].pk).update(
        first_response_due_at=timezone.now() + timedelta(days=1)
    )
    return made


def the_report(person, **facts):
    return queries.report_for(person, date(2026, 3, 1), date(2026, 3, 31), language="en", **facts)


def test_report_counts_every_ticket_of_the_period(desk, history):
    found = the_report(desk["nadia"])

    every = found.all
    assert (every.tickets, every.answered, every.solved) == (10, 8, 6)
    assert (every.first_median, every.first_most) == (40, 80)
    assert (every.solved_median, every.solved_most) == (180, 360)
    assert (every.promised, every.kept, every.kept_percent) == (9, 5, 56)
    assert {row.name: row.tickets for row in found.by["level"]} == {"Free": 6, "Guaranteed": 4}
    assert {row.name: row.tickets for row in found.by["queue"]} == {"Hosting": 10}
    assert {row.name: row.tickets for row in found.by["language"]} == {"Français": 5, "English": 5}
    assert [(row.name, row.tickets) for row in found.by["weekday"]] == [
        ("Monday", 2),
        ("Tuesday", 2),
        ("Wednesday", 2),
        ("Thursday", 1),
        ("Friday", 1),
        ("Saturday", 1),
        ("Sunday", 1),
    ]
    for rows in found.by.values():
        assert sum(row.tickets for row in rows) == 10
        assert sum(row.kept for row in rows) == 5


def test_merged_tickets_and_other_days_are_not_counted(desk, history):
    Ticket.objects.filter(pk=history[8].pk).update(state="merged", merged_into=history[0])

    assert the_report(desk["nadia"]).all.tickets == 9
    found = queries.report_for(desk["nadia"], date(2026, 3, 3), date(2026, 3, 4), language="en")
    assert found.all.tickets == 2
    assert queries.report_for(desk["nadia"], date(2025, 3, 3), date(2025, 3, 4), language="en") == (
        queries.Report(date(2025, 3, 3), date(2025, 3, 4), found_nothing(), NO_GROUPS)
    )


NO_GROUPS: dict[str, list[queries.Figures]] = {
    "level": [],
    "queue": [],
    "language": [],
    "weekday": [],
}


def found_nothing():
    return queries.Figures("", 0, 0, None, None, 0, None, None, 0, 0, 0, 0, 0, 0)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=60))
def test_percentiles_are_values_that_so_many_do_not_exceed(seconds):
    ordered = sorted(seconds)
    for share in (MEDIAN, MOST):
        minutes = percentile(ordered, share)
        fits = [value for value in ordered if ceil(value / 60) <= minutes]
        assert len(fits) >= share * len(ordered)
        assert minutes in {ceil(value / 60) for value in ordered}
    if len(ordered) % 2:
        assert percentile(ordered, MEDIAN) == ceil(statistics.median(ordered) / 60)
    random.shuffle(seconds)
    assert percentile(sorted(seconds), MEDIAN) == percentile(ordered, MEDIAN)


def test_each_reads_of_their_own_queues(browse, call, desk, history, other_queue, organisation):
    RoleGrant.objects.create(
        person=desk["mika"], role="agent", organisation_id=organisation.pk
    )  # of one organisation: not of a queue
    address = "/reports/helpdesk"
    asked = "?since=2026-03-01&until=2026-03-31"
    moved = history[0]
    actions.change_queue(actor=desk["nadia"], ticket_id=moved.pk, queue_slug="domains")

    def told(name, more=""):
        return call(desk[name]).get(f"/api/v1{address}{asked}{more}")

    sums = {
        name: told(name).json()["all"]["tickets"] for name in ("nadia", "vera", "odile", "clara")
    }
    assert sums == {"nadia": 10, "vera": 9, "odile": 1, "clara": 10}
    assert told("nadia", "&queue=domains").json()["all"]["tickets"] == 1
    assert told("vera", "&queue=domains").status_code == 422
    for name in ("aminata", "omar", "moira", "mika"):
        assert told(name).status_code == 403
        for path in (address, f"{address}.csv"):
            assert browse(desk[name]).get(path).status_code == 403
    assert call(None).get(f"/api/v1{address}").status_code == 401
    assert browse(None).get(address).status_code == 302


def test_page_and_csv_say_the_same_as_the_api(browse, call, desk, history):
    asked = "?since=2026-03-01&until=2026-03-31"
    page = browse(desk["clara"]).get(f"/reports/helpdesk{asked}").content.decode()
    sent = browse(desk["clara"]).get(f"/reports/helpdesk.csv{asked}")
    rows = list(csv.DictReader(sent.content.decode().splitlines()))

    assert "5 of 9" in page or "56 %" in page
    assert sent["Content-Type"] == "text/csv; charset=utf-8"
    assert rows[0]["group"] == "all"
    assert rows[0]["tickets"] == "10"
    told = call(desk["clara"]).get(f"/api/v1/reports/helpdesk{asked}").json()
    assert rows[0]["first_answer_median_minutes"] == str(told["all"]["first_answer_median"])
    assert len(rows) == 1 + sum(len(told[f"by_{name}"]) for name in queries.names_of_groups())


@pytest.mark.parametrize(
    "asked", ["since=x", "since=2026-03-05&until=2026-03-01", "since=1990-01-01", "since=20260301"]
)
def test_periods_that_are_none_are_refused(asked, browse, call, desk, ticket):
    assert browse(desk["clara"]).get(f"/reports/helpdesk?{asked}").status_code == 422
    assert browse(desk["clara"]).get(f"/reports/helpdesk.csv?{asked}").status_code == 422
    if asked != "since=20260301":  # DRF reads this one as a day
        assert call(desk["clara"]).get(f"/api/v1/reports/helpdesk?{asked}").status_code == 422


def test_report_costs_the_same_however_many(desk, history, open_ticket, browse):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def counted():
        with CaptureQueriesContext(
            connection,
        ) as context:
            the_report(desk["nadia"])
        return len(context)

    counted()  # the reader's roles are asked for once
    few = counted()
    for number in range(20):
        open_ticket(subject=f"More {number}")
    Ticket.objects.update(opened_at=MONDAY)

    assert (few, counted()) == (4, 4)


def stood_otherwise():
    """Return the six ways a promise may stand: one is kept, two are broken."""
    past = timezone.now() - timedelta(hours=1)
    return [
        {"outcome": "kept", "ended_at": past, "due_at": past},
        {"outcome": "missed", "ended_at": past, "due_at": past},
        {"due_at": past},  # runs, and is late
        {"due_at": past, "paused_at": past},  # stands still
        {"outcome": "unpromised", "ended_at": past},
        {"outcome": "dropped", "ended_at": past, "due_at": past},
    ]


def test_promises_of_solutions_are_counted_beside_first_answers(browse, call, desk, history):
    Clock.objects.all().delete()
    past = timezone.now() - timedelta(hours=1)
    for ticket, facts in zip(history, stood_otherwise(), strict=False):
        Clock.objects.create(ticket=ticket, kind="solution", turn=1, started_at=past, **facts)

    found = the_report(desk["nadia"])

    assert (found.all.tickets, found.all.solution_promised, found.all.solution_kept) == (10, 3, 1)
    assert found.all.further_promised == 0
    for rows in found.by.values():
        assert sum(row.solution_promised for row in rows) == 3
    asked = "?since=2026-03-01&until=2026-03-31"
    told = call(desk["nadia"]).get(f"/api/v1/reports/helpdesk{asked}").json()["all"]
    assert (told["solution_promised"], told["solution_kept"]) == (3, 1)
    page = browse(desk["nadia"]).get(f"/reports/helpdesk{asked}").content.decode()
    assert "33 %" in page
    sheet = browse(desk["nadia"]).get(f"/reports/helpdesk.csv{asked}").content.decode()
    assert sheet.splitlines()[0].endswith("further_answers_kept,solutions_promised,solutions_kept")
    assert sheet.splitlines()[1].endswith(",0,0,3,1")


def test_each_further_answer_is_counted_however_many_a_ticket_has(browse, call, desk, history):
    Clock.objects.all().delete()
    past = timezone.now() - timedelta(hours=1)
    for ticket in history[:2]:
        for turn, facts in enumerate(stood_otherwise(), start=1):
            stood = {"kind": "next_response", "turn": turn, "started_at": past, **facts}
            Clock.objects.create(ticket=ticket, **stood)

    found = the_report(desk["nadia"])

    every = found.all
    assert (every.tickets, every.further_promised, every.further_kept) == (10, 6, 2)
    assert (every.further_kept_percent, every.solution_promised) == (33, 0)
    for name, rows in found.by.items():
        assert sum(row.further_kept for row in rows) == 2, name
    assert {row.name: row.further_promised for row in found.by["language"]} == {
        "Français": 3,
        "English": 3,
    }
    asked = "?since=2026-03-01&until=2026-03-31"
    told = call(desk["nadia"]).get(f"/api/v1/reports/helpdesk{asked}").json()["all"]
    assert (told["further_promised"], told["further_kept"]) == (6, 2)
    page = browse(desk["nadia"]).get(f"/reports/helpdesk{asked}").content.decode()
    assert "Further answers as promised" in page
    assert "1 of 3" in page
    sheet = browse(desk["nadia"]).get(f"/reports/helpdesk.csv{asked}").content.decode()
    assert sheet.splitlines()[1].endswith(",6,2,0,0")
