"""Doing what was prepared: the steps of macros and rules, through the actions people use."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed, seen
from core.faces import by_means
from core.journal import STAFF, record
from helpdesk import rules
from helpdesk.actions.assigning import assign, unassign
from helpdesk.actions.queues import change_queue
from helpdesk.actions.states import set_state
from helpdesk.actions.steps import ticket_of
from helpdesk.actions.tagging import tag_ticket
from helpdesk.actions.talking import reply, write_note
from helpdesk.actions.working import add_to_checklist
from helpdesk.models import Ticket
from helpdesk.prepared import ME, NOBODY, Steps
from helpdesk.queries.macros import filled, macros_for, shown, steps_of, text_for
from helpdesk.states import DONE, FOR_US, Side
from people.models import Person
from people.queries import people_called


@transaction.atomic
def run_macro(
    *,
    actor: Person,
    ticket_id: int,
    macro_id: int,
    revision: int,
    source: str = "",
    uploads: Sequence[Any] = (),
    send_anyway: bool = False,
    send_secrets: bool = True,
) -> Ticket:
    """Do all a macro says to a ticket, or nothing of it: each step as if done by hand.

    source: what is said instead of the macro's own text, as who runs it edited it. revision: as
    reply() wants it; asked where something is said alone. uploads, send_secrets: as there, too.
    Raises NotSeen (also a macro of another queue), NotAllowed, SecretsFound, Overtaken,
    WrongMoment, InvalidInput.
    """
    ticket = ticket_of(actor, ticket_id)
    if rules.side_of(actor, ticket) != Side.AGENT:
        raise NotAllowed(_("Macros are for the agents of the queue."))
    macro = seen(macros_for(actor, ticket), pk=macro_id)
    text = text_for(macro, ticket.language)
    own = filled(actor, ticket, text) if text else ""
    if text and source.strip() == shown(actor, ticket, text).strip():
        source = ""  # as it was shown, maybe masked: it is sent as it is
    said = source.strip() or own
    if uploads and not said:
        detail = _("Write a few words to send with your files.")
        raise InvalidInput.of("attachments", "no_text", detail)
    with by_means(f"helpdesk.macro:{macro.pk}"):
        record(
            "helpdesk.macro_run",
            actor=actor,
            thing=ticket,
            audience=STAFF,
            changes={"macro": macro.pk},
        )
        steps = steps_of(macro)
        do_first(steps, ticket, actor=actor)
        if said:
            reply(
                actor=actor,
                ticket_id=ticket.pk,
                source=said,
                language=text.language if text and not source.strip() else "",
                revision=revision,
                then=steps.state,
                uploads=uploads,
                send_anyway=send_anyway,
                send_secrets=send_secrets,
            )
        elif steps.state:
            set_state(actor=actor, ticket_id=ticket.pk, state=steps.state)
        do_last(steps, ticket, actor=actor)
    ticket.refresh_from_db()
    return ticket


def do_first(steps: Steps, ticket: Ticket, *, actor: Person) -> None:
    """Do what comes before anything is said: tags, checklist, note, who has it."""
    if steps.tags:
        tag_ticket(actor=actor, ticket_id=ticket.pk, names=steps.tags)
    if steps.checklist:
        add_to_checklist(actor=actor, ticket_id=ticket.pk, items=steps.checklist)
    if steps.note:
        write_note(actor=actor, ticket_id=ticket.pk, source=steps.note)
    if steps.assign and steps.assign != NOBODY:
        if ticket.state in DONE and steps.state in FOR_US:  # it can be given once it is open again
            set_state(actor=actor, ticket_id=ticket.pk, state=steps.state)
        assignee = actor if steps.assign == ME else _called(steps.assign)
        assign(actor=actor, ticket_id=ticket.pk, assignee=assignee)


def do_last(steps: Steps, ticket: Ticket, *, actor: Person) -> None:
    """Do what comes after: letting go, and the queue, where the actor may not see it any more."""
    if steps.assign == NOBODY:
        unassign(actor=actor, ticket_id=ticket.pk)
    if steps.queue:
        change_queue(actor=actor, ticket_id=ticket.pk, queue_slug=steps.queue)


def _called(handle: str) -> Person:
    found = people_called([handle])
    if not found:
        detail = _("Nobody here is called %(name)s.") % {"name": handle}
        raise InvalidInput.of("assign", "unknown_person", detail)
    return found[0]
