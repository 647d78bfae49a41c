"""What an agent may lean on in a ticket: past public answers, and similar tickets that were solved.

All of it is asked for once the ticket's page stands, so that the page costs nothing more.
"""

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import Q

from core import things
from core.errors import NotSeen
from core.models import Visibility
from forum.models import Answer, Question
from helpdesk import rules
from helpdesk.masking import mask_for, mask_tickets
from helpdesk.models import Message, Ticket
from helpdesk.placeholders import plain_in_markdown
from helpdesk.queries.answers import past_answers, suggestions
from helpdesk.queries.macros import macros_for, shown, text_for
from helpdesk.states import DONE, Side
from search.analysis import terms, words
from search.queries import Hit

SHOWN = 5
MOST_LOOKED = 200  # the newest done tickets that have one of the words
MOST_WORDS, SHORTEST_WORD = 6, 4
SHARE = 0.34  # of the words of a subject: one of two or three, two of five


@dataclass(frozen=True)
class SimilarTicket:
    """A ticket that was solved or closed, of the queues one works on; has_text: we answered it."""

    id: int
    number: str
    subject: str
    path: str
    language: str
    has_text: bool


@dataclass(frozen=True)
class Knowledge:
    """held_out: who asks is one of those from whom past answers are kept."""

    answers: list[Hit]
    tickets: list[SimilarTicket]
    held_out: bool = False


def knowledge(person: Any, ticket: Ticket) -> Knowledge:
    """Return what may help with a ticket seen before; tickets to its agents alone.

    Agents always get all of it; who asks, what the ticket form would show them.
    """
    about, language = ticket.subject, ticket.language
    if rules.side_of(person, ticket) == Side.AGENT:
        hits = past_answers(person, about, language=language)
        return Knowledge(hits, similar_tickets(person, ticket))
    found = suggestions(person, about, language=language)
    return Knowledge(found.hits, [], found.held_out)


def similar_tickets(person: Any, ticket: Ticket) -> list[SimilarTicket]:
    """Return done tickets of one's queues whose subject says the same, closest first.

    The database finds the newest with one of the longest words; the share of stems decides.
    """
    asked = set(terms(ticket.subject, ticket.language))
    long_words = sorted({word for word in words(ticket.subject) if len(word) >= SHORTEST_WORD})
    tried = sorted(long_words, key=len, reverse=True)[:MOST_WORDS]
    if not asked or not tried:
        return []
    has_one = reduce(or_, (Q(subject__folded__contains=word) for word in tried))
    rows = Ticket.objects.staffed_by(person).filter(has_one, state__in=DONE)
    rows = rows.exclude(pk=ticket.pk).order_by("-last_activity_at", "-pk")[:MOST_LOOKED]
    known = ("pk", "subject", "language", "queue", "organisation", "requester")
    scored = []
    for row in rows.only(*known):
        share = len(asked & set(terms(row.subject, ticket.language))) / len(asked)
        if share >= SHARE:
            scored.append((row.language == ticket.language, share, row))
    closest = sorted(scored, key=lambda found: (-found[0], -found[1]))[:SHOWN]
    mask_tickets(person, [row for _same, _share, row in closest])
    answered = _answered([row.pk for _same, _share, row in closest])
    return [
        SimilarTicket(row.pk, row.number, row.subject, row.path, row.language, row.pk in answered)
        for _same, _share, row in closest
    ]


def _our_words(ids: list[int]) -> Any:
    return Message.objects.filter(
        ticket__in=ids, side=Side.AGENT, internal=False, automatic=None
    ).exclude(source="")


def _answered(ids: list[int]) -> set[int]:
    return set(_our_words(ids).values_list("ticket", flat=True)) if ids else set()


def insertion(person: Any, ticket: Ticket, asked: str) -> str:
    """Return what goes into a reply: `text:macro:5`, `link:forum.question:7`,
    `text:forum.question:7` or `text:helpdesk.ticket:9`.

    Raises NotSeen for what this person may not see, or what is none of these.
    """
    form, _colon, rest = asked.partition(":")
    kind, _colon, number = rest.rpartition(":")
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        raise NotSeen
    found = _SOURCES.get((form, kind))
    if found is None:
        raise NotSeen
    return found(person, ticket, int(number))


def _macro(person: Any, ticket: Ticket, pk: int) -> str:
    macro = macros_for(person, ticket).filter(pk=pk).first()
    if macro is None:
        raise NotSeen
    text = text_for(macro, ticket.language)
    return shown(person, ticket, text) if text else ""


def _link(person: Any, _ticket: Ticket, pk: int) -> str:
    question: Question = things.find("forum.question", pk, person)
    return f"[{plain_in_markdown(question.title)}]({settings.PUBLIC_URL}{question.path})"


def _answer(person: Any, _ticket: Ticket, pk: int) -> str:
    """Return the accepted answer, else the one with most votes."""
    question: Question = things.find("forum.question", pk, person)
    rows = Answer.objects.visible_to(person).filter(
        question=question,
        visibility=Visibility.VISIBLE,  # moderators see others too
    )
    chosen = rows.filter(acceptances__question=question).first()
    chosen = chosen or max(rows, key=lambda row: (row.score, -row.pk), default=None)
    if chosen is None:
        raise NotSeen
    return chosen.source


def _past_reply(person: Any, _ticket: Ticket, pk: int) -> str:
    """Return our last public words in a ticket this person works on."""
    ticket = Ticket.objects.staffed_by(person).filter(pk=pk).first()
    if ticket is None:
        raise NotSeen
    last = _our_words([pk]).order_by("-pk").first()
    if last is None:
        raise NotSeen
    mask = mask_for(person, ticket)
    return str(last.source) if mask is None else mask.text(last.source)


_SOURCES = {
    ("text", "macro"): _macro,
    ("link", "forum.question"): _link,
    ("text", "forum.question"): _answer,
    ("text", "helpdesk.ticket"): _past_reply,
}
