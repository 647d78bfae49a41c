"""What stands around a ticket, for its agents: other tickets, who follows it, how it was rated."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from helpdesk import rules
from helpdesk.masking import mask_messages, mask_tickets
from helpdesk.models import Follow, Message, Queue, Rating, Ticket, TicketLink
from helpdesk.queries.beside import Fold, around_folds, where_words
from helpdesk.queries.lists import level_choices, level_versions
from helpdesk.queries.ratings import ratings_shown
from helpdesk.queries.relocations import split_from, split_off
from helpdesk.queries.sites import site_choices
from helpdesk.states import State
from people.models import Person
from people.notices import name_of

MOST_OTHERS = 5
EXCERPT = 160
# What the other ticket is, as read from one's own; `parent` is kept once, from the parent.
LINK_WORDS: dict[str, Any] = {
    "duplicate": _("says the same"),
    "related": _("has to do with it"),
    "parent": _("it is a part of this"),
    "child": _("this is a part of it"),
}


@dataclass(frozen=True)
class LinkedTicket:
    """Another ticket, and what it is to this one: `duplicate`, `related`, `parent` or `child`."""

    kind: str
    other: Ticket

    @property
    def words(self) -> str:
        return str(LINK_WORDS[self.kind])


@dataclass(frozen=True)
class Around:
    """All that stands around a ticket; others: open tickets of the same person, newest first.

    where: its queue and level, in words. sites: of who asked, (id, domain). is_masked: the reader
    does not know who that is, and so not of their other tickets, nor of their sites.
    """

    followers: list[Person]
    is_following: bool
    links: list[LinkedTicket]
    splits: list[Ticket]
    split_from: Ticket | None
    others: list[Ticket]
    queues: list[tuple[str, str]]
    level: str
    levels: list[tuple[str, str]]
    sites: list[tuple[int, str]]
    where: str
    ratings: list[Rating]
    is_masked: bool

    @property
    def folds(self) -> list[Fold]:
        """Return the parts of it, each with its state in a few words."""
        return around_folds(
            links=len(self.links),
            others=None if self.is_masked else len(self.others),
            followers=len(self.followers),
            where=self.where,
            grade=self.ratings[0].grade if self.ratings else None,
        )

    @property
    def link_words(self) -> list[tuple[str, Any]]:
        return list(LINK_WORDS.items())


@dataclass(frozen=True)
class Excerpt:
    """A message to choose: its first words, and who said it when."""

    message: Message
    author: str
    words: str


def around(person: Any, ticket: Ticket) -> Around:
    """Return what stands around a ticket that this person works on."""
    language = get_language() or "en"
    people = followers(ticket)
    queues = Queue.objects.exclude(pk=ticket.queue_id).order_by("slug")
    is_masked = rules.is_masked(person, ticket)
    origin, splits = split_from(person, ticket), split_off(person, ticket)
    mask_tickets(person, [*splits, *([] if origin is None else [origin])])
    return Around(
        followers=people,
        is_following=any(one.pk == person.pk for one in people),
        links=links_of(person, ticket),
        splits=splits,
        split_from=origin,
        others=[] if is_masked else others_of(person, ticket),
        queues=[(row.slug, row.name(language)) for row in queues],
        level=ticket.level_version.level.slug if ticket.level_version else "",
        levels=level_choices(level_versions()),
        sites=[] if is_masked else site_choices(ticket),
        where=where_words(ticket.queue.name(language), _level_name(ticket, language)),
        ratings=ratings_shown(person, ticket, is_masked=is_masked)[: -MOST_OTHERS - 1 : -1],
        is_masked=is_masked,
    )


def _level_name(ticket: Ticket, language: str) -> str:
    return ticket.level_version.name(language) if ticket.level_version else ""


def followers(ticket: Ticket) -> list[Person]:
    """Return who follows a ticket, in the order in which they began."""
    rows = Follow.objects.filter(ticket=ticket).select_related("person").order_by("pk")
    return [row.person for row in rows]


def links_of(person: Any, ticket: Ticket) -> list[LinkedTicket]:
    """Return the links of a ticket whose other end this person works on too."""
    rows = TicketLink.objects.visible_to(person).filter(Q(ticket=ticket) | Q(other=ticket))
    ends = [
        f"{end}__{known}" for end in ("ticket", "other") for known in ("requester", "organisation")
    ]
    rows = rows.select_related(*ends).order_by("pk")
    return [linked(row, ticket, person) for row in rows]


def linked(row: TicketLink, ticket: Ticket, person: Any) -> LinkedTicket:
    """Return a link as it is read from this ticket by this person; never save its end."""
    is_first = row.ticket_id == ticket.pk
    kind = "child" if is_first and row.kind == TicketLink.Kind.PARENT else row.kind
    end = row.other if is_first else row.ticket
    mask_tickets(person, [end])
    return LinkedTicket(kind, end)


def others_of(person: Any, ticket: Ticket) -> list[Ticket]:
    """Return other tickets of the same requester into which it may be merged."""
    rows = Ticket.objects.staffed_by(person).filter(requester=ticket.requester_id)
    rows = rows.exclude(pk=ticket.pk).exclude(state__in=[State.MERGED, State.CLOSED])
    return list(rows.order_by("-last_activity_at", "-pk")[:MOST_OTHERS])


def excerpts(person: Any, ticket: Ticket, most: int = 100) -> list[Excerpt]:
    """Return the newest messages and notes of a ticket to choose from, oldest first."""
    rows = list(
        Message.objects.filter(ticket=ticket).select_related("author").order_by("-pk")[:most]
    )
    if rules.is_masked(person, ticket):
        mask_messages(ticket, rows)
    return [
        Excerpt(row, name_of(row.author), " ".join(row.source.split())[:EXCERPT])
        for row in reversed(rows)
    ]
