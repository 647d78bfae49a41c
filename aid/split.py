"""Whole minutes shared out among people."""

from collections.abc import Sequence


def share(total: int, parts: int) -> list[int]:
    """Return `total` minutes in `parts` whole shares that differ by at most one, larger first.

    Raises ValueError for no parts or a negative total.
    Source: largest remainder (Hamilton) with equal weights.
    """
    if parts < 1 or total < 0:
        raise ValueError("Minutes are shared among one person or more.")
    base, rest = divmod(total, parts)
    return [base + 1] * rest + [base] * (parts - rest)


def lines_of(minutes: int, giver_ids: Sequence[int], receiver_ids: Sequence[int]) -> dict[int, int]:
    """Return minutes by person id; they sum to zero.

    Each giver is credited the length of the act, and the sum is debited across the receivers
    in whole minutes, ties by person id. A person whose shares cancel out has no line.
    """
    lines: dict[int, int] = {}
    for giver in sorted(giver_ids):
        lines[giver] = lines.get(giver, 0) + minutes
    shares = share(minutes * len(giver_ids), len(receiver_ids))
    for receiver, taken in zip(sorted(receiver_ids), shares, strict=True):
        lines[receiver] = lines.get(receiver, 0) - taken
    return {person: value for person, value in lines.items() if value}
