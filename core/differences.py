"""What changed from one text to another, word by word. Pure, and of bounded cost on any text.

Matching anchors on what stands once in both texts (patience diff, B. Cohen 2008), then takes the
shortest edit between the anchors (E. Myers, "An O(ND) Difference Algorithm", Algorithmica 1986)
within MOST_STEPS, MOST_DEPTH and MOST_WORK; what differs more is told as removed and written anew.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

MOST_STEPS: Final = 60  # removals and additions between two anchors
MOST_DEPTH: Final = 20  # anchors found between anchors
MOST_WORK: Final = 200_000  # steps squared, summed: about a tenth of a second
# A word keeps its combining marks, which Python does not count as parts of words.
WORD: Final = re.compile(
    r"\w[\w\u0300-\u036F\u0610-\u061A\u064B-\u065F\u0670\u06D6-\u06ED]*|\n|[^\S\n]+|[^\w\s]"
)

Kind = Literal["same", "added", "removed"]


@dataclass(frozen=True)
class Piece:
    """A run of a text that stayed, was added or was removed."""

    kind: Kind
    text: str


class Change(NamedTuple):
    """What stands from old_start to old_end became what stands from new_start to new_end."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def word_diff(old: str, new: str) -> list[Piece]:
    """Return how `old` became `new`, in reading order, a removal before what replaces it.

    The pieces that are not "added" make `old`, those that are not "removed" make `new`. Two
    changes with nothing but spaces or signs between them are told as one.
    """
    before, after = words(old), words(new)
    pieces: list[Piece] = []
    done = 0
    for change in _told_as_one(before, changes(before, after)):
        pieces += _pieces("same", before[done : change.old_start])
        pieces += _pieces("removed", before[change.old_start : change.old_end])
        pieces += _pieces("added", after[change.new_start : change.new_end])
        done = change.old_end
    return pieces + _pieces("same", before[done:])


def words(text: str) -> list[str]:
    """Return a text in words, signs, line ends and runs of other spaces; joined, they are it."""
    return WORD.findall(text)


def share_changed(old: str, new: str) -> float:
    """Return which share of the words of both texts was removed or added: 0 none, 1 all.

    Spaces and signs count nothing; two texts without any word have nothing changed.
    """
    changed = total = 0
    for piece in word_diff(old, new):
        count = sum(word[0].isalnum() for word in words(piece.text))
        total += 2 * count if piece.kind == "same" else count
        changed += 0 if piece.kind == "same" else count
    return changed / total if total else 0.0


def changes(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Change]:
    """Return where two sequences differ, in order; at least one equal item stands between two."""
    found: list[Change] = []
    i = j = 0
    for at_old, at_new in [*_pairs(old, new), (len(old), len(new))]:
        if at_old > i or at_new > j:
            found.append(Change(i, at_old, j, at_new))
        i, j = at_old + 1, at_new + 1
    return found


def _pieces(kind: Kind, run: Sequence[str]) -> list[Piece]:
    return [Piece(kind, "".join(run))] if run else []


def _told_as_one(old: Sequence[str], found: list[Change]) -> Iterator[Change]:
    """Join changes with no word between them, unless words were only added or only removed."""
    last: Change | None = None
    for change in found:
        if last is not None and _is_slight(old[last.old_end : change.old_start]):
            both = Change(last.old_start, change.old_end, last.new_start, change.new_end)
            removes = last.old_end > last.old_start or change.old_end > change.old_start
            adds = last.new_end > last.new_start or change.new_end > change.new_start
            if removes and adds:
                last = both
                continue
        if last is not None:
            yield last
        last = change
    if last is not None:
        yield last


def _is_slight(kept: Sequence[str]) -> bool:
    return not any(word[0].isalnum() or word == "\n" for word in kept)


def _pairs(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Return the places of equal items that stay, in the order of both sequences."""
    found: list[tuple[int, int]] = []
    waiting = [(0, len(old), 0, len(new), 0)]
    work = MOST_WORK
    while waiting:
        i, i_end, j, j_end, depth = waiting.pop()
        while i < i_end and j < j_end and old[i] == new[j]:
            found.append((i, j))
            i, j = i + 1, j + 1
        while i < i_end and j < j_end and old[i_end - 1] == new[j_end - 1]:
            i_end, j_end = i_end - 1, j_end - 1
            found.append((i_end, j_end))
        if i == i_end or j == j_end:
            continue
        one, other = old[i:i_end], new[j:j_end]
        anchors = _anchors(one, other) if depth < MOST_DEPTH else []
        if not anchors and work > 0:
            most = min(MOST_STEPS, len(one) + len(other))
            found += [(i + at_old, j + at_new) for at_old, at_new in _shortest(one, other, most)]
            work -= most * most
        if not anchors:
            continue
        found += [(i + at_old, j + at_new) for at_old, at_new in anchors]
        ends = [*anchors, (i_end - i, j_end - j)]
        starts = [(-1, -1), *anchors]
        waiting += [
            (i + a + 1, i + b, j + c + 1, j + d, depth + 1)
            for (a, c), (b, d) in zip(starts, ends, strict=True)
        ]
    return sorted(found)


def _anchors(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Return the longest run, in the order of both, of items that stand once in each."""
    once_old, once_new = Counter(old), Counter(new)
    places = {item: j for j, item in enumerate(new) if once_new[item] == 1}
    shared = [
        (i, places[item]) for i, item in enumerate(old) if once_old[item] == 1 and item in places
    ]
    tops: list[int] = []
    piles: list[int] = []
    before: list[int] = []
    for index, (_i, j) in enumerate(shared):
        pile = bisect_left(tops, j)
        before.append(piles[pile - 1] if pile else -1)
        tops[pile : pile + 1], piles[pile : pile + 1] = [j], [index]
    found: list[tuple[int, int]] = []
    index = piles[-1] if piles else -1
    while index >= 0:
        found.append(shared[index])
        index = before[index]
    return found[::-1]


def _shortest(old: Sequence[Hashable], new: Sequence[Hashable], most: int) -> list[tuple[int, int]]:
    """Return what stays by the shortest edit; nothing when it takes more than `most` steps."""
    if set(old).isdisjoint(new):
        return []
    reach = {1: 0}  # diagonal (place in old less place in new) → the furthest place in old
    history: list[dict[int, int]] = []
    for steps in range(most + 1):
        history.append(dict(reach))
        for diagonal in range(-steps, steps + 1, 2):
            down = _comes_down(reach, diagonal, steps)
            i = reach[diagonal + 1] if down else reach[diagonal - 1] + 1
            j = i - diagonal
            while i < len(old) and j < len(new) and old[i] == new[j]:
                i, j = i + 1, j + 1
            reach[diagonal] = i
            if i >= len(old) and j >= len(new):
                return _walked_back(history, len(old), len(new))
    return []


def _comes_down(reach: dict[int, int], diagonal: int, steps: int) -> bool:
    """Return whether the furthest way to a diagonal, in so many steps, ends by adding an item."""
    if diagonal in (-steps, steps):
        return diagonal == -steps
    return reach[diagonal - 1] < reach[diagonal + 1]


def _walked_back(history: list[dict[int, int]], i: int, j: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for steps in range(len(history) - 1, -1, -1):
        reach, diagonal = history[steps], i - j
        down = _comes_down(reach, diagonal, steps)
        start = reach[diagonal + 1] if down else reach[diagonal - 1] + 1
        found += [(i - back, j - back) for back in range(1, i - start + 1)]
        i, j = start, start - diagonal
        i, j = (i, j - 1) if down else (i - 1, j)
    return found
