"""What a ticket's state means to its reader, and what may become of it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from core.errors import WrongMoment
from core.prepared import Prepared
from helpdesk import rules, states
from helpdesk.models import NamedState, Ticket
from helpdesk.queries.relocations import end_of
from helpdesk.states import Side, State

ASKER_READS: dict[str, Any] = {
    State.NEW: _("New, nobody has it yet"),
    State.OPEN: _("In hand"),
    State.WAITING_REQUESTER: _("Waiting for you"),
    State.WAITING_US: _("Waiting for our answer"),
    State.SOLVED: _("Solved"),
    State.CLOSED: _("Closed"),
    State.MERGED: _("Merged into another ticket"),
}
AGENT_READS: dict[str, Any] = {
    **ASKER_READS,
    State.WAITING_REQUESTER: _("Waiting for the requester"),
    State.WAITING_US: _("Waiting for us"),
}
MOVES: dict[str, Any] = {
    State.OPEN: _("We work on it"),
    State.WAITING_REQUESTER: _("Wait for the requester"),
    State.WAITING_US: _("We come back to it"),
    State.SOLVED: _("It is solved"),
    State.CLOSED: _("Close without a solution"),
}
ASKER_MOVES: dict[str, Any] = {**MOVES, State.WAITING_US: _("I still need your help")}


def state_words(person: Any, ticket: Ticket) -> str:
    """Return the state as this reader understands it: "waiting for you", or for whom.

    What the installation calls it is said to both sides.
    """
    if ticket.named_state is not None:
        return ticket.named_state.name(get_language() or "en")
    asks = rules.side_of(person, ticket) == Side.REQUESTER
    return str((ASKER_READS if asks else AGENT_READS)[ticket.state])


def move_words(side: Side, state: str, ticket: Ticket) -> str:
    """Return what the button of a side says that brings a ticket into this state."""
    if ticket.state in states.DONE and state in (State.OPEN, State.WAITING_US):
        return str(_("Open again"))
    return str((ASKER_MOVES if side == Side.REQUESTER else MOVES)[state])


def possible_states(person: Any, ticket: Ticket) -> list[str]:
    """Return the states this person may set now, in the order of a ticket's life."""
    if not rules.can_reply(person, ticket):
        return []
    found = states.moves(ticket.state, rules.side_of(person, ticket))
    return [state for state in found if state != State.MERGED]


def named_moves(ticket: Ticket, possible: Collection[str]) -> list[tuple[str, str, str]]:
    """Return (slug, state, words) of the named states an agent may choose now; one query.

    possible: the states they may set; the ticket's own may be named anew.
    """
    language, codes = get_language() or "en", {*possible, ticket.state}
    rows = (row for row in _OFFERED() if row.code in codes and row.pk != ticket.named_state_id)
    return [(row.slug, row.code, row.name(language)) for row in rows]


_OFFERED: Prepared[NamedState] = Prepared(lambda: NamedState.objects.filter(is_offered=True))


def deadline_of(ticket: Ticket) -> datetime | None:
    """Return the nearest deadline that runs; None when the ticket waits for none of ours."""
    dues = [due for due in (ticket.answer_due_at, ticket.solution_due_at) if due is not None]
    return min(dues, default=None)


def revision_of(person: Any, ticket: Ticket) -> int:
    """Return what a reply must have seen: how many messages this person ever read in a ticket.

    It grows with every message that comes, and never goes back when some are moved elsewhere.
    """
    said = ticket.message_count + ticket.left_count
    if not rules.can_work(person, ticket):
        return said
    return said + ticket.note_count + ticket.left_note_count


def minutes_until(moment: datetime | None, now: datetime) -> int | None:
    """Return whole minutes until then, negative when it is past."""
    return None if moment is None else int((moment - now).total_seconds() // 60)


def check_not_merged(ticket: Ticket) -> None:
    """Raise WrongMoment for a ticket that lives on in another one."""
    if ticket.merged_into is not None:
        number = end_of(ticket).number
        raise WrongMoment(
            gettext("This ticket was merged into %(number)s. Go on there.") % {"number": number},
            code="merged",
            merged_into=number,
        )
