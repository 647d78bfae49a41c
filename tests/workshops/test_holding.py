import pytest
import time_machine

from aid.models import AidClaim
from core.errors import NotAllowed, NotSeen, WrongMoment
from core.models import JournalLine
from tests.workshops.planning import DAY, make_venue, make_workshop, slot
from workshops import actions
from workshops.models import Attendance

DOORS = "2026-12-08T16:30:00Z"
AFTER = "2026-12-09T12:00:00Z"


@pytest.fixture
def workshop(cast):
    found = make_workshop(
        cast.tomas, make_venue(), slots=[slot(starts=18, ends=19), slot(starts=20, ends=22)]
    )
    for person in (cast.aminata, cast.bao, cast.omar):
        actions.register(actor=person, workshop_id=found.pk)
    return found


def mark(cast, workshop, person, session, present=True, actor=None):
    return actions.take_attendance(
        actor=actor or cast.tomas,
        workshop_id=workshop.pk,
        session_id=session.pk,
        registration_id=workshop.registrations.get(person=person).pk,
        present=present,
    )


def test_trainer_marks_who_is_there_and_takes_it_back(cast, workshop):
    first = workshop.sessions.all()[0]

    with time_machine.travel(DOORS):
        for present in (True, True, False, False, True):
            mark(cast, workshop, cast.aminata, first, present)

    row = Attendance.objects.get()
    assert (row.registration.person, row.session, row.by) == (cast.aminata, first, cast.tomas)
    verbs = [line.verb for line in JournalLine.objects.filter(verb__contains="attendance")]
    assert verbs == [
        "workshops.attendance_taken",
        "workshops.attendance_withdrawn",
        "workshops.attendance_taken",
    ]


def test_doors_open_an_hour_before(cast, workshop):
    _first, second = workshop.sessions.all()

    with time_machine.travel(DOORS), pytest.raises(WrongMoment) as refusal:
        mark(cast, workshop, cast.aminata, second)

    assert refusal.value.code == "too_early"


def test_who_waits_or_did_not_register_cannot_be_marked(cast, workshop):
    first = workshop.sessions.all()[0]

    with time_machine.travel(DOORS), pytest.raises(NotSeen):
        mark(cast, workshop, cast.omar, first)  # two seats: omar waits


def test_only_who_leads_takes_attendance(cast, workshop):
    first = workshop.sessions.all()[0]

    with time_machine.travel(DOORS):
        with pytest.raises(NotAllowed):
            mark(cast, workshop, cast.aminata, first, actor=cast.aminata)
        mark(cast, workshop, cast.aminata, first, actor=cast.clara)


def test_who_was_there_does_not_cancel(cast, workshop):
    with time_machine.travel(DOORS):
        mark(cast, workshop, cast.aminata, workshop.sessions.all()[0])
        with pytest.raises(WrongMoment) as refusal:
            actions.cancel_registration(actor=cast.aminata, workshop_id=workshop.pk)

    assert refusal.value.code == "attended"


def test_hours_of_each_session_are_claimed_of_who_was_there(cast, workshop):
    first, second = workshop.sessions.all()
    with time_machine.travel(AFTER):
        mark(cast, workshop, cast.aminata, first)
        mark(cast, workshop, cast.bao, first)
        mark(cast, workshop, cast.bao, second)

        for _time in range(2):
            held = actions.close_workshop(actor=cast.tomas, workshop_id=workshop.pk)

    assert held.state == "held"
    claims = {claim.purpose: claim for claim in AidClaim.objects.all()}
    assert set(claims) == {f"session-{first.pk}", f"session-{second.pk}"}
    short, long = claims[f"session-{first.pk}"], claims[f"session-{second.pk}"]
    assert (short.minutes, long.minutes) == (60, 120)
    assert (short.kind, short.source_kind, short.source_id) == (
        "workshop",
        "workshops.workshop",
        workshop.pk,
    )
    assert {row.person for row in short.receivers.all()} == {cast.aminata, cast.bao}
    assert {row.person for row in long.receivers.all()} == {cast.bao}
    assert {row.person for row in short.givers.all()} == {cast.tomas}


def test_session_nobody_came_to_counts_nothing(cast, workshop):
    with time_machine.travel(AFTER):
        actions.close_workshop(actor=cast.clara, workshop_id=workshop.pk)

    assert not AidClaim.objects.exists()


def test_workshop_is_not_closed_before_its_end(cast, workshop):
    with time_machine.travel(DOORS), pytest.raises(WrongMoment) as refusal:
        actions.close_workshop(actor=cast.tomas, workshop_id=workshop.pk)

    assert refusal.value.code == "not_over"


def test_attendance_is_final_once_held(cast, workshop):
    with time_machine.travel(AFTER):
        actions.close_workshop(actor=cast.tomas, workshop_id=workshop.pk)
        with pytest.raises(WrongMoment):
            mark(cast, workshop, cast.aminata, workshop.sessions.all()[0])
        with pytest.raises(WrongMoment):
            actions.cancel_workshop(actor=cast.tomas, workshop_id=workshop.pk)


def test_session_people_came_to_is_not_left_out(cast, workshop):
    from tests.workshops.planning import plan

    first, second = workshop.sessions.all()
    with time_machine.travel(DOORS):
        mark(cast, workshop, cast.aminata, first)
        with pytest.raises(WrongMoment) as refusal:
            actions.change_workshop(
                actor=cast.tomas,
                workshop_id=workshop.pk,
                revision=workshop.revision,
                plan=plan(workshop.venue, slots=[slot(DAY, 20, 22, id=second.pk)]),
            )

    assert refusal.value.code == "attendance_taken"
    assert workshop.sessions.count() == 2
