"""Proposing a workshop, changing it, publishing it, calling it off."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.confided import point_out_secrets
from core.errors import FieldError, InvalidInput, NotAllowed, StaleRevision, WrongMoment, locked
from core.journal import PARTICIPANTS, PUBLIC, record
from core.markup import write_text
from people.models import Person
from workshops import queries, rules
from workshops.actions.checking import CheckedPlan, checked
from workshops.actions.seats import fill_seats
from workshops.clock import is_zone
from workshops.models import Attendance, Booking, Trainer, Venue, Workshop, WorkshopSession
from workshops.plans import Plan


class SlotTaken(WrongMoment):
    """The venue or a trainer is taken then; errors name the sessions."""

    code = "slot_taken"

    def __init__(self, conflicts: Sequence[queries.Conflict], zone: str) -> None:
        errors = [
            FieldError(
                f"sessions.{found.position}.starts", f"{found.what}_taken", found.words(zone)
            )
            for found in conflicts
        ]
        super().__init__(_("Someone is already there at that time."), errors=errors)
        self.conflicts = conflicts
        self.zone = zone


@transaction.atomic
def propose_workshop(*, actor: Person, plan: Plan, send_secrets: bool = True) -> Workshop:
    """Write down a workshop as a draft, which holds its venue and its trainers' time.

    send_secrets: False where the writer can be asked.
    Raises NotAllowed, SecretsFound, InvalidInput, SlotTaken.
    """
    if not rules.can_propose(actor):
        raise NotAllowed
    _point_out(plan, send_secrets)
    facts = checked(plan)
    _hold_and_check(actor, facts, None)
    workshop = Workshop(proposed_by=actor)
    _write(workshop, facts)
    _replace_details(workshop, facts)
    _replace_sessions(workshop, facts)
    record("workshops.workshop_proposed", actor=actor, thing=workshop)
    return workshop


@transaction.atomic
def change_workshop(
    *, actor: Person, workshop_id: int, revision: int, plan: Plan, send_secrets: bool = True
) -> Workshop:
    """Change all that was planned; who is registered is told when time or place changed.

    revision: the one that was read. Sessions named by their id keep who was there. send_secrets:
    False where the writer can be asked.
    Raises NotSeen, NotAllowed, WrongMoment, StaleRevision, SecretsFound, InvalidInput, SlotTaken.
    """
    workshop = _managed(actor, workshop_id)
    _check_open(workshop)
    if workshop.revision != revision:
        raise StaleRevision(revision=workshop.revision, source=workshop.source)
    _point_out(plan, send_secrets)
    facts = checked(plan, workshop)
    _hold_and_check(actor, facts, workshop.pk)
    fields = _changed_fields(workshop, facts)
    if not fields:
        return workshop
    _write(workshop, facts)
    _replace_details(workshop, facts)
    _replace_sessions(workshop, facts)
    if "seats" in fields:
        fill_seats(workshop, actor)
    record(
        "workshops.workshop_changed",
        actor=actor,
        thing=workshop,
        audience=PARTICIPANTS if workshop.published_at is None else PUBLIC,
        changes={"fields": fields},
    )
    return workshop


@transaction.atomic
def publish_workshop(*, actor: Person, workshop_id: int) -> Workshop:
    """Let everyone see a draft and register. Raises NotSeen, NotAllowed, WrongMoment."""
    workshop = _managed(actor, workshop_id)
    if workshop.state == Workshop.State.PUBLISHED:
        return workshop
    _check_open(workshop)
    if workshop.starts_at <= timezone.now():
        raise WrongMoment(
            _("It would have begun already: change its sessions first."),
            code="begun",
            allowed=["change", "cancel"],
        )
    workshop.published_at = timezone.now()
    _save_changed(workshop, "published_at")
    record("workshops.workshop_published", actor=actor, thing=workshop, audience=PUBLIC)
    return workshop


@transaction.atomic
def cancel_workshop(
    *, actor: Person, workshop_id: int, reason: str = "", send_secrets: bool = True
) -> Workshop:
    """Call a workshop off, tell who registered, and free its venue and trainers.

    send_secrets: False where the writer can be asked.
    Raises NotSeen, NotAllowed, WrongMoment, SecretsFound, InvalidInput.
    """
    workshop = _managed(actor, workshop_id)
    if workshop.state == Workshop.State.CANCELLED:
        return workshop
    _check_open(workshop)
    if len(reason) > 300:
        raise InvalidInput.of("reason", "too_long", _("At most 300 characters."))
    point_out_secrets({"reason": reason}, send_secrets=send_secrets)
    was_published = workshop.published_at is not None
    workshop.cancelled_at, workshop.cancel_reason = timezone.now(), reason.strip()
    _save_changed(workshop, "cancelled_at", "cancel_reason")
    Booking.objects.filter(session__workshop=workshop).delete()
    record(
        "workshops.workshop_cancelled",
        actor=actor,
        thing=workshop,
        audience=PUBLIC if was_published else PARTICIPANTS,
    )
    return workshop


@transaction.atomic
def add_venue(
    *, actor: Person, name: str, address: str, zone: str, access: str = "", map_url: str = ""
) -> Venue:
    """Add a room for workshops; one with the same name and address is returned as it is.

    Raises NotAllowed, InvalidInput.
    """
    if not rules.can_propose(actor):
        raise NotAllowed
    if not is_zone(zone):
        raise InvalidInput.of("zone", "unknown_zone", _("A time zone such as Europe/Paris."))
    venue, is_new = Venue.objects.get_or_create(
        name=name.strip(),
        address=address.strip(),
        defaults={"zone": zone, "access": access, "map_url": map_url},
    )
    if is_new:
        record("workshops.venue_added", actor=actor, thing=venue, audience=PUBLIC)
    return venue


def _point_out(plan: Plan, send_secrets: bool) -> None:
    point_out_secrets({"title": plan.title, "source": plan.source}, send_secrets=send_secrets)


def _managed(actor: Person, workshop_id: int) -> Workshop:
    workshop = locked(Workshop.objects.visible_to(actor), pk=workshop_id)
    if not rules.can_manage(actor, workshop):
        raise NotAllowed
    return workshop


def _check_open(workshop: Workshop) -> None:
    if workshop.state in (Workshop.State.CANCELLED, Workshop.State.HELD):
        raise WrongMoment(
            _("This workshop is %(state)s.") % {"state": workshop.state_label}, code=workshop.state
        )


def _hold_and_check(actor: Person, facts: CheckedPlan, workshop_id: int | None) -> None:
    """Lock the venue, then the trainers in the order of their ids, and refuse what is taken.

    no_key: others may go on writing rows that only point at them.
    """
    if facts.venue is not None:
        Venue.objects.select_for_update(no_key=True).get(pk=facts.venue.pk)
    ids = [person.pk for person in facts.trainers]
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    found = queries.conflicts(
        actor,
        venue_id=facts.venue.pk if facts.venue else None,
        trainer_ids=ids,
        spans=facts.spans,
        but=workshop_id,
    )
    if found:
        raise SlotTaken(found, facts.zone)


def _changed_fields(workshop: Workshop, facts: CheckedPlan) -> list[str]:
    """Return the stable keys of what is planned otherwise now."""
    plan = facts.plan
    before = {
        "title": workshop.title,
        "source": workshop.source,
        "language": workshop.language,
        "skills": {skill.pk for skill in workshop.skills.all()},
        "venue": workshop.venue_id,
        "online_url": workshop.online_url,
        "seats": workshop.seats,
        "trainers": [row.person_id for row in workshop.trainers.all()],
        "sessions": [(row.pk, row.start_at, row.end_at) for row in workshop.sessions.all()],
    }
    after = {
        "title": plan.title,
        "source": plan.source,
        "language": plan.language,
        "skills": {skill.pk for skill in facts.skills},
        "venue": facts.venue.pk if facts.venue else None,
        "online_url": plan.online_url,
        "seats": plan.seats,
        "trainers": [person.pk for person in facts.trainers],
        "sessions": sorted(
            (
                (slot.id, span.start, span.end)
                for slot, span in zip(plan.slots, facts.spans, strict=True)
            ),
            key=lambda session: session[1],
        ),
    }
    return [name for name in before if before[name] != after[name]]


def _write(workshop: Workshop, facts: CheckedPlan) -> None:
    """Set and save the workshop's own row, one revision further unless it is new."""
    plan = facts.plan
    write_text(workshop, plan.source, language=plan.language)
    workshop.title, workshop.seats = plan.title, plan.seats
    workshop.venue, workshop.online_url, workshop.zone = facts.venue, plan.online_url, facts.zone
    workshop.starts_at = min(span.start for span in facts.spans)
    workshop.ends_at = max(span.end for span in facts.spans)
    if workshop.pk is not None:
        workshop.revision += 1
        workshop.changed_at = timezone.now()
    workshop.save()


