"""What happens after a line of the ledger's journal is committed."""

from django.utils.translation import gettext_lazy as _

from aid import tasks
from aid.actions import ANSWER_WITHIN
from aid.models import AidClaim
from core.journal import follows
from core.models import JournalLine
from people import notices
from people.actions import notify, reckon_trust

notices.declare("aid.help_claimed", _("%(who)s asks you to confirm help: %(what)s"))
notices.declare("aid.claim_declined", _("%(who)s did not confirm help: %(what)s"))


@follows("aid.help_claimed")
def ask_receivers(line: JournalLine) -> None:
    """Tell those who are asked, and settle the claim when the time to answer is over."""
    claim = AidClaim.objects.get(pk=line.thing_id)
    if claim.state != AidClaim.State.PENDING:
        return
    for row in claim.receivers.filter(confirmed_at=None, declined_at=None).select_related("person"):
        notify(person=row.person, line=line)
    tasks.settle_claim.using(run_after=claim.claimed_at + ANSWER_WITHIN).enqueue(claim_id=claim.pk)


@follows("aid.claim_declined")
def tell_givers(line: JournalLine) -> None:
    """Tell who gave that a receiver did not agree."""
    claim = AidClaim.objects.get(pk=line.thing_id)
    for row in claim.givers.select_related("person"):
        notify(person=row.person, line=line)


@follows("aid.claim_settled", "aid.entry_reversed")
def reckon_givers(line: JournalLine) -> None:
    """Reckon anew how far who gave is trusted."""
    givers = AidClaim.objects.get(pk=line.thing_id).givers
    reckon_trust(givers.values_list("person_id", flat=True))
