"""Looking behind the mask of a requester."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed
from core.journal import record
from helpdesk import rules
from helpdesk.actions.steps import ticket_of
from helpdesk.models import Unmasking
from people.models import Person

SEEN_FOR = timedelta(hours=2)
SHORTEST_REASON, LONGEST_REASON = 10, 300


@transaction.atomic
def unmask(*, actor: Person, ticket_id: int, reason: str) -> Unmasking:
    """See who asked, on this ticket, for two hours; the requester reads that, and why.

    While it holds, the same again is no change. Raises NotSeen, NotAllowed (also who sees them
    anyway), InvalidInput (reason).
    """
    ticket = ticket_of(actor, ticket_id)
    if not rules.works_masked(actor, ticket):
        raise NotAllowed(_("You see who asked already, or do not work on this ticket."))
    now = timezone.now()
    held = Unmasking.objects.filter(ticket=ticket, person=actor, until__gt=now).first()
    if held is not None:
        return held
    reason = " ".join(reason.split())
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise InvalidInput.of("reason", "length", _("Say why, in 10 to 300 characters."))
    row = Unmasking.objects.create(
        ticket=ticket, person=actor, reason=reason, at=now, until=now + SEEN_FOR
    )
    record(
        "helpdesk.requester_unmasked",
        actor=actor,
        thing=ticket,
        changes={"unmasking": row.pk, "minutes": int(SEEN_FOR.total_seconds() // 60)},
    )
    return row
