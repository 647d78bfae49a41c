"""What happened to a ticket, as its clocks are worked out from it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from core.models import JournalLine
from helpdesk.clocks import ALWAYS, ServiceHours
from helpdesk.models import Ticket
from helpdesk.promises import Event, Standing, Terms, What, standing_of
from helpdesk.states import Side
from people.models import ClosedDay, GuaranteeLevelVersion, ServiceCalendar

KIND = "helpdesk.ticket"
SAID = "helpdesk.reply_posted"  # by people: what a robot sent has another verb, and counts nothing
LEVEL = "helpdesk.level_changed"
ON_THE_TICKET = {
    "helpdesk.state_changed": What.MOVED,
    "helpdesk.ticket_set_aside": What.SET_ASIDE,
    "helpdesk.ticket_woken": What.WOKEN,
    LEVEL: What.PROMISED,
}
NOTHING_PROMISED = Terms(None, None, None, ALWAYS)


def standing_now(ticket: Ticket) -> Standing:
    """Work out a ticket's clocks from what the journal says; five queries at most."""
    return standings_now([ticket])[ticket.pk]


def standings_now(tickets: Sequence[Ticket]) -> dict[int, Standing]:
    """Work out the clocks of many tickets, by id; two queries, and what their levels take."""
    lines = _lines_of([ticket.pk for ticket in tickets])
    terms: dict[int | None, Terms] = {None: NOTHING_PROMISED}
    found = {}
    for ticket in tickets:
        mine = lines[ticket.pk]
        if ticket.level_version_id not in terms:
            terms[ticket.level_version_id] = terms_of(ticket.level_version)
        changed = [line.changes["level"] for line in mine if line.verb == LEVEL]
        _add_terms(terms, {version for pair in changed for version in pair})
        first = changed[0][0] if changed else ticket.level_version_id
        found[ticket.pk] = standing_of(terms[first], ticket.opened_at, _events(mine, terms))
    return found


def _add_terms(terms: dict[int | None, Terms], versions: set[int | None]) -> None:
    """Add what these versions promise, where it is not known yet."""
    missing = {pk for pk in versions - set(terms) if pk is not None}
    if missing:
        rows = GuaranteeLevelVersion.objects.filter(pk__in=missing)
        terms.update((row.pk, terms_of(row)) for row in rows)


def _lines_of(ids: Sequence[int]) -> dict[int, list[JournalLine]]:
    """Return what the journal tells of tickets that moves their clocks, in the order of time."""
    moved = JournalLine.objects.filter(
        thing_kind=KIND, thing_id__in=ids, verb__in=list(ON_THE_TICKET)
    )
    said = JournalLine.objects.filter(parent_kind=KIND, parent_id__in=ids, verb=SAID)
    lines: dict[int, list[JournalLine]] = {pk: [] for pk in ids}
    for line in sorted([*moved, *said], key=lambda line: (line.at, line.pk)):
        ticket_id = line.parent_id if line.verb == SAID else line.thing_id
        lines[ticket_id or 0].append(line)
    return lines


def _events(lines: Sequence[JournalLine], terms: dict[int | None, Terms]) -> list[Event]:
    """Return what lines mean to the clocks. terms: of every version they name."""
    events: list[Event] = []
    for line in lines:
        if "undone" in line.changes:
            _take_back(events, *line.changes["state"])
        elif line.verb == LEVEL:
            promised = terms[line.changes["level"][1]]
            events.append(Event(line.at, What.PROMISED, terms=promised))
        else:
            events.append(event_of(line))
    return events


def _take_back(events: list[Event], state: str, before: str) -> None:
    """Take out the last move into a state: a merger was undone, and has stopped no clock.

    before: the state it brought back; moves by mergers that were undone while it stood go with it.
    """
    moves = [event for event in events if event.what == What.MOVED and event.state == state]
    if moves:
        events.remove(moves[-1])
    while events and events[-1].what == What.MOVED and events[-1].state != before:
        events.pop()


def event_of(line: JournalLine) -> Event:
    """Return what a line of a ticket means to its clocks."""
    if line.verb == SAID:
        is_ours = line.changes["side"] == Side.AGENT
        return Event(line.at, What.ANSWERED if is_ours else What.ASKED)
    what = ON_THE_TICKET[line.verb]
    if what == What.MOVED:
        return Event(line.at, what, state=line.changes["state"][1])
    if what == What.SET_ASIDE:
        return Event(line.at, what, until=datetime.fromtimestamp(line.changes["until"], UTC))
    return Event(line.at, what)


def terms_of(version: GuaranteeLevelVersion | None) -> Terms:
    """Return what a version promises, in the hours of its calendar."""
    if version is None:
        return NOTHING_PROMISED
    first = _minutes(version.first_response_minutes)
    following = _minutes(version.next_response_minutes)
    return Terms(
        first_response=first,
        next_response=first if following is None else following,
        solution=_minutes(version.resolution_minutes),
        hours=hours_of(version.calendar_id),
    )


def _minutes(number: int | None) -> timedelta | None:
    return None if number is None else timedelta(minutes=number)


def hours_of(calendar_id: int | None) -> ServiceHours:
    """Return the hours of a calendar; without one there is service day and night."""
    if calendar_id is None:
        return ALWAYS
    calendar = ServiceCalendar.objects.get(pk=calendar_id)
    days = ClosedDay.objects.filter(calendar=calendar_id).values_list("day", flat=True)
    return ServiceHours(calendar.zone, calendar.periods, frozenset(days))
