from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from core.errors import InvalidInput, NotAllowed, NotSeen, StaleRevision, WrongMoment
from core.models import JournalLine
from people.models import Skill, SkillName
from tests.cast import make_person
from tests.workshops.planning import make_draft, make_venue, make_workshop, plan, slot
from workshops import actions, queries
from workshops.actions.planning import SlotTaken
from workshops.clock import Slot, Span
from workshops.models import Booking, Workshop


def verbs_of(workshop: Workshop) -> list[str]:
    lines = JournalLine.objects.filter(thing_kind="workshops.workshop", thing_id=workshop.pk)
    return [line.verb for line in lines.order_by("pk")]


def faults(refusal) -> set[tuple[str, str]]:
    return {(error.field, error.code) for error in refusal.value.errors}


def test_trainer_proposes_a_draft_with_sessions_in_utc(cast):
    venue = make_venue()
    skill = Skill.objects.create(slug="wordpress")
    SkillName.objects.create(skill=skill, language="fr", name="WordPress")

    workshop = make_draft(cast.tomas, venue, skills=["wordpress"])

    session = workshop.sessions.get()
    assert workshop.state == "draft"
    assert session.start_at == datetime(2026, 12, 8, 17, tzinfo=UTC)
    assert (workshop.starts_at, workshop.ends_at) == (session.start_at, session.end_at)
    assert session.zone == workshop.zone == "Europe/Paris"
    assert "<em>update</em>" in workshop.html
    assert list(workshop.skills.all()) == [skill]
    assert [row.person for row in workshop.trainers.all()] == [cast.tomas]
    assert verbs_of(workshop) == ["workshops.workshop_proposed"]


def test_member_does_not_propose(cast):
    with pytest.raises(NotAllowed):
        make_draft(cast.omar)


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"title": " a "}, ("title", "length")),
        ({"source": "  "}, ("source", "required")),
        ({"language": "tlh"}, ("language", "unknown_language")),
        ({"venue_id": 999}, ("venue", "unknown_venue")),
        ({"online_url": ""}, ("venue", "nowhere")),
        ({"online_url": "javascript:alert(1)"}, ("online_url", "invalid")),
        ({"zone": "Europe/Atlantis"}, ("zone", "unknown_zone")),
        ({"seats": 0}, ("seats", "out_of_range")),
        ({"seats": 1001}, ("seats", "out_of_range")),
        ({"trainers": []}, ("trainers", "number")),
        ({"trainers": ["ghost"]}, ("trainers", "unknown_person")),
        ({"trainers": ["omar"]}, ("trainers", "not_a_trainer")),
        ({"skills": ["alchemy"]}, ("skills", "unknown_skill")),
        ({"slots": []}, ("sessions", "number")),
        ({"slots": [slot()] * 21}, ("sessions", "number")),
        ({"slots": [slot(starts=20, ends=18)]}, ("sessions.0.ends", "too_long")),
        ({"slots": [slot(starts=20, ends=20)]}, ("sessions.0.ends", "too_long")),
        ({"slots": [slot(starts=6, ends=20)]}, ("sessions.0.ends", "too_long")),
        ({"slots": [slot(date(2020, 1, 1))]}, ("sessions.0.day", "past")),
        ({"slots": [slot(date(9999, 12, 31))]}, ("sessions.0.day", "too_far")),
        ({"slots": [slot(), slot(starts=19, ends=21)]}, ("sessions.1.starts", "overlap")),
        ({"slots": [slot(date(2027, 3, 28), 2, 4)]}, ("sessions.0.starts", "no_such_time")),
        ({"slots": [slot(date(2027, 3, 27), 22, 2)]}, ("sessions.0.ends", "no_such_time")),
        ({"slots": [slot(date.max, 22, 2)]}, ("sessions.0.starts", "no_such_time")),
        ({"slots": [slot(id=7)]}, ("sessions.0.id", "unknown_session")),
    ],
)
def test_fault_in_a_plan_stands_beside_its_field(cast, facts, fault):
    with pytest.raises(InvalidInput) as refusal:
        make_draft(cast.tomas, **facts)

    assert fault in faults(refusal)
    assert not Workshop.objects.exists()


