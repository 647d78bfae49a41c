"""The states of a ticket, and who may move it from which to which: one table, no database."""

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    NEW = "new", _("New")  # nobody of us has seen to it
    OPEN = "open", _("In hand")  # one of us has it
    WAITING_REQUESTER = "waiting_requester", _("Waiting for the requester")
    WAITING_US = "waiting_us", _("Waiting for us")  # they answered, or we said we come back
    SOLVED = "solved", _("Solved")
    CLOSED = "closed", _("Closed")
    MERGED = "merged", _("Merged")


class Side(TextChoices):
    """On which side of a ticket someone acts."""

    REQUESTER = "requester", _("requester")
    AGENT = "agent", _("agent")


class WaitsFor(TextChoices):
    US = "us", _("us")
    THEM = "them", _("the requester")
    NOBODY = "nobody", _("nobody")


FOR_US: Final = (State.NEW, State.OPEN, State.WAITING_US)
DONE: Final = (State.SOLVED, State.CLOSED)
# From each state, where the requester's side may take it. A reply moves it too: after_message().
BY_REQUESTER: Final[dict[str, tuple[State, ...]]] = {
    State.NEW: DONE,
    State.OPEN: DONE,
    State.WAITING_REQUESTER: (State.WAITING_US, *DONE),
    State.WAITING_US: DONE,
    State.SOLVED: (State.WAITING_US, State.CLOSED),
    State.CLOSED: (State.WAITING_US,),
    State.MERGED: (),
}
# The same for agents. Back to new leads nothing: somebody has seen it.
BY_AGENT: Final[dict[str, tuple[State, ...]]] = {
    State.NEW: (State.OPEN, State.WAITING_REQUESTER, State.WAITING_US, *DONE, State.MERGED),
    State.OPEN: (State.WAITING_REQUESTER, State.WAITING_US, *DONE, State.MERGED),
    State.WAITING_REQUESTER: (State.OPEN, State.WAITING_US, *DONE, State.MERGED),
    State.WAITING_US: (State.OPEN, State.WAITING_REQUESTER, *DONE, State.MERGED),
    State.SOLVED: (State.OPEN, State.CLOSED, State.MERGED),
    State.CLOSED: (State.OPEN,),
    State.MERGED: (),
}
MOVES: Final = {Side.REQUESTER: BY_REQUESTER, Side.AGENT: BY_AGENT}


def moves(state: str, side: str) -> list[str]:
    """Return the states this side may move a ticket to, from this state."""
    return [str(to) for to in MOVES[Side(side)][state]]


def is_ever_allowed(to: str, side: str) -> bool:
    """Whether this side may bring a ticket into this state from anywhere at all."""
    return any(to in targets for targets in MOVES[Side(side)].values())


def after_message(state: str, side: str) -> str:
    """Return the state after a public message: an answer passes the turn to the other side.

    The requester's opens again what was solved or closed; a postscript of ours does not.
    """
    if side == Side.REQUESTER:
        return state if state in FOR_US else State.WAITING_US
    return state if state in DONE else State.WAITING_REQUESTER


def waits_for(state: str) -> str:
    """Return who is to act: `us`, `them` or `nobody`."""
    if state in FOR_US:
        return WaitsFor.US
    return WaitsFor.THEM if state == State.WAITING_REQUESTER else WaitsFor.NOBODY
