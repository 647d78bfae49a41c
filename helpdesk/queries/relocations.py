"""Where messages and tickets went that were merged or split."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from chat.models import ChatMessage, Room
from helpdesk.models import Message, Relocation, Ticket

MERGER, SPLIT = Relocation.Kind.MERGER, Relocation.Kind.SPLIT


@dataclass(frozen=True)
class MergedTalk:
    """What was said live in a ticket that goes on in another.

    number: of the ticket it was said in; empty to who does not see that one.
    """

    room_id: int
    number: str


def end_of(ticket: Ticket) -> Ticket:
    """Return the ticket in which this one goes on: itself, or the end of its mergers."""
    while ticket.merged_into is not None:
        ticket = ticket.merged_into
    return ticket


def ends_of(ticket_ids: Collection[int]) -> dict[int, int]:
    """Return the id of that ticket by id of these; as many queries as mergers followed mergers."""
    ends = {pk: pk for pk in ticket_ids}
    merged = Ticket.objects.exclude(merged_into=None)
    while further := dict[int, Any](
        merged.filter(pk__in=ends.values()).values_list("pk", "merged_into")
    ):
        ends = {pk: further.get(end, end) for pk, end in ends.items()}
    return ends


def merger_of(ticket_id: int) -> Relocation | None:
    """Return the merger in force by which a ticket ended; None where it has not."""
    rows = Relocation.objects.in_force().filter(kind=MERGER, ticket=ticket_id)
    return rows.select_related("into__merged_into").first()


def merged_into(person: Any, ticket: Ticket) -> list[Ticket]:
    """Return the tickets merged into this one, as far as this person sees them."""
    mergers = Relocation.objects.in_force().filter(kind=MERGER, ticket=OuterRef("pk"))
    rows = Ticket.objects.visible_to(person).filter(Exists(mergers), merged_into=ticket)
    return list(rows.order_by("pk"))


def merged_talks(person: Any, ticket: Ticket) -> list[MergedTalk]:
    """Return what was said live in the tickets that go on in this one, as far as this person may
    read it. Three queries, and one more for each merger that led to another.
    """
    ids = _that_go_on_in(ticket.pk)
    if not ids:
        return []
    said = ChatMessage.objects.filter(room=OuterRef("pk"), kind="message")
    rows = Room.objects.visible_to(person, "helpdesk.ticket").filter(Exists(said), thing_id__in=ids)
    talks = rows.order_by("pk").values_list("pk", "thing_id")
    seen = Ticket.objects.visible_to(person).filter(pk__in=ids).in_bulk() if talks else {}
    return [MergedTalk(pk, seen[there].number if there in seen else "") for pk, there in talks]


def talks_of(ticket: Ticket) -> list[Room]:
    """Return the rooms whose talk is read from a ticket: its own, and of those that go on in it."""
    ids = {ticket.pk, *_that_go_on_in(ticket.pk)}
    rows = Room.objects.filter(thing_kind="helpdesk.ticket", thing_id__in=ids)
    return list(rows.order_by("pk"))


def _that_go_on_in(ticket_id: int) -> set[int]:
    found: set[int] = set()
    new = {ticket_id}
    while new:
        new = set(Ticket.objects.filter(merged_into__in=new).values_list("pk", flat=True))
        found |= new
    return found


def split_off(person: Any, ticket: Ticket) -> list[Ticket]:
    """Return the tickets that were split off this one, as far as this person sees them."""
    splits = Relocation.objects.in_force().filter(kind=SPLIT, ticket=ticket, into=OuterRef("pk"))
    return list(Ticket.objects.visible_to(person).filter(Exists(splits)).order_by("pk"))


def split_from(person: Any, ticket: Ticket) -> Ticket | None:
    """Return the ticket this one was split off, if this person sees it."""
    splits = Relocation.objects.in_force().filter(kind=SPLIT, into=ticket)
    return Ticket.objects.visible_to(person).filter(pk__in=splits.values("ticket_id")).first()


def places_of(ids: Collection[int], *, without: Relocation | None = None) -> dict[int, int]:
    """Return the ticket in which each message stands by what is in force; see Relocation.

    without: one to leave out, as if it had been taken back.
    """
    origins = dict(Message.objects.filter(pk__in=ids).values_list("pk", "origin_ticket_id"))
    rows = Relocation.objects.in_force().filter(kind=SPLIT, messages__in=ids)
    if without is not None:
        rows = rows.exclude(pk=without.pk)
    splits = list(rows.values_list("pk", "messages", "into_id"))
    mergers = _mergers_from({*origins.values(), *(into for _pk, _message, into in splits)})
    steps = sorted(
        [(pk, message, None, into) for pk, message, into in splits]
        + [(pk, None, ticket, into) for pk, ticket, into in mergers],
        key=lambda step: step[0],
    )
    return {message: _place(message, origin, steps) for message, origin in origins.items()}


def _place(message: int, origin: int, steps: list[tuple[int, Any, Any, int]]) -> int:
    place = origin
    for _pk, moved, left, into in steps:
        if moved == message or left == place:
            place = into
    return place


def _mergers_from(tickets: set[int]) -> list[tuple[int, int, int]]:
    """Return (id, ticket, into) of the mergers in force of these tickets, and of where they led."""
    found: list[tuple[int, int, int]] = []
    asked: set[int] = set()
    while tickets - asked:
        rows = Relocation.objects.in_force().filter(kind=MERGER, ticket__in=tickets - asked)
        asked |= tickets
        more = list(rows.values_list("pk", "ticket_id", "into_id"))
        found += more
        tickets = tickets | {into for _pk, _ticket, into in more}
    return found
