"""Counting how much a question is read, without a write per visit and without a word of who.

Each web process counts in memory, by the question's id alone: no cookie, no address, no hour. Every
few minutes what it counted becomes one task, whose one transaction adds it to the rows. A process
that dies loses what it counted since. Pages kept for visitors are counted too: it is done around
them. Robots count like people: it only orders what is checked again first.
"""

import threading
import time
from collections import Counter

FLUSHED_SECONDS = 300.0
MOST_QUESTIONS = 5000  # counted at once; a task's arguments stay small


class Tally:
    """Visits by question id since they were last taken; safe among threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[int] = Counter()
        self._since = 0.0

    def add(self, question_id: int) -> None:
        with self._lock:
            if not self._counts:
                self._since = time.monotonic()
            if question_id in self._counts or len(self._counts) < MOST_QUESTIONS:
                self._counts[question_id] += 1

    def take(self, *, after_seconds: float = 0.0) -> dict[int, int]:
        """Return what was counted and begin anew; nothing before so many seconds are over."""
        with self._lock:
            if not self._counts or time.monotonic() - self._since < after_seconds:
                return {}
            taken, self._counts = dict(self._counts), Counter()
            return taken

    def give_back(self, counts: dict[int, int]) -> None:
        """Count again what could not be handed on."""
        with self._lock:
            self._counts.update(counts)
            self._since = time.monotonic()


tally = Tally()
