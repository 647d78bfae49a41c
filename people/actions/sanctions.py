"""Suspending someone, and lifting it: they sign in and read, and write nothing."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import journal
from core.errors import InvalidInput, NotAllowed, WrongMoment, locked
from people import rules
from people.models import Person, Sanction
from people.models.person import folded


@transaction.atomic
def suspend(*, actor: Person, handle: str, reason: str) -> Sanction:
    """Suspend someone until it is lifted; they are told why, and how to ask for another look.

    Raises NotSeen, NotAllowed, InvalidInput, WrongMoment unless they are active.
    """
    person = locked(Person.objects.visible_to(actor), handle_folded=folded(handle))
    if not rules.can_suspend(actor, person):
        raise NotAllowed
    if person.state != Person.State.ACTIVE:
        raise WrongMoment(_("This account is not active."), code="not_active", allowed=["lift"])
    reason = reason.strip()
    if not reason or len(reason) > 500:
        raise InvalidInput.of("reason", "invalid", _("Say why, in at most 500 characters."))
    sanction = Sanction.objects.create(
        person=person, kind=Sanction.Kind.SUSPENSION, by=actor, reason=reason
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
    sanction = (
        Sanction.objects.select_for_update()
        .filter(person=person, kind=Sanction.Kind.SUSPENSION, lifted_at=None)
        .first()
    )
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


def _record(verb: str, actor: Person, person: Person, sanction: Sanction) -> None:
    journal.record(
        verb,
        actor=actor,
        thing=person,
        audience=journal.STAFF,
        changes={"sanction": sanction.pk},
    )
