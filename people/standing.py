"""Where someone stands in trust: their level, what it lets them do, and what the next one asks."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from people import deeds, rules
from people.models import Person
from people.trust import HIGHEST, RIGHTS, THRESHOLDS, Deeds, Missing, Right, missing

RIGHT_NAMES: dict[Right, Any] = {
    Right.LINKS: gettext_lazy("post more than two links at once"),
    Right.FASTER: gettext_lazy("write at the usual pace, not half of it"),
    Right.UNJUDGED: gettext_lazy("publish without the spam score"),
    Right.DUPLICATES: gettext_lazy("close a question as a duplicate"),
    Right.TAGS: gettext_lazy("change the tags of others’ questions, and say what tags are called"),
    Right.EDIT: gettext_lazy("edit what others wrote"),
    Right.REVIEW: gettext_lazy("decide on edits that others propose"),
}


@dataclass(frozen=True)
class Step:
    """A level, as everyone reads it: what it asks and what it brings."""

    level: int
    helps: int
    people: int
    rights: tuple[str, ...]


@dataclass(frozen=True)
class OwnRight:
    """A right, whether one has it, and what is missing in words."""

    key: str
    text: str
    level: int
    has: bool
    missing: str


@dataclass(frozen=True)
class Standing:
    """What one's own page of trust shows. helps: (what it is called, how many)."""

    level: int
    helps: list[tuple[str, int]]
    people: int
    flags: int
    rights: list[OwnRight]
    next_level: int | None
    next_missing: str


def steps() -> list[Step]:
    """Return every level that is won, in order."""
    return [
        Step(level, asked.helps, asked.people, tuple(_names_at(level)))
        for level, asked in THRESHOLDS.items()
    ]


def standing_of(person: Person) -> Standing:
    """Return where someone stands now, in the active language."""
    done = deeds.deeds_of([person.pk])[person.pk]
    level = rules.trust_of(person)
    following = level + 1 if level < HIGHEST else None
    return Standing(
        level=level,
        helps=[(name, done.helps.get(key, 0)) for key, name in deeds.labels().items()],
        people=done.people,
        flags=done.flags,
        rights=[_own_right(right, done, level) for right in RIGHTS],
        next_level=following,
        next_missing=missing_in_words(missing(done, following)) if following else "",
    )


def missing_in_words(lacks: Missing) -> str:
    """Return what is missing, such as "2 more accepted answers or other confirmed helps"."""
    parts = []
    if lacks.helps:
        parts.append(
            ngettext(
                "%(n)s more accepted answer, confirmed entry or mentoring session",
                "%(n)s more accepted answers, confirmed entries or mentoring sessions",
                lacks.helps,
            )
            % {"n": lacks.helps}
        )
    if lacks.people:
        parts.append(
            ngettext(
                "help for %(n)s more person you have not helped yet",
                "help for %(n)s more people you have not helped yet",
                lacks.people,
            )
            % {"n": lacks.people}
        )
    if len(parts) == 2:
        return _("%(one)s, and %(other)s") % {"one": parts[0], "other": parts[1]}
    return parts[0] if parts else ""


def _names_at(level: int) -> list[str]:
    return [str(RIGHT_NAMES[right]) for right, needed in RIGHTS.items() if needed == level]


def _own_right(right: Right, done: Deeds, level: int) -> OwnRight:
    needed = RIGHTS[right]
    has = level >= needed
    return OwnRight(
        key=right.value,
        text=str(RIGHT_NAMES[right]),
        level=needed,
        has=has,
        missing="" if has else missing_in_words(missing(done, needed)),
    )
