"""What merging and splitting share: tickets locked in one order, messages that move, ways back."""

from collections.abc import Collection, Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import NotAllowed, WrongMoment
from core.journal import record
from helpdesk import rules
from helpdesk.actions.steps import MOVING, ticket_of
from helpdesk.models import Message, Relocation, Ticket
from helpdesk.queries.relocations import places_of
from people.models import Person

COUNTS = ["message_count", "note_count", "left_count", "left_note_count"]
RELOCATING = sorted({*MOVING, *COUNTS})
# What a merger changes beside messages, and what taking it back brings back: all that moves.
KEPT = [name for name in MOVING if name not in (*COUNTS, "merged_into")]


class MovedAbout(WrongMoment):
    """Somebody merged or split the same tickets between our look and our lock."""

    code = "moved_about"


def worked_tickets(actor: Person, ids: Iterable[int]) -> dict[int, Ticket]:
    """Return tickets the actor works on as an agent, locked, always in the order of their ids.

    Raises NotSeen, NotAllowed.
    """
    tickets = {pk: ticket_of(actor, pk) for pk in sorted(set(ids))}
    if not all(rules.can_work(actor, ticket) for ticket in tickets.values()):
        raise NotAllowed
    return tickets


def move_messages(ids: Collection[int], *, away: Ticket, to: Ticket) -> None:
    """Move messages, with the counts of both locked tickets; saves no ticket."""
    rows = Message.objects.filter(pk__in=ids, ticket=away)
    notes = rows.filter(internal=True).count()
    said = rows.filter(internal=False).count()
    rows.update(ticket=to, moved_at=timezone.now())
    away.message_count -= said
    away.left_count += said
    away.note_count -= notes
    away.left_note_count += notes
    to.message_count += said
    to.note_count += notes


def bring_home(ids: Collection[int], tickets: dict[int, Ticket]) -> None:
    """Move messages to where they stand by what is in force now; saves no ticket.

    tickets: locked, by id. Raises MovedAbout for messages of others.
    """
    wanted = places_of(ids)
    moves: dict[tuple[int, int], list[int]] = {}
    for pk, now in Message.objects.filter(pk__in=ids).values_list("pk", "ticket_id"):
        if wanted[pk] != now:
            moves.setdefault((now, wanted[pk]), []).append(pk)
    check_all_locked({pk for pair in moves for pk in pair}, tickets)
    for (away, to), some in sorted(moves.items()):
        move_messages(some, away=tickets[away], to=tickets[to])


def check_all_locked(ids: Iterable[int], tickets: dict[int, Ticket]) -> None:
    """Raise MovedAbout unless all of these tickets are locked."""
    if not set(ids) <= set(tickets):
        raise MovedAbout(_("These tickets have just been moved about. Reload, and try again."))


def kept(ticket: Ticket) -> dict[str, str | None]:
    """Return a ticket's fields that a merger may change, as texts: exact to the microsecond."""
    found = {}
    for name in KEPT:
        field: Any = Ticket._meta.get_field(name)
        is_empty = getattr(ticket, field.attname) is None
        found[name] = None if is_empty else str(field.value_to_string(ticket))
    return found


def restore(ticket: Ticket, before: dict[str, str | None]) -> None:
    """Give a ticket back what `kept` noted; saves nothing."""
    for name, text in before.items():
        field: Any = Ticket._meta.get_field(name)
        setattr(ticket, field.attname, None if text is None else field.to_python(text))


def record_state(ticket: Ticket, old: str, *, actor: Person) -> None:
    """Write down a state that was brought back; nobody is told that it was solved anew."""
    if ticket.state != old:
        record(
            "helpdesk.state_changed",
            actor=actor,
            thing=ticket,
            changes={"state": [str(old), str(ticket.state)], "undone": 1},
        )


def take_out_effect(merger: Relocation, into: Ticket) -> bool:
    """Take what a merger changed of its target out of the target's history.

    Later mergers noted the target, whichever way they took it, as it was with that change. What
    was said since ends the search: from there on the target stands by that. Returns whether the
    target still stands as the merger left it, and is to be restored.
    """
    before, after = merger.into_before, merger.into_after
    for later in _later(merger, into):
        name = "into_before" if later.into_id == into.pk else "ticket_before"
        if getattr(later, name) != after:
            return False
        setattr(later, name, before)
        if name == "ticket_before" or later.into_after != after:
            later.save(update_fields=[name])
            return False
        later.into_after = before
        later.save(update_fields=["into_before", "into_after"])
    return bool(kept(into) == after)


def _later(merger: Relocation, into: Ticket) -> list[Relocation]:
    rows = Relocation.objects.in_force().filter(kind=Relocation.Kind.MERGER, pk__gt=merger.pk)
    found = {row.pk: row for row in (*rows.filter(into=into), *rows.filter(ticket=into))}
    return [found[pk] for pk in sorted(found)]
