"""Tags: completed while typed, what carries one, and who follows or mutes which."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from core.walking import Found
from forum.models import Question, Tag, TaggedQuestion, TagName, written_by
from forum.tags import folded, plain, stem, tags_known
from people.models import Follow, Mute, Person
from search.analysis import STEMMERS

TAG_KIND = "forum.tag"
FOLLOW, MUTE = "follow", "mute"
CHOICES = (FOLLOW, MUTE)
MOST_COMPARED = 500
FEW = 1000  # questions: so many are named one by one
LIKE = 0.75  # of difflib: 1 is the same; "wordpres" and "wordpress" are at 0.94, "php" and "ph" 0.8


def tags_like(text: str, limit: int = 10) -> list[str]:
    """Return words for tags that begin with this text, in every language, for completion.

    Typed without accents too; where none begins so, words that this is the plural of.
    """
    key = plain(text)
    if not key:
        return []
    span: dict[str, Any] = {"name_plain__gte": key, "name_plain__lt": f"{key}\U0010ffff"}
    found: set[str] = set()
    for rows in (Tag.objects.filter(**span), TagName.objects.filter(**span)):
        found.update(rows.order_by("name_plain").values_list("name", flat=True)[: limit * 3])
    fitting = [name for name in found if plain(name).startswith(key)]
    if not fitting:
        stems = [stem(text, code) for code in STEMMERS]
        alike = TagName.objects.filter(name_stem__in=stems).order_by("name_plain")
        fitting = list(dict.fromkeys(alike.values_list("name", flat=True)[:limit]))
    return sorted(fitting, key=plain)[:limit]


def tagged_with(name: str) -> QuerySet[TaggedQuestion]:
    """Return what stands under this tag, named in any language; nothing where there is none."""
    tag = tags_known([folded(name)]).get(folded(name))
    rows: QuerySet[TaggedQuestion] = TaggedQuestion.objects.all()
    return rows.filter(tag=tag) if tag else rows.none()


def under(rows: QuerySet[Question], name: str) -> QuerySet[Question]:
    """Keep the questions with this tag, named in any language, for lists by number.

    Each has `place`, its number, by which the list is to be ordered: so the database walks the
    tag's own index, and a rare tag costs what a common one does.
    """
    return under_tag(rows, tags_known([folded(name)]).get(folded(name)))


def under_tag(rows: QuerySet[Question], tag: Tag | None) -> QuerySet[Question]:
    """Keep the questions with this tag, as under() does."""
    found = rows.filter(tagged__tag=tag) if tag else rows.none()
    return found.annotate(place=F("tagged__content_object_id"))


def among(rows: QuerySet[Question], tagged: QuerySet[TaggedQuestion]) -> QuerySet[Question]:
    """Keep the questions that these rows tag, for lists in any order; one query more.

    Few are named one by one. Of more, the list is walked until a page is full. So neither costs
    more on a large site; SQLite does not know by itself which of the two to do.
    """
    ids = list(tagged.order_by().values_list("content_object_id", flat=True)[: FEW + 1])
    return rows.filter(pk__in=ids) if len(ids) <= FEW else walked(rows, tagged)


def walked(rows: QuerySet[Question], tagged: QuerySet[TaggedQuestion]) -> QuerySet[Question]:
    """Keep the questions that these rows tag, looked at one by one as the list goes."""
    return rows.filter(Found(tagged.filter(content_object=OuterRef("pk"))))


def lines_like(line: str, limit: int = 10) -> list[str]:
    """Return whole lines of tags, the last of them completed, as the field of tags takes them."""
    before, sign, last = line.rpartition(",")
    kept = f"{before}{sign} " if sign else ""
    return [f"{kept}{name}" for name in tags_like(last.strip(), limit)]


def meant_tags(names: Iterable[str], limit: int = 3) -> dict[str, list[str]]:
    """Return, for each name that is no tag yet, the tags it may be a misspelling of; two queries.

    Compared with those that begin alike, most used first; names without any are left out.
    """
    wanted = {folded(name): name for name in names}
    known = tags_known(wanted)
    new = {key: name for key, name in wanted.items() if key and key not in known}
    if not new:
        return {}
    alike = Q()
    for key in new:
        alike |= Q(name_folded__startswith=key[0])
    used = Tag.objects.filter(alike, question_count__gt=0).order_by("-question_count", "pk")
    names_by_key = dict(used.values_list("name_folded", "name")[:MOST_COMPARED])
    found = {
        name: [names_by_key[near] for near in get_close_matches(key, names_by_key, limit, LIKE)]
        for key, name in new.items()
    }
    return {name: near for name, near in found.items() if near}


def tagged_with_any(words: Iterable[str]) -> QuerySet[TaggedQuestion]:
    """Return what stands under the tags that one of these folded words names, in any language."""
    wanted = list(words)
    named = TagName.objects.filter(name_folded__in=wanted).values("tag")
    tags = Tag.objects.filter(Q(name_folded__in=wanted) | Q(pk__in=named))
    rows: QuerySet[TaggedQuestion] = TaggedQuestion.objects.all()
    return rows.filter(tag__in=list(tags.values_list("pk", flat=True)))


def without_muted(person: Any, rows: QuerySet[Question]) -> QuerySet[Question]:
    """Leave out the questions of others under a tag that this person muted."""
    if not person.is_authenticated:
        return rows
    muted = chosen(MUTE).filter(person=person).values("root")
    tagged = TaggedQuestion.objects.filter(content_object=OuterRef("pk"), tag__in=muted)
    return rows.filter(written_by(person) | ~Found(tagged))


def chosen(kind: str) -> Any:
    """Return who chose tags, FOLLOW or MUTE, each row with `root`: the tag's id, after merges."""
    rows: Any = Follow.objects.current() if kind == FOLLOW else Mute.objects.all()
    merged = Tag.objects.filter(pk=OuterRef("object_id")).values("merged_into")[:1]
    into = Subquery(merged, output_field=BigIntegerField())
    return rows.filter(kind=TAG_KIND).annotate(root=Coalesce(into, F("object_id")))


def muters_of(question: Question) -> set[int]:
    """Return who muted a tag of this question, by id."""
    tags = TaggedQuestion.objects.filter(content_object=question).values("tag")
    rows = chosen(MUTE).filter(root__in=tags)
    return set(rows.values_list("person_id", flat=True))


@dataclass(frozen=True)
class ChosenTags:
    """The tags a person follows and those muted, each once, by name."""

    followed: list[Tag]
    muted: list[Tag]


def chosen_tags(person: Person) -> ChosenTags:
    """Return what a person chose; a tag both followed and muted, by a merge, counts as muted."""
    ids = {
        kind: set(chosen(kind).filter(person=person).values_list("root", flat=True))
        for kind in CHOICES
    }
    ids[FOLLOW] -= ids[MUTE]
    tags = Tag.objects.in_bulk(ids[FOLLOW] | ids[MUTE])
    by_name = [
        sorted((tags[pk] for pk in ids[kind] if pk in tags), key=lambda tag: folded(tag.label))
        for kind in CHOICES
    ]
    return ChosenTags(*by_name)
