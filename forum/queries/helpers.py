"""What forum.routing is told of those who may be asked; the same few statements however many."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery

from core.models import Visibility
from forum.models import (
    Answer,
    Ask,
    AskChoice,
    Attestation,
    Comment,
    Question,
    TaggedQuestion,
)
from forum.queries.lists import listed
from forum.queries.tags import muters_of
from forum.routing import MOST_ASKS, WEEK, Deed, Helper, Wanted
from forum.tags import folded
from people.models import Person, PersonSkill, Skill
from people.queries import blocked_ids

LATEST_ANSWERS = 3000  # of the whole forum: who is about at all
LATEST_TAGGED = 1000  # newest questions of the tags asked for, with their answers
LATEST_OWN = 500
LATEST_COMMENTS = 2000
MOST_DECLARED = 500  # people with a skill on their profile, best first
FORGOTTEN_AFTER = timedelta(days=600)  # by then a deed weighs less than a hundredth

Levels = Mapping[int, Mapping[str, int]]


@dataclass
class Trace:
    """What one person did: answers by id, and the last sign of life."""

    deeds: dict[int, Deed] = field(default_factory=dict)
    seen_at: datetime | None = None

    def saw(self, at: datetime | None) -> None:
        if at is not None and (self.seen_at is None or at > self.seen_at):
            self.seen_at = at


def wanted_of(question: Question) -> Wanted:
    """Return what a question asks of a helper; of a row read with tags_of(), without a query."""
    if hasattr(question, "tag_rows"):
        names = [row.tag.name for row in question.tag_rows]
    else:
        names = list(question.tags.names())
    return Wanted(frozenset(folded(name) for name in names), question.language)


def helpers_for(question: Question, now: datetime, *, among: Levels | None = None) -> list[Helper]:
    """Return who may be asked about a question, with all that counts; not who was asked already.

    among: these people alone, by id, with levels by tag of what they offer. Left out are
    the asker, whom one of the two blocked, who answered already, and who may not act.
    """
    wanted = wanted_of(question)
    traces = _traces(wanted, now)
    levels = _declared_levels(wanted.tags)
    ids: set[int] = traces.keys() | levels.keys()
    if among is not None:
        ids = set(among)
        levels = {pk: {**levels.get(pk, {}), **among[pk]} for pk in among}
    people = Person.objects.active().filter(pk__in=ids - _left_out(question))
    rows = people.select_related("ask_choice").prefetch_related("languages").order_by("pk")
    asked = asked_lately(ids, now)
    return [
        _helper(row, traces.get(row.pk, Trace()), levels.get(row.pk, {}), asked.get(row.pk, 0), now)
        for row in rows
    ]


def helper_of(person: Person, now: datetime) -> Helper:
    """Return what is known of one person, for the questions on their own page."""
    answers = Answer.objects.filter(author=person, visibility=Visibility.VISIBLE)
    rows = list(_facts(answers.order_by("-pk")[:LATEST_OWN]))
    trace = Trace(seen_at=now)
    for row, tags in _with_tags(rows, None):
        trace.deeds[row["pk"]] = _deed(row, tags)
    levels = own_levels(person)
    asked = asked_lately([person.pk], now).get(person.pk, 0)
    return _helper(person, trace, levels, asked, now)


def choice_of(person: Person) -> AskChoice:
    """Return what a person wants to be asked; the default where nothing was chosen."""
    return AskChoice.objects.filter(person=person).first() or AskChoice(person=person)


def asks_of(person: Person) -> QuerySet[Ask]:
    """Return what one was asked, settled or not, about questions that are still there."""
    rows = Ask.objects.visible_to(person).select_related("question")
    return rows.filter(question__in=Question.objects.visible_to(person))


def waiting_asks(person: Person) -> list[Ask]:
    """Return the questions one was asked about and has not settled, oldest first; two queries.

    Who has answered is not asked any more, before forum.followers says so of the ask as well.
    """
    answered = Exists(Answer.objects.filter(question=OuterRef("question"), author=person))
    rows = Ask.objects.visible_to(person).waiting().exclude(answered)
    asks = rows.order_by("at", "pk")[:MOST_ASKS]
    found = {ask.question_id: ask for ask in asks}
    shown = listed(person, with_muted=True)
    questions = shown.filter(pk__in=Question.objects.filter(pk__in=found).open())
    for question in questions if found else ():
        found[question.pk].question = question
    return [ask for ask in found.values() if "question" in ask._state.fields_cache]


def _helper(
    person: Person, trace: Trace, levels: Mapping[str, int], asked: int, now: datetime
) -> Helper:
    choice = getattr(person, "ask_choice", None) or AskChoice()
    trace.saw(person.last_login)
    return Helper(
        id=person.pk,
        deeds=tuple(trace.deeds.values()),
        languages=tuple(person.spoken),
        declared=tuple(sorted(levels.items())),
        seen_at=trace.seen_at,
        asked=asked,
        most_asks=choice.most_asks,
        is_away=choice.quiet_until is not None and choice.quiet_until > now,
    )


def _traces(wanted: Wanted, now: datetime) -> dict[int, Trace]:
    """Return what people did lately: the forum's newest answers, and the newest of these tags."""
    seen = Answer.objects.filter(visibility=Visibility.VISIBLE, author__isnull=False)
    seen = seen.filter(created_at__gt=now - FORGOTTEN_AFTER)
    tagged = TaggedQuestion.objects.filter(tag__name_folded__in=wanted.tags)
    newest = tagged.order_by("-content_object_id").values("content_object_id")[:LATEST_TAGGED]
    rows = {row["pk"]: row for row in _facts(seen.order_by("-pk")[:LATEST_ANSWERS])}
    rows.update((row["pk"], row) for row in _facts(seen.filter(question__in=newest)))
    found: dict[int, Trace] = defaultdict(Trace)
    for row, tags in _with_tags(list(rows.values()), wanted.tags):
        found[row["author_id"]].deeds[row["pk"]] = _deed(row, tags)
        found[row["author_id"]].saw(row["created_at"])
    comments = Comment.objects.order_by("-pk").values_list("author_id", "created_at")
    for person, at in comments[:LATEST_COMMENTS]:
        if person in found:
            found[person].saw(at)
    return found


