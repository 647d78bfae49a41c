"""Saying which site a ticket is about."""

from django.db import transaction
from django.utils import timezone

from core.errors import NotAllowed
from core.journal import record
from core.models import JournalLine
from helpdesk import rules
from helpdesk.actions.levels import promise
from helpdesk.actions.opening import own_site
from helpdesk.actions.steps import MOVING, put_back_where_foreign, ticket_of
from helpdesk.models import Ticket
from helpdesk.queries.levels import level_in_force
from helpdesk.queries.states import check_not_merged
from people.models import HostedSite, Person


@transaction.atomic
def change_site(*, actor: Person, ticket_id: int, site_id: int | None) -> Ticket:
    """Say about which site of its requester a ticket is; None: about none. The same is no change.

    An organisation's site makes it a ticket of the organisation. What was in force for the site
    when the ticket was opened is promised from now on, as change_level() does; a level that an
    agent gave stays. Who has it in hand keeps it if they work for that organisation too, as in
    change_queue().
    Raises NotSeen, NotAllowed (also where who asked is masked), WrongMoment (merged), InvalidInput
    (site).
    """
    ticket = ticket_of(actor, ticket_id)
    if not rules.can_say_site(actor, ticket):
        raise NotAllowed
    check_not_merged(ticket)
    if ticket.site_id == site_id:  # a ticket that goes on may have kept another person's
        return ticket
    site = own_site(ticket.requester, site_id)
    changes = {"site": [ticket.site_id, site_id]}
    ticket.site, ticket.organisation = site, site.organisation if site else None
    record("helpdesk.site_changed", actor=actor, thing=ticket, changes=changes)
    _promise_anew(ticket, site, actor)
    put_back_where_foreign(ticket, actor=actor, now=timezone.now())
    ticket.save(update_fields=[*MOVING, "site", "organisation", "level_version"])
    return ticket


def _promise_anew(ticket: Ticket, site: HostedSite | None, actor: Person) -> None:
    version = level_in_force(ticket.requester, site, ticket.opened_at)
    if version is None or version.pk == ticket.level_version_id or _was_given(ticket):
        return
    facts = {"site": ticket.site_id}
    promise(ticket, version, actor=actor, now=timezone.now(), facts=facts)


def _was_given(ticket: Ticket) -> bool:
    """Whether an agent gave the ticket the level it has, and not its site."""
    lines = JournalLine.objects.filter(
        verb="helpdesk.level_changed", thing_kind="helpdesk.ticket", thing_id=ticket.pk
    )
    last = lines.order_by("-pk").first()
    return last is not None and "site" not in last.changes
