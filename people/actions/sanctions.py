"""Silencing or suspending someone, lifting it, and its end: they sign in and read, always."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import journal
from core.errors import InvalidInput, NotAllowed, WrongMoment, locked
from people import rules
from people.models import Flag, Person, Sanction
from people.models.person import SANCTIONED, folded

MAX_DAYS = 366
STATES = {
    Sanction.Kind.SILENCE: Person.State.SILENCED,
    Sanction.Kind.SUSPENSION: Person.State.SUSPENDED,
}
BEGUN = {"silence": "people.person_silenced", "suspension": "people.person_suspended"}


@transaction.atomic
def sanction(
    *,
    actor: Person,
    handle: str,
    reason: str,
    days: int,
    kind: str = Sanction.Kind.SUSPENSION,
    rule: str = Flag.Reason.OTHER,
) -> Sanction:
    """Silence or suspend someone; they are told why, until when, and how to appeal.

    kind: of Sanction.Kind; the other kind replaces what is in force. rule: a Flag.Reason. days:
    until it ends by itself, 1 to 366. (Those from before an end was asked for have none.)
    Raises NotSeen, NotAllowed, InvalidInput, WrongMoment (the same is in force, or no account).
    """
    person = locked(Person.objects.visible_to(actor), handle_folded=folded(handle))
    if not rules.can_sanction(actor, person):
        raise NotAllowed
    _end_if_over(person)
    reason = _checked(kind, rule, reason, days)
    state = STATES[Sanction.Kind(kind)]
    if person.state not in (Person.State.ACTIVE, *SANCTIONED) or person.state == state:
        raise WrongMoment(_("This account is not active."), code="not_active", allowed=["lift"])
    now = timezone.now()
    Sanction.objects.open().filter(person=person).update(lifted_at=now)
    made = Sanction.objects.create(
        person=person,
        kind=kind,
        rule=rule,
        by=actor,
        at=now,
        until=now + timedelta(days=days),
        reason=reason,
    )
    person.state = state
    person.save(update_fields=["state"])
    _record(BEGUN[kind], actor, made, days=days)
    return made


def _checked(kind: str, rule: str, reason: str, days: int) -> str:
    """Return the reason without outer spaces. Raises InvalidInput."""
    reason = reason.strip()
    if kind not in Sanction.Kind.values:
        raise InvalidInput.of("kind", "invalid_choice", _("Silence or suspend."))
    if rule not in Flag.Reason.values:
        raise InvalidInput.of("rule", "invalid_choice", _("Choose one of the rules."))
    if not reason or len(reason) > 500:
        raise InvalidInput.of("reason", "invalid", _("Say why, in at most 500 characters."))
    if not 1 <= days <= MAX_DAYS:
        raise InvalidInput.of("days", "invalid", _("From 1 to 366 days."))
    return reason


@transaction.atomic
def lift_sanction(*, actor: Person, handle: str) -> Person:
    """Let someone write again. Raises NotSeen, NotAllowed, WrongMoment when nothing is in force."""
    person = locked(Person.objects.visible_to(actor), handle_folded=folded(handle))
    if not rules.can_sanction(actor, person):
        raise NotAllowed
    found = Sanction.objects.in_force().select_for_update().filter(person=person).first()
    if person.state not in SANCTIONED or found is None:
        raise WrongMoment(
            _("This account is neither silenced nor suspended."),
            code="not_sanctioned",
            allowed=["sanction"],
        )
    return lift(actor, found)


def lift(actor: Person, found: Sanction) -> Person:
    """End a sanction that is in force, now; for actions that have asked their own rule."""
    person = locked(Person.objects.all(), pk=found.person_id)
    found.lifted_at = timezone.now()
    found.save(update_fields=["lifted_at"])
    _let_write(person)
    _record(f"people.{found.kind}_lifted", actor, found)
    return person


def end_sanctions() -> int:
    """Write down the sanctions whose end has passed; return how many.

    Whom they concern may write since that moment (Person.state_now): this is for the journal, the
    notice and the column. Called by people.tasks alone.
    """
    due = Sanction.objects.over().order_by("pk").values_list("person_id", flat=True)
    return sum(_end_sanction_of(person_id) for person_id in due)


@transaction.atomic
def _end_sanction_of(person_id: int) -> bool:
    return _end_if_over(locked(Person.objects.all(), pk=person_id))


def _end_if_over(person: Person) -> bool:
    """Write the end of a locked person's sanction, if it has passed; return whether it had."""
    found = Sanction.objects.over().filter(person=person).first()
    if found is None:
        return False
    found.lifted_at = found.until
    found.save(update_fields=["lifted_at"])
    if person.state in SANCTIONED:  # the erased have left meanwhile
        _let_write(person)
        _record(f"people.{found.kind}_ended", None, found)
    return True


def _let_write(person: Person) -> None:
    if person.state in SANCTIONED:
        person.state = Person.State.ACTIVE
        person.save(update_fields=["state"])


def _record(verb: str, actor: Person | None, made: Sanction, days: int | None = None) -> None:
    journal.record(
        verb,
        actor=actor,
        thing=made.person,
        audience=journal.STAFF,
        changes={"sanction": made.pk, "rule": made.rule, "days": days},
    )
