"""Steps that several actions of the forum share."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from core import languages
from core.errors import InvalidInput, NotAllowed, WrongMoment
from core.markup import write_text
from core.models import Visibility
from core.prepared import insert, new
from forum import pseudonyms, rules
from forum.models import (
    Answer,
    Comment,
    CommentRevision,
    Guide,
    Post,
    Question,
    Revision,
    TaggedQuestion,
)
from forum.queries.changing import barriers_of
from forum.queries.page import revisions_of
from people.models import Person
from people.queries import mention_paths

LONGEST_WHY = 200


def checked_title(title: str) -> str:
    title = " ".join(title.split())
    if not 10 <= len(title) <= 200:
        raise InvalidInput.of(
            "title", "length", _("Say it in one sentence of 10 to 200 characters.")
        )
    return title


def check_open(question: Question) -> None:
    """Refuse what is said in a question that is not there for all, or is locked."""
    _check_there(question)
    check_unlocked(question.pk)


def check_takes_answers(question: Question) -> None:
    """Refuse an answer to a question that is not open, or closed."""
    _check_there(question)
    barriers = barriers_of(question.pk)
    _refuse_locked(barriers)
    if barriers.is_closed:
        raise WrongMoment(
            _("This question is closed: it takes no more answers."),
            code="closed",
            allowed=["comment"],
        )


def check_unlocked(question_id: int) -> None:
    """Refuse whoever adds to a locked question, or changes what counts in it."""
    _refuse_locked(barriers_of(question_id))


def question_id_of(post: Question | Answer | Comment) -> int:
    """Return the id of the question that a post is, or belongs to."""
    return post.pk if isinstance(post, Question) else post.question_id


def check_unlocked_to(actor: Person, question_id: int) -> None:
    """Refuse who changes what is written in a locked question; moderators may."""
    if not rules.can_curate(actor):
        check_unlocked(question_id)


def _check_there(question: Question) -> None:
    if question.visibility == Visibility.PENDING:
        raise WrongMoment(_("This question waits for a moderator’s look."), code="pending")
    if question.visibility != Visibility.VISIBLE:
        raise WrongMoment(_("This question was taken away."), code="removed")


def _refuse_locked(barriers: Any) -> None:
    if barriers.is_locked:
        raise WrongMoment(
            _("This question is locked: nothing is added or changed for now."), code="locked"
        )


def check_may_edit(actor: Person, post: Question | Answer | Comment) -> None:
    if not rules.can_edit(actor, post):
        raise NotAllowed(_("Only its author and moderators change this."))
    check_unlocked_to(actor, question_id_of(post))


def checked_why(why: str) -> str:
    why = " ".join(why.split())
    if len(why) > LONGEST_WHY:
        raise InvalidInput.of("why", "too_long", _("Say why in at most 200 characters."))
    return why


def followed_text(original: Question | Answer | Guide, from_revision: int) -> int:
    """Return which text of the original a translation made from one of them follows.

    Where words were taken out of that one meanwhile, it is the same text without them.
    """
    if not 1 <= from_revision <= original.revision:
        raise InvalidInput.of("from_revision", "invalid", _("There is no such text."))
    later = revisions_of(original).filter(number__gt=from_revision).order_by("number")
    for row in later:
        if not row.is_purge:
            break
        from_revision = row.number
    return from_revision


def language_of(actor: Person, chosen: str, *texts: str, answered: str = "") -> str:
    """Return in which language a text stands: as chosen, else as it seems to be, else as what it
    answers, else the actor's first."""
    said = "" if answered == "und" else answered
    return chosen or languages.guess("\n".join(texts)) or said or actor.spoken[0]


def write(post: Post, source: str, language: str) -> None:
    if not source.strip():
        raise InvalidInput.of("source", "required", _("Write something first."))
    write_text(post, source, language=language, mentions=mention_paths(source))


def keep_revision(post: Question | Answer, actor: Person | None, **more: object) -> None:
    """Keep a post's present text as its newest revision; more: other facts of the revision."""
    names = post.tags.values_list("name", flat=True) if isinstance(post, Question) else ()
    facts = _said_by(post, names) | more
    insert(new(Revision, author=pseudonyms.actor_on(actor, post), **facts))


def keep_imported(posts: Iterable[Question | Answer]) -> None:
    """Keep the texts of new posts that come from elsewhere as their first revisions, many at once.

    Questions stand under their tags already.
    """
    posts = list(posts)
    names: dict[int, list[str]] = {}
    asked = [post.pk for post in posts if isinstance(post, Question)]
    tagged = TaggedQuestion.objects.filter(content_object__in=asked).order_by()
    for question_id, name in tagged.values_list("content_object_id", "tag__name"):
        names.setdefault(question_id, []).append(name)
    Revision.objects.bulk_create(
        Revision(
            author_id=post.author_id,
            at=post.edited_at or post.created_at,
            **_said_by(post, names.get(post.pk, ())),
        )
        for post in posts
    )


def _said_by(post: Question | Answer, names: Iterable[str]) -> dict[str, Any]:
    """Return what a revision keeps of a post; names: of a question's tags."""
    facts = {"number": post.revision, "source": post.source, "wording": post.wording}
    if isinstance(post, Question):
        about = {"question": post, "answer": None, "title": post.title, "tags": sorted(names)}
        return {**facts, **about}
    return {**facts, "answer": post}


def keep_comment_text(comment: Comment, actor: Person | None) -> None:
    """Keep a comment's present text as its newest revision."""
    _keep_comment_text(comment, pseudonyms.actor_on(actor, comment), timezone.now())


def keep_first_text(comment: Comment) -> None:
    """Keep what a locked comment says before it changes, unless it is kept."""
    if not comment.revisions.exists():
        _keep_comment_text(comment, comment.author, comment.edited_at or comment.created_at)


def _keep_comment_text(comment: Comment, author: Person | None, at: datetime) -> None:
    CommentRevision.objects.create(
        comment=comment, number=comment.revision, source=comment.source, author=author, at=at
    )


def on_question(question: Question) -> dict[str, Any]:
    """Return how rows of low rooms point at a question."""
    return {"kind": "forum.question", "object_id": question.pk}
