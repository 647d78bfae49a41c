"""What in a ticket looks like a secret, for the agent who takes it out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chat.queries import files_in_room, room_of, said
from core.confided import KINDS
from core.files import files_by_thing
from core.models import StoredFile
from core.redaction import find_secrets
from helpdesk.models import ChecklistItem, FieldValue, InboundMail, PublicAnswer, Ticket
from helpdesk.queries.tickets import messages_of


@dataclass(frozen=True)
class FoundSecret:
    """Words that look like a secret; what: which sort, in the reader's language."""

    text: str
    what: str


def secrets_in(person: Any, ticket: Ticket) -> tuple[list[FoundSecret], list[StoredFile]]:
    """Return what looks like a secret in a ticket, each once, and its files, the talk's too."""
    rows = list(messages_of(person, ticket))
    room = room_of("helpdesk.ticket", ticket.pk)
    talk = [row.source for row in said(person, room)] if room else []
    found: dict[str, str] = {}
    for text in (ticket.subject, *(row.source for row in rows), *talk, *_beside(ticket)):
        for span in find_secrets(text):
            found.setdefault(text[span.start : span.end], str(KINDS[span.kind]))
    files = [file for one in files_by_thing(rows).values() for file in one]
    files += files_in_room(room) if room else []
    return [FoundSecret(text, what) for text, what in found.items()], files


def _beside(ticket: Ticket) -> Iterator[str]:
    """Yield what else is written in a ticket: of its mails, checklist, fields, public answers."""
    mails = InboundMail.objects.filter(message__ticket=ticket).exclude(folded_text="")
    yield from mails.order_by("pk").values_list("folded_text", flat=True)
    yield from ChecklistItem.objects.filter(ticket=ticket).values_list("words", flat=True)
    fields = FieldValue.objects.filter(ticket=ticket).values_list("text", flat=True)
    yield from (text for text in fields if text)
    for answer in PublicAnswer.objects.filter(ticket=ticket):
        yield from (answer.title, answer.question_source, answer.answer_source)
