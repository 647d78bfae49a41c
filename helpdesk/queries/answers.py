"""Past answers that may solve a ticket, and from whom they are kept."""

from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings

from forum.queries import answered
from helpdesk import deflection
from search.queries import Hit, similar

SHOWN = 5


@dataclass(frozen=True)
class Suggestions:
    """Past answers for who asks. found: what fits; held_out: kept from them, whatever there is,
    so that the effect of showing them can be known."""

    found: list[Hit]
    held_out: bool

    @property
    def hits(self) -> list[Hit]:
        """What is shown."""
        return [] if self.held_out else self.found


def suggestions(person: Any, subject: str, body: str = "", *, language: str = "") -> Suggestions:
    """Return what may spare someone a ticket: of one still to be opened, and beside their own."""
    found = past_answers(person, subject, body, language=language)
    return Suggestions(found, is_held_out(person))


def is_held_out(person: Any) -> bool:
    """Whether past answers are kept from this person: some of a hundred, never invented people."""
    if not deflection.is_drawn(person.pk, settings.HOLD_OUT_PERCENT):
        return False
    addresses = EmailAddress.objects.filter(user_id=person.pk).values_list("email", flat=True)
    return not any(map(deflection.is_invented, addresses))


def past_answers(person: Any, subject: str, body: str = "", *, language: str = "") -> list[Hit]:
    """Return what may solve it, best first: of questions only those with an answer.

    language: of the ticket; answers in it come first.
    """
    hits = similar(person, subject, body, language=language, limit=2 * SHOWN)
    ids = answered(hit.object_id for hit in hits if hit.kind == "forum.question")
    return [hit for hit in hits if hit.kind != "forum.question" or hit.object_id in ids][:SHOWN]