def test_venue_is_not_taken_twice_not_even_by_a_minute(cast):
    venue = make_venue()
    uma = make_person("uma", role="trainer")
    make_draft(cast.tomas, venue)

    late = [slot(starts=19, ends=21)]
    with pytest.raises(actions.SlotTaken) as refusal:
        make_draft(uma, venue, trainers=["uma"], slots=late)

    assert faults(refusal) == {("sessions.0.starts", "venue_taken")}
    # A draft of others is not told by name.
    assert [e.detail for e in refusal.value.errors] == [
        "Maison des associations is taken from 18:00 to 20:00"
    ]
    assert make_draft(uma, make_venue("Elsewhere"), trainers=["uma"], slots=late).pk


def test_trainer_is_not_in_two_places_at_once(cast):
    make_workshop(cast.tomas, make_venue(), title="First of both")

    with pytest.raises(actions.SlotTaken) as refusal:
        make_draft(
            cast.clara, make_venue("B"), trainers=["tomas"], slots=[slot(starts=19, ends=21)]
        )

    assert faults(refusal) == {("sessions.0.starts", "trainer_taken")}
    assert "Tomas is taken from 18:00 to 20:00: First of both" in refusal.value.errors[0].detail


def test_ends_that_touch_are_no_conflict(cast):
    venue = make_venue()
    make_draft(cast.tomas, venue, slots=[slot(starts=18, ends=19)])

    make_draft(cast.tomas, venue, slots=[slot(starts=19, ends=20)])

    assert Booking.objects.count() == 4


def test_same_hour_in_another_zone_is_another_moment(cast):
    make_draft(cast.tomas, make_venue())
    dakar = make_venue("Dakar", zone="Africa/Dakar")

    with pytest.raises(actions.SlotTaken) as refusal:  # 18:00 there is 19:00 in Paris
        make_draft(cast.tomas, dakar)

    assert "from 17:00 to 19:00" in refusal.value.errors[0].detail
    make_draft(cast.tomas, dakar, slots=[slot(starts=19, ends=21)])


def test_cancelled_workshop_frees_its_hours(cast):
    venue = make_venue()
    first = make_workshop(cast.tomas, venue)

    actions.cancel_workshop(actor=cast.tomas, workshop_id=first.pk, reason="Trainer is ill")

    assert make_draft(cast.tomas, venue).pk


