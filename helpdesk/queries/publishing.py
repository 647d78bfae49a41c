"""What the page of a public answer shows."""

from dataclasses import dataclass
from typing import Any

from core.errors import NotSeen
from core.markup import preview
from core.markup.safe import safe
from helpdesk import rules
from helpdesk.masking import mask_messages
from helpdesk.models import Message, PublicAnswer, Ticket
from helpdesk.queries.tickets import messages_of

State = PublicAnswer.State


@dataclass(frozen=True)
class PublicText:
    """A text as it stands, or would stand, in public; html is ready for a page."""

    answer: PublicAnswer
    question_html: str
    answer_html: str


def public_text(answer: PublicAnswer) -> PublicText:
    """Return the text as the forum will show it."""
    question, solution = preview(answer.question_source), preview(answer.answer_source)
    return PublicText(answer, safe(question), safe(solution))


def public_answer_of(person: Any, ticket: Ticket) -> PublicAnswer | None:
    """Return the newest public answer of a ticket seen before, as far as this person sees it."""
    rows = PublicAnswer.objects.visible_to(person).filter(ticket=ticket)
    answer = rows.select_related("question", "proposed_by").order_by("-pk").first()
    if answer is not None:
        answer.ticket = ticket
    return answer


def public_answer_seen(person: Any, ticket: Ticket) -> PublicAnswer:
    """Return the same. Raises NotSeen."""
    answer = public_answer_of(person, ticket)
    if answer is None:
        raise NotSeen
    return answer


def decided_answer(answer_id: int) -> PublicAnswer | None:
    """Return an answer its requester has said yes or no to, None while it is open; for who has
    its signed link: no reader is checked."""
    decided = (State.REFUSED, State.PUBLISHED, State.WITHDRAWN)
    rows = PublicAnswer.objects.select_related("ticket", "question")
    return rows.filter(pk=answer_id, state__in=decided).first()


def may_be_published(person: Any, ticket: Ticket) -> list[Message]:
    """Return the messages an agent chooses from; none for others."""
    if not rules.can_work(person, ticket):
        return []
    rows = list(messages_of(person, ticket).filter(internal=False).select_related("author"))
    if rules.is_masked(person, ticket):
        mask_messages(ticket, rows)
    return rows
