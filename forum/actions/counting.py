"""How many questions that everyone sees stand under each tag, kept in step with every change.

Whoever changes what stands under tags locks them first, in the order of their ids, and after the
question whose tags or visibility change. So no two wait for each other, and none is counted twice.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from django.db import transaction
from django.db.models import Count, Q

from core.models import Visibility
from forum.models import Question, Tag, TaggedQuestion

CHUNK: Final = 1000  # tags counted and locked at once


def put_under(question: Question, tags: Iterable[Tag]) -> None:
    """Put a question, new or locked, under these tags and under no others.

    A tag that became part of another meanwhile stands for that one.
    """
    asked = {tag.pk for tag in tags}
    known, before = _lock_tags_of(question, asked)
    after = {known[pk].merged_into_id or pk for pk in asked}
    new, gone = sorted(after - before), before - after
    if gone:
        TaggedQuestion.objects.filter(content_object=question, tag__in=gone).delete()
    rows = [TaggedQuestion(tag_id=pk, content_object=question) for pk in new]
    TaggedQuestion.objects.bulk_create(rows)
    if question.visibility == Visibility.VISIBLE:
        _add(known, dict.fromkeys(new, 1) | dict.fromkeys(gone, -1))


def count_shown(question: Question, was: str) -> None:
    """Count a new or locked question under its tags, or no more; was: its visibility before."""
    change = (question.visibility == Visibility.VISIBLE) - (was == Visibility.VISIBLE)
    if change:
        known, ids = _lock_tags_of(question)
        _add(known, dict.fromkeys(ids, change))


def tag_imported(rows: Iterable[TaggedQuestion]) -> None:
    """Put new questions under their tags, many at once; some may be hidden from the start."""
    rows = list(rows)
    known = _lock(Q(pk__in={row.tag_id for row in rows}))
    TaggedQuestion.objects.bulk_create(rows)
    new = {row.content_object_id for row in rows}
    shown = Question.objects.filter(pk__in=new, visibility=Visibility.VISIBLE)
    seen = set(shown.values_list("pk", flat=True))
    _add(known, Counter(row.tag_id for row in rows if row.content_object_id in seen))


def wrong_counts(tags: Iterable[Tag]) -> dict[int, int]:
    """Return what these tags should say, by id, of those that say something else."""
    known = {tag.pk: tag for tag in tags}
    counted: dict[int, int] = {}
    for some in _chunks(known):
        seen = TaggedQuestion.objects.filter(
            tag__in=some, content_object__visibility=Visibility.VISIBLE
        )
        counted |= dict(seen.order_by().values_list("tag").annotate(Count("pk")))
    true = {pk: counted.get(pk, 0) for pk in known}
    return {pk: count for pk, count in true.items() if count != known[pk].question_count}


def recount_tags(ids: Iterable[int]) -> int:
    """Count the questions of these tags anew; return how many said something else."""
    return sum(_recount(some) for some in _chunks(ids))


@transaction.atomic
def _recount(ids: list[int]) -> int:
    known = _lock(Q(pk__in=ids))
    wrong = wrong_counts(known.values())
    _add(known, {pk: count - known[pk].question_count for pk, count in wrong.items()})
    return len(wrong)


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    """Yield the ids in order: PostgreSQL takes 65,535 parameters at most in a statement."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]


def _lock(which: Q) -> dict[int, Tag]:
    # no_key: else two that were put under the same tag would wait for each other's row here.
    rows = Tag.objects.select_for_update(no_key=True).filter(which).order_by("pk")
    return {row.pk: row for row in rows}


def _lock_tags_of(question: Question, more: Iterable[int] = ()) -> tuple[dict[int, Tag], set[int]]:
    """Lock a question's tags and `more`, with what they are part of; return them all by id, and
    which of them are the question's.

    Looked at again once they are locked: until then, a merge of tags may move it.
    """
    mine = TaggedQuestion.objects.filter(content_object=question)
    which = Q(pk__in=list(more)) | Q(pk__in=mine.values("tag"))
    while True:
        known = _lock(which)
        ids = set(mine.values_list("tag_id", flat=True))
        needed = ids | {row.merged_into_id for row in known.values()} - {None}
        if needed <= known.keys():
            return known, ids
        which = Q(pk__in=needed | known.keys())


def _add(known: Mapping[int, Tag], changes: Mapping[int, int]) -> None:
    """Add to what locked tags say; never below nothing, or whoever hides a post would be stopped
    by a count that went wrong elsewhere."""
    rows = [known[pk] for pk in changes]
    for row in rows:
        row.question_count = max(row.question_count + changes[row.pk], 0)
    Tag.objects.bulk_update(rows, ["question_count"])