def _save_changed(workshop: Workshop, *fields: str) -> None:
    workshop.revision += 1
    workshop.changed_at = timezone.now()
    workshop.save(update_fields=[*fields, "revision", "changed_at"])


def _replace_details(workshop: Workshop, facts: CheckedPlan) -> None:
    workshop.skills.set(facts.skills)
    workshop.trainers.all().delete()
    Trainer.objects.bulk_create(
        [
            Trainer(workshop=workshop, person=person, position=position)
            for position, person in enumerate(facts.trainers)
        ]
    )


def _replace_sessions(workshop: Workshop, facts: CheckedPlan) -> None:
    """Write the sessions and their bookings; those no longer planned go, unless people came."""
    kept = {row.pk: row for row in workshop.sessions.all()}
    planned = {slot.id for slot in facts.plan.slots}
    gone = [pk for pk in kept if pk not in planned]
    if Attendance.objects.filter(session__in=gone).exists():
        raise WrongMoment(
            _("People came to a session you leave out; it stays."), code="attendance_taken"
        )
    workshop.sessions.filter(pk__in=gone).delete()
    Booking.objects.filter(session__workshop=workshop).delete()
    bookings = []
    for slot, span in zip(facts.plan.slots, facts.spans, strict=True):
        session = kept.get(slot.id or 0) or WorkshopSession(workshop=workshop)
        session.day, session.starts, session.ends = slot.day, slot.starts, slot.ends
        session.zone, session.start_at, session.end_at = facts.zone, span.start, span.end
        session.save()
        moments = {"session": session, "start_at": span.start, "end_at": span.end}
        bookings += [Booking(**moments, **taken) for taken in _taken_by(facts)]
    Booking.objects.bulk_create(bookings)


def _taken_by(facts: CheckedPlan) -> list[dict[str, Any]]:
    """Return whom and what every session of the plan takes."""
    taken: list[dict[str, Any]] = [{"person": person} for person in facts.trainers]
    return [{"venue": facts.venue}, *taken] if facts.venue else taken
