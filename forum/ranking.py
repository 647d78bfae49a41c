"""In which order answers stand. Pure: rows in, order out; the rule is written on the page."""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar


class Ranked(Protocol):
    pk: int
    up: int
    down: int


R = TypeVar("R", bound=Ranked)


def standing(up: int, down: int) -> float:
    """Return 0 to 1, higher is better: the share of good votes, damped while there are few.

    Source: rule of succession (Laplace): (up + 1) / (up + down + 2).
    """
    return (up + 1) / (up + down + 2)


def ranked(answers: Iterable[R], accepted_id: int | None) -> Sequence[R]:
    """Return the accepted answer first, then by standing, older first among equals."""
    return sorted(
        answers, key=lambda row: (row.pk != accepted_id, -standing(row.up, row.down), row.pk)
    )
