"""Seats: who has one, who waits, who moves up. All under the workshop's lock."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed, WrongMoment, locked
from core.journal import STAFF, record
from people.models import Person
from workshops import rules
from workshops.actions.checking import Faults, check_seats_taken
from workshops.models import Attendance, Registration, Workshop
from workshops.plans import MAX_SEATS

State = Registration.State


@transaction.atomic
def register(*, actor: Person, workshop_id: int, access_needs: str = "") -> Registration:
    """Take a seat or, when none is free, a place on the waiting list.

    Again by the same person: the same registration, with the access needs given now.
    Raises NotSeen, NotAllowed (its trainers), WrongMoment, InvalidInput.
    """
    workshop = locked(Workshop.objects.visible_to(actor), pk=workshop_id)
    if not rules.can_register(actor, workshop):
        raise NotAllowed(_("Trainers of a workshop do not need a seat."))
    if len(access_needs) > 500:
        raise InvalidInput.of("access_needs", "too_long", _("At most 500 characters."))
    _check_open(workshop)
    mine = _active(workshop, actor)
    if mine is not None:
        if mine.access_needs != access_needs.strip():
            mine.access_needs = access_needs.strip()
            mine.save(update_fields=["access_needs"])
        return mine
    has_seat = _free_seats(workshop) > 0
    registration = Registration.objects.create(
        workshop=workshop,
        person=actor,
        state=State.REGISTERED if has_seat else State.WAITING,
        access_needs=access_needs.strip(),
    )
    _record("workshops.person_registered", actor, registration)
    return registration


@transaction.atomic
def cancel_registration(*, actor: Person, workshop_id: int) -> Registration:
    """Give one's seat or place back; the first who waits moves up.

    Raises NotSeen, WrongMoment.
    """
    workshop = locked(Workshop.objects.visible_to(actor), pk=workshop_id)
    mine = _active(workshop, actor)
    if mine is None:
        last = workshop.registrations.filter(person=actor).order_by("-pk").first()
        if last is None:
            raise WrongMoment(_("You are not registered."), code="not_registered")
        return last
    _check_open(workshop)
    if Attendance.objects.filter(registration=mine).exists():
        raise WrongMoment(_("You were there."), code="attended")
    _let_go(workshop, mine, actor)
    return mine


@transaction.atomic
def set_seats(*, actor: Person, workshop_id: int, seats: int) -> Workshop:
    """Change the number of seats; who waits moves up into new ones.

    Raises NotSeen, NotAllowed, WrongMoment, InvalidInput.
    """
    workshop = locked(Workshop.objects.visible_to(actor), pk=workshop_id)
    if not rules.can_manage(actor, workshop):
        raise NotAllowed
    if workshop.state in (Workshop.State.CANCELLED, Workshop.State.HELD):
        raise WrongMoment(code=workshop.state)
    faults = Faults()
    if not 1 <= seats <= MAX_SEATS:
        faults.add("seats", "out_of_range", _("From 1 to 1000."))
    check_seats_taken(workshop, seats, faults)
    faults.refuse()
    if seats != workshop.seats:
        before, workshop.seats = workshop.seats, seats
        workshop.revision += 1
        workshop.changed_at = timezone.now()
        workshop.save(update_fields=["seats", "revision", "changed_at"])
        record(
            "workshops.seats_changed",
            actor=actor,
            thing=workshop,
            audience=STAFF,
            changes={"seats": [before, seats]},
        )
        fill_seats(workshop, actor)
    return workshop


@transaction.atomic
def forget_person(person: Person) -> None:
    """Take an erased person off the lists to come, and what they need out of all of them."""
    mine = Registration.objects.filter(person=person)
    coming = mine.filter(state__in=Registration.ACTIVE, workshop__ends_at__gt=timezone.now())
    for workshop_id in coming.order_by("workshop").values_list("workshop", flat=True):
        workshop = Workshop.objects.select_for_update().get(pk=workshop_id)
        found = _active(workshop, person)
        if found is not None:
            _let_go(workshop, found, None)
    mine.exclude(access_needs="").update(access_needs="")


def fill_seats(workshop: Workshop, actor: Person | None) -> None:
    """Move who waits into free seats, first come first; the workshop's row is locked."""
    waiting = workshop.registrations.filter(state=State.WAITING).in_order()
    for registration in waiting[: max(_free_seats(workshop), 0)]:
        registration.state = State.REGISTERED
        registration.save(update_fields=["state"])
        _record("workshops.person_moved_up", actor, registration)


def _let_go(workshop: Workshop, registration: Registration, actor: Person | None) -> None:
    registration.state = State.CANCELLED
    registration.save(update_fields=["state"])
    _record("workshops.registration_cancelled", actor, registration)
    if workshop.state == Workshop.State.PUBLISHED:
        fill_seats(workshop, actor)


def _active(workshop: Workshop, person: Person) -> Registration | None:
    return workshop.registrations.filter(person=person, state__in=Registration.ACTIVE).first()


def _free_seats(workshop: Workshop) -> int:
    return workshop.seats - workshop.registrations.filter(state=State.REGISTERED).count()


def _check_open(workshop: Workshop) -> None:
    if workshop.state != Workshop.State.PUBLISHED:
        raise WrongMoment(
            _("This workshop is %(state)s.") % {"state": workshop.state_label}, code=workshop.state
        )
    if workshop.is_over(timezone.now()):
        raise WrongMoment(_("This workshop is over."), code="over")


def _record(verb: str, actor: Person | None, registration: Registration) -> None:
    record(
        verb,
        actor=actor,
        thing=registration.workshop,
        audience=STAFF,
        changes={"registration": registration.pk, "state": str(registration.state)},
    )
