"""Reads of what people follow and mute."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core import things
from people import follows
from people.models import Follow, MailChoice, Mute, Person
from people.queries import seen_things

MOST_SHOWN = 500


@dataclass(frozen=True)
class Standing:
    """How someone stands to a thing: whether they follow it, why, and whether they muted it."""

    kind: str
    object_id: int
    is_following: bool
    is_muted: bool
    reason: str = ""

    @property
    def slug(self) -> str:
        """A word for the id of its place on a page."""
        return f"{self.kind.replace('.', '-')}-{self.object_id}"

    @property
    def why(self) -> str:
        """What made them follow, in the active language."""
        return str(Follow.Reason(self.reason).label) if self.reason else ""


@dataclass(frozen=True)
class Followed:
    """A thing in one's lists, with its name and page."""

    kind: str
    object_id: int
    label: str
    url: str
    why: str = ""


def standing(person: Person, kind: str, object_id: int, *, by_itself: bool = False) -> Standing:
    """Return how a person stands to a thing; one query.

    by_itself: whether who has no row follows it all the same, as who asked a question does.
    """
    mutes = Mute.objects.filter(person=person, kind=kind, object_id=object_id)
    row_of = Follow.objects.filter(person=person, kind=kind, object_id=object_id)
    follow_rows = row_of.order_by().values_list("reason", "stopped_at")
    mute_rows = mutes.order_by().values_list("kind", "at")
    row, is_muted = None, False
    for word, at in follow_rows.union(mute_rows, all=True):
        if word == kind:
            is_muted = True
        else:
            row = (word, at)
    if row is None:
        return Standing(kind, object_id, by_itself, is_muted)
    reason, stopped_at = row
    is_following = stopped_at is None
    return Standing(kind, object_id, is_following, is_muted, reason if is_following else "")


def followed(person: Person) -> list[Followed]:
    """Return what a person follows and may see, newest first; one query a kind besides its own."""
    rows = Follow.objects.visible_to(person).current().order_by("-at", "-pk")[:MOST_SHOWN]
    return _shown(person, rows)


def muted(person: Person) -> list[Followed]:
    """Return what a person muted and may see, newest first."""
    return _shown(person, Mute.objects.visible_to(person).order_by("-at", "-pk")[:MOST_SHOWN])


def _shown(person: Person, rows: Iterable[Any]) -> list[Followed]:
    rows = list(rows)
    found = seen_things(person, ((row.kind, row.object_id) for row in rows))
    return [
        Followed(
            row.kind,
            row.object_id,
            things.label_of(thing),
            things.url_of(thing),
            row.get_reason_display() if isinstance(row, Follow) else "",
        )
        for row in rows
        if (thing := found.get((row.kind, row.object_id))) is not None
    ]


def ways_of(person: Person) -> dict[str, str]:
    """Return how mail comes to a person, by every kind that can be followed; one query."""
    chosen = dict(MailChoice.objects.filter(person=person).values_list("kind", "way"))
    return {one.kind: chosen.get(one.kind, str(one.way)) for one in follows.all_followable()}


def way_of(person: Person, kind: str) -> str:
    """Return how mail of one kind comes to a person."""
    rows = MailChoice.objects.filter(person=person, kind=kind).values_list("way", flat=True)
    return rows.first() or str(follows.default_way(kind))
