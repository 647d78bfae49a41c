"""What waits for moderators, and what was decided: reads for the review and its pages."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _

from core import things
from core.differences import Piece, word_diff
from core.errors import InvalidInput, NotSeen
from core.pagination import PAGE_SIZE
from people import rules
from people.models import Appeal, Flag, Hold, Notice, Person, Removal, Sanction
from people.queries import authors_of, seen_things

PREVIEW_SIGNS = 280
Key = tuple[str, int]


@dataclass(frozen=True)
class Source:
    """One kind of what waits for moderators.

    waiting: the rows, each with `at`, and who `named` asks for. keys: the things that rows are
    about, kind and id, in their order. why: a sentence for the list. named: who flagged, wrote or
    appealed; None under a pseudonym.
    """

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
    def path(self) -> str:
        return path_of(self.kind, self.row.pk)


@dataclass(frozen=True)
class ReviewPage:
    """Some of what waits, the oldest first; `next` leads on, None at the end."""

    results: list[Waiting]
    next: str | None
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Past:
    """An earlier decision about a thing or its author: when, and a sentence."""

    at: datetime
    text: str


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


def earlier_decisions(
    kind: str, object_id: int, author_id: int | None, besides: Any = None
) -> list[Past]:
    """Return what was decided about a thing, and about its author, the newest first.

    author_id: None where they are not named, since what they did before may tell who they are.
    """
    thing = Q(thing_kind=kind, thing_id=object_id)
    found = [
        Past(row.at, _("Taken away: %(rule)s") % {"rule": rule_name(row.rule)})
        for row in Removal.objects.filter(thing)
    ]
    flags = Flag.objects.filter(thing).exclude(decision="")
    found += [
        Past(
            row.decided_at or row.at,
            _("A flag (%(rule)s): %(decision)s")
            % {"rule": row.get_reason_display(), "decision": row.get_decision_display()},
        )
        for row in flags
    ]
    holds = Hold.objects.filter(thing).exclude(decision="")
    found += [
        Past(row.decided_at or row.at, _("Held: %s") % row.get_decision_display()) for row in holds
    ]
    if author_id is not None:
        found += _of_author(author_id)
    if isinstance(besides, Removal | Sanction):
        found = [one for one in found if one.at != besides.at]
    return sorted(found, key=lambda one: one.at, reverse=True)[:20]


def _of_author(author_id: int) -> list[Past]:
    sanctions = Sanction.objects.filter(person=author_id)
    found = [
        Past(row.at, _("Its author: %s") % row.get_kind_display().partition(":")[0])
        for row in sanctions
    ]
    holds = Hold.objects.filter(person=author_id, decision=Hold.Decision.REMOVED)
    count = holds.count()
    if newest := holds.order_by("-pk").first():
        text = _("Of its author %(count)s held posts were taken away") % {"count": count}
        found.append(Past(newest.decided_at or newest.at, text))
    return found


def rule_name(rule: str) -> str:
    """Return what a rule is called, in the active language."""
    own = {rules.BY_AUTHOR: _("by its author"), rules.WITHDRAWN: _("consent withdrawn")}
    return str(dict(Flag.Reason.choices).get(rule, own.get(rule, rule)))


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


# Decisions and whom they concern.


def decided_of(appeal: Appeal) -> Removal | Sanction | None:
    """Return the decision an appeal is about."""
    model: Any = Sanction if appeal.subject == Appeal.Subject.SANCTION else Removal
    found: Removal | Sanction | None = model.objects.filter(pk=appeal.subject_id).first()
    return found


def first_decision_by(decided: Removal | Sanction | None) -> int | None:
    """Return who decided, by id."""
    return decided.by_id if decided is not None else None


def who_is_concerned(decided: Removal | Sanction) -> set[int]:
    """Return who may appeal against a decision, by id."""
    if isinstance(decided, Sanction):
        return {decided.person_id}
    return authors_of(decided.thing_kind, decided.thing_id)


def appeal_about(subject: str, subject_id: int) -> Appeal | None:
    """Return the appeal against a decision."""
    return Appeal.objects.filter(subject=subject, subject_id=subject_id).first()


def sanction_of(person: Person) -> Sanction | None:
    """Return the sanction in force."""
    return Sanction.objects.in_force().filter(person=person).first()


@dataclass(frozen=True)
class OwnDecision:
    """A decision about what one wrote, or about oneself, as one reads it."""

    at: datetime
    what: str
    state: str
    reason: str
    url: str = ""
    about: str = ""  # what the post stands in, where one may still see it


def _removals_told(person: Person) -> list[Removal]:
    """Return what was taken away of what someone wrote, by the notices that told them."""
    lines = Notice.objects.filter(person=person, verb="people.post_removed").order_by("-pk")
    told = lines.values_list("line__changes", flat=True)[:50]
    return list(
        Removal.objects.filter(
            pk__in=[changes["removal"] for changes in told], rule__in=Flag.Reason.values
        )
    )


def decisions_about(person: Person) -> list[OwnDecision]:
    """Return what moderators decided about someone and what they wrote, the newest first."""
    removals = _removals_told(person)
    # Who takes a flagged post away says the same words once for both.
    said = {(row.thing_kind, row.thing_id, row.reason) for row in removals}
    told = Flag.objects.filter(author=person).order_by("-decided_at")[:50]
    found = [
        OwnDecision(
            row.decided_at or row.at,
            _("A word of a moderator"),
            row.get_reason_display() if row.decision == Flag.Decision.AGREED else _("it may stay"),
            row.to_author,
            *_seen_by(person, row),
        )
        for row in told
        if (row.thing_kind, row.thing_id, row.to_author) not in said
    ]
    found += [
        OwnDecision(
            row.at,
            row.get_kind_display(),
            _("over") if row.lifted_at else _("in force"),
            row.reason,
            f"/people/{person.handle}/sanction",
        )
        for row in person.sanctions.order_by("-pk")[:50]
    ]
    found += [
        OwnDecision(
            row.at,
            _("A post that waited for a look"),
            row.get_decision_display() if row.decision else _("waits for a moderator"),
            "",
            *_seen_by(person, row),
        )
        for row in person.holds.order_by("-pk")[:50]
    ]
    found += [
        OwnDecision(
            row.at,
            _("Your appeal"),
            row.get_decision_display() if row.decision else _("waits for a moderator"),
            row.answer,
            f"/appeals/{row.pk}",
        )
        for row in person.appeals.order_by("-pk")[:50]
    ]
    found += [
        OwnDecision(
            row.at,
            _("A post of yours was taken away"),
            _("it is back") if row.undone_at else rule_name(row.rule),
            row.reason,
            f"/removals/{row.pk}",
            _seen_by(person, row)[1],
        )
        for row in removals
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _seen_by(person: Person, decided: Flag | Hold | Removal) -> tuple[str, str]:
    """Return where the thing is and what it is called; empty where one may not see it."""
    key = (decided.thing_kind, decided.thing_id)
    row = seen_things(person, [key]).get(key)
    return ("", "") if row is None else (things.url_of(row), things.label_for(person, row))


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
        _undecided(Flag),
        _keys,
        why=lambda row: str(row.get_reason_display()),
        named=lambda row: row.person,
    ),
)
declare("hold", Source(_undecided(Hold), _keys, why=why_held))
declare(
    "appeal",
    Source(_undecided(Appeal), _keys_of_appeals, why=lambda row: str(row.get_subject_display())),
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
