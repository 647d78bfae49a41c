"""Answering and commenting by mail: what comes to the signed address of a notice."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from core.confided import point_out_secrets
from core.errors import InvalidInput, NotSeen, seen
from core.files import checked, files_of
from core.models import Visibility
from forum import pseudonyms
from forum.actions.answering import answer, comment
from forum.actions.attaching import FIELD
from forum.models import Answer, Comment, Post, Question, written_by
from people.models import Person

SAME_WITHIN = timedelta(days=1)
SPOKEN = dict(settings.SPOKEN_LANGUAGES)


def receive_answer(
    *,
    actor: Person,
    object_id: int,
    source: str,
    language: str,
    uploads: Sequence[Any],
    mail_id: str,
) -> Post:
    """Post what was mailed as an answer to a question, with its files.

    Not with those of who asked under a pseudonym: what a mail program adds to a mail, such as the
    picture of a signature, would tell who that is before anyone looks. The same text again within a
    day, with the same files, is the same answer.
    Raises NotSeen, NotAllowed, WrongMoment, InvalidInput, SecretsFound.
    """
    question = seen(Question.objects.visible_to(actor), pk=object_id)
    if uploads and pseudonyms.is_hidden(actor, question):
        detail = _("Files of a mail could tell who you are: add them on the page of the question.")
        raise InvalidInput.of(FIELD, "names_you", detail)
    said = Answer.objects.filter(question=question)
    return _once(
        said,
        actor,
        source,
        lambda: answer(
            actor=actor,
            question_id=object_id,
            source=source,
            language=language if language in SPOKEN else question.language,
            uploads=uploads,
        ),
        uploads,
    )


def receive_comment(
    *,
    actor: Person,
    object_id: int,
    source: str,
    language: str,
    uploads: Sequence[Any],
    mail_id: str,
) -> Post:
    """Post what was mailed as a comment on an answer; else as receive_answer."""
    row = seen(Answer.objects.visible_to(actor), pk=object_id)
    if row.visibility != Visibility.VISIBLE:
        raise NotSeen
    return _once(
        Comment.objects.filter(answer=row),
        actor,
        source,
        lambda: comment(actor=actor, question_id=row.question_id, answer_id=row.pk, source=source),
    )


def receive_remark(
    *,
    actor: Person,
    object_id: int,
    source: str,
    language: str,
    uploads: Sequence[Any],
    mail_id: str,
) -> Post:
    """Post what was mailed as a comment on a question; else as receive_answer."""
    return _once(
        Comment.objects.filter(question=object_id, answer=None),
        actor,
        source,
        lambda: comment(actor=actor, question_id=object_id, source=source),
    )


def _once(
    said: Any, actor: Person, source: str, post: Callable[[], Post], uploads: Sequence[Any] = ()
) -> Post:
    """Return what was posted in these words and with these files lately, else what is now."""
    since = timezone.now() - SAME_WITHIN
    mine = said.filter(written_by(actor))
    found: list[Post] = list(mine.filter(source=source, created_at__gt=since).order_by("pk"))
    hashes = _hashes(uploads) if found else []
    for same in found:
        if sorted(file.sha256 for file in files_of(same)) == hashes:
            return same
    point_out_secrets({"source": source}, send_secrets=False)
    return post()


def _hashes(uploads: Sequence[Any]) -> list[str]:
    """Return what the files will be known by once they are kept. Raises InvalidInput."""
    clean, errors = checked(uploads, FIELD)
    if errors:
        raise InvalidInput(errors=errors)
    return sorted(file.sha256 for file in clean)