def _facts(answers: Any) -> Any:
    found = Attestation.objects.filter(answer=OuterRef("pk"), is_claim=False).order_by("at")
    return answers.values(
        "pk",
        "author_id",
        "created_at",
        "question_id",
        accepted_at=F("acceptances__at"),
        found_at=Subquery(found.values("at")[:1]),
    )


def _deed(row: dict[str, Any], tags: frozenset[str]) -> Deed:
    confirmed = (at for at in (row["accepted_at"], row["found_at"]) if at is not None)
    return Deed(row["created_at"], tags, min(confirmed, default=None))


def _with_tags(
    rows: list[dict[str, Any]], wanted: frozenset[Any] | None
) -> list[tuple[dict[str, Any], frozenset[str]]]:
    """Return each answer with its question's tags, or those of them that are wanted; one query."""
    pairs = TaggedQuestion.objects.filter(content_object__in={row["question_id"] for row in rows})
    if wanted is not None:
        pairs = pairs.filter(tag__name_folded__in=wanted)
    tags: dict[int, set[str]] = defaultdict(set)
    for question, name in pairs.values_list("content_object_id", "tag__name_folded"):
        tags[question].add(name)
    return [(row, frozenset(tags[row["question_id"]])) for row in rows]


def _words_of(skill: Skill) -> set[str]:
    return {folded(skill.slug), *(folded(name.name) for name in skill.names.all())}


def _declared_levels(tags: Iterable[Any]) -> Levels:
    """Return, by person, the levels of skills that one of these tags names."""
    wanted = set(tags)
    by_skill = {
        skill.pk: _words_of(skill) & wanted for skill in Skill.objects.prefetch_related("names")
    }
    fitting = [pk for pk, words in by_skill.items() if words]
    rows = PersonSkill.objects.filter(skill__in=fitting, wanted=False)
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for row in rows.order_by("-level", "-person__last_login", "pk")[:MOST_DECLARED]:
        for word in by_skill[row.skill_id]:
            found[row.person_id][word] = max(row.level, found[row.person_id].get(word, 0))
    return found


def own_levels(person: Person) -> dict[str, int]:
    """Return the levels of one's skills by the folded words they may be tagged with."""
    rows = person.skills.filter(wanted=False).select_related("skill")
    return {
        word: row.level
        for row in rows.prefetch_related("skill__names")
        for word in _words_of(row.skill)
    }


def asked_lately(ids: Iterable[int], now: datetime) -> dict[int, int]:
    """Return how often each was asked in the last week, whatever came of it."""
    rows = Ask.objects.filter(helper__in=ids, at__gt=now - WEEK)
    return dict(rows.values_list("helper").annotate(count=Count("pk")))


def _left_out(question: Question) -> set[int]:
    asked = Ask.objects.filter(question=question).values_list("helper_id", flat=True)
    wrote = Answer.objects.filter(question=question).values_list("author_id", flat=True)
    found = {pk for pk in asked.union(wrote) if pk is not None} | muters_of(question)
    if (asker := question.writer) is not None:
        found |= blocked_ids(asker) | {asker.pk}
    return found
