"""What the help desk declares to the other rooms."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Q
from django.utils.translation import get_language, gettext

from core import replies
from core.files import forget_file
from core.models import StoredFile
from core.things import Thing, declare
from helpdesk.field_values import as_sent
from helpdesk.masking import file_name_for, named_for
from helpdesk.models import (
    AgentOffer,
    ChecklistItem,
    Consent,
    DeskRule,
    FieldValue,
    Follow,
    InboundMail,
    Macro,
    Message,
    PublicAnswer,
    Queue,
    Rating,
    SavedView,
    Share,
    Suggestion,
    Ticket,
    Visit,
)
from helpdesk.queries.letters import NOTE, TICKET
from people import queues
from people.models import Person


def declare_all() -> None:
    """Declare tickets, what is said in them, and queues with how they are called."""
    queues.declare(queue_names)
    replies.declare(TICKET, code="t", receive=_receive_reply)
    replies.declare(NOTE, code="n", receive=_receive_note)
    declare(
        Thing(
            kind="helpdesk.ticket",
            model=Ticket,
            visible_to=Ticket.objects.visible_to,
            url=lambda ticket: ticket.path,
            label=label_of,
            named_for=named_for,
            participants=participants,
            participant_ids=_participant_ids,
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
            named_for=named_for,
            file_name_for=file_name_for,
            participants=lambda message: participants(message.ticket),
            author_ids=lambda message: {message.author_id},
            export=_export_messages,
            erase=_erase_messages,
        )
    )
    declare(
        Thing(
            kind="helpdesk.mail",
            model=InboundMail,
            visible_to=InboundMail.objects.visible_to,
            url=lambda mail: mail.path,
            label=lambda mail: mail.subject or mail.from_email or gettext("(no subject)"),
            export=_export_mails,
            erase=_erase_mails,
        )
    )
    declare(
        Thing(
            kind="helpdesk.public_answer",
            model=PublicAnswer,
            visible_to=_answers_visible_to,
            url=lambda answer: answer.path,
            label=lambda answer: answer.title,
            named_for=named_for,
            participants=lambda answer: [answer.ticket.requester],
            author_ids=lambda answer: {answer.proposed_by_id},
            export=_export_consents,
        )
    )
    declare(
        Thing(
            kind="helpdesk.queue",
            model=Queue,
            visible_to=Queue.objects.visible_to,
            url=lambda queue: f"/queue?queue={queue.slug}",
            label=lambda queue: queue.name(get_language() or "en"),
        )
    )
    _declare_desk()


def _declare_desk() -> None:
    """Declare what agents and coordinators keep for their queues."""
    declare(
        Thing(
            kind="helpdesk.macro",
            model=Macro,
            visible_to=Macro.objects.visible_to,
            url=lambda macro: f"/macros/{macro.pk}",
            label=lambda macro: macro.name(get_language() or "en"),
        )
    )
    declare(
        Thing(
            kind="helpdesk.rule",
            model=DeskRule,
            visible_to=DeskRule.objects.visible_to,
            url=lambda rule: f"/desk-rules/{rule.pk}",
            label=lambda rule: rule.name,
        )
    )


def _receive_reply(*, object_id: int, **facts: Any) -> Message:
    from helpdesk.actions import reply  # they import what is declared here

    return reply(ticket_id=object_id, revision=0, send_anyway=True, **facts)


def _receive_note(*, object_id: int, **facts: Any) -> Message:
    from helpdesk.actions import write_note

    return write_note(ticket_id=object_id, **facts)


def queue_names(language: str) -> dict[int, str]:
    """Return the names of all queues, for who gives roles in one of them."""
    return {row.pk: row.name(language) for row in Queue.objects.order_by("pk")}


def label_of(ticket: Ticket) -> str:
    """Return the subject, or (erased) the number."""
    return ticket.subject or ticket.number


def participants(ticket: Ticket) -> Iterable[Person]:
    """Return who asked, whom it is shared with, and who has it in hand."""
    people = [ticket.requester, *(row.person for row in ticket.shares.select_related("person"))]
    return people if ticket.assignee is None else [*people, ticket.assignee]


def _participant_ids(ids: Collection[int]) -> Iterator[tuple[int, int]]:
    """Yield (ticket, person) as `participants` does, for many tickets in two queries."""
    tickets = Ticket.objects.filter(pk__in=ids)
    for pk, requester_id, assignee_id in tickets.values_list("pk", "requester_id", "assignee_id"):
        yield pk, requester_id
        if assignee_id is not None:
            yield pk, assignee_id
    yield from Share.objects.filter(ticket__in=ids).values_list("ticket_id", "person_id")


def _messages_visible_to(person: Any) -> Any:
    return Message.objects.visible_to(person).select_related(
        "ticket__requester", "ticket__organisation"
    )


def _answers_visible_to(person: Any) -> Any:
    return PublicAnswer.objects.visible_to(person).select_related("ticket")


def _export_consents(person: Person) -> list[dict[str, Any]]:
    rows = Consent.objects.filter(person=person).select_related("answer__ticket").order_by("pk")
    return [
        {
            "ticket": row.answer.ticket.number,
            "agrees": row.agrees,
            "text_hash": row.text_hash,
            "at": row.at.isoformat(),
            "withdrawn_at": row.withdrawn_at and row.withdrawn_at.isoformat(),
        }
        for row in rows
    ]


def _export_tickets(person: Person) -> list[dict[str, Any]]:
    return [
        {
            "number": ticket.number,
            "subject": ticket.subject,
            "state": ticket.state,
            "language": ticket.language,
            "opened_at": ticket.opened_at.isoformat(),
            "fields": {
                row.field.key: as_sent(row.value)
                for row in ticket.values_of_fields.all()
                if row.field.shown_to == "requester"
            },
            "ratings": [
                {"grade": row.grade, "comment": row.comment, "at": row.at.isoformat()}
                for row in ticket.ratings.all()
                if row.person_id == person.pk
            ],
        }
        for ticket in Ticket.objects.filter(requester=person)
        .prefetch_related("values_of_fields__field", "ratings")
        .order_by("pk")
    ]


def _export_messages(person: Person) -> list[dict[str, Any]]:
    rows = Message.objects.said_by(person).select_related("ticket").order_by("pk")
    return [
        {
            "ticket": row.ticket.number,
            "internal": row.internal,
            "posted_at": row.posted_at.isoformat(),
            "source": row.source,
        }
        for row in rows
    ]


def _export_mails(person: Person) -> list[dict[str, Any]]:
    return [
        {
            "from": row.from_email,
            "subject": row.subject,
            "received_at": row.received_at.isoformat(),
            "outcome": row.outcome,
        }
        for row in InboundMail.objects.filter(person=person).defer("raw").order_by("pk")
    ]


def _erase_mails(person: Person) -> None:
    """Take out all that the person's mails said; that there were mails stays."""
    addresses = EmailAddress.objects.filter(user=person).values_list("email", flat=True)
    rows = InboundMail.objects.filter(
        Q(person=person) | Q(from_email__in=[address.lower() for address in addresses])
    )
    rows.update(
        raw=None, from_email="", from_name="", subject="", to=[], cc=[], folded_text="", error=""
    )


def _erase_tickets(person: Person) -> None:
    """Take out what the person's tickets say of them, and their words on how they were helped.

    What was shared with them, what they follow and the views they keep end. How long agents
    worked on tickets stays: it is no one's words.
    """
    Ticket.objects.filter(requester=person).update(subject="")
    FieldValue.objects.filter(ticket__requester=person).delete()
    ChecklistItem.objects.filter(ticket__requester=person).delete()
    for rows in (Share.objects, Suggestion.objects, Follow.objects, Visit.objects):
        rows.filter(person=person).delete()
    AgentOffer.objects.filter(person=person).delete()
    SavedView.objects.filter(owner=person).delete()
    Rating.objects.filter(person=person).update(comment="")


def _erase_messages(person: Person) -> None:
    """Take out what the person said in their own tickets, with its files.

    What they answered to others as agent or guest stays, under "a former member": it is part of
    what was said to those people.
    """
    rows = Message.objects.said_by(person).filter(ticket__requester=person)
    ids = list(rows.values_list("pk", flat=True))
    for stored in StoredFile.objects.filter(thing_kind="helpdesk.message", thing_id__in=ids):
        forget_file(stored)
    rows.update(source="", html="")
