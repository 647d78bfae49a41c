"""How many lines each person has, in this process and in the others. Pure.

A process tells the others how many it holds for whom: all of them every few seconds, and each
change at once. What one says holds for a while, so that a killed process takes its lines with it.
"""

from collections.abc import Mapping

TOLD_SECONDS = 15.0  # what another process said of itself holds so long
Counts = dict[int, int]  # by person


class Elsewhere:
    """What other processes hold; `now` in seconds, of any clock that never goes back."""

    def __init__(self) -> None:
        self.told: dict[str, tuple[float, Counts]] = {}

    def hear_all(self, process: str, counts: Counts, now: float) -> None:
        """Believe what a process says of all it holds."""
        self.told[process] = (now + TOLD_SECONDS, counts)

    def hear(self, process: str, changes: Mapping[int, int], now: float) -> bool:
        """Believe what a process says of some people; return whether it was known before."""
        is_known = process in self.told
        _until, counts = self.told.setdefault(process, (0.0, {}))
        counts.update(changes)
        self.told[process] = (now + TOLD_SECONDS, counts)
        return is_known

    def expire(self, now: float) -> None:
        """Forget the processes that have said nothing for too long."""
        self.told = {name: one for name, one in self.told.items() if one[0] > now}

    def count(self, person_id: int) -> int:
        """Return how many lines a person has in the other processes."""
        return sum(counts.get(person_id, 0) for _until, counts in self.told.values())

    def too_many(self, process: str, person_id: int, here: int, most: int) -> int:
        """Return how many of a person's lines this process is to close.

        There are too many where some were opened at once in several processes, before these had
        heard of each other: those of the first names stay, so that all close the same.
        """
        before = sum(
            counts.get(person_id, 0)
            for name, (_until, counts) in self.told.items()
            if name < process
        )
        return max(0, min(here, before + here - most))
