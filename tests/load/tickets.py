"""The help desk's part of the large site: tickets in every state, with what was said in them."""

import random
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

AGENTS = 20  # volunteers, but for the last; one more works on ONE_QUEUE alone, as staff
ONE_QUEUE = "mail"
# First answer within minutes, and what a year costs in cents.
LEVELS = [("free", None, 0), ("steady", 24 * 60, 6_000), ("swift", 4 * 60, 24_000)]
# Most tickets of a site that has run for years are closed; what waits is a small part.
STATES = {"new": 4, "open": 5, "waiting_requester": 8, "waiting_us": 6, "solved": 17, "closed": 60}
CHUNK = 5000
MEASURED_MESSAGES = 8  # and two notes: a page of ten
MEASURED_REQUESTER = 33  # who has a site of the swift level
SEEN_WORD = "heron"  # in one message of a hundred: a small site too has a page full of them
OFTEN_WORD = "wader"  # in one of twenty: so has one queue of four, on a small site too
RARE_WORD = "gopher"  # in the first messages of a few tickets alone
RARE_TICKETS = 30


@dataclass
class Rows:
    """What one chunk of tickets brings with it, written table by table."""

    messages: list[Any] = field(default_factory=list)
    assignments: list[Any] = field(default_factory=list)
    lines: list[Any] = field(default_factory=list)
    clocks: list[Any] = field(default_factory=list)


def generate_tickets(
    dice: random.Random, count: int, people: list[int], bodies: list[tuple[str, str]]
) -> int:
    """Write tickets with messages, notes, rooms, history; return how many."""
    from chat.models import Room
    from core.models import JournalLine
    from helpdesk.models import Assignment, Clock, Message, Ticket
    from tests.load.writing import write

    queues = _queues()
    agents, versions, sites = _staff(people, queues), _levels(), _sites(people)
    for start in range(0, count, CHUNK):
        rows = Rows()
        tickets = [
            _ticket(dice, start + n, people, agents, queues, versions, sites)
            for n in range(min(CHUNK, count - start))
        ]
        for ticket in tickets:
            _set_clocks(ticket, rows)
        tickets = write(Ticket, tickets)
        for ticket in tickets:
            _talk(dice, ticket, agents, bodies, rows)
        messages = write(Message, rows.messages)
        for clock in rows.clocks:
            clock.ticket = clock.ticket  # its id, which the ticket has now
        write(Clock, rows.clocks)
        rows.lines += [_said(message) for message in messages if message.number > 1]
        write(Assignment, rows.assignments)
        write(JournalLine, rows.lines)
        write(Room, (Room(thing_kind="helpdesk.ticket", thing_id=t.pk) for t in tickets))
    return count


def a_ticket() -> str:
    """Return the path of the ticket that is measured: ten messages, in hand, on a paid site."""
    from helpdesk.models import Ticket

    return Ticket.objects.order_by("pk")[0].path


def _staff(people: list[int], queues: list[Any]) -> list[int]:
    """Make agents, and return those of all queues."""
    from people.models import RoleGrant

    agents = people[:AGENTS]
    grants = [RoleGrant(person_id=pk, role="agent", volunteer=pk != agents[-1]) for pk in agents]
    [queue] = [queue for queue in queues if queue.slug == ONE_QUEUE]
    one = {"person_id": people[AGENTS], "queue_id": queue.pk}
    grants.append(RoleGrant(role="agent", volunteer=False, **one))
    RoleGrant.objects.bulk_create(grants)
    return agents


def _queues() -> list[Any]:
    from helpdesk.models import Queue

    names = ["help", "domains", "mail", "accounts"]
    return Queue.objects.bulk_create(
        Queue(slug=name, names={"en": name.capitalize()}, is_default=name == "help")
        for name in names
    )


def _levels() -> list[Any]:
    from people.models import GuaranteeLevel, GuaranteeLevelVersion

    levels = GuaranteeLevel.objects.bulk_create(
        GuaranteeLevel(slug=slug, is_default=minutes is None) for slug, minutes, _cents in LEVELS
    )
    return GuaranteeLevelVersion.objects.bulk_create(
        GuaranteeLevelVersion(
            level=level,
            names={"en": slug.capitalize()},
            first_response_minutes=minutes,
            yearly_price_cents=cents,
        )
        for level, (slug, minutes, cents) in zip(levels, LEVELS, strict=True)
    )


def _sites(people: list[int]) -> dict[int, Any]:
    """Give every third person a site, the levels in turn; return them by owner."""
    from people.models import GuaranteeLevel, HostedSite
    from tests.load.writing import write

    levels = list(GuaranteeLevel.objects.order_by("pk"))
    made = write(
        HostedSite,
        (
            HostedSite(
                external_id=f"load-{n}",
                domain=f"site-{n}.example",
                owner_id=owner,
                level=levels[n % len(levels)],
                platform={"php": "8.4", "cms": "wordpress"},
            )
            for n, owner in enumerate(people[::3])
        ),
    )
    return dict(zip(people[::3], made, strict=True))


