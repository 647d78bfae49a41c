"""The page of a tag, the list of all, and the questions under one's own."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from core.errors import NotSeen
from core.models import Visibility
from core.pagination import Page, keyset_page
from core.prepared import Prepared, new
from core.walking import Found
from forum import rules
from forum.models import Acceptance, Answer, Question, Tag, TaggedQuestion, TagMerge, TagName
from forum.queries.lists import OF_A_TAG, listed, order_of, tagged_by_question
from forum.queries.marks import unread_by, unread_since
from forum.queries.tags import FEW, FOLLOW, MUTE, TAG_KIND, among, chosen, under_tag, walked
from forum.tags import folded, plain
from people.models import Follow, Mute, Person

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
class Family:
    """A tag with those merged into it: all their words, by their folded forms; and what the reader
    chose of them (follow, mute or nothing)."""

    tag: Tag
    words: list[TagName]
    choice: str


@dataclass(frozen=True)
class TagPage:
    """Everything on a tag's page, in at most six queries for visitors, whatever it is called.

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


def tag_page(
    person: Any, name: str, *, reads: str, order: str, cursor: str | None, **filters: Any
) -> TagPage:
    """Return what the page of a tag shows this person; raises NotSeen.

    name: any word for it; reads: the language of the page, in which it is read first.
    order, filters: of its list, as list_page takes them.
    """
    family = family_of(person, name, reads)
    tag, can_merge = family.tag, rules.can_merge_tags(person)
    few = few_under(tag) if order == "active" and tag.question_count <= FEW else None
    newest = newest_under(tag) if few is None else newest_of(few)
    ids = None if few is None else [pk for pk, _author, _visibility in few]
    questions = _questions(person, tag, ids, order=order, cursor=cursor, **filters)
    tagged = tagged_by_question({*newest, *(question.pk for question in questions.results)})
    for question in questions.results:
        question.tag_rows = tagged.get(question.pk, [])
    return TagPage(
        tag=tag,
        description=description_of(tag),
        words=by_language(tag, family.words),
        questions=questions,
        related=beside(tag, [row for pk in newest for row in tagged.get(pk, ())]),
        helpers=helpers_under(newest),
        merges=list(merges_into(tag)) if can_merge else [],
        choice=family.choice,
        can_name=rules.can_name_tags(person),
        can_merge=can_merge,
    )


def family_of(person: Any, name: str, language: str) -> Family:
    """Return the tag that a word names, as forum.tags.find does, with all its words: one query."""
    key = folded(name)
    signed_in = person.is_authenticated
    rows: list[Any] = (
        _family_of_reader(key, language, person.pk) if signed_in else _family(key, language)
    )
    tag = next((row for row in rows if row.merged_into_id is None), None)
    if tag is None:
        raise NotSeen
    words = [
        new(TagName, id=row.word_id, tag_id=row.pk, language=row.word_language, name=row.word)
        for row in rows
        if row.word_id is not None
    ]
    is_muted = signed_in and any(row.is_muted for row in rows)
    is_followed = signed_in and any(row.is_followed for row in rows)
    return Family(tag, words, MUTE if is_muted else FOLLOW if is_followed else "")


def _words_of_family(name: str, language: str) -> QuerySet[Tag]:
    """Return a tag and those merged into it, each once for each of its words.

    A tag's own name counts first, then a word of this language, then of others.
    """
    own = Tag.objects.filter(name_folded=name).values(root=Coalesce("merged_into", "pk"))
    words = TagName.objects.filter(name_folded=name)
    words = words.order_by(Case(When(language=language, then=0), default=1), "tag_id")
    word = words.values(root=Coalesce("tag__merged_into", "tag"))
    root = Coalesce(Subquery(own[:1]), Subquery(word[:1]))
    rows: QuerySet[Tag] = Tag.objects.filter(Q(pk=root) | Q(merged_into=root))
    rows = rows.annotate(
        word_id=F("words__pk"),
        word_language=F("words__language"),
        word=F("words__name"),
        word_folded=F("words__name_folded"),
    )
    return rows.order_by("word_folded")


def _words_with_choice(name: str, language: str, person_id: int) -> QuerySet[Tag]:
    """Return the same, with what a person chose of each tag."""
    pointed = {"person": person_id, "kind": TAG_KIND, "object_id": OuterRef("pk")}
    rows: QuerySet[Tag] = _words_of_family(name, language).annotate(
        is_muted=Found(Mute.objects.filter(**pointed)),
        is_followed=Found(Follow.objects.current().filter(**pointed)),
    )
    return rows


