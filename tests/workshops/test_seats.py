from threading import Barrier, Thread

import pytest
import time_machine
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput, NotAllowed, NotSeen, WrongMoment
from core.models import JournalLine
from tests.cast import make_person
from tests.workshops.planning import make_draft, make_venue, make_workshop, plan, slot
from workshops import actions, queries
from workshops.models import Registration, Workshop

State = Registration.State


def states(workshop: Workshop) -> dict[str, str]:
    rows = workshop.registrations.exclude(state=State.CANCELLED).select_related("person")
    return {row.person.handle: row.state for row in rows}


def test_seats_go_first_come_first_and_the_next_moves_up(cast):
    workshop = make_workshop(cast.tomas, make_venue(), seats=1)
    for person in (cast.aminata, cast.bao, cast.omar):
        actions.register(actor=person, workshop_id=workshop.pk)
    assert states(workshop) == {"aminata": "registered", "bao": "waiting", "omar": "waiting"}
    omars = queries.registration_of(cast.omar, workshop)
    assert queries.place_in_line(omars) == 2

    actions.cancel_registration(actor=cast.aminata, workshop_id=workshop.pk)

    assert states(workshop) == {"bao": "registered", "omar": "waiting"}
    assert queries.place_in_line(omars) == 1
    line = JournalLine.objects.get(verb="workshops.person_moved_up")
    assert line.changes["registration"] == workshop.registrations.get(person=cast.bao).pk
    assert line.audience == "staff"


def test_who_comes_back_stands_at_the_end(cast):
    workshop = make_workshop(cast.tomas, make_venue(), seats=1)
    actions.register(actor=cast.aminata, workshop_id=workshop.pk)
    actions.register(actor=cast.bao, workshop_id=workshop.pk)

    actions.cancel_registration(actor=cast.aminata, workshop_id=workshop.pk)
    actions.register(actor=cast.aminata, workshop_id=workshop.pk)

    assert states(workshop) == {"bao": "registered", "aminata": "waiting"}


def test_registering_twice_keeps_the_seat_and_takes_the_newer_needs(cast):
    workshop = make_workshop(cast.tomas, make_venue())
    first = actions.register(actor=cast.aminata, workshop_id=workshop.pk, access_needs="ramp")

    again = actions.register(actor=cast.aminata, workshop_id=workshop.pk, access_needs="a loop")

    assert again.pk == first.pk
    assert Registration.objects.get().access_needs == "a loop"
    assert JournalLine.objects.filter(verb="workshops.person_registered").count() == 1
    assert "loop" not in str(list(JournalLine.objects.values_list("changes", flat=True)))


def test_cancelling_twice_is_cancelling_once(cast):
    workshop = make_workshop(cast.tomas, make_venue())
    actions.register(actor=cast.aminata, workshop_id=workshop.pk)

    for _time in range(2):
        gone = actions.cancel_registration(actor=cast.aminata, workshop_id=workshop.pk)
        assert gone.state == State.CANCELLED

    assert JournalLine.objects.filter(verb="workshops.registration_cancelled").count() == 1
    with pytest.raises(WrongMoment) as refusal:
        actions.cancel_registration(actor=cast.bao, workshop_id=workshop.pk)
    assert refusal.value.code == "not_registered"


def test_more_seats_move_several_up(cast):
    workshop = make_workshop(cast.tomas, make_venue(), seats=1)
    for person in (cast.aminata, cast.bao, cast.omar):
        actions.register(actor=person, workshop_id=workshop.pk)

    actions.set_seats(actor=cast.tomas, workshop_id=workshop.pk, seats=3)

    assert set(states(workshop).values()) == {"registered"}


def test_more_seats_by_a_new_plan_move_up_too(cast):
    workshop = make_workshop(cast.tomas, make_venue(), seats=1)
    actions.register(actor=cast.aminata, workshop_id=workshop.pk)
    actions.register(actor=cast.bao, workshop_id=workshop.pk)
    wider = plan(workshop.venue, seats=2, slots=[slot(id=workshop.sessions.get().pk)])

    actions.change_workshop(
        actor=cast.tomas, workshop_id=workshop.pk, revision=workshop.revision, plan=wider
    )

    assert states(workshop) == {"aminata": "registered", "bao": "registered"}


def test_nobody_loses_a_seat_by_fewer_seats(cast):
    workshop = make_workshop(cast.tomas, make_venue(), seats=2)
    actions.register(actor=cast.aminata, workshop_id=workshop.pk)
    actions.register(actor=cast.bao, workshop_id=workshop.pk)

    with pytest.raises(InvalidInput) as refusal:
        actions.set_seats(actor=cast.tomas, workshop_id=workshop.pk, seats=1)

    assert refusal.value.errors[0].code == "too_few"
    assert set(states(workshop).values()) == {"registered"}


