"""What a volunteer sees of who asked: a stand-in for the person, neutral words for the facts.

The one place where a mask is made: pages, API, mails and notices all ask here.
"""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from html import escape, unescape
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.markup.safe import safe
from core.models import StoredFile
from core.prepared import give
from core.redaction import find_names, find_private, replaced
from core.redaction.spans import united
from helpdesk import rules
from helpdesk.drafting import words_in
from helpdesk.models import Message, PublicAnswer, Ticket
from helpdesk.states import Side
from people.models import HostedSite, Organisation, Person

# What joins the words of a file's name, and would hide a name: contract_aminata2.pdf.
JOINING = str.maketrans("_", " ")
JOINING_NAMES = str.maketrans(dict.fromkeys("_0123456789", " "))


@dataclass(frozen=True)
class Mask:
    """The mask of one ticket. people: who stands on the requester's side, by id, as they show."""

    people: dict[int, Person]
    names: tuple[str, ...]
    whole: tuple[str, ...]
    language: str

    @cached_property
    def names_and_escaped(self) -> tuple[str, ...]:
        """The names, and as they stand in HTML."""
        return (*self.names, *map(escape, self.names))

    def person(self, person: Any) -> Any:
        """Return who shows in place of a person; themselves on our side."""
        return person if person is None else self.people.get(person.pk, person)

    def text(self, text: str) -> str:
        """Return a text with neutral words for what is private in it."""
        found = find_private(text, self.names, self.whole)
        return replaced(text, found, words_in(self.language)) if found else text

    def file_name(self, name: str) -> str:
        """Return a file's name with neutral words for what is private in it, and its ending."""
        stem, dot, ending = name.rpartition(".")
        stem, dot, ending = (stem, dot, ending) if stem else (name, "", "")
        found = [
            *find_private(stem, self.names, self.whole),
            *find_private(stem.translate(JOINING), self.names, self.whole),
            *find_names(stem.translate(JOINING_NAMES), self.names, self.whole, joined=True),
        ]
        words = {kind: word.replace("/", "-") for kind, word in words_in(self.language).items()}
        return f"{replaced(stem, united(found), words)}{dot}{ending}"

    def html(self, html: str) -> SafeString:
        """Return the same of rendered HTML: neutral words, escaped, in text and attributes."""
        found = find_private(html, self.names_and_escaped, self.whole)
        if not found:
            return safe(html)
        words = {kind: escape(word) for kind, word in words_in(self.language).items()}
        kept = [span for span in found if not set('<>"') & set(html[span.start : span.end])]
        if len(kept) == len(found):
            return safe(replaced(html, found, words))
        # Something reaches over a tag: then the words alone are shown, without their form.
        return safe(f"<p>{escape(self.text(unescape(_without_tags(html))))}</p>")


def _without_tags(html: str) -> str:
    parts = html.split("<")
    return parts[0] + "".join(part.partition(">")[2] for part in parts[1:])


def alias_of(ticket: Ticket) -> str:
    """Return how who opened a ticket is called where they are masked: by the ticket alone."""
    return _("Requester %(number)s") % {"number": ticket.number}


def stand_in_for(pk: int, name: str) -> Person:
    """Return a person of this id who has a name and nothing else: no handle, no page."""
    return Person(pk=pk, handle="", display_name=name, state=Person.State.IMPORTED)


def mask_of(ticket: Ticket, others: Iterable[Person] = ()) -> Mask:
    """Return the mask of a ticket, its requester and organisation read; others: on their side."""
    others = [person for person in others if person.pk != ticket.requester_id]
    people = {ticket.requester_id: stand_in_for(ticket.requester_id, alias_of(ticket))}
    for person in others:
        people[person.pk] = stand_in_for(person.pk, _("With the requester"))
    return _mask(people, ticket, others)


def _mask(people: dict[int, Person], ticket: Ticket, others: Iterable[Person]) -> Mask:
    names = [
        name
        for person in (ticket.requester, *others)
        for name in (person.display_name, person.handle)
    ]
    organisation = ticket.organisation
    whole = () if organisation is None else (organisation.name, organisation.slug)
    return Mask(people, tuple(filter(None, names)), whole, ticket.language)


def as_listed(ticket: Ticket) -> tuple[str, str]:
    """Return a ticket's subject and who asked, as a list shows them to a masked reader.

    What mask_ticket shows, in a part of its time; the ticket stays as it is.
    """
    who = alias_of(ticket) if ticket.organisation_id is None else _("An organisation")
    return _mask({}, ticket, ()).text(ticket.subject), who


