"""The same done with several tickets at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed, Refusal
from helpdesk import rules
from helpdesk.actions.assigning import assign, unassign
from helpdesk.actions.following import follow
from helpdesk.actions.merging import merge
from helpdesk.actions.queues import change_queue
from helpdesk.actions.states import set_state
from helpdesk.numbers import number_of
from people.models import Person

MOST: Final = 100
TAKE, PUT_BACK, STATE, QUEUE, MERGE, FOLLOW = (
    "take",
    "put_back",
    "state",
    "queue",
    "merge",
    "follow",
)
ACTS: Final = (TAKE, PUT_BACK, STATE, QUEUE, MERGE, FOLLOW)


@dataclass(frozen=True)
class BulkResult:
    """What became of one ticket: done, or why not (as a refusal says it)."""

    ticket: int
    done: bool
    code: str = ""
    detail: str = ""

    @property
    def number(self) -> str:
        return number_of(self.ticket)


def act_on_all(
    *, actor: Person, ticket_ids: Sequence[int], act: str, **facts: Any
) -> list[BulkResult]:
    """Do one thing with several tickets, each by itself; return what became of each, in order.

    act: one of ACTS. facts: `state`, `queue` (a slug) or `into` (the id of a ticket) for the acts
    of that name. One that is refused leaves the others as they are. Rights are asked of each.
    Raises NotAllowed (no agent), InvalidInput (tickets, act, or what it needs).
    """
    if not rules.is_agent(actor):
        raise NotAllowed(_("The queue is the agents' room."))
    ids = list(dict.fromkeys(ticket_ids))
    if not ids:
        raise InvalidInput.of("tickets", "required", _("Choose some tickets first."))
    if len(ids) > MOST:
        raise InvalidInput.of("tickets", "too_many", _("At most 100 tickets at once."))
    do = _act(actor, act, facts)
    return [_result(do, pk) for pk in ids]


def _act(actor: Person, act: str, facts: dict[str, Any]) -> Callable[[int], Any]:
    needed = {STATE: "state", QUEUE: "queue", MERGE: "into"}.get(act)
    if needed is not None and not facts.get(needed):
        raise InvalidInput.of(needed, "required", _("Say what is to become of the tickets."))
    acts: dict[str, Callable[[int], Any]] = {
        TAKE: lambda pk: assign(actor=actor, ticket_id=pk, assignee=actor),
        PUT_BACK: lambda pk: unassign(actor=actor, ticket_id=pk),
        STATE: lambda pk: set_state(actor=actor, ticket_id=pk, state=facts["state"]),
        QUEUE: lambda pk: change_queue(actor=actor, ticket_id=pk, queue_slug=facts["queue"]),
        MERGE: lambda pk: merge(actor=actor, ticket_id=pk, into_id=facts["into"]),
        FOLLOW: lambda pk: follow(actor=actor, ticket_id=pk),
    }
    if act not in acts:
        raise InvalidInput.of("act", "invalid_choice", _("Choose what to do."))
    return acts[act]


def _result(do: Callable[[int], Any], ticket_id: int) -> BulkResult:
    try:
        with transaction.atomic():
            do(ticket_id)
    except Refusal as refusal:
        reasons = [error.detail for error in refusal.errors] or [str(refusal.detail)]
        return BulkResult(ticket_id, False, refusal.code, " ".join(reasons))
    return BulkResult(ticket_id, True)
