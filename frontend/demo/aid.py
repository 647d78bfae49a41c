"""A season of help beside what the other rooms count by themselves."""

from aid.actions import claim_help, confirm_claim
from aid.models import AidClaim, Kind
from frontend.demo.people import People
from frontend.demo.reading import ago, read

STILL_WAITING = 3  # the newest acts wait for their receivers


def load_aid(people: People) -> int:
    """Claim and confirm the acts of the file; return their number."""
    rows = read("aid")
    for number, row in enumerate(rows):
        giver = people[row["giver"]]
        receivers = [people[handle] for handle in row["receivers"]]
        claim = claim_help(
            actor=giver,
            givers=[giver],
            receivers=receivers,
            minutes=row["minutes"],
            kind=Kind.OTHER,
            happened_at=ago(row["days_ago"]),
            note=row["note"],
        )
        if claim is None:
            continue
        AidClaim.objects.filter(pk=claim.pk).update(claimed_at=ago(row["days_ago"] - 0.1))
        if number < len(rows) - STILL_WAITING:
            for receiver in receivers:
                confirm_claim(actor=receiver, claim_id=claim.pk)
    return len(rows)
