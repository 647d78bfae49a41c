"""Suspending someone, lifting it, and its end: they sign in and read, and write nothing."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import journal
from core.errors import InvalidInput, NotAllowed, WrongMoment, locked
from people import rules
from people.models import Person, Sanction
from people.models.person import folded

MAX_DAYS = 366


@transaction.atomic
def suspend(*, actor: Person, handle: str, reason: str, days: int | None = None) -> Sanction:
    """Suspend someone; they are told why, until when, and how to ask for another look.

    days: until it ends by itself, at most 366; None until it is lifted.
    Raises NotSeen, NotAllowed, InvalidInput, WrongMoment unless they are active.
    """
    person = locked(Person.objects.visible_to(actor), handle_folded=folded(handle))
    if not rules.can_suspend(actor, person):
        raise NotAllowed
    _end_if_over(person)
    if person.state != Person.State.ACTIVE:
        raise WrongMoment(_("This account is not active."), code="not_active", allowed=["lift"])
    reason = reason.strip()
    if not reason or len(reason) > 500:
        raise InvalidInput.of("reason", "invalid", _("Say why, in at most 500 characters."))
    if days is not None and not 1 <= days <= MAX_DAYS:
        raise InvalidInput.of("days", "invalid", _("From 1 to 366 days."))
    now = timezone.now()
    sanction = Sanction.objects.create(
        person=person,
        kind=Sanction.Kind.SUSPENSION,
        by=actor,
        at=now,
        until=None if days is None else now + timedelta(days=days),
        reason=reason,
    )
    person.state = Person.State.SUSPENDED
    person.save(update_fields=["state"])
    _record("people.person_suspended", actor, person, sanction)
    return sanction


@transaction.atomic
def lift_suspension(*, actor: Person, handle: str) -> Person:
    """Let someone write again. Raises NotSeen, NotAllowed, WrongMoment unless suspended."""
    person = locked(Person.objects.visible_to(actor), handle_folded=folded(handle))
    if not rules.can_suspend(actor, person):
        raise NotAllowed
    sanction = Sanction.objects.in_force().select_for_update().filter(person=person).first()
    if person.state != Person.State.SUSPENDED or sanction is None:
        raise WrongMoment(
            _("This account is not suspended."), code="not_suspended", allowed=["suspend"]
        )
    sanction.lifted_at = timezone.now()
    sanction.save(update_fields=["lifted_at"])
    person.state = Person.State.ACTIVE
    person.save(update_fields=["state"])
    _record("people.suspension_lifted", actor, person, sanction)
    return person


def end_suspensions() -> int:
    """Write down the suspensions whose end has passed; return how many.

    Who was suspended may write since that moment (Person.state_now): this is for the journal, the
    notice and the column. Called by people.tasks alone.
    """
    due = Sanction.objects.over().order_by("pk").values_list("person_id", flat=True)
    return sum(_end_suspension_of(person_id) for person_id in due)


@transaction.atomic
def _end_suspension_of(person_id: int) -> bool:
    return _end_if_over(locked(Person.objects.all(), pk=person_id))


def _end_if_over(person: Person) -> bool:
    """Write the end of a locked person's suspension, if it has passed; return whether it had."""
    sanction = Sanction.objects.over().filter(person=person).first()
    if sanction is None:
        return False
    sanction.lifted_at = sanction.until
    sanction.save(update_fields=["lifted_at"])
    if person.state == Person.State.SUSPENDED:  # the erased have left meanwhile
        person.state = Person.State.ACTIVE
        person.save(update_fields=["state"])
        _record("people.suspension_ended", None, person, sanction)
    return True


def _record(verb: str, actor: Person | None, person: Person, sanction: Sanction) -> None:
    journal.record(
        verb,
        actor=actor,
        thing=person,
        audience=journal.STAFF,
        changes={"sanction": sanction.pk},
    )
