"""Work of the ledger that waits."""

from aid import actions
from core.tasks import task


@task()
def settle_claim(claim_id: int) -> None:
    """Settle a claim whose time to answer is over."""
    actions.settle_claim(claim_id=claim_id)
