"""Tickets by the words in them: rights and words in one statement."""

import re
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from core.among import among
from core.walking import Found
from helpdesk.masking import mask_of
from helpdesk.models import Message, Share, Tagging, Ticket, TicketTag, agent_grants
from helpdesk.models.queues import queues_staffed_by, staffed_by
from helpdesk.models.tickets import unmasked_to
from helpdesk.numbers import id_of
from helpdesk.states import Side
from helpdesk.words import NEWEST, Newest, newest_with, without_accents, words_in
from people.models import Person
from people.queries import plain, skills_named

FEW = 500  # tickets of which each is looked through
WALKED = 500  # of more: the last active that are, where very many texts have the words
BY_ACTIVITY = ("-last_activity_at", "-id")
LOOKED_AT = 30  # tickets that someone sees masked, the newest that have the words


def _sees_all(person: Any) -> bool:
    """Whether someone works on every ticket."""
    return staffed_by(person) == Q()


def sees_masked(person: Any) -> bool:
    """Whether someone works on tickets of which they do not see who asked."""
    is_volunteer = any(grant.volunteer for grant in agent_grants(person))
    return is_volunteer and unmasked_to(person) != Q()


def numbered(person: Any, text: str) -> Ticket | None:
    """Return the ticket whose number is the whole of a text, if this person may see it."""
    try:
        ticket_id = id_of(text)
    except ValueError:
        return None
    return Ticket.objects.visible_to(person).filter(pk=ticket_id).first()


def with_words(
    rows: QuerySet[Ticket],
    person: Any,
    text: str,
    *,
    own: bool = False,
    is_narrowed: bool = False,
) -> QuerySet[Ticket]:
    """Return those of some tickets that have all words of a text: in the subject or in one message.

    rows: tickets this person sees, all of them or (is_narrowed) by other filters. Notes are looked
    through for agents of the queue alone. A text without words narrows nothing. Where filters leave
    FEW tickets, all their texts are looked through; of more, someone who works on them is given
    those of the newest texts that have the words (helpdesk.words.NEWEST), or such a search would
    cost more the more there is; where PostgreSQL left some out, of the last active tickets too.
    own: among one's own tickets alone, where all are looked through.
    """
    if not words_in(text):
        return rows
    if own or staffed_by(person) is None:
        return rows.filter(pk__in=_own_with(person, text))
    if is_narrowed:
        ids = list(rows.order_by().values_list("pk", flat=True)[: FEW + 1])
        if len(ids) <= FEW:
            return _with_any(rows, person, text, ids)
    return _with_newest(rows, person, text, is_narrowed=is_narrowed)


def _with_any(rows: QuerySet[Ticket], person: Any, text: str, ids: list[int]) -> QuerySet[Ticket]:
    """Return those of a few tickets, of these ids, that have the words in any of their texts."""
    rows = rows.filter(among("pk", _having(person, text, ids)))
    return _without_masked(rows, person, text, Message.objects.filter(source__words=text))


def _having(person: Any, text: str, ids: list[int]) -> list[int]:
    """Return the ids of those tickets, in the same order."""
    if _sees_all(person):
        has_them = _says(text)
    else:
        in_notes = (staffed_by(person) or Q()) & _says(text, internal=True)
        has_them = _says(text, internal=False) | in_notes
    few = Ticket.objects.filter(among("pk", ids)).filter(Q(subject__words=text) | has_them)
    found = set(few.values_list("pk", flat=True))
    return [pk for pk in ids if pk in found]


def _newest_having(rows: QuerySet[Ticket], person: Any, text: str) -> list[int]:
    """Return the ids of NEWEST tickets that have the words, of the WALKED last active of many."""
    last = list(rows.order_by(*BY_ACTIVITY).values_list("pk", flat=True)[:WALKED])
    some = 2 * NEWEST  # of words that half of them have, no more need be looked through
    having = _having(person, text, last[:some])
    if len(having) < NEWEST:
        having += _having(person, text, last[some:])
    return having[:NEWEST]


def _own_with(person: Any, text: str) -> QuerySet[Any, Any]:
    """Return the ids of one's own tickets that have the words; each is looked at."""
    own = Ticket.objects.asked_by(person)
    return own.filter(Q(subject__words=text) | _says(text, internal=False)).values("pk")


def _says(text: str, **which: bool) -> Q:
    """Return the condition that a message of a ticket, or a note, has the words."""
    said = Message.objects.filter(ticket=OuterRef("pk"), source__words=text, **which)
    return Q(Found(said.values("pk")[:1]))


