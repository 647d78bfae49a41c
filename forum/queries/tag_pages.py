"""The page of a tag, the list of all, and the questions under one's own."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from core.models import Visibility
from core.pagination import Page, keyset_page
from forum import rules
from forum.models import Acceptance, Answer, Question, Tag, TaggedQuestion, TagMerge, TagName
from forum.queries.lists import list_page, listed
from forum.queries.tags import FOLLOW, MUTE, among, chosen
from forum.tags import plain
from people.models import Person

MOST_RELATED = 8
MOST_HELPERS = 5
NEWEST = 200  # questions of a tag, from which one sees who helps with it and what stands beside it
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
    """Everything on a tag's page, in at most ten queries for visitors.

    related, helpers: of the tag's newest questions (NEWEST), so that it costs the same however many
    there are.
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
    newest: int = NEWEST


def tag_page(person: Any, tag: Tag, *, order: str, cursor: str | None, **filters: Any) -> TagPage:
    """Return what the page of a tag shows this person; the tag as forum.tags.find gives it.

    order, filters: of its list, as list_page takes them.
    """
    is_member = person.is_authenticated
    can_merge = rules.can_merge_tags(person)
    newest = newest_under(tag)
    return TagPage(
        tag=tag,
        description=description_of(tag),
        words=words_of(tag),
        questions=list_page(person, order=order, cursor=cursor, tag=tag.name, **filters),
        related=related_to(tag, newest),
        helpers=helpers_under(newest),
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


def newest_under(tag: Tag) -> dict[int, int | None]:
    """Return the newest questions under a tag that everyone sees: the author's id by its own."""
    rows = TaggedQuestion.objects.filter(tag=tag, content_object__visibility__walked="visible")
    rows = rows.order_by("-content_object_id")
    return dict(rows.values_list("content_object_id", "content_object__author_id")[:NEWEST])


def related_to(tag: Tag, question_ids: Iterable[int]) -> list[Tag]:
    """Return the tags that stand beside this one most often, on these questions."""
    beside = Tag.objects.filter(tagged__content_object__in=question_ids).exclude(pk=tag.pk)
    counted = beside.annotate(times=Count("tagged")).order_by("-times", "pk")
    return list(counted[:MOST_RELATED])


def helpers_under(askers: Mapping[int, int | None]) -> list[Helper]:
    """Return who answers others on these questions, most accepted answers first; three queries.

    askers: the author's id by the question's. Counted here: a statement that joins the few answers
    with who wrote them makes PostgreSQL read every person.
    """
    given = Answer.objects.filter(question__in=askers, visibility__walked=Visibility.VISIBLE)
    rows = given.exclude(author=None).values_list("pk", "author_id", "question_id")
    accepted = Acceptance.objects.filter(question__in=askers)
    solved = set(accepted.values_list("answer_id", flat=True))
    times, accepts = Counter[int](), Counter[int]()
    for pk, author, question in rows:
        if author != askers[question]:
            times[author] += 1
            accepts[author] += pk in solved
    best = sorted(times, key=lambda pk: (-accepts[pk], -times[pk], pk))[: 4 * MOST_HELPERS]
    people = Person.objects.filter(state=Person.State.ACTIVE).in_bulk(best)
    shown = [pk for pk in best if pk in people][:MOST_HELPERS]
    return [Helper(people[pk], times[pk], accepts[pk]) for pk in shown]


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
    rows = among(listed(person), TaggedQuestion.objects.filter(tag__in=followed))
    return keyset_page(rows, ("-id",), cursor)


def all_tags(text: str = "") -> QuerySet[Tag]:
    """Return the tags that are not part of another; text: what one of their words begins with."""
    rows: QuerySet[Tag] = Tag.objects.filter(merged_into=None)
    key = plain(text)
    if key:
        words = TagName.objects.filter(name_plain__startswith=key)
        roots = words.values_list(Coalesce("tag__merged_into", "tag"))
        rows = rows.filter(Q(name_plain__startswith=key) | Q(pk__in=roots))
    return rows
