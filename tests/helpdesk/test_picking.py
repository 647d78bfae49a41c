"""The next ticket: the floor in the database, what fits an agent, giving back, what is offered."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from core.errors import InvalidInput, NotAllowed, WrongMoment
from core.models import JournalLine
from helpdesk import actions
from helpdesk.models import AgentOffer, Fairness, Pick, Skip, Ticket, TimeSpent
from helpdesk.queries import picking
from people.models import (
    GuaranteeLevelVersion,
    PersonLanguage,
    PersonSkill,
    ServiceCalendar,
    Skill,
    SkillName,
)
from tests.cast import SECRET
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT, Act
from tests.helpdesk.conftest import opened


def next_kinds(person, count):
    taken = [actions.take_next(actor=person) for _n in range(count)]
    return ["paid" if row.site_id else "free" for row in taken]


def test_two_of_five_picks_are_free_ones_while_both_wait(desk, both):
    both(paid=10, free=10)

    assert next_kinds(desk["nadia"], 10) == ["paid", "paid", "free", "paid", "free"] * 2
    assert Pick.objects.filter(both_waiting=True).count() == 10


def test_picks_while_one_kind_waits_count_nothing(desk, both):
    both(paid=4, free=0)
    assert next_kinds(desk["nadia"], 4) == ["paid"] * 4

    both(paid=3, free=3)

    assert next_kinds(desk["nadia"], 3) == ["paid", "paid", "free"]
    assert list(Pick.objects.order_by("pk").values_list("both_waiting", "why")) == [
        (False, "alone"),
        (False, "alone"),
        (False, "alone"),
        (False, "alone"),
        (True, "nearest"),
        (True, "nearest"),
        (True, "floor"),
    ]


def test_free_tickets_go_ahead_while_promises_are_far_off_and_the_paid_get_it_back(desk, both):
    late, _free = both(paid=12, free=16, hours=30)
    assert next_kinds(desk["nadia"], 8) == ["paid", "free", "free", "free"] * 2
    assert Fairness.objects.get().credit == 6 * 60 - 2 * 40
    assert list(Pick.objects.values_list("why", flat=True).distinct().order_by("why")) == [
        "ahead",
        "nearest",
    ]

    Ticket.objects.filter(pk__in=late).update(turn_at=timezone.now() + timedelta(hours=1))

    assert next_kinds(desk["vera"], 10) == ["paid"] * 9 + ["free"]


def test_hours_without_service_do_not_make_a_promise_far_off(desk, both, site):
    seldom = ServiceCalendar.objects.create(
        slug="seldom", zone="UTC", week=[[["06:00", "07:00"]]] * 7
    )
    GuaranteeLevelVersion.objects.create(
        level=site.level,
        names={"en": "Seldom"},
        first_response_minutes=240,
        yearly_price_cents=100,
        calendar=seldom,
    )
    both(paid=5, free=5, hours=30)

    assert next_kinds(desk["nadia"], 5) == ["paid", "paid", "free", "paid", "free"]


def test_the_floor_is_the_installations(desk, both):
    Fairness.objects.create(floor_percent=80)
    both(paid=5, free=5)

    assert next_kinds(desk["nadia"], 5) == ["paid", "free", "free", "free", "free"]


def test_free_ticket_that_waited_three_days_goes_before_late_paid_ones(desk, both):
    Fairness.objects.create(floor_percent=0)
    _paid, free = both(paid=4, free=2)
    now = timezone.now()
    Ticket.objects.filter(level_version__yearly_price_cents__gt=0).update(
        turn_at=now - timedelta(days=9)
    )
    Ticket.objects.filter(pk__in=free).update(waiting_since=now - timedelta(days=4))

    assert next_kinds(desk["nadia"], 4) == ["paid", "free", "paid", "free"]


def test_agents_get_what_they_can_read(desk, both):
    opened(desk["omar"], "Auf Deutsch", language="de")
    unknown = opened(desk["omar"], "Nobody knows", language="und")

    assert actions.take_next(actor=desk["nadia"]).pk == unknown.pk
    assert actions.take_next(actor=desk["nadia"]) is None

    PersonLanguage.objects.create(person=desk["nadia"], language="de", position=1)
    del desk["nadia"].spoken
    assert actions.take_next(actor=desk["nadia"]).subject == "Auf Deutsch"


@pytest.fixture
def dns(db):
    made = Skill.objects.create(slug="dns")
    SkillName.objects.create(skill=made, language="en", name="Domain names")
    return made


def test_skills_are_asked_for_until_the_ticket_is_urgent(desk, dns, open_ticket):
    ticket = open_ticket()
    for _twice in range(2):
        actions.set_needed_skills(
            actor=desk["nadia"], ticket_id=ticket.pk, names=["Domain names", "dns"]
        )
    assert JournalLine.objects.filter(verb="helpdesk.skills_set").count() == 1

    PersonSkill.objects.create(person=desk["nadia"], skill=dns, wanted=True)
    assert actions.take_next(actor=desk["nadia"]) is None  # to want it is not to have it
    PersonSkill.objects.create(person=desk["vera"], skill=dns)
    assert actions.take_next(actor=desk["vera"]) == ticket

    late = open_ticket()
    actions.set_needed_skills(actor=desk["nadia"], ticket_id=late.pk, names=["dns"])
    Ticket.objects.filter(pk=late.pk).update(turn_at=timezone.now())
    assert actions.take_next(actor=desk["nadia"]) == late


def test_unknown_skills_are_refused(desk, dns, ticket):
    with pytest.raises(InvalidInput):
        actions.set_needed_skills(actor=desk["nadia"], ticket_id=ticket.pk, names=["alchemy"])


def test_hours_offered_are_counted_by_the_time_written_down(desk, both):
    both(paid=0, free=5)
    actions.offer(actor=desk["vera"], weekly_minutes=30, most_tickets=None)
    first = actions.take_next(actor=desk["vera"])
    now = timezone.now()
    assert picking.minutes_given(desk["vera"], now) == 15

    actions.spend_time(actor=desk["vera"], ticket_id=first.pk, minutes=5)
    assert picking.minutes_given(desk["vera"], now) == 5
    assert actions.take_next(actor=desk["vera"])
    actions.spend_time(actor=desk["vera"], ticket_id=first.pk, minutes=10)
    with pytest.raises(WrongMoment) as given_up:
        actions.take_next(actor=desk["vera"])

    assert given_up.value.code == "hours_given"
    long_ago = timezone.localdate() - timedelta(days=8)
    TimeSpent.objects.update(day=long_ago)
    assert picking.minutes_given(desk["vera"], now) == 15


def test_nobody_is_given_more_than_they_offered(desk, both):
    both(paid=0, free=5)
    actions.offer(actor=desk["nadia"], weekly_minutes=None, most_tickets=1)
    actions.offer(actor=desk["vera"], weekly_minutes=30, most_tickets=None)

    assert actions.take_next(actor=desk["nadia"])
    with pytest.raises(WrongMoment) as full:
        actions.take_next(actor=desk["nadia"])
    assert full.value.code == "hands_full"

    assert actions.take_next(actor=desk["vera"])
    assert actions.take_next(actor=desk["vera"])
    with pytest.raises(WrongMoment) as given_up:
        actions.take_next(actor=desk["vera"])
    assert given_up.value.code == "hours_given"
    Pick.objects.update(at=timezone.now() - timedelta(days=8))
    assert actions.take_next(actor=desk["vera"])


def test_offers_are_agents_and_within_reason(desk):
    with pytest.raises(NotAllowed):
        actions.offer(actor=desk["omar"], weekly_minutes=60, most_tickets=None)
    with pytest.raises(InvalidInput):
        actions.offer(actor=desk["nadia"], weekly_minutes=-1, most_tickets=None)
    assert not AgentOffer.objects.exists()


def test_skipped_ticket_keeps_its_place_and_goes_to_others(desk, both):
    _none, (first, second) = both(paid=0, free=2)
    ticket = actions.take_next(actor=desk["nadia"])
    assert ticket.pk == first
    before = Ticket.objects.get(pk=first)

    row = actions.skip(actor=desk["nadia"], ticket_id=first, reason="skill")

    after = Ticket.objects.get(pk=first)
    assert (after.turn_at, after.waiting_since) == (before.turn_at, before.waiting_since)
    assert (after.state, after.assignee) == ("waiting_us", None)
    assert row.until - row.at == timedelta(days=7)
    assert actions.take_next(actor=desk["nadia"]).pk == second
    assert actions.take_next(actor=desk["nadia"]) is None
    assert actions.take_next(actor=desk["vera"]).pk == first

    actions.unassign(actor=desk["vera"], ticket_id=first)
    Skip.objects.update(until=timezone.now())
    assert actions.take_next(actor=desk["nadia"]).pk == first


def test_skipping_tells_the_requester_nothing(desk, browse, both):
    ((first, *_more), _free) = both(paid=1, free=0)
    actions.take_next(actor=desk["nadia"])
    actions.skip(actor=desk["nadia"], ticket_id=first, reason="too_close")

    page = browse(desk["aminata"]).get(Ticket.objects.get(pk=first).path).content.decode()

    assert "too close" not in page
    assert "kip" not in page.partition("<main")[2].replace("kipping", "")
    assert "/skills" not in page


def test_agent_reads_why_it_is_this_one(desk, browse, call, both):
    paid, free = both(paid=1, free=1)
    Ticket.objects.filter(pk__in=free).update(waiting_since=timezone.now() - timedelta(hours=60))

    page = browse(desk["nadia"]).post("/queue/next", follow=True).content.decode()
    found = call(desk["vera"]).post("/api/v1/queue/next").json()

    due = Ticket.objects.get(pk__in=paid).answer_due_at
    on_her_clock = due.astimezone(ZoneInfo(desk["nadia"].time_zone))
    assert re.search(rf"The promise falls due: [\w ]+, {on_her_clock:%H:%M}", page)
    assert found["why"]["words"] == "Free ticket, waiting 2 days"
    assert (found["why"]["kind"], found["why"]["reason"]) == ("free", "alone")


def ticket_act(noun, page, api, method):
    return Act(
        page=lambda t: (f"{t.path}/{noun}", page),
        api=lambda t: (method, f"/api/v1/tickets/{t.pk}/{noun}", api),
    )


SKIP = ticket_act("skips", {"reason": "skill"}, {"reason": "skill"}, "POST")
SKIP_SO = ticket_act("skips", {"reason": "moon"}, {"reason": "moon"}, "POST")
SKILLS = ticket_act("skills", {"skills": "dns"}, {"skills": ["dns"]}, "PUT")
NO_SKILLS = ticket_act("skills", {"skills": ""}, {"skills": []}, "PUT")
ALCHEMY = ticket_act("skills", {"skills": "x, y"}, {"skills": ["x", "y"]}, "PUT")
OFFER = Act(
    page=lambda t: ("/queue/offer", {"weekly_hours": "1.5", "most_tickets": "4"}),
    api=lambda t: ("PUT", "/api/v1/queue/offer", {"weekly_minutes": 90, "most_tickets": 4}),
)
TOO_MUCH = Act(
    page=lambda t: ("/queue/offer", {"weekly_hours": "-1"}),
    api=lambda t: ("PUT", "/api/v1/queue/offer", {"weekly_minutes": -1, "most_tickets": None}),
)


@pytest.mark.parametrize("face", FACES)
def test_skipping_on_every_face(face, perform, desk, ticket):
    assert perform(face, desk["nadia"], SKIP, ticket) == WRONG_MOMENT  # nobody has it
    actions.assign(actor=desk["nadia"], ticket_id=ticket.pk, assignee=desk["nadia"])
    for who in ("aminata", "farid", "olga"):
        assert perform(face, desk[who], SKIP, ticket) == NOT_ALLOWED
    for who in ("omar", "odile", "clara", "moira"):
        assert perform(face, desk[who], SKIP, ticket) == UNSEEN
    assert perform(face, None, SKIP, ticket) == SIGN_IN
    assert perform(face, desk["vera"], SKIP, ticket) == WRONG_MOMENT
    assert perform(face, desk["nadia"], SKIP_SO, ticket) == INVALID
    assert not Skip.objects.exists()

    for _twice in range(2):
        assert perform(face, desk["nadia"], SKIP, ticket) == DONE

    assert Skip.objects.get().person == desk["nadia"]
    assert JournalLine.objects.filter(verb="helpdesk.ticket_skipped").count() == 1


@pytest.mark.parametrize("face", FACES)
def test_needed_skills_on_every_face(face, perform, desk, dns, ticket):
    for who in ("aminata", "farid", "olga"):
        assert perform(face, desk[who], SKILLS, ticket) == NOT_ALLOWED
    for who in ("omar", "odile", "clara"):
        assert perform(face, desk[who], SKILLS, ticket) == UNSEEN
    assert perform(face, None, SKILLS, ticket) == SIGN_IN
    assert perform(face, desk["nadia"], ALCHEMY, ticket) == INVALID

    for _twice in range(2):
        assert perform(face, desk["nadia"], SKILLS, ticket) == DONE

    assert ticket.needed_skills.get().skill == dns


@pytest.mark.parametrize("face", FACES)
def test_offers_on_every_face(face, perform, desk, ticket):
    for who in ("aminata", "omar", "clara"):
        assert perform(face, desk[who], OFFER, ticket) == NOT_ALLOWED
    assert perform(face, None, OFFER, ticket) == SIGN_IN
    assert perform(face, desk["vera"], TOO_MUCH, ticket) == INVALID

    for _twice in range(2):
        assert perform(face, desk["vera"], OFFER, ticket) == DONE

    row = AgentOffer.objects.get()
    assert (row.person, row.weekly_minutes, row.most_tickets) == (desk["vera"], 90, 4)


@pytest.mark.parametrize("face", FACES)
def test_next_when_hands_are_full_on_every_face(face, perform, desk, ticket):
    actions.offer(actor=desk["vera"], weekly_minutes=None, most_tickets=0)
    take = Act(page=lambda t: ("/queue/next", {}), api=lambda t: ("POST", "/api/v1/queue/next", {}))

    assert perform(face, desk["vera"], take, ticket) == WRONG_MOMENT
    assert perform(face, desk["nadia"], take, ticket) == DONE


def test_pages_show_what_stands(desk, browse, dns, ticket):
    actions.offer(actor=desk["vera"], weekly_minutes=90, most_tickets=4)
    actions.set_needed_skills(actor=desk["vera"], ticket_id=ticket.pk, names=["dns"])
    PersonSkill.objects.create(person=desk["vera"], skill=dns)
    client = browse(desk["vera"])

    offer = client.get("/queue/offer").content.decode()
    skills = client.get(f"{ticket.path}/skills").content.decode()

    assert 'value="1.5"' in offer
    assert 'value="4"' in offer
    assert "Domain names" in offer
    assert 'value="Domain names"' in skills
    assert f"NOTE{SECRET}" not in offer + skills


def test_next_costs_the_same_however_many_wait(desk, both, assert_asks):
    both(paid=2, free=2)
    actions.take_next(actor=desk["nadia"])
    both(paid=1, free=1)
    with assert_asks(22):
        actions.take_next(actor=desk["nadia"])
    both(paid=15, free=15)
    with assert_asks(22):
        actions.take_next(actor=desk["nadia"])