_family = Prepared(_words_of_family)
_family_of_reader = Prepared(_words_with_choice)


def _questions(
    person: Any,
    tag: Tag,
    ids: list[int] | None,
    *,
    order: str,
    cursor: str | None,
    **filters: Any,
) -> Page[Question]:
    """Return one page of a tag's list, as list_page does, without the tags of its rows.

    ids: of the questions under the tag, where they are few and known.
    """
    rows = listed(person, order=order, with_muted=True, **filters)
    if order_of(order, tag.name) == OF_A_TAG:
        rows = under_tag(rows, tag)
    elif ids is None or len(ids) > FEW:
        rows = walked(rows, TaggedQuestion.objects.filter(tag=tag))
    else:
        rows = rows.filter(pk__in=ids)
    rows = rows.annotate(
        **unread_by(person, unread_since(person), tag.name_folded)
    ).prefetch_related(None)
    return keyset_page(rows, order_of(order, tag.name), cursor)


def description_of(tag: Tag) -> str:
    """Return what a tag is about, in the reader's language or the first there is."""
    own = (get_language() or "")[:2]
    languages = [own, "en", *SPOKEN]
    return next((tag.descriptions[one] for one in languages if tag.descriptions.get(one)), "")


def words_of(tag: Tag) -> list[WordsIn]:
    """Return all words for a tag and for those merged into it, by language; one query."""
    rows = TagName.objects.filter(Q(tag=tag) | Q(tag__merged_into=tag)).order_by("name_folded")
    return by_language(tag, rows)


def by_language(tag: Tag, rows: Iterable[TagName]) -> list[WordsIn]:
    """Return the words for a tag by language."""
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


def few_under(tag: Tag) -> list[tuple[int, int | None, str]]:
    """Return the questions under a tag, newest first, one more than few: the id of each, its
    author's, its visibility."""
    rows = TaggedQuestion.objects.filter(tag=tag).order_by("-content_object_id")
    facts = ("content_object_id", "content_object__author_id", "content_object__visibility")
    return list(rows.values_list(*facts)[: FEW + 1])


def newest_of(few: Iterable[tuple[int, int | None, str]]) -> dict[int, int | None]:
    """Return of these what newest_under() finds."""
    seen = ((pk, author) for pk, author, visibility in few if visibility == Visibility.VISIBLE)
    return dict(islice(seen, NEWEST))


def beside(tag: Tag, rows: Iterable[TaggedQuestion]) -> list[Tag]:
    """Return the tags that stand beside this one most often, in these rows."""
    tags = {row.tag_id: row.tag for row in rows}
    times = Counter(row.tag_id for row in rows)
    best = sorted(times.keys() - {tag.pk}, key=lambda pk: (-times[pk], pk))
    return [tags[pk] for pk in best[:MOST_RELATED]]


def helpers_under(askers: Mapping[int, int | None]) -> list[Helper]:
    """Return who answers others on these questions, most accepted answers first; two queries.

    askers: the author's id by the question's. Counted here: a statement that joins the few answers
    with who wrote them makes PostgreSQL read every person.
    """
    given = Answer.objects.filter(question__in=askers, visibility__walked=Visibility.VISIBLE)
    accepted = Found(
        Acceptance.objects.filter(question=OuterRef("question"), answer=OuterRef("pk"))
    )
    rows = given.exclude(author=None).annotate(is_accepted=accepted)
    times, accepts = Counter[int](), Counter[int]()
    for author, question, is_accepted in rows.values_list(
        "author_id", "question_id", "is_accepted"
    ):
        if author != askers[question]:
            times[author] += 1
            accepts[author] += bool(is_accepted)
    best = sorted(times, key=lambda pk: (-accepts[pk], -times[pk], pk))[: 4 * MOST_HELPERS]
    people = Person.objects.filter(state=Person.State.ACTIVE).in_bulk(best)
    shown = [pk for pk in best if pk in people][:MOST_HELPERS]
    return [Helper(people[pk], times[pk], accepts[pk]) for pk in shown]


def merges_into(tag: Tag) -> QuerySet[TagMerge]:
    """Return the merges into a tag that stand, newest first."""
    rows = TagMerge.objects.filter(into=tag, undone_at=None)
    return rows.select_related("tag", "by").order_by("-pk")


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
