"""Tickets by the words in them: rights and words in one statement."""

import re
from typing import Any
from unicodedata import combining, normalize

from django.db.models import Exists, OuterRef, Q, QuerySet

from helpdesk.masking import mask_of, theirs
from helpdesk.models import Message, Tagging, Ticket, TicketTag, agent_grants
from helpdesk.models.queues import staffed_by
from helpdesk.models.tickets import unmasked_to
from helpdesk.numbers import id_of
from helpdesk.words import words_in
from people.queries import plain, skills_named

LOOKED_AT = 50  # tickets that someone sees masked, the newest that have the words


def sees_all(person: Any) -> bool:
    """Whether someone works on every ticket: they look for words in the newest texts alone."""
    return staffed_by(person) == Q()


def numbered(person: Any, text: str) -> Ticket | None:
    """Return the ticket whose number is the whole of a text, if this person may see it."""
    try:
        ticket_id = id_of(text)
    except ValueError:
        return None
    return Ticket.objects.visible_to(person).filter(pk=ticket_id).first()


def with_words(
    rows: QuerySet[Ticket], person: Any, text: str, *, own: bool = False
) -> QuerySet[Ticket]:
    """Return those of some tickets that have all words of a text: in the subject or in one message.

    rows: tickets this person sees. Notes are looked through for agents of the queue alone. A text
    without words narrows nothing. Who sees every ticket is given those of the newest texts that
    have the words (helpdesk.words.NEWEST), or such a search would cost more the more there is;
    own: among one's own tickets all texts are looked through.
    """
    if not words_in(text):
        return rows
    found = _in_newest(text) if sees_all(person) and not own else _in_all(person, text)
    return _without_masked(rows.filter(found), person, text)


def _in_newest(text: str) -> Q:
    """Return the condition on tickets whose words stand in the newest texts; two queries.

    Their ids, read here: within the list's statement SQLite looks for the words six times.
    """
    said = Message.objects.filter(source__newest_words=text)
    named = Ticket.objects.filter(subject__newest_words=text)
    ids = {*said.values_list("ticket_id", flat=True), *named.values_list("pk", flat=True)}
    return Q(pk__in=ids)


def _in_all(person: Any, text: str) -> Q:
    said = Message.objects.filter(source__words=text)
    found = Q(subject__words=text) | Q(pk__in=said.filter(internal=False).values("ticket_id"))
    staffed = staffed_by(person)
    if staffed is not None:
        found |= staffed & Q(pk__in=said.filter(internal=True).values("ticket_id"))
    return found


def _without_masked(rows: QuerySet[Ticket], person: Any, text: str) -> QuerySet[Ticket]:
    """Leave out what was found by words that this person sees masked.

    To find a ticket by the name, the address or the organisation of who asked would say who did:
    the words must stand in what the mask leaves. Of tickets seen masked, the newest are looked at.
    """
    if not any(grant.volunteer for grant in agent_grants(person)):
        return rows
    known = unmasked_to(person)
    if known == Q():
        return rows
    asked = words_in(text)
    masked = rows.exclude(known).select_related("requester", "organisation")
    masked = masked.prefetch_related("messages__author", "shares__person")
    newest = list(masked.order_by("-last_activity_at", "-pk")[:LOOKED_AT])
    shown = [row.pk for row in newest if _has_words(row, asked)]
    return rows.filter(known | Q(pk__in=shown))


def _has_words(ticket: Ticket, asked: list[str]) -> bool:
    """Whether the subject or one message has all words in what a mask leaves of it."""
    messages = list(ticket.messages.all())
    mask = mask_of(ticket, [*theirs(messages), *(row.person for row in ticket.shares.all())])
    texts = (ticket.subject, *(message.source for message in messages))
    return any(_begins_words(mask.text(text), asked) for text in texts)


def _begins_words(text: str, asked: list[str]) -> bool:
    words = [_plain(word) for word in re.findall(r"[^\W_]+", text.casefold())]
    return all(any(word.startswith(_plain(one)) for word in words) for one in asked)


def _plain(word: str) -> str:
    """Return a word without its accents, which count for nothing on SQLite."""
    return "".join(one for one in normalize("NFD", word) if not combining(one))


def with_tag(rows: QuerySet[Ticket], name: str) -> QuerySet[Ticket]:
    """Return the tickets that have the tag of this name, as it was first written."""
    tagged = Tagging.objects.filter(ticket=OuterRef("pk"), tag__name_folded=plain(name))
    return rows.filter(Exists(tagged))


def called(name: str) -> str:
    """Return how the tag that someone names was first written: a skill's has a name a language.

    A name that no tag has is returned as it is, and finds nothing.
    """
    if not name:
        return ""
    skills = [skill.pk for skill in skills_named([name]).values()]
    tags = TicketTag.objects.filter(Q(name_folded=plain(name)) | Q(skill__in=skills))
    tag = tags.order_by("pk").first()
    return tag.name if tag else name
