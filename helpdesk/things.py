"""What the help desk declares to the other rooms."""

from collections.abc import Iterable
from typing import Any

from core.files import forget_file
from core.models import StoredFile
from core.things import Thing, declare
from helpdesk.models import Message, Share, Suggestion, Ticket
from people.models import Person


def declare_all() -> None:
    """Declare tickets and what is said in them."""
    declare(
        Thing(
            kind="helpdesk.ticket",
            model=Ticket,
            visible_to=Ticket.objects.visible_to,
            url=lambda ticket: ticket.path,
            label=label_of,
            participants=participants,
            author_ids=lambda ticket: {ticket.requester_id},
            export=_export_tickets,
            erase=_erase_tickets,
        )
    )
    declare(
        Thing(
            kind="helpdesk.message",
            model=Message,
            visible_to=_messages_visible_to,
            url=lambda message: f"{message.ticket.path}#{message.anchor}",
            label=lambda message: label_of(message.ticket),
            participants=lambda message: participants(message.ticket),
            author_ids=lambda message: {message.author_id},
            export=_export_messages,
            erase=_erase_messages,
        )
    )


def label_of(ticket: Ticket) -> str:
    """Return the subject, or (erased) the number."""
    return ticket.subject or ticket.number


def participants(ticket: Ticket) -> Iterable[Person]:
    """Return who asked, whom it is shared with, and who has it in hand."""
    people = [ticket.requester, *(row.person for row in ticket.shares.select_related("person"))]
    return people if ticket.assignee is None else [*people, ticket.assignee]


def _messages_visible_to(person: Any) -> Any:
    return Message.objects.visible_to(person).select_related("ticket")


def _export_tickets(person: Person) -> list[dict[str, Any]]:
    return [
        {
            "number": ticket.number,
            "subject": ticket.subject,
            "state": ticket.state,
            "language": ticket.language,
            "opened_at": ticket.opened_at.isoformat(),
        }
        for ticket in Ticket.objects.filter(requester=person).order_by("pk")
    ]


def _export_messages(person: Person) -> list[dict[str, Any]]:
    rows = Message.objects.filter(author=person).select_related("ticket").order_by("pk")
    return [
        {
            "ticket": row.ticket.number,
            "internal": row.internal,
            "posted_at": row.posted_at.isoformat(),
            "source": row.source,
        }
        for row in rows
    ]


def _erase_tickets(person: Person) -> None:
    """Take out the subjects of the person's tickets, and end what was shared with them."""
    Ticket.objects.filter(requester=person).update(subject="")
    Share.objects.filter(person=person).delete()
    Suggestion.objects.filter(person=person).delete()


def _erase_messages(person: Person) -> None:
    """Take out what the person wrote in their own tickets, with its files.

    What they answered to others as agent or guest stays, under "a former member": it is part of
    what was said to those people.
    """
    rows = Message.objects.filter(author=person, ticket__requester=person)
    ids = list(rows.values_list("pk", flat=True))
    for stored in StoredFile.objects.filter(thing_kind="helpdesk.message", thing_id__in=ids):
        forget_file(stored)
    rows.update(source="", html="")
