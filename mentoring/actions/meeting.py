"""Meeting: plan it, say that it took place, end the pair."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aid.actions import claim_help
from aid.models import Kind
from core.confided import point_out_secrets
from core.errors import InvalidInput, NotAllowed, WrongMoment, locked, seen
from core.journal import record
from mentoring import rules
from mentoring.models import MentoringSession, Mentorship, utc_of
from people.models import Person
from people.profiles import is_time_zone

LONGEST_NOTE = 300
MET_BEFORE = timedelta(days=31)  # what led to a pair counts as well


@transaction.atomic
def plan_session(
    *,
    actor: Person,
    mentorship_id: int,
    day: date,
    start: time,
    minutes: int,
    note: str = "",
    time_zone: str = "",
    send_secrets: bool = True,
) -> MentoringSession:
    """Agree on a meeting to come, by the clock on the wall of a zone (the actor's by default).

    The same again is once. send_secrets: False where the writer can be asked.
    Raises NotSeen, NotAllowed, WrongMoment (ended), SecretsFound, InvalidInput.
    """
    mentorship = _to_meet(actor, mentorship_id)
    point_out_secrets({"note": note}, send_secrets=send_secrets)
    session = _session(
        actor=actor,
        mentorship=mentorship,
        day=day,
        start=start,
        minutes=minutes,
        note=note,
        time_zone=time_zone,
    )
    if session.starts_at <= timezone.now():
        raise InvalidInput.of("day", "past", _("This is past: say below that you met."))
    same = _same_or_overlapping(session)
    if same is not None:
        return same
    session.save()
    record("mentoring.session_planned", actor=actor, thing=session, parent=mentorship)
    return session


@transaction.atomic
def log_session(
    *,
    actor: Person,
    mentorship_id: int,
    day: date,
    start: time,
    minutes: int,
    note: str = "",
    time_zone: str = "",
    send_secrets: bool = True,
) -> MentoringSession:
    """Say that the two have met; the other side is asked to confirm it.

    A session at this very hour is confirmed instead, so that it counts once. send_secrets: False
    where the writer can be asked.
    Raises NotSeen, NotAllowed, WrongMoment (ended), SecretsFound, InvalidInput.
    """
    mentorship = _to_meet(actor, mentorship_id)
    point_out_secrets({"note": note}, send_secrets=send_secrets)
    session = _session(
        actor=actor,
        mentorship=mentorship,
        day=day,
        start=start,
        minutes=minutes,
        note=note,
        time_zone=time_zone,
    )
    if session.starts_at > timezone.now():
        raise InvalidInput.of("day", "future", _("This is still to come: plan it instead."))
    if session.starts_at < mentorship.since - MET_BEFORE:
        raise InvalidInput.of("day", "before", _("You were not a pair yet."))
    _check_over(session)
    same = _same_or_overlapping(session)
    if same is not None:
        return confirm_session(actor=actor, session_id=same.pk, minutes=minutes)
    setattr(session, f"confirmed_by_{rules.side_of(actor, mentorship)}_at", timezone.now())
    session.save()
    record(
        "mentoring.session_logged",
        actor=actor,
        thing=session,
        parent=mentorship,
        changes={"minutes": minutes},
    )
    return session


@transaction.atomic
def confirm_session(
    *, actor: Person, session_id: int, minutes: int | None = None
) -> MentoringSession:
    """Say as one side that the meeting took place; once both have, its minutes are counted.

    minutes: other than planned or logged; once one side has confirmed, only the learner, who
    received the help, may say so, and no more than the mentor did. Confirming twice is once.
    Raises NotSeen, NotAllowed, WrongMoment (to come, cancelled), InvalidInput (also not over yet).
    """
    found = seen(MentoringSession.objects.visible_to(actor), pk=session_id)
    mentorship = locked(Mentorship.objects.visible_to(actor), pk=found.mentorship_id)
    session = locked(MentoringSession.objects.visible_to(actor), pk=session_id)
    side = _side_to_meet(actor, mentorship)
    if getattr(session, f"confirmed_by_{side}_at") is not None and session.cancelled_at is None:
        return session
    if session.cancelled_at is not None:
        raise WrongMoment(_("This session was cancelled."), code="cancelled", allowed=["log"])
    if session.starts_at > timezone.now():
        raise WrongMoment(_("It is still to come."), code="to_come", allowed=["cancel"])
    if minutes is not None and minutes != session.minutes:
        _check_minutes(minutes)
        if side == rules.MENTOR and session.state == "to_confirm":
            raise WrongMoment(
                _("The learner has confirmed %(minutes)s minutes.") % {"minutes": session.minutes},
                code="confirmed",
                allowed=["confirm"],
            )
        if minutes > session.minutes and session.state == "to_confirm":
            raise InvalidInput.of(
                "minutes",
                "more",
                _("The mentor said %(minutes)s minutes: at most as many.")
                % {"minutes": session.minutes},
            )
        session.minutes = minutes
    _check_over(session)
    setattr(session, f"confirmed_by_{side}_at", timezone.now())
    session.save()
    record(
        "mentoring.session_confirmed",
        actor=actor,
        thing=session,
        parent=mentorship,
        changes={"side": side, "minutes": session.minutes},
    )
    if session.state == "confirmed":
        _count_help(actor, mentorship, session)
    return session


def _count_help(actor: Person, mentorship: Mentorship, session: MentoringSession) -> None:
    """Count the minutes: the learner's own word, said now or before, is the confirmation."""
    claim_help(
        actor=actor,
        givers=[mentorship.mentor],
        receivers=[mentorship.learner],
        minutes=session.minutes,
        kind=Kind.MENTORING,
        happened_at=session.starts_at,
        source=("mentoring.session", session.pk),
        note=session.note,
        confirmed_by=mentorship.learner,
    )


@transaction.atomic
def cancel_session(*, actor: Person, session_id: int) -> MentoringSession:
    """Say that a meeting will not be, or was not. Twice is once.

    Raises NotSeen, NotAllowed, WrongMoment (confirmed by both).
    """
    session = locked(
        MentoringSession.objects.visible_to(actor).select_related("mentorship"), pk=session_id
    )
    _side_to_meet(actor, session.mentorship)
    if session.cancelled_at is not None:
        return session
    if session.state == "confirmed":
        raise WrongMoment(_("You both confirmed this session."), code="confirmed")
    _cancel(actor, session)
    return session


@transaction.atomic
def end_mentorship(*, actor: Person, mentorship_id: int) -> Mentorship:
    """End a pair, as one of the two or as a coordinator; planned sessions are cancelled.

    Ending twice is once. Raises NotSeen, NotAllowed.
    """
    mentorship = locked(Mentorship.objects.visible_to(actor), pk=mentorship_id)
    if not rules.can_end(actor, mentorship):
        raise NotAllowed
    if mentorship.ended_at is not None:
        return mentorship
    mentorship.ended_at, mentorship.ended_by = timezone.now(), actor
    mentorship.save(update_fields=["ended_at", "ended_by"])
    record("mentoring.pair_ended", actor=actor, thing=mentorship)
    to_come = mentorship.sessions.select_for_update(of=("self",)).filter(
        starts_at__gt=timezone.now(), cancelled_at=None
    )
    for session in to_come.order_by("pk"):
        _cancel(actor, session)
    return mentorship


@transaction.atomic
def refresh_sessions() -> int:
    """Derive the UTC of sessions to come again; return how many had moved.

    The rules of a zone change now and then by law; what was agreed is the clock on the wall.
    """
    moved = 0
    soon = timezone.now() - timedelta(days=1)
    rows = MentoringSession.objects.filter(starts_at__gt=soon, cancelled_at=None)
    for session in rows.select_for_update(of=("self",)).order_by("pk"):
        moment = utc_of(session.day, session.start, session.time_zone)
        if moment != session.starts_at:
            session.starts_at = moment
            session.save(update_fields=["starts_at"])
            moved += 1
    return moved


def _cancel(actor: Person, session: MentoringSession) -> None:
    session.cancelled_at, session.cancelled_by = timezone.now(), actor
    session.save(update_fields=["cancelled_at", "cancelled_by"])
    record("mentoring.session_cancelled", actor=actor, thing=session, parent=session.mentorship)


def _to_meet(actor: Person, mentorship_id: int) -> Mentorship:
    """Return the living pair, locked, of which the actor is a side."""
    mentorship = locked(Mentorship.objects.visible_to(actor), pk=mentorship_id)
    _side_to_meet(actor, mentorship)
    if mentorship.ended_at is not None:
        raise WrongMoment(_("This pair has ended."), code="ended", allowed=["request"])
    return mentorship


def _side_to_meet(actor: Person, mentorship: Mentorship) -> str:
    side = rules.side_of(actor, mentorship)
    if side is None or not rules.can_meet(actor, mentorship):
        raise NotAllowed(_("The two of the pair agree on their meetings."))
    return side


def _session(
    *,
    actor: Person,
    mentorship: Mentorship,
    day: date,
    start: time,
    minutes: int,
    note: str,
    time_zone: str,
) -> MentoringSession:
    """Return a session that is not saved, with its input checked."""
    zone = time_zone or actor.time_zone
    if not is_time_zone(zone):
        raise InvalidInput.of("time_zone", "unknown", _("Such as Europe/Paris."))
    _check_minutes(minutes)
    if not 2000 <= day.year <= 2100:
        raise InvalidInput.of("day", "out_of_range", _("Give a day of these years."))
    if len(note) > LONGEST_NOTE:
        raise InvalidInput.of("note", "too_long", _("At most 300 characters."))
    return MentoringSession(
        mentorship=mentorship,
        day=day,
        start=start,
        time_zone=zone,
        starts_at=utc_of(day, start, zone),
        minutes=minutes,
        note=note.strip(),
        planned_by=actor,
    )


def _check_minutes(minutes: int) -> None:
    if not 5 <= minutes <= 480:
        raise InvalidInput.of("minutes", "out_of_range", _("From 5 minutes to 8 hours."))


def _check_over(session: MentoringSession) -> None:
    if session.ends_at > timezone.now():
        raise InvalidInput.of("minutes", "future", _("It would not be over yet."))


def _same_or_overlapping(session: MentoringSession) -> MentoringSession | None:
    """Return the session that begins at the same moment. Raises InvalidInput for an overlap."""
    near: Any = session.mentorship.sessions.filter(
        cancelled_at=None,
        starts_at__gt=session.starts_at - timedelta(hours=8),
        starts_at__lt=session.ends_at,
    )
    for other in near.order_by("pk"):
        if other.starts_at == session.starts_at:
            return other  # type: ignore[no-any-return]
        if _overlap(session, other):
            raise InvalidInput.of(
                "start", "overlaps", _("You have a session at this hour: confirm or cancel it.")
            )
    return None


def _overlap(one: MentoringSession, other: MentoringSession) -> bool:
    latest: datetime = max(one.starts_at, other.starts_at)
    return latest < min(one.ends_at, other.ends_at)
