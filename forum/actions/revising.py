"""Keeping a new text of a post, merged with what came between."""

from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import InvalidInput, StaleRevision, locked
from core.models import Visibility
from forum import tags
from forum.actions.counting import put_under
from forum.actions.judging import record_or_hold
from forum.actions.steps import checked_title, checked_why, keep_revision, write
from forum.contents import Content
from forum.merging import Marks, MergedContent, has_marks, merge_contents
from forum.models import Answer, Post, Question, Revision
from forum.wordings import wording_after
from people.models import Person
from people.spam import Verdict

KINDS: dict[str, Any] = {"forum.question": Question.objects, "forum.answer": Answer.objects}


def locked_post(actor: Person, kind: str, object_id: int) -> Any:
    """Return a question or an answer, locked; of an answer its question too. Raises NotSeen.

    The question first, as whoever answers, comments or accepts does: two never wait for each other.
    """
    if kind not in KINDS:
        raise InvalidInput.of("kind", "invalid", "forum.question, forum.answer")
    rows = KINDS[kind].visible_to(actor)
    if kind == "forum.question":
        return locked(rows, pk=object_id)
    of = rows.filter(pk=object_id).values_list("question_id", flat=True).first()
    question = locked(Question.objects.all(), pk=of)
    answer = locked(rows.filter(question=question), pk=object_id)
    answer.question = question
    return answer


def record_edit(
    actor: Person, post: Question | Answer, looks: Verdict | None = None, **files: int
) -> None:
    """Write to the journal that a post has a new revision, or other files (attaching).

    looks: what judge_change said of it; the post is held where that looks like spam.
    """
    facts = {"revision": post.revision, **files}
    if isinstance(post, Question):
        record_or_hold(actor, post, "forum.question_edited", None, looks, **facts)
        return
    record_or_hold(actor, post, "forum.answer_edited", post.question, looks, **facts)
    if post.visibility == Visibility.VISIBLE:
        Question.objects.filter(pk=post.question_id).update(active_at=timezone.now())


def wanted_of(post: Post, title: str, source: str, tag_names: Any) -> Content:
    """Return what someone wants a post to say. Raises InvalidInput (title, source, tags)."""
    if has_marks(source, marks()) or has_marks(source, marks_of_suggestion()):
        raise InvalidInput.of(
            "source", "conflict", _("Choose between the two texts where they are marked.")
        )
    if isinstance(post, Answer):
        return Content.of("", source, ())
    names = (tag.name for tag in tags.resolve(tag_names, post.language))
    return Content.of(checked_title(title), source, names)


def content_of(post: Question | Answer) -> Content:
    """Return what a post says now."""
    if isinstance(post, Answer):
        return Content.of("", post.source, ())
    return Content.of(post.title, post.source, post.tags.names())


def revision_at(post: Question | Answer, number: int) -> Revision | None:
    return post.revisions.filter(number=number).first()


def brought_up(post: Question | Answer, wanted: Content, written_on: int) -> Content:
    """Return what a change of a locked post would make of it: what came since revision
    `written_on` is merged in where the two do not touch.

    That is what is judged, and then taken: what others took out meanwhile is not added by it.
    Raises StaleRevision (both texts and a draft of their merge).
    """
    now = content_of(post)
    if post.revision == written_on or wanted == now:
        return wanted
    merged = merged_with(post, wanted, now, written_on, marks())
    if merged is None or merged.conflicts:
        raise stale(post, merged)
    return merged.content


def take(
    post: Question | Answer,
    wanted: Content,
    *,
    author: Person,
    written_on: int,
    why: str = "",
    reverts_to: Revision | None = None,
) -> bool:
    """Make `wanted` the text of a locked post; return False when it says so already.

    written_on: the revision the writer began from; what came between is in `wanted` already
    (brought_up). Rights are not checked here. Raises InvalidInput.
    """
    why = checked_why(why)
    now = content_of(post)
    if wanted == now:
        return False
    _store(post, wanted, now, reverts_to)
    merged_from = None if written_on == post.revision - 1 else written_on
    keep_revision(
        post,
        author,
        why=why,
        written_on=merged_from,
        reverts_to=reverts_to.number if reverts_to else None,
    )
    if isinstance(post, Answer) and post.wiki_since is not None:
        post.writer_count = count_writers(post)
        post.save(update_fields=["writer_count"])
    return True


def merged_with(
    post: Question | Answer, wanted: Content, now: Content, written_on: int, lines: Marks
) -> MergedContent | None:
    """Return a change brought together with what a post says now; None without its base as it was.

    A base that words were taken out of would give them back as part of the change.
    """
    base = revision_at(post, written_on)
    if base is None or base.is_rewritten:
        return None
    return merge_contents(Content.kept(base), wanted, now, lines)


def marks() -> Marks:
    """Return the lines around a conflict of two edits, in the reader's language."""
    return Marks(
        f"<<<<<<< {_('Your text')}", f"======= {_('or')}", f">>>>>>> {_('The newer text')}"
    )


def marks_of_suggestion() -> Marks:
    """Return the lines around a conflict of a suggestion with its post."""
    return Marks(
        f"<<<<<<< {_('The suggestion')}", marks().between, f">>>>>>> {_('The present text')}"
    )


def stale(post: Question | Answer, merged: MergedContent | None = None) -> StaleRevision:
    """Return the refusal of what was written on an older text, with all it takes to go on."""
    now = content_of(post)
    draft = merged and {
        "title": merged.content.title,
        "source": merged.content.source,
        "tags": list(merged.content.tags),
    }
    return StaleRevision(
        revision=post.revision,
        source=post.source,
        newer_title=now.title,
        tags=list(now.tags),
        merged=draft,
        conflicts=merged.conflicts if merged else None,
    )


def count_writers(answer: Answer) -> int:
    """Return how many people wrote an answer's revisions."""
    writers = answer.revisions.exclude(author=None).values("author").distinct()
    return max(writers.count(), 1)


def _store(
    post: Question | Answer, new: Content, now: Content, reverts_to: Revision | None
) -> None:
    write(post, new.source, post.language)
    if isinstance(post, Question):
        post.title = checked_title(new.title)
        put_under(post, tags.resolve(new.typed, post.language))
    began = revision_at(post, post.wording)
    post.revision += 1
    post.edited_at = timezone.now()
    if reverts_to is not None:
        wording = reverts_to.wording
    else:
        began_with = Content.kept(began) if began else now
        wording = wording_after(began_with, post.wording, new, post.revision)
    if wording != post.wording:
        post.wording = wording
        post.votes_before = _votes_for_others(post, wording)
    post.save()


def _votes_for_others(post: Question | Answer, wording: int) -> int:
    """Return how many of a post's votes are not for this wording.

    Votes that came in as a bare count (of another forum) were for the first.
    """
    rows = post.votes.aggregate(all=Count("pk"), same=Count("pk", filter=Q(wording=wording)))
    unlisted = post.up + post.down - rows["all"] if wording == 1 else 0
    return max(post.up + post.down - int(rows["same"]) - unlisted, 0)
