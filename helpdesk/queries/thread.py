"""What was said in a ticket and what happened to it, as its page shows them to one reader."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from core.files import files_by_thing
from core.markup import written_html
from core.models import JournalLine
from core.prepared import give
from helpdesk import happenings
from helpdesk.masking import Mask, mask_files, mask_messages, mask_ticket, theirs
from helpdesk.models import Message, Share, Ticket
from helpdesk.numbers import number_of
from helpdesk.states import Side
from people.models import Person

OPENED = "helpdesk.ticket_opened"
BY_AGENTS = (
    "helpdesk.ticket_assigned",
    "helpdesk.requester_unmasked",
    "helpdesk.secret_purged",
    "helpdesk.answer_taken_back",
    "helpdesk.learning_need_noted",
    "helpdesk.queue_changed",
    "helpdesk.level_changed",
    "helpdesk.site_changed",
    "helpdesk.tags_changed",
    "helpdesk.fields_changed",
    "helpdesk.macro_run",
    "helpdesk.rule_acted",
    "helpdesk.merger_undone",
    "helpdesk.ticket_split",
    "helpdesk.split_undone",
)


def masked(
    ticket: Ticket,
    messages: Sequence[Message],
    lines: Sequence[JournalLine],
    shares: Sequence[Share],
) -> Mask:
    """Put stand-ins for the requester's side, and neutral words for private facts."""
    ours: set[int | None] = {row.author_id for row in messages if row.side == Side.AGENT}
    mask = _masked(ticket, lines, shares, ours, theirs(ticket, messages))
    mask_messages(ticket, messages, mask)
    for share in shares:
        give(share, "person", mask.person(share.person))
    return mask


def masked_lines(ticket: Ticket, lines: Sequence[JournalLine]) -> Mask:
    """Put stand-ins for the requester's side on lines without their messages; four queries.

    On whose side someone stands is known by all that was said, not by what a page of lines holds.
    """
    said = Message.objects.filter(ticket=ticket).order_by()
    ours: set[int | None] = set(
        said.filter(side=Side.AGENT).values_list("author", flat=True).distinct()
    )
    down = said.written_down().values("pk")
    asked = said.filter(side=Side.REQUESTER).exclude(pk__in=down).values("author")
    shares = list(ticket.shares.select_related("person"))
    told = JournalLine.objects.filter(thing_kind="helpdesk.ticket", thing_id=ticket.pk)
    telling = list(told.filter(verb__in=(*BY_AGENTS, OPENED)).only("actor_id", "verb", "changes"))
    ours |= _of_ours(telling) | _openers(telling)
    return _masked(ticket, lines, shares, ours, Person.objects.filter(pk__in=asked))


def _masked(
    ticket: Ticket,
    lines: Sequence[JournalLine],
    shares: Sequence[Share],
    ours: set[int | None],
    asked: Iterable[Person],
) -> Mask:
    """Mask a ticket and its lines. ours: ids of authors on our side; asked: authors on theirs."""
    ours_too = {*ours, ticket.assignee_id, *_of_ours(lines), *_openers(lines)}
    acted = [line.actor for line in lines if line.actor_id is not None]
    others = [person for person in acted if person is not None and person.pk not in ours_too]
    others += asked
    others += [share.person for share in shares]
    mask = mask_ticket(ticket, others)
    for line in lines:
        give(line, "actor", mask.person(line.actor))
    return mask


def _openers(lines: Sequence[JournalLine]) -> set[int | None]:
    """Return which agents opened the ticket for who asked, and wrote down what they said."""
    opened = (line for line in lines if line.verb == OPENED)
    return {line.actor_id for line in opened if "person" in line.changes}


def _of_ours(lines: Sequence[JournalLine]) -> set[int | None]:
    """Return who did what agents alone do."""
    return {line.actor_id for line in lines if line.verb in BY_AGENTS}


def interleaved(
    path: str,
    messages: Sequence[Any],
    lines: Sequence[JournalLine],
    mask: Mask | None = None,
    others: Collection[int] = (),
) -> list[dict[str, Any]]:
    """Return what was said and what happened in the order of time.

    others: the ids of tickets merged into this one that the reader sees: what came of them says so.
    """
    files = files_by_thing(row for row in messages if row.has_files)
    if mask is not None:
        mask_files((file for some in files.values() for file in some), mask)
    rest = f"{path}/messages/{{}}/rest" if mask is None else ""
    note, ours, theirs = _("Internal note, only agents see it"), _("Answer"), _("Message")
    said: list[dict[str, Any]] = []
    for message in messages:
        if message.internal:
            look, label = "message internal", note
        elif message.side == Side.AGENT:
            look, label = "message ours", ours
        else:
            look, label = "message", theirs
        said.append(
            {
                "at": message.posted_at,
                "look": look,
                "label": label,
                "anchor": message.anchor,
                "author": message.author,
                "internal": message.internal,
                "language": message.language,
                "html": written_html(message) if message.html else "",
                "files": files.get(message.pk, []),
                "rest": rest.format(message.pk) if message.by_mail else "",
                "written_in": _elsewhere(message, others),
            }
        )
    said += [{"at": line.at, "words": words} for line, words in happenings.words_of(lines, mask)]
    return sorted(said, key=lambda row: row["at"])


def _elsewhere(message: Message, others: Collection[int]) -> str:
    """Return the number of the ticket it was written in, where that is one of these."""
    origin = message.origin_ticket_id
    return number_of(origin) if origin in others else ""