def _ticket(
    dice: random.Random,
    number: int,
    people: list[int],
    agents: list[int],
    queues: list[Any],
    versions: list[Any],
    sites: dict[int, Any],
) -> Any:
    """Return one ticket, unsaved. The first one is the measured one."""
    from django.utils import timezone

    from helpdesk.models import Ticket
    from tests.load.data import text

    measured = number == 0
    state = "open" if measured else dice.choices(list(STATES), list(STATES.values()))[0]
    # Waiting tickets are recent, as in life; measured from now, so that clocks show something.
    age = timedelta(minutes=dice.randrange(3000 if state not in ("solved", "closed") else 500_000))
    opened = timezone.now() - age - timedelta(hours=1)
    owner = people[MEASURED_REQUESTER] if measured else dice.choice(people)
    site = sites.get(owner)
    promised = site.level_id if site else versions[0].level_id
    version = next(version for version in versions if version.level_id == promised)
    taken = state != "new" and (state == "open" or dice.random() < 0.8)
    return Ticket(
        requester_id=owner,
        site=site,
        queue=queues[0] if measured else dice.choice(queues),
        subject=text(dice, 7)[:190],
        language="en",
        level_version=version,
        state=state,
        assignee_id=dice.choice(agents) if taken else None,
        opened_at=opened,
        last_activity_at=opened + age / 2,
        waiting_since=opened + age / 2,
        turn_at=opened,  # until its clocks are worked out
        message_count=MEASURED_MESSAGES if measured else dice.randrange(1, 8),
        note_count=2 if measured else dice.randrange(3),
    )


def _set_clocks(ticket: Any, rows: Rows) -> None:
    """Give a ticket the clocks that what is said in it makes: a message every five minutes."""
    from helpdesk.actions.clocks import TOLD_BY_CLOCKS
    from helpdesk.models import Clock
    from helpdesk.promises import Event, What, standing_of
    from helpdesk.queries.history import terms_of

    events, at = [], ticket.opened_at
    for number in range(1, ticket.message_count + 1):
        at += timedelta(minutes=5)
        if number > 1:
            events.append(Event(at, What.ANSWERED if number % 2 == 0 else What.ASKED))
    if ticket.state != "new":
        at += ticket.note_count * timedelta(minutes=5)
        events.append(Event(at, What.MOVED, state=ticket.state))
    standing = standing_of(terms_of(ticket.level_version), ticket.opened_at, events)
    for name in TOLD_BY_CLOCKS:
        setattr(ticket, name, getattr(standing, name))
    rows.clocks += [Clock(ticket=ticket, **asdict(facts)) for facts in standing.clocks]


def _said(message: Any) -> Any:
    """Return the line of a reply or a note."""
    from core.models import JournalLine

    return JournalLine(
        at=message.posted_at,
        actor_id=message.author_id,
        face="page",
        verb="helpdesk.note_written" if message.internal else "helpdesk.reply_posted",
        thing_kind="helpdesk.message",
        thing_id=message.pk,
        parent_kind="helpdesk.ticket",
        parent_id=message.ticket_id,
        audience="staff" if message.internal else "participants",
        changes={"number": message.number, "side": message.side},
    )


def _talk(
    dice: random.Random, ticket: Any, agents: list[int], bodies: list[tuple[str, str]], rows: Rows
) -> None:
    """Add a ticket's messages and notes in turn, who had it in hand, and the journal's lines."""
    from helpdesk.models import Assignment

    agent = ticket.assignee_id or dice.choice(agents)
    at = ticket.opened_at
    for number in range(1, ticket.message_count + 1):
        at += timedelta(minutes=5)
        side = "agent" if number % 2 == 0 else "requester"
        author = agent if side == "agent" else ticket.requester_id
        message = _message(dice, ticket, number, author, side, at, bodies)
        if number == 1 and ticket.pk <= RARE_TICKETS:
            message.source = f"{RARE_WORD}: {message.source}"
        rows.messages.append(message)
    for number in range(1, ticket.note_count + 1):
        at += timedelta(minutes=5)
        note = _message(dice, ticket, number, agent, "agent", at, bodies)
        note.internal = True
        rows.messages.append(note)
    rows.lines.append(_line(ticket, "ticket_opened", ticket.requester_id, ticket.opened_at, {}))
    if ticket.assignee_id:
        rows.assignments.append(
            Assignment(ticket=ticket, person_id=agent, by_id=agent, at=ticket.opened_at)
        )
        changes = {"assignee": [None, agent]}
        rows.lines.append(_line(ticket, "ticket_assigned", agent, ticket.opened_at, changes))
    if ticket.state != "new":
        changes = {"state": ["new", ticket.state]}
        rows.lines.append(_line(ticket, "state_changed", agent, at, changes))


def _message(
    dice: random.Random,
    ticket: Any,
    number: int,
    author: int,
    side: str,
    at: datetime,
    bodies: list[tuple[str, str]],
) -> Any:
    from core.markup import RENDERER_VERSION
    from helpdesk.models import Message

    source, html = dice.choice(bodies)
    roll = dice.random()
    if roll < 1 / 100:
        source = f"{SEEN_WORD}: {source}"
    elif roll < 6 / 100:
        source = f"{OFTEN_WORD}: {source}"
    return Message(
        ticket=ticket,
        origin_ticket=ticket,
        number=number,
        author_id=author,
        side=side,
        posted_at=at,
        language="en",
        source=source,
        html=html,
        renderer_version=RENDERER_VERSION,
    )


def _line(ticket: Any, verb: str, actor: int, at: datetime, changes: dict[str, Any]) -> Any:
    from core.models import JournalLine

    return JournalLine(
        at=at,
        actor_id=actor,
        face="page",
        verb=f"helpdesk.{verb}",
        thing_kind="helpdesk.ticket",
        thing_id=ticket.pk,
        audience="participants",
        changes=changes,
    )
