"""In which order answers stand. Pure: rows in, order out; the rule is written on the page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

WIDE_MARGIN: Final = 10  # votes (good less bad) that another must have more than the accepted one


class Ranked(Protocol):
    pk: int
    up: int
    down: int


R = TypeVar("R", bound=Ranked)


@dataclass(frozen=True)
class Place:
    """Where an answer stands, from 1, and the numbers that put it there.

    share: of standing(). outscores: it stands before the accepted one though another was accepted.
    rule: what put it there, `accepted`, `outscores` or `share`; forum.freshness knows two more.
    """

    number: int
    answer: Any
    share: float
    is_accepted: bool
    outscores: bool
    rule: str

    @property
    def percent(self) -> int:
        return round(100 * self.share)


def standing(up: int, down: int) -> float:
    """Return 0 to 1, higher is better: the share of good votes, damped while there are few.

    Source: rule of succession (Laplace): (up + 1) / (up + down + 2).
    """
    return (up + 1) / (up + down + 2)


def outscores(one: Ranked, accepted: Ranked) -> bool:
    """Whether an answer stands before the accepted one: a better share, and by far more votes."""
    margin = (one.up - one.down) - (accepted.up - accepted.down)
    is_better = standing(one.up, one.down) > standing(accepted.up, accepted.down)
    return is_better and margin >= WIDE_MARGIN


def ranked(answers: Iterable[R], accepted_id: int | None) -> Sequence[R]:
    """Return the accepted answer first, unless outscored, then by standing, older among equals."""
    rows = list(answers)
    accepted = next((row for row in rows if row.pk == accepted_id), None)

    def key(row: R) -> tuple[int, float, int]:
        ahead = accepted is not None and row is not accepted and outscores(row, accepted)
        level = 0 if ahead else 1 if row is accepted else 2
        return level, -standing(row.up, row.down), row.pk

    return sorted(rows, key=key)


def explained(answers: Iterable[R], accepted_id: int | None) -> list[Place]:
    """Return the order of `ranked` with the numbers behind each place."""
    rows = ranked(answers, accepted_id)
    accepted = next((row for row in rows if row.pk == accepted_id), None)
    places = []
    for number, row in enumerate(rows, 1):
        ahead = accepted is not None and row is not accepted and outscores(row, accepted)
        places.append(
            Place(
                number=number,
                answer=row,
                share=standing(row.up, row.down),
                is_accepted=row is accepted,
                outscores=ahead,
                rule="accepted" if row is accepted else "outscores" if ahead else "share",
            )
        )
    return places
