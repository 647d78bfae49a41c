"""Who hears of a line of the forum's journal."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q

from core import things
from core.markup import find_mentions
from core.models import JournalLine, Visibility
from forum.listeners import Happening, Pointer, listeners
from forum.models import Answer, Comment, Post, Question, Tag, TaggedQuestion
from forum.queries.tags import FOLLOW, chosen
from people.models import Follow, Mute, Notice, Person
from people.queries import blocked_ids, people_called

ASKED, ANSWERED = "forum.question_asked", "forum.answer_posted"
REMARK = "forum.remark"  # an answer to it is a comment on the question; by the question's id
COMMENTED, ACCEPTED = "forum.comment_posted", "forum.answer_accepted"
EDITED = ("forum.question_edited", "forum.answer_edited", "forum.comment_edited")
GUIDE = "forum.guide"
NAMED = "forum.person_named"  # what a line means to whom its post names


def post_of(line: JournalLine) -> Any:
    """Return the post a line tells of, with its question; None when it is gone or taken away."""
    model = things.thing_of(line.thing_kind).model
    related: tuple[str, ...] = ("author", "pseudonym")
    if model is not Question:
        related += ("question__author", "question__pseudonym")
    if model is Comment:
        related += ("answer__author", "answer__pseudonym")
    rows: Any = model._default_manager.select_related(*related)
    row = rows.filter(pk=line.thing_id, visibility=Visibility.VISIBLE).first()
    return row if row is not None and is_seen(row) else None


def is_seen(post: Post) -> bool:
    """Whether a post and what it stands under are there for everyone."""
    above: list[Any] = [getattr(post, "question", None), getattr(post, "answer", None)]
    return all(one is None or one.visibility == Visibility.VISIBLE for one in (post, *above))


def question_of(post: Any) -> Question:
    """Return the question of a post."""
    found: Question = post if isinstance(post, Question) else post.question
    return found


def told_of(line: JournalLine, post: Any) -> dict[int, str]:
    """Return who hears of a line, each with the kind of people.follows by which they do.

    Three queries, however many they are. Rights are not looked at: people.actions.notify does.
    """
    question = question_of(post)
    what = Happening(
        question_id=question.pk,
        author_id=line.actor_id,
        tag_ids=_tags_about(question),
        takers=_takers(post, line.verb),
        is_new=line.verb == ASKED,
        by_author=line.verb in (ASKED, ANSWERED),
    )
    wanted = Q()
    for kind, ids in what.things().items():
        wanted |= Q(kind=kind, object_id__in=ids)
    follows = Follow.objects.filter(wanted).order_by()
    mutes = Mute.objects.filter(wanted).order_by()
    fields = ("person_id", "kind", "object_id")
    told = listeners(
        what,
        [
            Pointer(person_id, kind, object_id, stopped_at is not None)
            for person_id, kind, object_id, stopped_at in follows.values_list(*fields, "stopped_at")
        ],
        [Pointer(*row) for row in mutes.values_list(*fields)],
    )
    if line.actor_id is None and question.writer_id is not None:
        told.pop(question.writer_id, None)  # who acts without a name is who asked
    return told


def readers_of(line: JournalLine) -> list[int]:
    """Return who follows the guide that a line tells of, by id; not who muted it, or who did it."""
    silent = Q(kind=GUIDE, object_id=line.thing_id)
    silent |= Q(kind="people.person", object_id=line.actor_id)
    muted = Mute.objects.filter(silent).values("person")
    rows = Follow.objects.on(GUIDE, [line.thing_id]).current().exclude(person=line.actor_id)
    return list(rows.exclude(person__in=muted).order_by("person").values_list("person", flat=True))


def followed_tags(person: Person, question: Question) -> list[int]:
    """Return the tags that someone follows and a question stands under, also by a merge, by id."""
    tags = TaggedQuestion.objects.filter(content_object=question).values("tag_id")
    rows = chosen(FOLLOW).filter(person=person, root__in=tags)
    return list(rows.order_by("pk").values_list("object_id", flat=True))


def _tags_about(question: Question) -> list[int]:
    """Return the tags of a question and what was merged into them: who chose one of those keeps
    the row they have, so that an undone merge leaves everyone with what they chose."""
    tags = TaggedQuestion.objects.filter(content_object=question).values("tag_id")
    family = Tag.objects.filter(Q(pk__in=tags) | Q(merged_into__in=tags))
    return list(family.order_by("pk").values_list("pk", flat=True))


def _takers(post: Any, verb: str) -> set[int]:
    """Return who takes part: the asker, and whose answer is commented on or accepted."""
    question = question_of(post)
    found = {question.writer_id}
    if verb == COMMENTED and post.answer is not None:
        found.add(post.answer.writer_id)
    if verb == ACCEPTED:
        found.add(post.writer_id)
    return {pk for pk in found if pk is not None}


def named_in(line: JournalLine, post: Any) -> list[int]:
    """Return whom a post names and, of an edit, its text before did not; by id, each once a post.

    But for its writer, for who keeps away from the shown author or who edited it or is kept away,
    and for those who muted the question, the author or who edited it. Rights: see told_of.
    """
    names = set(find_mentions(post.source))
    if names and line.verb in EDITED:
        if not _has_new_text(line):
            return []
        names -= set(find_mentions(_text_before(line, post)))
    ids = {person.pk for person in people_called(names)}
    if not ids:
        return []
    away = {post.writer_id} | _silent(line, post) | _told_already(line, ids)
    # Not of a hidden asker: who blocked one alone would learn by silence that they asked.
    for person in {post.author, line.actor} - {None}:
        away |= blocked_ids(person)
    return sorted(ids - away)


def _has_new_text(line: JournalLine) -> bool:
    """Whether an edit is of the words: one of files alone tells of a text that was told of."""
    if not line.changes.keys() & {"files_added", "files_removed"}:
        return True
    of_post = {"thing_kind": line.thing_kind, "thing_id": line.thing_id, "verb__in": EDITED}
    before = JournalLine.objects.filter(pk__lt=line.pk, **of_post)
    revision = line.changes["revision"]
    return revision > 1 and not before.filter(changes__revision=revision).exists()


def _text_before(line: JournalLine, post: Any) -> str:
    earlier = post.revisions.filter(number__lt=line.changes["revision"]).order_by("-number")
    return earlier.values_list("source", flat=True).first() or ""


def _silent(line: JournalLine, post: Any) -> set[int]:
    writers = {post.author_id, line.actor_id} - {None}
    muted = Mute.objects.on("forum.question", [question_of(post).pk])
    muted |= Mute.objects.on("people.person", writers)
    return set(muted.values_list("person_id", flat=True))


def _told_already(line: JournalLine, ids: Collection[int]) -> set[int]:
    """Return whom of these a notice of another line told that this post names them."""
    of_post = {"thing_kind": line.thing_kind, "thing_id": line.thing_id}
    told = Notice.objects.filter(person__in=ids, verb=NAMED, **of_post).exclude(line=line)
    return set(told.values_list("person_id", flat=True))


def stopped(question: Question, ids: Collection[int]) -> set[int]:
    """Return who of these said that they want to hear no more of a question."""
    rows = Follow.objects.on("forum.question", [question.pk]).filter(person__in=ids)
    return set(rows.exclude(stopped_at=None).values_list("person_id", flat=True))


def subject_of_reply(post: Any, verb: str) -> tuple[str, int]:
    """Return (kind of core.replies, id) of what an answer by mail becomes.

    To a question, an answer; to an answer or what is said about it, a comment on that answer; to
    what is said about a question, a comment on that.
    """
    if isinstance(post, Answer):
        return "forum.answer", post.pk
    if isinstance(post, Comment):
        return ("forum.answer", post.answer_id) if post.answer_id else (REMARK, post.question_id)
    return "forum.question", post.pk
