"""The rungs an unanswered question climbs, hour by hour. A higher room declares its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from forum.models import Question

Climb: TypeAlias = Callable[[Question, datetime], None]


@dataclass(frozen=True)
class Rung:
    """What is done about a question that has waited so long. climb: runs in one transaction with
    the mark that it was taken, on the locked question."""

    name: str
    after: timedelta
    climb: Climb


_rungs: dict[str, Rung] = {}


def declare(rung: Rung) -> None:
    """Add a rung; called once, from the app's ready()."""
    _rungs[rung.name] = rung


def rungs() -> list[Rung]:
    """Return the rungs, lowest first."""
    return sorted(_rungs.values(), key=lambda rung: (rung.after, rung.name))


def rung_number(number: int) -> Rung | None:
    """Return the rung with this number from 0; None above the last."""
    found = rungs()
    return found[number] if number < len(found) else None
