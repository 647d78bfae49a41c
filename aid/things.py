"""What the ledger declares to the other rooms."""

from typing import Any

from aid.models import AidClaim, AidEntry, AidLine
from aid.queries import hidden_person
from core.things import Thing, declare


def _people(claim: AidClaim) -> set[int]:
    givers = set(claim.givers.values_list("person_id", flat=True))
    return givers | set(claim.receivers.values_list("person_id", flat=True))


def _named_for(person: Any, claim: AidClaim, actor: Any) -> tuple[Any, str]:
    """Return who did what to a claim: who was helped without a name is not named to who helped."""
    if not claim.hides_receivers or actor is None:
        return actor, str(claim)
    receivers = set(claim.receivers.values_list("person_id", flat=True))
    if actor.pk in receivers and person.pk not in receivers:
        return hidden_person(actor.pk, claim), str(claim)
    return actor, str(claim)


def _export_claims(person: Any) -> list[dict[str, Any]]:
    """Return the claims a person made; the minutes confirmed are in their lines."""
    return [
        {
            "happened_at": claim.happened_at.isoformat(),
            "kind": claim.kind,
            "minutes": claim.minutes,
            "note": claim.note,
            "claimed_at": claim.claimed_at.isoformat(),
            "state": claim.state,
        }
        for claim in AidClaim.objects.filter(claimed_by=person).order_by("pk")
    ]


def _export_lines(person: Any) -> list[dict[str, Any]]:
    lines = AidLine.objects.filter(person=person).select_related("entry").order_by("pk")
    return [
        {
            "happened_at": line.entry.happened_at.isoformat(),
            "kind": line.entry.kind,
            "minutes": line.minutes,
        }
        for line in lines
    ]


def declare_all() -> None:
    """Declare claims and entries. Erasing a person keeps their lines: sums must stay true."""
    declare(
        Thing(
            kind="aid.claim",
            model=AidClaim,
            visible_to=AidClaim.objects.visible_to,
            url=lambda claim: f"/commons/claims#claim-{claim.pk}",
            label=str,
            named_for=_named_for,
            author_ids=_people,
            export=_export_claims,
        )
    )
    declare(
        Thing(
            kind="aid.entry",
            model=AidEntry,
            visible_to=AidEntry.objects.visible_to,
            url=lambda entry: "/commons/statement",
            label=str,
            export=_export_lines,
        )
    )
