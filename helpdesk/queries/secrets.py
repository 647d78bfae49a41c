"""What in a ticket looks like a secret, for the agent who takes it out."""

from dataclasses import dataclass
from typing import Any

from core.confided import KINDS
from core.files import files_by_thing
from core.models import StoredFile
from core.redaction import find_secrets
from helpdesk.models import Ticket
from helpdesk.queries.tickets import messages_of


@dataclass(frozen=True)
class FoundSecret:
    """Words that look like a secret; what: which sort, in the reader's language."""

    text: str
    what: str


def secrets_in(person: Any, ticket: Ticket) -> tuple[list[FoundSecret], list[StoredFile]]:
    """Return what looks like a secret in a ticket, each once, and its attachments."""
    rows = list(messages_of(person, ticket))
    found: dict[str, str] = {}
    for text in (ticket.subject, *(row.source for row in rows)):
        for span in find_secrets(text):
            found.setdefault(text[span.start : span.end], str(KINDS[span.kind]))
    files = [file for one in files_by_thing(rows).values() for file in one]
    return [FoundSecret(text, what) for text, what in found.items()], files