def _with_newest(
    rows: QuerySet[Ticket], person: Any, text: str, *, is_narrowed: bool
) -> QuerySet[Ticket]:
    """Return those whose words stand in the newest texts of what one works on, and one's own.

    Their ids are read here: within the list's statement SQLite looks for the words six times, and
    PostgreSQL walks all tickets.
    """
    tickets, messages, queues = Ticket.objects.all(), Message.objects.all(), None
    sees_all = _sees_all(person)
    if is_narrowed or not sees_all:
        # Asked of each text: by its index PostgreSQL would read all of a queue, to find a few.
        these = rows.order_by().filter(staffed_by(person) or Q())
        tickets = tickets.filter(Found(these.filter(pk=OuterRef("pk")).values("pk")[:1]))
        messages = messages.filter(Found(these.filter(pk=OuterRef("ticket_id")).values("pk")[:1]))
        queues = queues_staffed_by(person)
    of: Any = {"queues": queues, "is_all": not is_narrowed and (sees_all or queues is not None)}
    said = newest_with(messages, text, "id", "ticket_id", **of)
    named = Newest([], is_cut=True) if said.is_cut else newest_with(tickets, text, "id", **of)
    own = [] if sees_all else _own_with(person, text).values_list("pk", flat=True)
    ids = [*(pk for _said, pk in said.found), *(pk for (pk,) in named.found)]
    texts = Message.objects.filter(among("pk", [pk for pk, _ticket in said.found]))
    if named.is_cut:
        ids += _newest_having(rows, person, text)
        texts = Message.objects.filter(source__words=text)
    rows = rows.filter(among("pk", {*ids, *own}))
    return _without_masked(rows, person, text, texts)


def _without_masked(
    rows: QuerySet[Ticket], person: Any, text: str, said: QuerySet[Message]
) -> QuerySet[Ticket]:
    """Leave out what was found by words that this person sees masked.

    To find a ticket by the name, the address or the organisation of who asked would say who did:
    the words must stand in what the mask leaves. Of tickets seen masked, the newest are looked at,
    in the subject and these messages.
    """
    if not sees_masked(person):
        return rows
    known = unmasked_to(person)
    masked = rows.exclude(known).select_related(None).select_related("requester", "organisation")
    newest = list(masked.only(*_OF_MASK).order_by(*BY_ACTIVITY)[:LOOKED_AT])
    others, texts = _beside_requester(newest), _texts_of(newest, said)
    asked = [without_accents(word) for word in words_in(text)]
    shown = []
    for row in newest:
        mask = mask_of(row, others.get(row.pk, ()))
        if any(_begins_words(mask.text(one), asked) for one in texts[row.pk]):
            shown.append(row.pk)
    return rows.filter(known | Q(pk__in=shown))


_OF_MASK = (
    "subject",
    "language",
    "requester__handle",
    "requester__display_name",
    "organisation__name",
    "organisation__slug",
)


def _beside_requester(tickets: list[Ticket]) -> dict[int, list[Person]]:
    """Return who else stands on the requester's side, by ticket: who wrote there, or shares it."""
    wrote = Message.objects.filter(ticket__in=tickets, side=Side.REQUESTER)
    wrote = wrote.exclude(author=F("ticket__requester"))
    shared = Share.objects.filter(ticket__in=tickets)
    pairs = set(
        wrote.values_list("ticket_id", "author_id")
        .order_by()
        .union(shared.values_list("ticket_id", "person_id").order_by())
    )
    people = Person.objects.in_bulk({pk for _ticket, pk in pairs}) if pairs else {}
    found: dict[int, list[Person]] = {}
    for ticket_id, pk in sorted(pairs):
        found.setdefault(ticket_id, []).append(people[pk])
    return found


def _texts_of(tickets: list[Ticket], said: QuerySet[Message]) -> dict[int, list[str]]:
    """Return the subject of each ticket and the texts of these messages in it."""
    texts = {row.pk: [row.subject] for row in tickets}
    rows = said.filter(ticket__in=tickets).order_by("pk")
    for ticket_id, source in rows.values_list("ticket_id", "source"):
        texts[ticket_id].append(source)
    return texts


def _begins_words(text: str, asked: list[str]) -> bool:
    plain_text = without_accents(text.casefold())
    return all(re.search(rf"(?<![^\W_]){re.escape(one)}", plain_text) for one in asked)


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
