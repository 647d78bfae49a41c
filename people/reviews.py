"""What waits for moderators: reads for the review and its pages."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import things
from core.differences import Piece, word_diff
from core.errors import InvalidInput, NotSeen
from core.pagination import PAGE_SIZE
from people import rules
from people.models import Appeal, Flag, Hold, Person, Removal
from people.queries import seen_things

PREVIEW_SIGNS = 280
Key = tuple[str, int]


@dataclass(frozen=True)
class Source:
    """One kind of what waits for moderators.

    name, names: what one, and several, are called; lazy. waiting: the rows, each with `at`, and who
    `named` asks for. keys: the things that rows are about, kind and id, in their order. why: a
    sentence for the list. named: who flagged, wrote or appealed; None under a pseudonym.
    """

    name: Any
    names: Any
    waiting: Callable[[], QuerySet[Any]]
    keys: Callable[[Sequence[Any]], list[Key]]
    why: Callable[[Any], str]
    named: Callable[[Any], Person | None] = field(default=lambda row: row.named)


KINDS: dict[str, Source] = {}


def declare(kind: str, source: Source) -> None:
    """Say what else waits for moderators; decided at /<kind>s/<id>. Once, from an app's ready()."""
    KINDS[kind] = source


@dataclass(frozen=True)
class Subject:
    """The thing a review is about, as its moderator may see it; without a row it is not shown.

    text: what it says, in full. is_named: False under a pseudonym, and then there is no author.
    purge_url: where a secret is taken out of it for good. change: of an edit that is held, how the
    text became what it is, word by word; empty where it is not one.
    """

    kind: str
    object_id: int
    label: str = ""
    url: str = ""
    text: str = ""
    author: Person | None = None
    is_named: bool = True
    visibility: str = ""
    purge_url: str = ""
    change: list[Piece] = field(default_factory=list)

    @property
    def preview(self) -> str:
        """The beginning of the text, on one line."""
        plain = " ".join(self.text.split())
        return plain if len(plain) <= PREVIEW_SIGNS else plain[: PREVIEW_SIGNS - 1] + "…"


@dataclass(frozen=True)
class Waiting:
    """What waits for a look. kind: of KINDS; row: its row; why: a sentence for the list."""

    kind: str
    row: Any
    subject: Subject
    why: str

    @property
    def id(self) -> int:
        return int(self.row.pk)

    @property
    def at(self) -> datetime:
        moment: datetime = self.row.at
        return moment

    @property
    def person(self) -> Person | None:
        """Who flagged, wrote or appealed; None under a pseudonym."""
        return KINDS[self.kind].named(self.row)

    @property
    def name(self) -> str:
        """What one of its kind is called."""
        return str(KINDS[self.kind].name)

    @property
    def path(self) -> str:
        return path_of(self.kind, self.row.pk)


@dataclass(frozen=True)
class ReviewPage:
    """Some of what waits, the oldest first; `next` leads on, None at the end."""

    results: list[Waiting]
    next: str | None
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def kinds(self) -> list[tuple[str, str, int]]:
        """Return of each kind its key, what several are called, and how many wait."""
        return [(kind, str(KINDS[kind].names), count) for kind, count in self.counts.items()]


def path_of(kind: str, pk: int) -> str:
    """Return the page on which something that waits is decided."""
    return f"/{kind}s/{pk}"


def waiting_count() -> int:
    """Return how much waits for moderators, of every kind; a statement a kind."""
    return sum(_open(name).count() for name in KINDS)


def waiting_page(
    person: Any, *, kind: str = "", cursor: str | None = None, size: int = PAGE_SIZE
) -> ReviewPage:
    """Return what waits for moderators, the oldest first; kind: of KINDS, "" for all.

    One statement a kind, and one for each kind of thing on the page. Raises InvalidInput.
    """
    if kind and kind not in KINDS:
        raise InvalidInput.of("kind", "invalid_choice", _("A kind of what waits for moderators."))
    after = _position(cursor)
    found: list[tuple[datetime, str, int, Any]] = []
    kinds = list(KINDS) if rules.has_role(person, "moderator") else ["appeal"]
    for name in [one for one in kinds if kind in ("", one)]:
        rows = _open(name).order_by("at", "pk")
        found += [(row.at, name, row.pk, row) for row in _after(rows, name, after)[: size + 1]]
    found.sort(key=lambda one: one[:3])
    more, found = len(found) > size, found[:size]
    return ReviewPage(
        results=_shown(person, [(name, row) for _at, name, _pk, row in found]),
        next=f"{found[-1][0].isoformat()}~{found[-1][1]}~{found[-1][2]}" if more else None,
        counts={name: _open(name).count() for name in kinds},
    )


def subject_of(person: Any, kind: str, object_id: int) -> Subject:
    """Return a thing as a moderator may see it."""
    return _subjects(person, [(kind, object_id)])[kind, object_id]


def subject_of_hold(person: Any, held: Hold) -> Subject:
    """Return a held post as a moderator may see it; of a held edit with what it changed."""
    subject = subject_of(person, held.thing_kind, held.thing_id)
    before = text_before(held)
    return replace(subject, change=word_diff(before, subject.text)) if before else subject


def text_before(held: Hold) -> str:
    """Return what a post said before the first edit that waits; empty of a new post, and where
    earlier texts are not kept."""
    number = held.told.get("changes", {}).get("revision", 1)
    return things.text_before(held.thing_kind, held.thing_id, number) if number > 1 else ""


