"""The page of a tag, the list of all, and the questions under one's own."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from core.models import Visibility
from core.pagination import Page, keyset_page
from forum import rules
from forum.models import Answer, Question, Tag, TaggedQuestion, TagMerge, TagName
from forum.queries.lists import list_page, listed
from forum.queries.tags import FOLLOW, MUTE, chosen
from forum.tags import folded
from people.models import Person

MOST_COUNTED = 300
MOST_RELATED = 8
MOST_HELPERS = 5
SPOKEN = [code for code, _name in settings.SPOKEN_LANGUAGES]


@dataclass(frozen=True)
class Helper:
    """Who helps with a tag: answers under it, and how many of them were accepted."""

    person: Person
    answers: int
    accepted: int


@dataclass(frozen=True)
class WordsIn:
    """What a tag is called in one language: its name there, its synonyms, its description."""

    language: str
    name: str
    synonyms: list[TagName]
    description: str


@dataclass(frozen=True)
class TagPage:
    """Everything on a tag's page, in at most six queries for visitors.

    related, helpers: reckoned over the newest questions under it.
    """

    tag: Tag
    description: str
    words: list[WordsIn]
    questions: Page[Question]
    related: list[Tag]
    helpers: list[Helper]
    merges: list[TagMerge]
    choice: str
    can_name: bool
    can_merge: bool


def tag_page(person: Any, tag: Tag, *, order: str, cursor: str | None, **filters: Any) -> TagPage:
    """Return what the page of a tag shows this person; the tag as forum.tags.find gives it.

    order, filters: of its list, as list_page takes them.
    """
    is_member = person.is_authenticated
    can_merge = rules.can_merge_tags(person)
    newest = _newest_under(tag)
    return TagPage(
        tag=tag,
        description=description_of(tag),
        words=words_of(tag),
        questions=list_page(person, order=order, cursor=cursor, tag=tag.name, **filters),
        related=related_to(tag, newest),
        helpers=helpers_with(newest),
        merges=list(merges_into(tag)) if can_merge else [],
        choice=choice_of_tag(person, tag) if is_member else "",
        can_name=rules.can_name_tags(person),
        can_merge=can_merge,
    )


def description_of(tag: Tag) -> str:
    """Return what a tag is about, in the reader's language or the first there is."""
    own = (get_language() or "")[:2]
    languages = [own, "en", *SPOKEN]
    return next((tag.descriptions[one] for one in languages if tag.descriptions.get(one)), "")


def words_of(tag: Tag) -> list[WordsIn]:
    """Return all words for a tag and for those merged into it, by language; one query."""
    rows = TagName.objects.filter(Q(tag=tag) | Q(tag__merged_into=tag)).order_by("name_folded")
    found: dict[str, list[TagName]] = defaultdict(list)
    for row in rows:
        found[row.language].append(row)
    return [
        WordsIn(
            language=language,
            name=tag.names.get(language, ""),
            synonyms=[row for row in found[language] if row.name != tag.names.get(language)],
            description=tag.descriptions.get(language, ""),
        )
        for language in SPOKEN
        if found[language] or tag.names.get(language) or tag.descriptions.get(language)
    ]


def _newest_under(tag: Tag) -> Any:
    """Return the newest questions under a tag that everyone sees, by id, for other statements.

    What is told of a tag is told of these: all of a large tag take a second to count.
    """
    rows = TaggedQuestion.objects.filter(tag=tag, content_object__visibility=Visibility.VISIBLE)
    newest = rows.order_by("-content_object_id").values_list("content_object_id", flat=True)
    return newest[:MOST_COUNTED]


def related_to(tag: Tag, seen: Any) -> list[Tag]:
    """Return the tags that stand beside this one most often, on these questions."""
    beside = Tag.objects.filter(tagged__content_object__in=seen).exclude(pk=tag.pk)
    counted = beside.annotate(times=Count("tagged")).order_by("-times", "pk")
    return list(counted[:MOST_RELATED])


def helpers_with(seen: Any) -> list[Helper]:
    """Return who answered others on these questions, most accepted answers first; two queries."""
    given = Answer.objects.filter(
        question__in=seen,
        visibility=Visibility.VISIBLE,
        author__state=Person.State.ACTIVE,
    ).exclude(author=F("question__author"))
    counted = given.values("author").annotate(times=Count("pk"), solved=Count("acceptances"))
    rows = list(counted.order_by("-solved", "-times", "author")[:MOST_HELPERS])
    people = Person.objects.in_bulk([row["author"] for row in rows])
    return [Helper(people[row["author"]], row["times"], row["solved"]) for row in rows]


def merges_into(tag: Tag) -> QuerySet[TagMerge]:
    """Return the merges into a tag that stand, newest first."""
    rows = TagMerge.objects.filter(into=tag, undone_at=None)
    return rows.select_related("tag", "by").order_by("-pk")


def choice_of_tag(person: Person, tag: Tag) -> str:
    """Return what a person chose of a tag: follow, mute or nothing; muting counts most."""
    for kind in (MUTE, FOLLOW):
        if chosen(kind).filter(person=person, root=tag.pk).exists():
            return kind
    return ""


def my_tags_page(person: Person, cursor: str | None) -> Page[Question]:
    """Return one page of the questions under the tags a person follows, newest first."""
    followed = chosen(FOLLOW).filter(person=person).values("root")
    tagged = TaggedQuestion.objects.filter(tag__in=followed).values("content_object")
    return keyset_page(listed(person).filter(pk__in=tagged), ("-id",), cursor)


def all_tags(text: str = "") -> Any:
    """Return the tags that are not part of another, with how many questions everyone sees under
    each (`times`); text: what one of their words begins with."""
    seen = Q(tagged__content_object__visibility=Visibility.VISIBLE)
    rows = Tag.objects.filter(merged_into=None).annotate(times=Count("tagged", filter=seen))
    key = folded(text)
    if key:
        words = TagName.objects.filter(name_folded__startswith=key)
        roots = words.values_list(Coalesce("tag__merged_into", "tag"))
        rows = rows.filter(Q(name_folded__startswith=key) | Q(pk__in=roots))
    return rows
