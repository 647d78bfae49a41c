"""What in a ticket looks like a secret, for who takes it out."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet

from chat.queries import files_in_room, said
from core.files import files_by_thing
from core.leaks import FoundSecret, find_leaks
from core.models import StoredFile
from helpdesk import rules
from helpdesk.masking import mask_files, mask_for, theirs
from helpdesk.models import (
    ChecklistItem,
    FieldValue,
    InboundMail,
    Message,
    PublicAnswer,
    Rating,
    Ticket,
)
from helpdesk.queries.relocations import talks_of
from helpdesk.queries.tickets import messages_of


def secrets_in(person: Any, ticket: Ticket) -> tuple[list[FoundSecret], list[StoredFile]]:
    """Return what this person may take out of a ticket, each once, and its files, the talk's too.

    Agents: what looks like a secret in anything there. Others: of that, what they wrote themselves
    (own_messages, own_subject), and no common word or sentence; no files.
    """
    rooms = talks_of(ticket)
    if not rules.can_work(person, ticket):
        own = [row for room in rooms for row in said(person, room).filter(author=person)]
        mine = [row.source for row in (*own_messages(person, ticket), *own)]
        ratings = Rating.objects.filter(ticket=ticket, person=person)
        texts = [*mine, *ratings.values_list("comment", flat=True)]
        texts += [ticket.subject] if is_own_subject(person, ticket) else []
        return find_leaks(texts, only_rare=True), []
    rows = list(messages_of(person, ticket).select_related("author"))
    talk = [row for room in rooms for row in said(person, room)]
    texts = [ticket.subject, *(row.source for row in (*rows, *talk)), *_beside(ticket)]
    files = [file for one in files_by_thing(rows).values() for file in one]
    files += [file for room in rooms for file in files_in_room(room)]
    mask = mask_for(person, ticket, theirs(ticket, rows))
    if mask is not None:
        mask_files(files, mask)
    return find_leaks(texts), files


def own_messages(person: Any, ticket: Ticket) -> QuerySet[Message]:
    """Return what someone who does not work on a ticket said in it, moved elsewhere or not."""
    here = Q(ticket=ticket) | Q(origin_ticket=ticket)
    return Message.objects.said_by(person).filter(here, internal=False).order_by("pk")


def is_own_subject(person: Any, ticket: Ticket) -> bool:
    """Whether the subject of a ticket is this person's own: they opened it."""
    return bool(ticket.requester_id == person.pk)


def _beside(ticket: Ticket) -> Iterator[str]:
    """Yield what else is written in a ticket: of its mails, checklist, fields, public answers."""
    mails = InboundMail.objects.filter(message__ticket=ticket).exclude(folded_text="")
    yield from mails.order_by("pk").values_list("folded_text", flat=True)
    yield from ChecklistItem.objects.filter(ticket=ticket).values_list("words", flat=True)
    fields = FieldValue.objects.filter(ticket=ticket).values_list("text", flat=True)
    yield from (text for text in fields if text)
    for answer in PublicAnswer.objects.filter(ticket=ticket):
        yield from (answer.title, answer.question_source, answer.answer_source)