def reason_in_words(key: str, detail: str) -> str:
    """Return what speaks for spam, in the active language; key and detail of people.spam."""
    words = {
        "typed_at_once": _("sent %(detail)s seconds after the form was opened"),
        "typed_fast": _("written faster than anyone types (%(detail)s seconds)"),
        "links": _("%(detail)s links in one of the first posts"),
        "same_link": _("the same link stands in %(detail)s posts of this month"),
        "pace": _("%(detail)s posts within ten minutes"),
        "words": _("words of posts that were taken away as spam: %(detail)s"),
        "good_words": _("words of posts that were fine: %(detail)s"),
    }
    return words.get(key, key) % {"detail": detail} if key in words else key


def reasons_of(held: Any) -> list[tuple[str, float]]:
    """Return the reasons of a hold in words, with their points, the heaviest first.

    held: a Hold, or another row with `reasons` as it has them.
    """
    return [(reason_in_words(key, detail), points) for key, points, detail in held.reasons]


def _open(name: str) -> QuerySet[Any]:
    return KINDS[name].waiting()


def _position(cursor: str | None) -> tuple[datetime, str, int] | None:
    if not cursor:
        return None
    try:
        at, kind, pk = cursor.split("~")
        moment = datetime.fromisoformat(at)
        if kind in KINDS and moment.tzinfo is not None:
            return moment, kind, int(pk)
    except (ValueError, OverflowError):
        pass
    raise InvalidInput.of("cursor", "invalid", _("This cursor is not valid here."))


def _after(rows: QuerySet[Any], name: str, after: tuple[datetime, str, int] | None) -> Any:
    """Return what comes after a position in the order (at, kind, id)."""
    if after is None:
        return rows
    at, kind, pk = after
    if name == kind:
        return rows.filter(Q(at__gt=at) | Q(at=at, pk__gt=pk))
    return rows.filter(at__gte=at) if name > kind else rows.filter(at__gt=at)


def _shown(person: Any, found: list[tuple[str, Any]]) -> list[Waiting]:
    keys: dict[tuple[str, int], Key] = {}
    for name in dict.fromkeys(name for name, _row in found):
        rows = [row for kind, row in found if kind == name]
        pairs = zip(rows, KINDS[name].keys(rows), strict=True)
        keys |= {(name, row.pk): key for row, key in pairs}
    subjects = _subjects(person, keys.values())
    return [
        Waiting(name, row, subjects[keys[name, row.pk]], KINDS[name].why(row))
        for name, row in found
    ]


def why_held(held: Any) -> str:
    """Return what speaks for spam, in one sentence; held: see reasons_of."""
    return "; ".join(text for text, points in reasons_of(held) if points > 0)


def _keys(rows: Sequence[Flag | Hold]) -> list[Key]:
    return [(row.thing_kind, row.thing_id) for row in rows]


def _keys_of_appeals(rows: Sequence[Appeal]) -> list[Key]:
    """Return what was decided on."""
    removals = Removal.objects.in_bulk({row.subject_id for row in rows})
    return [_key_of_appeal(row, removals.get(row.subject_id)) for row in rows]


def _key_of_appeal(row: Appeal, removal: Removal | None) -> Key:
    if row.subject == Appeal.Subject.REMOVAL and removal is not None:
        return removal.thing_kind, removal.thing_id
    return "people.person", row.person_id


def _undecided(model: Any) -> Callable[[], QuerySet[Any]]:
    return lambda: model.objects.filter(decision="").select_related("person")


declare(
    "flag",
    Source(
        gettext_lazy("Flag"),
        gettext_lazy("Flags"),
        _undecided(Flag),
        _keys,
        why=lambda row: str(row.get_reason_display()),
        named=lambda row: row.person,
    ),
)
declare(
    "hold",
    Source(
        gettext_lazy("Held"),
        gettext_lazy("Held posts"),
        _undecided(Hold),
        _keys,
        why=why_held,
    ),
)
declare(
    "appeal",
    Source(
        gettext_lazy("Appeal"),
        gettext_lazy("Appeals"),
        _undecided(Appeal),
        _keys_of_appeals,
        why=lambda row: str(row.get_subject_display()),
    ),
)


def _subjects(person: Any, keys: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Subject]:
    """Return things as a moderator may see them, one statement a kind, and one for authors.

    One more for what flagged people say of themselves.
    """
    wanted = list(dict.fromkeys(keys))
    rows = seen_things(person, wanted)
    prefetch_related_objects(
        [row for row in rows.values() if isinstance(row, Person)], "about_text"
    )
    named = {key: row for key, row in rows.items() if things.names_author(row)}
    writers = {key: min(_author_ids(row), default=None) for key, row in named.items()}
    people = Person.objects.in_bulk({pk for pk in writers.values() if pk is not None})
    found = {key: Subject(*key) for key in wanted}
    for key, row in rows.items():
        thing = things.thing_of(key[0])
        found[key] = Subject(
            *key,
            label=things.label_for(person, row),
            url=thing.url(row),
            text=thing.text(row),
            author=people.get(writers.get(key) or 0),
            is_named=key in named,
            visibility=getattr(row, "visibility", ""),
            purge_url=thing.purge_url(row),
        )
    return found


def _author_ids(row: Any) -> set[int]:
    try:
        return things.thing_of(things.kind_of(row)).author_ids(row)
    except NotSeen:
        return set()
