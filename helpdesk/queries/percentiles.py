"""Medians and percentiles of durations, the one way they are taken: nearest rank, rounded up.

Source: nearest rank, as defined in NIST/SEMATECH e-Handbook 7.2.6.2 (a value that occurred). A
figure of ours never says that something took less than it did.
"""

from collections.abc import Sequence
from math import ceil

MEDIAN, MOST = 0.5, 0.9


def place_of(share: float, count: int) -> int:
    """Return the place, from 0, of what this share of so many sorted values does not exceed."""
    return ceil(share * count) - 1


def whole_minutes(seconds: int) -> int:
    """Return seconds as minutes, rounded up."""
    return -(-seconds // 60)


def percentile(seconds: Sequence[int], share: float) -> int | None:
    """Return the minutes that this share of sorted seconds does not exceed; None of none."""
    return whole_minutes(seconds[place_of(share, len(seconds))]) if seconds else None
