"""What happened to a ticket, in words, read from the journal."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core.models import JournalLine
from helpdesk import happenings_desk as desk
from helpdesk.masking import Mask
from helpdesk.models import NamedState
from helpdesk.numbers import number_of
from helpdesk.states import DONE, State
from people.notices import name_of
from people.queries import names_for

ALONE = ("helpdesk.promise_missed",)  # told even where nobody did it but the clock
PLAIN = {
    "helpdesk.ticket_set_aside": gettext_lazy("%(who)s comes back to it later"),
    "helpdesk.ticket_woken": gettext_lazy("%(who)s comes back to it"),
    "helpdesk.promise_missed": gettext_lazy("A promise was missed. We said sorry."),
}
WORDS: dict[str, Any] = {
    "helpdesk.ticket_shared": gettext_lazy("%(who)s shared it with %(whom)s"),
    "helpdesk.share_ended": gettext_lazy("%(whom)s does not see it any more"),
    "helpdesk.merger_undone": gettext_lazy("%(who)s made it a ticket of its own again"),
    "helpdesk.ticket_split": gettext_lazy("%(who)s split some messages off"),
    "helpdesk.split_undone": gettext_lazy("%(who)s put back what had been split off"),
    "helpdesk.learning_need_noted": gettext_lazy("%(who)s suggested to learn this with someone"),
    "helpdesk.secret_purged": gettext_lazy("%(who)s took a secret out"),
    "helpdesk.answer_taken_back": gettext_lazy("%(who)s took the public answer back"),
    "helpdesk.requester_unmasked": gettext_lazy(
        "%(who)s looked who asked, and may see it for two hours"
    ),
}
MAILS = ("helpdesk.ticket_opened", "helpdesk.mail_bounced", "helpdesk.mail_kept")
TOLD = (
    "helpdesk.state_changed",
    "helpdesk.ticket_assigned",
    *PLAIN,
    *WORDS,
    *MAILS,
    *desk.TOLD,
)


def words_of(
    lines: Sequence[JournalLine], mask: Mask | None = None
) -> list[tuple[JournalLine, str]]:
    """Return the lines worth a sentence, with it, in the reader's language.

    lines: of one ticket, oldest first, with their actors, masked already. mask: of whom the reader
    may not know. One query, where other people are named.
    """
    names, desk_names, states = _names(lines), desk.names_in(lines), _named_states(lines)
    if mask is not None:
        shared = {line.changes["person"] for line in lines if "person" in line.changes}
        names |= dict.fromkeys(shared, _("someone"))
        names |= {pk: name_of(person) for pk, person in mask.people.items()}
    befores = [None, *lines]
    told = [
        (
            line,
            desk.with_means(
                line,
                _named_words(line, states) or _sentence(line, names, desk_names),
                desk_names,
            ),
        )
        for before, line in zip(befores, lines, strict=False)
        if not _is_told_before(line, before) and "undone" not in line.changes
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


def _named_states(lines: Iterable[JournalLine]) -> dict[int, str]:
    """Return what the named states are called that the lines tell of; one query, if they do."""
    ids = {line.changes["named"] for line in lines if "named" in line.changes}
    language = get_language() or "en"
    rows = NamedState.objects.filter(pk__in=ids) if ids else ()
    return {row.pk: row.name(language) for row in rows}


def _named_words(line: JournalLine, states: dict[int, str]) -> str:
    """Return the sentence of a state with a name of its own."""
    name = states.get(line.changes.get("named", 0))
    words = _("%(who)s: %(state)s")
    return words % {"who": name_of(line.actor), "state": name} if name else ""


def _sentence(line: JournalLine, names: dict[int, str], desk_names: desk.Names) -> str:
    who = {"who": name_of(line.actor)}
    if line.verb in PLAIN:
        return str(PLAIN[line.verb]) % who if line.verb in ALONE or line.actor_id else ""
    whom = {**who, "whom": names.get(line.changes.get("person", 0), "")}
    words = ""
    if line.verb == "helpdesk.state_changed":
        words = _state_words(*line.changes["state"])
    elif line.verb == "helpdesk.ticket_assigned":
        return _assignment_words(line, names, who)
    elif line.verb in MAILS:
        return _mail_words(line, whom["whom"])
    elif line.verb in WORDS:
        if "invited" in line.changes:
            whom["whom"] = _("someone by mail")
        words = str(WORDS[line.verb])
    else:
        return desk.sentence(line, who, desk_names)
    return words % whom if words else ""


def _mail_words(line: JournalLine, whom: str) -> str:
    if line.verb == "helpdesk.mail_kept":
        return _("An automatic mail came in")
    if line.verb == "helpdesk.mail_bounced":
        facts = {"whom": whom, "status": line.changes["status"] or "?"}
        if line.changes.get("is_late"):
            return _("A mail to %(whom)s is late; its server goes on trying (%(status)s)") % facts
        return _("A mail to %(whom)s did not arrive (%(status)s)") % facts
    if "person" in line.changes:
        return _("%(who)s opened it for %(whom)s") % {"who": name_of(line.actor), "whom": whom}
    after = line.changes.get("after")
    return _("It goes on from ticket %(number)s") % {"number": number_of(after)} if after else ""


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