def mask_ticket(ticket: Ticket, others: Iterable[Person] = ()) -> Mask:
    """Show a ticket as a masked reader may see it, and return its mask. Never save it afterwards.

    Its requester and organisation are read, and its site if it is shown.
    """
    mask = mask_of(ticket, others)
    ticket.subject = mask.text(ticket.subject)
    give(ticket, "requester", mask.people[ticket.requester_id])
    if ticket.organisation_id is not None:
        ticket.organisation = Organisation(pk=ticket.organisation_id, name=_("An organisation"))
    if "site" in ticket._state.fields_cache and ticket.site is not None:
        words = words_in(ticket.language)
        ticket.site = HostedSite(
            pk=ticket.site_id, domain=words["domain"], platform=ticket.site.platform
        )
    return mask


def mask_for(person: Any, ticket: Ticket, others: Iterable[Person] = ()) -> Mask | None:
    """Return the mask through which this person sees a ticket, None where they see all.

    others: on the requester's side, beside those it is shared with. Of a ticket that is masked
    already there is nothing left to mask.
    """
    if not rules.is_masked(person, ticket):
        return None
    shares = ticket.shares.select_related("person")
    return mask_of(ticket, [*(share.person for share in shares), *others])


def mask_tickets(person: Any, tickets: Iterable[Ticket]) -> None:
    """Show tickets of a list as this person may see them; never save one afterwards.

    Volunteers see them masked also where they looked: only a ticket's own page shows more.
    """
    masked = [row for row in tickets if rules.works_masked(person, row)]
    prefetch_related_objects(masked, "requester", "organisation")
    for row in masked:
        mask_ticket(row)


def mask_messages(ticket: Ticket, messages: Iterable[Message], mask: Mask | None = None) -> Mask:
    """Show messages, with their authors read, as a masked reader may see them; return the mask."""
    rows: list[Any] = list(messages)
    if mask is None:
        mask = mask_of(ticket, theirs(ticket, rows))
    for row in rows:
        give(row, "author", mask.person(row.author))
        if "source" in row.__dict__:  # not deferred
            row.source = mask.text(row.source)
        row.html = mask.html(row.html)
        if "folded_text" in row.__dict__:
            row.folded_text = None  # what a mail quotes and signs says who wrote it
    return mask


def mask_files(files: Iterable[StoredFile], mask: Mask) -> None:
    """Show files under the names, and at the addresses, that a masked reader may see."""
    for file in files:
        file.name = mask.file_name(file.name)


def files_as_seen_by(
    person: Any, message: Message, files: Iterable[StoredFile]
) -> list[StoredFile]:
    """Return the files of a message under the names that this person may read in a mail."""
    files = list(files)
    if rules.is_masked(person, message.ticket):
        mask = mask_for(person, message.ticket, theirs(message.ticket, [message]))
        if mask is not None:
            mask_files(files, mask)
    return files


def file_name_for(person: Any, message: Message, name: str) -> str:
    """Return what a file of a message is called for this person."""
    mask = mask_for(person, message.ticket, theirs(message.ticket, [message]))
    return name if mask is None else mask.file_name(name)


def theirs(ticket: Ticket, messages: Iterable[Message]) -> list[Person]:
    """Return the authors on the requester's side, without agents who wrote down what was said.

    Asks the database where someone else than the requester began a ticket.
    """
    rows = [row for row in messages if row.side == Side.REQUESTER]
    begun = [row.pk for row in rows if row.number == 1 and row.author_id != ticket.requester_id]
    down = Message.objects.filter(pk__in=begun).written_down() if begun else Message.objects.none()
    agents = set(down.values_list("author_id", flat=True))
    return [row.author for row in rows if row.author_id not in agents]


def message_as_seen_by(person: Any, message: Message) -> Message:
    """Return a message, with its ticket, as this person may read it in a mail."""
    if not rules.is_masked(person, message.ticket):
        return message
    shown, shown.ticket = copy(message), copy(message.ticket)
    mask = mask_ticket(shown.ticket, theirs(shown.ticket, [message]))
    mask_messages(shown.ticket, [shown], mask)
    return shown


def named_for(person: Any, row: Ticket | Message | PublicAnswer, actor: Any) -> tuple[Any, str]:
    """Return who did something and what it is about, as this person may know them in a notice."""
    ticket = row if isinstance(row, Ticket) else row.ticket
    label = row.title if isinstance(row, PublicAnswer) else ticket.subject or ticket.number
    if not rules.works_masked(person, ticket):
        return actor, label
    mask = mask_of(ticket, [actor] if actor is not None and _is_theirs(row, actor) else [])
    return mask.person(actor), mask.text(label)


def _is_theirs(row: Ticket | Message | PublicAnswer, actor: Person) -> bool:
    """Whether who did something stands on the requester's side: they wrote, or do not work it."""
    if isinstance(row, Message):
        return actor in theirs(row.ticket, [row])
    return isinstance(row, Ticket) and not rules.can_work(actor, row)
