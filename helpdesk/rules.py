"""Who may what, at the help desk. Every rule is asked about a ticket one sees."""

from typing import Any

from helpdesk.models import Share, Ticket, agent_grants
from helpdesk.states import Side
from people.models import Person
from people.models.person import UNPROVEN
from people.rules import can_act, can_answer_for_oneself, can_be_helped, has_role


def can_open(person: Any) -> bool:
    """Anyone active, and the silenced: who may not write to others may still need help."""
    return can_be_helped(person)


def can_open_for(person: Any, queue_id: int) -> bool:
    """Agents of the queue, for whoever calls or comes to the counter."""
    return has_role(person, "agent", queue_id=queue_id)


def can_open_for_some(person: Any) -> bool:
    """Agents of all of a queue's tickets, whichever queue: a grant for one organisation is for
    tickets it has already."""
    return can_act(person) and any(row.organisation_id is None for row in agent_grants(person))


def can_open_about_site(person: Any, queue_id: int | None = None) -> bool:
    """Staff of the queue (None: of any), as a volunteer would learn which sites somebody has."""
    queues = {None, queue_id}
    return can_act(person) and any(
        row.organisation_id is None and (queue_id is None or row.queue_id in queues)
        for row in agent_grants(person, paid=True)
    )


def is_agent(person: Any) -> bool:
    """Whether a person works any queue."""
    return has_role(person, "agent", anywhere=True)


def can_read_reports(person: Any) -> bool:
    """Coordinators, of everything: the figures are of all queues together."""
    return has_role(person, "coordinator")


def can_work(person: Any, ticket: Ticket) -> bool:
    """Agents of its queue: assign, note, merge, read internal notes."""
    return has_role(
        person, "agent", queue_id=ticket.queue_id, organisation_id=ticket.organisation_id
    )


def can_read_unmaskings(person: Any, ticket: Ticket) -> bool:
    """Whether someone is told who looked who asked: the requester, and the agents of the queue."""
    return ticket.requester_id == person.pk or can_work(person, ticket)


def works_masked(person: Any, ticket: Ticket) -> bool:
    """Volunteers who work a ticket of others see its requester masked; staff see all.

    Asks the database nothing: whether they looked behind the mask is is_masked()'s to say.
    """
    if not can_act(person) or ticket.requester_id == person.pk:
        return False
    queues, organisations = (None, ticket.queue_id), (None, ticket.organisation_id)
    grants = [
        grant
        for grant in agent_grants(person)
        if grant.queue_id in queues and grant.organisation_id in organisations
    ]
    return bool(grants) and all(grant.volunteer for grant in grants)


def is_masked(person: Any, ticket: Ticket) -> bool:
    """Whether this person sees the requester masked now: a volunteer who did not look."""
    if not works_masked(person, ticket):
        return False
    return not Ticket.objects.unmasked_to(person).filter(pk=ticket.pk).exists()


def can_say_site(person: Any, ticket: Ticket) -> bool:
    """Agents of its queue who know who asked: a site says it in its name."""
    return can_work(person, ticket) and not is_masked(person, ticket)


def side_of(person: Any, ticket: Ticket) -> Side:
    """Return on which side of a ticket a person who sees it acts; who opened it asks, always."""
    if ticket.requester_id != person.pk and can_work(person, ticket):
        return Side.AGENT
    return Side.REQUESTER


def can_reply(person: Any, ticket: Ticket) -> bool:
    """Who sees it as requester, silenced or not, and agents of its queue."""
    return can_act(person) or (can_be_helped(person) and ticket.requester_id == person.pk)


def can_reply_by_mail(person: Person, ticket: Ticket) -> bool:
    """Who may on the page, and who has nothing but mail yet: stubs, and whom we imported."""
    return can_reply(person, ticket) or person.state_now in UNPROVEN


def can_quote(person: Any, ticket: Ticket) -> bool:
    """Agents of its queue, but who opened it: takes lines of its talk into a reply."""
    return can_reply(person, ticket) and side_of(person, ticket) == Side.AGENT


def can_consent(person: Any, ticket: Ticket) -> bool:
    """Who opened it, and nobody for them: also who has only mail, or is sanctioned.

    It writes to nobody, and is about what they said: a yes can be taken back at any time.
    """
    return can_answer_for_oneself(person) and ticket.requester_id == person.pk


def can_confirm_need(person: Any, ticket: Ticket) -> bool:
    """Who opened it and may write, since a mentor is asked."""
    return can_act(person) and ticket.requester_id == person.pk


def can_share(person: Any, ticket: Ticket) -> bool:
    """Who opened it, and agents of its queue."""
    return can_act(person) and (ticket.requester_id == person.pk or can_work(person, ticket))


def can_end_share(person: Any, ticket: Ticket, share: Share) -> bool:
    """Who may share it, and the one it was shared with."""
    return can_share(person, ticket) or (can_act(person) and share.person_id == person.pk)


def can_rate(person: Any, ticket: Ticket, *, is_asked: bool) -> bool:
    """Who sees it as requester; never where only agents spoke (is_asked: somebody else did)."""
    return is_asked and side_of(person, ticket) == Side.REQUESTER


def can_be_assigned(person: Person, ticket: Ticket) -> bool:
    """Agents of its queue; nobody answers their own ticket."""
    return can_work(person, ticket) and ticket.requester_id != person.pk


def can_keep_macro(person: Any, queue_id: int | None) -> bool:
    """Agents of all of a queue's tickets, and its coordinators; for all queues: those of all."""
    return any(has_role(person, role, queue_id=queue_id) for role in ("agent", "coordinator"))


def can_keep_desk_rule(person: Any, queue_id: int | None) -> bool:
    """Coordinators of the queue; for all queues: those of all."""
    return has_role(person, "coordinator", queue_id=queue_id)


def can_keep_some_desk_rule(person: Any) -> bool:
    """Coordinators, of whichever queue."""
    return has_role(person, "coordinator", anywhere=True)


def can_read_desk(person: Any) -> bool:
    """Who works or coordinates any queue: macros, rules and reports, as far as their queues go."""
    return any(has_role(person, role, anywhere=True) for role in ("agent", "coordinator"))
