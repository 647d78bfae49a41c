"""How far a person is trusted, and what that lets them do: by the help they gave.

Pure: no database, no clock. What counts is what others confirmed, and flags that moderators agreed
with; never days, visits or time on a page, so that one visit a week reaches every level.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from math import ceil

HIGHEST = 4
KEPT_AT = 0.9  # a level is lost below this share of what it asks, so that nobody flickers
KEPT_FOR = timedelta(days=7)  # the first level, where nothing less than what it asks could be left
FLAGS_SHARE = 4  # at most one in so many of the helps asked may be flags agreed with


@dataclass(frozen=True)
class Threshold:
    """What a level asks: so many confirmed helps, to so many different people."""

    helps: int
    people: int


THRESHOLDS: Mapping[int, Threshold] = {
    1: Threshold(helps=1, people=1),
    2: Threshold(helps=5, people=3),
    3: Threshold(helps=20, people=10),
    4: Threshold(helps=60, people=25),
}


POSTS_A_DAY: Mapping[int, int] = {0: 20, 1: 100}


class Right(StrEnum):
    """What a level lets a person do that others may not, or not yet."""

    LINKS = "links"  # more than two links in a post, without waiting for a look
    FASTER = "faster"  # the usual rate of writing; before, half of it
    UNJUDGED = "unjudged"  # posts are not judged by the spam score any more
    DUPLICATES = "duplicates"  # close a question as a duplicate
    TAGS = "tags"  # change the tags of others' questions; names, synonyms, descriptions of tags
    EDIT = "edit"  # change others' questions and answers; guides are kept by roles
    REVIEW = "review"  # decide on edits that others propose


RIGHTS: Mapping[Right, int] = {
    Right.LINKS: 1,
    Right.FASTER: 1,
    Right.UNJUDGED: 2,
    Right.DUPLICATES: 2,
    Right.TAGS: 2,
    Right.EDIT: 3,
    Right.REVIEW: 4,
}


@dataclass(frozen=True)
class Deeds:
    """What a person did: helps that were confirmed by kind, to how many people; agreed flags.

    helps: by the keys that rooms declare, such as "answers".
    """

    helps: Mapping[str, int]
    people: int = 0
    flags: int = 0

    @property
    def given(self) -> int:
        return sum(self.helps.values())

    def towards(self, threshold: Threshold) -> int:
        """Return what counts for a level: helps, and flags for a small part of it."""
        return self.given + min(self.flags, threshold.helps // FLAGS_SHARE)


@dataclass(frozen=True)
class Missing:
    """What a level still asks: so many helps, to so many people who were not helped yet."""

    helps: int
    people: int

    def __bool__(self) -> bool:
        return bool(self.helps or self.people)


def level_of(deeds: Deeds, before: int = 0, *, is_new: bool = False) -> int:
    """Return the level of who did this and had the level `before`: won in full, lost below `kept`.

    is_new: they reached that level within KEPT_FOR. The first level asks for one help, and with
    one less nothing is left: it is then lost once it is not new.
    """
    won = max(
        (level for level in THRESHOLDS if _reaches(deeds, level, THRESHOLDS[level])), default=0
    )
    held = (
        level
        for level in THRESHOLDS
        if level <= before and _keeps(deeds, level, is_new=is_new and level == before)
    )
    return max(won, max(held, default=0))


def kept(level: int) -> Threshold:
    """Return what must be left to keep a level: nine tenths, or one less where that is all."""
    asked = THRESHOLDS[level]
    return Threshold(helps=_less(asked.helps), people=_less(asked.people))


def missing(deeds: Deeds, level: int) -> Missing:
    """Return what is missing to win a level; nothing at level 0."""
    if level not in THRESHOLDS:
        return Missing(0, 0)
    asked = THRESHOLDS[level]
    return Missing(
        helps=max(0, asked.helps - deeds.towards(asked)), people=max(0, asked.people - deeds.people)
    )


def posts_a_day(level: int) -> int | None:
    """Return how many posts a day are theirs; None without a limit of its own."""
    return POSTS_A_DAY.get(level)


def write_share(level: int) -> float:
    """Return how much of the usual rate of writes is theirs."""
    return 1.0 if level >= RIGHTS[Right.FASTER] else 0.5


def _less(asked: int) -> int:
    return min(ceil(asked * KEPT_AT), asked - 1)


def _keeps(deeds: Deeds, level: int, is_new: bool) -> bool:
    left = kept(level)
    return _reaches(deeds, level, left) and (left.helps > 0 or is_new)


def _reaches(deeds: Deeds, level: int, enough: Threshold) -> bool:
    return deeds.towards(THRESHOLDS[level]) >= enough.helps and deeds.people >= enough.people
