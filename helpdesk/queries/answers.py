"""Past answers that may solve a ticket."""

from typing import Any

from forum.queries import answered
from search.queries import Hit, similar

SHOWN = 5


def past_answers(person: Any, subject: str, body: str = "", *, language: str = "") -> list[Hit]:
    """Return what may solve it, best first: of questions only those with an answer.

    language: of the ticket; answers in it come first.
    """
    hits = similar(person, subject, body, language=language, limit=2 * SHOWN)
    ids = answered(hit.object_id for hit in hits if hit.kind == "forum.question")
    return [hit for hit in hits if hit.kind != "forum.question" or hit.object_id in ids][:SHOWN]
