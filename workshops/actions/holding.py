"""At the door, and after: who was there, and the hours that follow."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aid.actions import claim_help
from core.errors import NotAllowed, WrongMoment, locked, seen
from core.journal import STAFF, record
from people.models import Person
from workshops import rules
from workshops.models import Attendance, Registration, Workshop


@transaction.atomic
def take_attendance(
    *, actor: Person, workshop_id: int, session_id: int, registration_id: int, present: bool
) -> Registration:
    """Note that someone is there, or take that back; from an hour before the session on.

    Raises NotSeen, NotAllowed, WrongMoment.
    """
    workshop = locked(Workshop.objects.visible_to(actor), pk=workshop_id)
    if not rules.can_manage(actor, workshop):
        raise NotAllowed
    session = seen(workshop.sessions.all(), pk=session_id)
    registration = seen(
        workshop.registrations.select_related("person"),
        pk=registration_id,
        state=Registration.State.REGISTERED,
    )
    if workshop.state != Workshop.State.PUBLISHED:
        raise WrongMoment(code=workshop.state)
    if not rules.doors_are_open(session, timezone.now()):
        raise WrongMoment(_("The doors open an hour before the session."), code="too_early")
    if present:
        _row, changed = Attendance.objects.get_or_create(
            registration=registration, session=session, defaults={"by": actor}
        )
    else:
        gone, _kinds = registration.attendances.filter(session=session).delete()
        changed = gone > 0
    if changed:
        record(
            "workshops.attendance_taken" if present else "workshops.attendance_withdrawn",
            actor=actor,
            thing=workshop,
            audience=STAFF,
            changes={"registration": registration.pk, "session": session.pk},
        )
    return registration


@transaction.atomic
def close_workshop(*, actor: Person, workshop_id: int) -> Workshop:
    """Say that it was held as attended; who came is asked to confirm each session's help.

    Raises NotSeen, NotAllowed, WrongMoment.
    """
    workshop = locked(Workshop.objects.visible_to(actor), pk=workshop_id)
    if not rules.can_manage(actor, workshop):
        raise NotAllowed
    if workshop.state == Workshop.State.HELD:
        return workshop
    if workshop.state != Workshop.State.PUBLISHED:
        raise WrongMoment(code=workshop.state)
    if not workshop.is_over(timezone.now()):
        raise WrongMoment(
            _("Wait for the end of the last session."),
            code="not_over",
            allowed=["change", "cancel", "attendance"],
        )
    workshop.held_at = timezone.now()
    workshop.save(update_fields=["held_at"])
    record("workshops.workshop_held", actor=actor, thing=workshop)
    _claim_hours(actor, workshop)
    return workshop


def _claim_hours(actor: Person, workshop: Workshop) -> None:
    """Ask who was there, session by session, to confirm what the trainers gave."""
    trainers = [row.person for row in workshop.trainers.select_related("person")]
    for session in workshop.sessions.prefetch_related("attendances__registration__person"):
        came = [row.registration.person for row in session.attendances.all()]
        if came:
            claim_help(
                actor=actor,
                givers=trainers,
                receivers=came,
                minutes=session.minutes,
                kind="workshop",
                source=("workshops.workshop", workshop.pk),
                purpose=f"session-{session.pk}",
                happened_at=session.end_at,
                note=workshop.title,
            )
