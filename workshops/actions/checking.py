"""What a plan must be before it is written: every fault at once, each beside its field."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import FieldError, InvalidInput
from people.models import Person, Skill
from people.queries import skills_named
from workshops import queries, rules
from workshops.clock import NoSuchTimeError, Span, is_zone, overlapping_pairs, span_of
from workshops.models import Registration, Venue, Workshop
from workshops.plans import LONGEST, MAX_SEATS, MAX_SESSIONS, MAX_TRAINERS, Plan


@dataclass(frozen=True)
class CheckedPlan:
    """A plan with the rows it names; `spans` stand beside its slots, in the zone that counts."""

    plan: Plan
    venue: Venue | None
    zone: str
    trainers: Sequence[Person]
    skills: Sequence[Skill]
    spans: Sequence[Span]


class Faults:
    """The faults found so far."""

    def __init__(self) -> None:
        self.found: list[FieldError] = []

    def add(self, field: str, code: str, detail: Any) -> None:
        """Note one."""
        self.found.append(FieldError(field, code, str(detail)))

    def refuse(self) -> None:
        """Raise InvalidInput when there is any."""
        if self.found:
            raise InvalidInput(errors=self.found)


def checked(plan: Plan, workshop: Workshop | None = None) -> CheckedPlan:
    """Return the plan with its rows; workshop: the locked row it changes. Raises InvalidInput."""
    faults = Faults()
    _check_words(plan, faults)
    venue, zone = _where(plan, faults)
    trainers = _trainers(plan, faults)
    skills = _skills(plan, faults)
    _check_seats(plan, workshop, faults)
    faults.refuse()
    spans = _spans(plan, zone, workshop, faults)
    faults.refuse()
    return CheckedPlan(plan, venue, zone, trainers, skills, spans)


def _check_words(plan: Plan, faults: Faults) -> None:
    if not 3 <= len(plan.title.strip()) <= 150:
        faults.add("title", "length", _("From 3 to 150 characters."))
    if not plan.source.strip():
        faults.add("source", "required", _("Say what people will be able to do after it."))
    if plan.language not in dict(settings.SPOKEN_LANGUAGES):
        faults.add("language", "unknown_language", _("One of the languages on offer."))


def _where(plan: Plan, faults: Faults) -> tuple[Venue | None, str]:
    """Return the venue, if any, and the zone of the clock that counts."""
    venue = Venue.objects.filter(pk=plan.venue_id).first() if plan.venue_id else None
    if plan.venue_id and venue is None:
        faults.add("venue", "unknown_venue", _("This place is not known here."))
    if venue is None and not plan.online_url:
        faults.add("venue", "nowhere", _("Choose a place, or give the address of a room online."))
    if plan.online_url and not plan.online_url.startswith(("https://", "http://")):
        faults.add("online_url", "invalid", _("An address that begins with https://"))
    zone = venue.zone if venue else plan.zone
    if venue is None and not is_zone(zone):
        faults.add("zone", "unknown_zone", _("A time zone such as Europe/Paris."))
    return venue, zone


def _trainers(plan: Plan, faults: Faults) -> list[Person]:
    handles = list(dict.fromkeys(handle.strip().lstrip("@") for handle in plan.trainers))
    if not 1 <= len(handles) <= MAX_TRAINERS:
        faults.add("trainers", "number", _("From one to ten people."))
        return []
    people = queries.people_by_handle(handles)
    for handle in handles:
        person = people.get(handle)
        if person is None:
            detail = _("Nobody here is called %(name)s.") % {"name": handle}
            faults.add("trainers", "unknown_person", detail)
        elif not rules.can_lead(person):
            detail = _("%(name)s is not a trainer here yet.") % {"name": person}
            faults.add("trainers", "not_a_trainer", detail)
    return list(dict.fromkeys(people[handle] for handle in handles if handle in people))


def _skills(plan: Plan, faults: Faults) -> list[Skill]:
    names = [name for name in plan.skills if name.strip()]
    found = skills_named(names)
    for name in names:
        if name not in found:
            detail = _("“%(name)s” is not in our list of skills.") % {"name": name}
            faults.add("skills", "unknown_skill", detail)
    return list(dict.fromkeys(found.values()))


def _check_seats(plan: Plan, workshop: Workshop | None, faults: Faults) -> None:
    if not 1 <= plan.seats <= MAX_SEATS:
        faults.add("seats", "out_of_range", _("From 1 to 1000."))
    elif workshop is not None:
        check_seats_taken(workshop, plan.seats, faults)


def check_seats_taken(workshop: Workshop, seats: int, faults: Faults) -> None:
    """Note a fault when more people have a seat than there would be."""
    taken = workshop.registrations.filter(state=Registration.State.REGISTERED).count()
    if seats < taken:
        detail = _("%(taken)s people have a seat already.") % {"taken": taken}
        faults.add("seats", "too_few", detail)


def _spans(plan: Plan, zone: str, workshop: Workshop | None, faults: Faults) -> list[Span]:
    """Return the moments of every slot, when all of them can be."""
    if not 1 <= len(plan.slots) <= MAX_SESSIONS:
        faults.add("sessions", "number", _("From one to twenty sessions."))
    known = {row.pk: row for row in workshop.sessions.all()} if workshop else {}
    now, spans = timezone.now(), []
    for position, slot in enumerate(plan.slots):
        field = f"sessions.{position}"
        if slot.id is not None and slot.id not in known:
            faults.add(f"{field}.id", "unknown_session", _("This session is not of this workshop."))
        try:
            span = span_of(slot, zone)
        except (NoSuchTimeError, OverflowError) as error:
            at_end = isinstance(error, NoSuchTimeError) and error.local.time() != slot.starts
            detail = _("The clocks go forward over this time on that day: choose another.")
            faults.add(f"{field}.{'ends' if at_end else 'starts'}", "no_such_time", detail)
            continue
        before = known.get(slot.id or 0)
        is_same = before is not None and (before.start_at, before.end_at) == (span.start, span.end)
        _check_span(span, field, faults, now if not is_same else None)
        spans.append(span)
    if len(spans) == len(plan.slots):
        for _first, second in overlapping_pairs(spans):
            detail = _("It overlaps another session of this workshop.")
            faults.add(f"sessions.{second}.starts", "overlap", detail)
    return spans


def _check_span(span: Span, field: str, faults: Faults, now: datetime | None) -> None:
    """Note what is wrong with one session; now: None for one that stays as it was."""
    if span.end - span.start > LONGEST:
        detail = _("At most twelve hours. An end before the start is on the next day.")
        faults.add(f"{field}.ends", "too_long", detail)
    if now is not None and span.start <= now:
        faults.add(f"{field}.day", "past", _("This is in the past."))
    if now is not None and span.start > now + timedelta(days=3 * 366):
        faults.add(f"{field}.day", "too_far", _("At most three years ahead."))