def test_draft_is_not_there_for_others_and_takes_nobody(cast):
    draft = make_draft(cast.tomas, make_venue())

    with pytest.raises(NotSeen):
        actions.register(actor=cast.omar, workshop_id=draft.pk)
    with pytest.raises(WrongMoment):
        actions.register(actor=cast.clara, workshop_id=draft.pk)


def test_trainer_needs_no_seat(cast):
    workshop = make_workshop(cast.tomas, make_venue())

    with pytest.raises(NotAllowed):
        actions.register(actor=cast.tomas, workshop_id=workshop.pk)


def test_suspended_person_takes_no_seat(cast):
    workshop = make_workshop(cast.tomas, make_venue())
    cast.omar.state = "suspended"
    cast.omar.save()

    with pytest.raises(NotAllowed):
        actions.register(actor=cast.omar, workshop_id=workshop.pk)


def test_what_is_over_or_cancelled_takes_nobody(cast):
    held = make_workshop(cast.tomas, make_venue())
    cancelled = make_workshop(cast.tomas, slots=[slot(starts=9, ends=10)])
    actions.cancel_workshop(actor=cast.tomas, workshop_id=cancelled.pk)

    with time_machine.travel("2026-12-08T19:00:00Z"), pytest.raises(WrongMoment) as over:
        actions.register(actor=cast.omar, workshop_id=held.pk)
    with pytest.raises(WrongMoment) as off:
        actions.register(actor=cast.omar, workshop_id=cancelled.pk)

    assert (over.value.code, off.value.code) == ("over", "cancelled")


def test_erased_person_frees_the_seat_and_leaves_no_needs(cast):
    workshop = make_workshop(cast.tomas, make_venue(), seats=1)
    actions.register(actor=cast.aminata, workshop_id=workshop.pk, access_needs="ramp")
    actions.register(actor=cast.bao, workshop_id=workshop.pk)

    actions.forget_person(cast.aminata)

    assert states(workshop) == {"bao": "registered"}
    assert not Registration.objects.exclude(access_needs="").exists()


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("register"), st.integers(0, 5)),
        st.tuples(st.just("cancel"), st.integers(0, 5)),
        st.tuples(st.just("seats"), st.integers(1, 5)),
    ),
    max_size=25,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=ACTS, seats=st.integers(1, 4))
def test_no_order_of_acts_ever_oversells_or_leaves_a_seat_empty(crowd, acts, seats):
    tomas, venue, people = crowd
    with transaction.atomic():
        workshop = make_workshop(tomas, venue, seats=seats)
        for verb, number in acts:
            try:
                if verb == "register":
                    actions.register(actor=people[number], workshop_id=workshop.pk)
                elif verb == "cancel":
                    actions.cancel_registration(actor=people[number], workshop_id=workshop.pk)
                else:
                    actions.set_seats(actor=tomas, workshop_id=workshop.pk, seats=number)
            except (WrongMoment, InvalidInput):
                pass
            _check(workshop)
        transaction.set_rollback(True)


def _check(workshop: Workshop) -> None:
    workshop.refresh_from_db()
    rows = list(workshop.registrations.exclude(state=State.CANCELLED).in_order())
    order = [row.state for row in rows]
    seated = order.count(State.REGISTERED)
    assert seated <= workshop.seats
    # First come, first seated; and nobody waits beside an empty seat.
    assert order == [State.REGISTERED] * seated + [State.WAITING] * (len(order) - seated)
    assert seated == min(workshop.seats, len(order))


@pytest.fixture
def crowd(cast):
    return cast.tomas, make_venue(), [make_person(f"guest{n}") for n in range(6)]


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_want_three_seats_and_five_leave_at_once():
    workshop = make_workshop(make_person("tomas", role="trainer"), make_venue(), seats=3)
    people = [make_person(f"person{n}") for n in range(20)]

    def at_once(act, them) -> None:
        start, faults = Barrier(len(them)), []

        def run(person) -> None:
            start.wait()
            try:
                act(actor=person, workshop_id=workshop.pk)
            except Exception as fault:
                faults.append(fault)
            finally:
                connection.close()

        threads = [Thread(target=run, args=(person,)) for person in them]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert faults == []

    def of(state: str) -> list[Registration]:
        return list(workshop.registrations.filter(state=state).select_related("person"))

    at_once(actions.register, people)

    waiting = of(State.WAITING)
    assert len(of(State.REGISTERED)) == 3
    assert sorted(map(queries.place_in_line, waiting)) == list(range(1, 18))

    first = sorted(waiting, key=queries.place_in_line)
    leaving = [*(row.person for row in of(State.REGISTERED)), first[0].person, first[1].person]
    at_once(actions.cancel_registration, leaving)

    assert {row.person for row in of(State.REGISTERED)} == {row.person for row in first[2:5]}
    assert sorted(map(queries.place_in_line, of(State.WAITING))) == list(range(1, 13))
