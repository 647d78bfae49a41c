"""What the free ones have ahead of the floor: what a pick gives, and who takes it back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from helpdesk import actions
from helpdesk.fairness import MOST_CREDIT
from helpdesk.models import Fairness, Pick, Ticket
from tests.helpdesk.test_picking import next_kinds

FLOOR = "/back-office/helpdesk/fairness/1/change/"
ADD = "/back-office/helpdesk/fairness/add/"


@pytest.fixture
def office(desk, browse):
    """The back office, read by a superuser."""
    desk["clara"].is_superuser = True
    desk["clara"].save()
    return browse(desk["clara"])


def credit():
    return Fairness.objects.get().credit


def test_the_floor_does_not_count_what_was_given_back(desk, both):
    both(paid=5, free=5)
    assert next_kinds(desk["nadia"], 2) == ["paid", "paid"]
    third = actions.take_next(actor=desk["nadia"])
    assert third.site_id is None

    actions.skip(actor=desk["nadia"], ticket_id=third.pk, reason="no_time")

    assert next_kinds(desk["vera"], 2) == ["free", "paid"]


@pytest.mark.parametrize("before", [0, 100 * MOST_CREDIT - 20, 100 * MOST_CREDIT])
def test_what_is_given_back_takes_what_its_pick_gave(desk, both, before):
    Fairness.objects.create(credit=before)
    both(paid=5, free=5, hours=30)
    taken = [actions.take_next(actor=desk["nadia"]) for _n in range(3)]
    assert [row.site_id is None for row in taken].count(True) >= (before == 0)
    assert sum(Pick.objects.values_list("credit", flat=True)) == credit() - before
    given = {row.ticket_id: row.credit for row in Pick.objects.all()}

    for ticket in reversed(taken):
        expected = credit() - given[ticket.pk]
        actions.skip(actor=desk["nadia"], ticket_id=ticket.pk, reason="no_time")
        assert credit() == expected

    assert credit() == before


def test_floor_set_anew_meanwhile_takes_no_more_than_the_pick_gave(desk, both):
    both(paid=3, free=3)
    ticket = actions.take_next(actor=desk["nadia"])
    Fairness.objects.update(floor_percent=90)

    actions.skip(actor=desk["nadia"], ticket_id=ticket.pk, reason="no_time")

    assert credit() == 0


def test_pick_of_before_gave_nothing(desk, both):
    both(paid=3, free=3)
    ticket = actions.take_next(actor=desk["nadia"])
    Pick.objects.update(credit=0)
    Fairness.objects.update(credit=700)

    actions.skip(actor=desk["nadia"], ticket_id=ticket.pk, reason="no_time")

    assert credit() == 700


def test_without_a_floor_no_credit_grows(desk, both):
    Fairness.objects.create(floor_percent=0)
    _paid, free = both(paid=4, free=4)
    long_ago = timezone.now() - timedelta(days=4)
    Ticket.objects.filter(pk__in=free).update(waiting_since=long_ago)

    assert next_kinds(desk["nadia"], 4) == ["free"] * 4

    assert Pick.objects.counted().count() == 4
    assert credit() == 0


@pytest.mark.parametrize(("before", "after"), [(3000, 0), (-80, -80)])
def test_another_share_begins_without_credit(office, before, after):
    Fairness.objects.create(credit=before)

    assert office.post(FLOOR, {"floor_percent": 30, "patience_hours": 72}).status_code == 302

    row = Fairness.objects.get()
    assert (row.floor_percent, row.credit) == (30, after)


def test_office_writes_what_was_changed_and_picks_count_on(office, monkeypatch):
    Fairness.objects.create(credit=500)
    change = actions.change_floor

    def picked_meanwhile(floor, fields):
        Fairness.objects.update(credit=560, floor_percent=50)
        change(floor, fields)

    monkeypatch.setattr(actions, "change_floor", picked_meanwhile)
    office.post(FLOOR, {"floor_percent": 40, "patience_hours": 48})

    row = Fairness.objects.get()
    assert (row.floor_percent, row.patience_hours, row.credit) == (50, 48, 560)


def test_office_offers_no_second_floor_and_takes_none_away(office):
    assert office.get(ADD).status_code == 200

    Fairness.objects.create()

    assert office.get(ADD).status_code == 403
    assert office.post(ADD, {"floor_percent": 30, "patience_hours": 72}).status_code == 403
    assert ADD not in office.get("/back-office/helpdesk/fairness/").content.decode()
    assert (
        office.post("/back-office/helpdesk/fairness/1/delete/", {"post": "yes"}).status_code == 403
    )
    assert Fairness.objects.get().floor_percent == 40
