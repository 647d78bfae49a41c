"""What happened to a ticket, in words, read from the journal."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from core.models import JournalLine
from helpdesk.states import DONE, State
from people.notices import name_of
from people.queries import names_for

TOLD = (
    "helpdesk.state_changed",
    "helpdesk.ticket_assigned",
    "helpdesk.ticket_shared",
    "helpdesk.share_ended",
)


def words_of(lines: Sequence[JournalLine]) -> list[tuple[JournalLine, str]]:
    """Return the lines worth a sentence, with it, in the reader's language.

    lines: of one ticket, oldest first, with their actors. One query, where other people are named.
    """
    names = _names(lines)
    befores = [None, *lines]
    told = [
        (line, _sentence(line, names))
        for before, line in zip(befores, lines, strict=False)
        if not _is_told_before(line, before)
    ]
    return [(line, words) for line, words in told if words]


def _is_told_before(line: JournalLine, before: JournalLine | None) -> bool:
    """Whether the line before, on who has it (for agents alone), says that it is in hand."""
    if before is None or before.verb != "helpdesk.ticket_assigned":
        return False
    opened = line.verb == "helpdesk.state_changed" and line.changes["state"] == [
        State.NEW,
        State.OPEN,
    ]
    return opened and before.changes["assignee"][1] is not None


def _sentence(line: JournalLine, names: dict[int, str]) -> str:
    who = {"who": name_of(line.actor)}
    if line.verb == "helpdesk.state_changed":
        words = _state_words(*line.changes["state"])
        return words % who if words else ""
    if line.verb == "helpdesk.ticket_assigned":
        return _assignment_words(line, names, who)
    whom = names.get(line.changes.get("person", 0), "")
    if line.verb == "helpdesk.ticket_shared":
        return _("%(who)s shared it with %(whom)s") % {**who, "whom": whom}
    if line.verb == "helpdesk.share_ended":
        return _("%(whom)s does not see it any more") % {"whom": whom}
    return ""


def _state_words(old: str, new: str) -> str:
    """Return the sentence of a state; a turn passed by a reply says nothing beside the reply."""
    if new == State.SOLVED:
        return _("%(who)s: it is solved")
    if new == State.CLOSED:
        return _("%(who)s closed it")
    if new == State.MERGED:
        return _("%(who)s merged it into another ticket")
    if new == State.OPEN and old == State.NEW:
        return _("%(who)s has it in hand")
    return _("%(who)s opened it again") if old in DONE else ""


def _assignment_words(line: JournalLine, names: dict[int, str], who: dict[str, str]) -> str:
    _old, new = line.changes["assignee"]
    if new is None:
        return _("%(who)s put it back into the queue") % who
    if new == line.actor_id:
        return _("%(who)s took it") % who
    return _("%(who)s gave it to %(whom)s") % {**who, "whom": names.get(new, "")}


def _names(lines: Iterable[JournalLine]) -> dict[int, str]:
    """Return the names of those the lines tell of, beside who did it."""
    known = {line.actor_id: name_of(line.actor) for line in lines if line.actor_id is not None}
    told = {line.changes.get("person") for line in lines}
    told |= {line.changes["assignee"][1] for line in lines if "assignee" in line.changes}
    unknown = {pk for pk in told if pk is not None} - set(known)
    return {**known, **(names_for(unknown) if unknown else {})}