@pytest.mark.parametrize("column", ["venue", "person"])
@pytest.mark.parametrize("verb", ["insert", "update"])
def test_database_refuses_a_double_booking(cast, column, verb):
    taken = {"venue": make_venue(), "person": cast.tomas}[column]
    session = make_draft(cast.tomas, make_venue("Other")).sessions.get()
    Booking.objects.all().delete()

    def book(start: int, end: int) -> Booking:
        return Booking.objects.create(
            session=session,
            start_at=datetime(2026, 12, 8, start, tzinfo=UTC),
            end_at=datetime(2026, 12, 8, end, tzinfo=UTC),
            **{column: taken},
        )

    book(18, 19)
    after = book(19, 20)
    early = datetime(2026, 12, 8, 18, 59, tzinfo=UTC)
    acts = {
        "insert": lambda: book(18, 20),
        "update": lambda: Booking.objects.filter(pk=after.pk).update(start_at=early),
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        acts[verb]()
    assert Booking.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("shared", ["venue", "trainer"])
def test_twenty_at_once_want_the_same_hour_and_one_wins(shared):
    people = [make_person(f"trainer{n}", role="trainer") for n in range(20)]
    venue = make_venue()
    places = [venue if shared == "venue" else make_venue(f"Room {n}") for n in range(20)]
    outcomes: list[str] = []
    start = Barrier(20)

    def propose(number: int) -> None:
        handle = people[number if shared == "venue" else 0].handle
        start.wait()
        try:
            make_draft(people[number], places[number], trainers=[handle])
            outcomes.append("won")
        except actions.SlotTaken:
            outcomes.append("taken")
        finally:
            connection.close()

    threads = [Thread(target=propose, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["taken"] * 19 + ["won"]
    assert Workshop.objects.count() == 1


def test_conflicts_name_what_the_reader_may_see(cast):
    venue = make_venue()
    make_draft(cast.tomas, venue, title="SECRETPLUM draft")
    span = Span(datetime(2026, 12, 8, 17, tzinfo=UTC), datetime(2026, 12, 8, 18, tzinfo=UTC))
    asked: dict[str, Any] = {"venue_id": venue.pk, "trainer_ids": [cast.tomas.pk], "spans": [span]}

    for_lead = queries.conflicts(cast.tomas, **asked)
    for_other = queries.conflicts(make_person("uma", role="trainer"), **asked)

    assert [(c.what, c.title) for c in for_lead] == [
        ("venue", "SECRETPLUM draft"),
        ("trainer", "SECRETPLUM draft"),
    ]
    assert [(c.what, c.title) for c in for_other] == [("venue", ""), ("trainer", "")]


def test_conflict_of_the_audience_is_told_and_allowed(cast):
    make_workshop(cast.tomas, make_venue())
    span = Span(datetime(2026, 12, 8, 17, tzinfo=UTC), datetime(2026, 12, 8, 18, tzinfo=UTC))

    found = queries.conflicts(
        cast.clara, venue_id=None, trainer_ids=[], spans=[span], language="en"
    )

    assert [(c.what, c.title) for c in found] == [("audience", "Keep a WordPress site alive")]
    assert make_draft(cast.clara, make_venue("B"), trainers=["clara"]).pk


def test_trainer_changes_hours_and_keeps_the_session(cast):
    workshop = make_workshop(cast.tomas, make_venue())
    session = workshop.sessions.get()
    new = plan(
        workshop.venue,
        seats=5,
        slots=[slot(starts=17, ends=19, id=session.pk), slot(date(2026, 12, 9))],
    )

    changed = actions.change_workshop(
        actor=cast.tomas, workshop_id=workshop.pk, revision=workshop.revision, plan=new
    )

    assert changed.revision == workshop.revision + 1
    assert changed.sessions.first() == session
    assert changed.ends_at == datetime(2026, 12, 9, 19, tzinfo=UTC)
    line = JournalLine.objects.get(verb="workshops.workshop_changed")
    assert line.changes == {"fields": ["seats", "sessions"]}
    assert Booking.objects.count() == 4


def test_same_plan_again_changes_nothing(cast):
    workshop = make_workshop(cast.tomas, make_venue())
    same = plan(workshop.venue, slots=[slot(id=workshop.sessions.get().pk)])

    again = actions.change_workshop(
        actor=cast.tomas, workshop_id=workshop.pk, revision=workshop.revision, plan=same
    )

    assert again.revision == workshop.revision
    assert "workshops.workshop_changed" not in verbs_of(workshop)


def test_change_on_an_older_revision_is_refused_with_the_newer_text(cast):
    workshop = make_workshop(cast.tomas, make_venue())

    with pytest.raises(StaleRevision) as refusal:
        actions.change_workshop(
            actor=cast.tomas,
            workshop_id=workshop.pk,
            revision=workshop.revision - 1,
            plan=plan(workshop.venue),
        )

    assert refusal.value.extra["source"] == workshop.source


def test_who_does_not_lead_changes_nothing(cast):
    draft = make_draft(cast.tomas, make_venue())
    uma = make_person("uma", role="trainer")
    acts = [
        lambda: actions.change_workshop(
            actor=uma, workshop_id=draft.pk, revision=1, plan=plan(draft.venue)
        ),
        lambda: actions.publish_workshop(actor=uma, workshop_id=draft.pk),
        lambda: actions.cancel_workshop(actor=uma, workshop_id=draft.pk),
        lambda: actions.set_seats(actor=uma, workshop_id=draft.pk, seats=9),
        lambda: actions.close_workshop(actor=uma, workshop_id=draft.pk),
    ]

    for act in acts:
        with pytest.raises(NotSeen):
            act()
    actions.publish_workshop(actor=cast.tomas, workshop_id=draft.pk)
    for act in acts:
        with pytest.raises(NotAllowed):
            act()


def test_publishing_twice_is_publishing_once(cast):
    draft = make_draft(cast.tomas, make_venue())

    for _time in range(2):
        actions.publish_workshop(actor=cast.tomas, workshop_id=draft.pk)

    assert verbs_of(draft).count("workshops.workshop_published") == 1


def test_what_has_begun_is_not_published(cast):
    draft = make_draft(cast.tomas, make_venue())

    with time_machine.travel("2026-12-08T17:30:00Z"), pytest.raises(WrongMoment) as refusal:
        actions.publish_workshop(actor=cast.tomas, workshop_id=draft.pk)

    assert refusal.value.code == "begun"
    assert refusal.value.allowed == ("change", "cancel")


def test_cancelled_workshop_stays_cancelled(cast):
    workshop = make_workshop(cast.tomas, make_venue())
    actions.cancel_workshop(actor=cast.clara, workshop_id=workshop.pk)
    actions.cancel_workshop(actor=cast.clara, workshop_id=workshop.pk)

    with pytest.raises(WrongMoment):
        actions.publish_workshop(actor=cast.tomas, workshop_id=workshop.pk)
    assert verbs_of(workshop).count("workshops.workshop_cancelled") == 1


def test_night_the_clocks_change_lasts_an_hour_more(cast):
    workshop = make_draft(
        cast.tomas,
        make_venue(),
        slots=[slot(date(2026, 10, 24)), slot(date(2026, 10, 25), 1, 4), slot(date(2026, 10, 25))],
    )

    before, night, after = workshop.sessions.all()
    assert before.start_at == datetime(2026, 10, 24, 16, tzinfo=UTC)
    assert after.start_at == datetime(2026, 10, 25, 17, tzinfo=UTC)
    assert before.starts == after.starts == time(18)
    assert (before.minutes, night.minutes, after.minutes) == (120, 240, 120)


def hours(day, starts, ends):
    return Slot(day, time.fromisoformat(starts), time.fromisoformat(ends))


@pytest.mark.parametrize(
    ("night", "minutes"),
    [
        (hours(date(2026, 12, 8), "22:00", "00:30"), 150),
        (hours(date(2026, 12, 8), "22:00", "00:00"), 120),
        (hours(date(2026, 10, 24), "22:00", "04:00"), 420),  # an hour comes twice
        (hours(date(2027, 3, 27), "22:00", "04:00"), 300),  # an hour is left out
    ],
)
def test_session_past_midnight_ends_on_the_next_day(cast, night, minutes):
    workshop = make_draft(cast.tomas, make_venue(), slots=[night])

    session = workshop.sessions.get()
    assert (session.day, session.ends, session.minutes) == (night.day, night.ends, minutes)
    assert session.ends_next_day
    assert workshop.ends_at == session.end_at


@pytest.mark.parametrize("day", [date(2026, 12, 8), date(2026, 10, 24), date(2027, 3, 27)])
def test_conflicts_are_found_to_the_minute_across_midnight(cast, day):
    venue = make_venue()
    make_draft(cast.tomas, venue, slots=[hours(day, "22:00", "04:00")])
    uma = make_person("uma", role="trainer")
    next_day = day + timedelta(days=1)

    with pytest.raises(SlotTaken):
        make_draft(uma, venue, trainers=["uma"], slots=[hours(next_day, "03:59", "05:00")])
    with pytest.raises(SlotTaken):
        make_draft(uma, venue, trainers=["uma"], slots=[hours(day, "20:00", "22:01")])
    make_draft(uma, venue, trainers=["uma"], slots=[hours(next_day, "04:00", "05:00")])
    make_draft(uma, venue, trainers=["uma"], slots=[hours(day, "20:00", "22:00")])


def test_sessions_of_one_workshop_do_not_overlap_across_midnight(cast):
    night = hours(date(2026, 12, 8), "22:00", "00:30")

    with pytest.raises(InvalidInput) as refusal:
        make_draft(cast.tomas, slots=[night, hours(date(2026, 12, 9), "00:29", "02:00")])
    assert [(error.field, error.code) for error in refusal.value.errors] == [
        ("sessions.1.starts", "overlap")
    ]
    make_draft(cast.tomas, slots=[night, hours(date(2026, 12, 9), "00:30", "02:00")])


def test_trainer_adds_a_venue_once(cast):
    facts = {"name": "La Friche", "address": "41 rue Jobin", "zone": "Europe/Paris"}

    first = actions.add_venue(actor=cast.tomas, **facts)

    assert actions.add_venue(actor=cast.tomas, **facts) == first
    with pytest.raises(NotAllowed):
        actions.add_venue(actor=cast.omar, **facts)
    with pytest.raises(InvalidInput):
        actions.add_venue(actor=cast.tomas, **{**facts, "zone": "Mars"})
