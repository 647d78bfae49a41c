"""How the promises of tickets stand, for the report: said by the database."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Case, Count, F, FilteredRelation, Q, QuerySet, SmallIntegerField, When
from django.utils import timezone

from helpdesk.models import Ticket
from helpdesk.promises import Kind, Outcome

KEPT, BROKEN, PENDING = 1, 0, -1


def with_promises(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Add `promise` and `solution_promise` to tickets: KEPT, BROKEN, PENDING, None for none."""
    solution = FilteredRelation("clocks", condition=Q(clocks__kind=Kind.SOLUTION))
    return tickets.annotate(
        solution=solution, promise=_first_answer(), solution_promise=_solution()
    )


def further_answers(tickets: QuerySet[Ticket], groups: Sequence[str]) -> Iterable[Any]:
    """Return rows of these columns of tickets, then how many promises of a further answer were
    kept, then how many were broken; a ticket may have many. One statement, one row a group."""
    further = FilteredRelation("clocks", condition=Q(clocks__kind=Kind.NEXT_RESPONSE))
    kept, broken = Q(further__outcome=Outcome.KEPT), _is_broken("further")
    rows = tickets.annotate(further=further).filter(kept | broken).order_by().values(*groups)
    counted = rows.annotate(kept=Count("pk", filter=kept), broken=Count("pk", filter=broken))
    found: Iterable[Any] = counted.values_list(*groups, "kept", "broken")
    return found


def _first_answer() -> Case:
    """Return how the promise of a first answer stands; None where none was made."""
    now = timezone.now()
    return Case(
        When(first_response_due_at=None, then=None),
        When(first_response_at__lte=F("first_response_due_at"), then=KEPT),
        When(Q(first_response_at__isnull=False) | Q(first_response_due_at__lt=now), then=BROKEN),
        default=PENDING,
        output_field=SmallIntegerField(null=True),
    )


def _solution() -> Case:
    """Return how the promise of a solution stands; None where none was made, or owed any more."""
    return Case(
        When(_is_broken("solution"), then=BROKEN),
        When(solution__outcome=Outcome.KEPT, then=KEPT),
        default=None,
        output_field=SmallIntegerField(null=True),
    )


def _is_broken(clock: str) -> Q:
    """Whether a joined clock ended late, or runs late now."""
    of = f"{clock}__"
    late = {f"{of}ended_at": None, f"{of}paused_at": None, f"{of}due_at__lt": timezone.now()}
    return Q(**{f"{of}outcome": Outcome.MISSED}) | Q(**late)
