"""Two changes of one text brought together (three-way merge). Pure.

First by lines; where both changed the same lines, by words in them. Changes that touch each other
(no unchanged line, in a line no unchanged word between them) and are not the same are a conflict:
both versions of its lines stand in the draft, between marks.
Source: S. Khanna, K. Kunal, B. Pierce, "A Formal Investigation of Diff3", FSTTCS 2007.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from core.differences import Change, changes
from forum.contents import Content

MOST_TAGS = 5
Slight = Callable[[str], bool] | None


class Marks(NamedTuple):
    """The lines before, between and after the two versions of a conflict."""

    mine: str
    between: str
    theirs: str


@dataclass(frozen=True)
class Merged:
    """A merged text; with conflicts it is a draft to finish by hand."""

    text: str
    conflicts: int


@dataclass(frozen=True)
class MergedContent:
    content: Content
    conflicts: int


class _Region(NamedTuple):
    """What stands in each version between two places where all agree."""

    base: Sequence[str]
    mine: Sequence[str]
    theirs: Sequence[str]


def merge_contents(base: Content, mine: Content, theirs: Content, marks: Marks) -> MergedContent:
    """Bring two changes of a post together. A title in conflict stays mine, and counts as one."""
    title = _chosen(base.title, mine.title, theirs.title)
    if title is None:
        title = _merged_words(base.title, mine.title, theirs.title)
    source = merge(base.source, mine.source, theirs.source, marks)
    tags = merge_tags(base.tags, mine.tags, theirs.tags)
    conflicts = source.conflicts + (title is None) + (len(tags) > MOST_TAGS)
    merged = Content.of(mine.title if title is None else title, source.text, tags)
    return MergedContent(merged, conflicts)


def merge_tags(base: Iterable[str], mine: Iterable[str], theirs: Iterable[str]) -> list[str]:
    """Return their tags, without those I took away, with those I added."""
    before, wanted = set(base), set(mine)
    kept = [tag for tag in theirs if tag in wanted or tag not in before]
    return kept + sorted(wanted - before - set(kept))


def merge(base: str, mine: str, theirs: str, marks: Marks) -> Merged:
    """Bring two changes of a text together; what only one side changed is taken as it is."""
    chosen = _chosen(base, mine, theirs)
    if chosen is not None:
        return Merged(chosen, 0)
    parts: list[str] = []
    conflicts = 0
    for region in _regions(_lines(base), _lines(mine), _lines(theirs), slight=None):
        texts = "".join(region.base), "".join(region.mine), "".join(region.theirs)
        text = _chosen(*texts)
        if text is None:
            text = _merged_words(*texts)
        if text is None:
            text = f"{marks.mine}\n{texts[1]}{marks.between}\n{texts[2]}{marks.theirs}\n"
            conflicts += 1
        parts.append(text)
    return Merged("".join(parts).removesuffix("\n"), conflicts)


def has_marks(text: str, marks: Marks) -> bool:
    """Return whether a line of these marks still stands in a draft."""
    return not set(marks).isdisjoint(line.strip() for line in text.splitlines())


def _chosen(base: str, mine: str, theirs: str) -> str | None:
    """Return what stands where at most one side changed, or both alike; None for neither."""
    if mine in (theirs, base):
        return theirs
    return mine if theirs == base else None


def _merged_words(base: str, mine: str, theirs: str) -> str | None:
    parts: list[str] = []
    for region in _regions(_words(base), _words(mine), _words(theirs), slight=str.isspace):
        text = _chosen("".join(region.base), "".join(region.mine), "".join(region.theirs))
        if text is None:
            return None
        parts.append(text)
    return "".join(parts)


def _lines(text: str) -> list[str]:
    """Return the lines, each with its end: the last one has one too."""
    return [f"{line}\n" for line in text.split("\n")]


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|\S+", text)


def _regions(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str], *, slight: Slight
) -> Iterator[_Region]:
    """Yield all of the base in order, cut where changes of either side begin and end.

    slight: what does not keep two changes from touching when it alone stands between them.
    """
    of_mine, of_theirs = changes(base, mine), changes(base, theirs)
    done = shift_mine = shift_theirs = 0
    for start, end in _touching(base, sorted([*of_mine, *of_theirs]), slight):
        kept = base[done:start]
        yield _Region(kept, kept, kept)
        grown_mine, grown_theirs = _growth(of_mine, start, end), _growth(of_theirs, start, end)
        yield _Region(
            base[start:end],
            mine[start + shift_mine : end + shift_mine + grown_mine],
            theirs[start + shift_theirs : end + shift_theirs + grown_theirs],
        )
        shift_mine, shift_theirs = shift_mine + grown_mine, shift_theirs + grown_theirs
        done = end
    yield _Region(base[done:], base[done:], base[done:])


def _touching(
    base: Sequence[str], found: Iterable[Change], slight: Slight
) -> Iterator[tuple[int, int]]:
    """Yield the spans of the base that changes cover together; each begins after the last's end."""
    start = end = -1
    for change in found:
        between = base[max(end, 0) : change.old_start]
        if end >= 0 and (not between or (slight is not None and all(map(slight, between)))):
            end = max(end, change.old_end)
            continue
        if end >= 0:
            yield start, end
        start, end = change.old_start, change.old_end
    if end >= 0:
        yield start, end


def _growth(found: Iterable[Change], start: int, end: int) -> int:
    """Return by how many items the changes within a span make it longer."""
    return sum(
        (change.new_end - change.new_start) - (change.old_end - change.old_start)
        for change in found
        if start <= change.old_start and change.old_end <= end
    )
