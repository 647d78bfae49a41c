"""Putting a question or an answer into another language, with credit."""

from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import things
from core.confided import point_out_secrets
from core.errors import InvalidInput, NotAllowed, WrongMoment, check_revision, locked
from core.markup import write_text
from core.models import Visibility
from forum import rules
from forum.actions.drafting import spend_draft
from forum.actions.judging import judge_text, record_or_hold
from forum.actions.revising import locked_post
from forum.actions.steps import check_open, check_unlocked_to, checked_title, followed_text
from forum.models import Answer, Draft, Question, Rendition
from people.actions import publish_or_hold, remove_post
from people.models import Person
from people.queries import mention_paths
from people.rules import BY_AUTHOR

INTO: Final = {
    "forum.question": Draft.Kind.QUESTION_INTO,
    "forum.answer": Draft.Kind.ANSWER_INTO,
}


@transaction.atomic
def render_post(
    *,
    actor: Person,
    kind: str,
    object_id: int,
    language: str,
    source: str,
    from_revision: int,
    title: str = "",
    send_secrets: bool = True,
    draft: UUID | None = None,
    typed_seconds: float | None = None,
) -> Rendition:
    """Translate a question or an answer as it stood at `from_revision`; title: of a question.

    kind: `forum.question` or `forum.answer`. Where one stands already, a new one is taken once
    the post has changed since. It is `pending` when it looks like spam (people.publish_or_hold).
    send_secrets: False where the writer can be asked. draft: the token of the draft that is posted.
    typed_seconds: how long the form was there, None where there is none.
    Raises NotSeen, NotAllowed, SecretsFound, InvalidInput, WrongMoment, TooMany.
    """
    post: Question | Answer = locked_post(actor, kind, object_id)
    if not rules.can_ask(actor):
        raise NotAllowed
    question = post if isinstance(post, Question) else post.question
    check_open(question)
    if post.visibility != Visibility.VISIBLE:
        raise WrongMoment(_("This answer was taken away."), code="removed")
    _check_language(post, language)
    answer = post if isinstance(post, Answer) else None
    there = Rendition.objects.filter(
        question=question, answer=answer, language=language, visibility=Visibility.VISIBLE
    )
    if there.filter(from_revision=post.revision).exists():
        raise WrongMoment(_("There is a translation into this language already."), code="rendered")
    point_out_secrets({"title": title, "source": source}, send_secrets=send_secrets)
    row = Rendition(question=question, answer=answer, author=actor, language=language)
    row.from_revision = from_revision
    _write(row, post, title, source)
    spend_draft(actor, INTO[kind], post.pk, draft)
    row.save()
    publish_or_hold(
        actor=actor,
        row=row,
        verb="forum.rendition_written",
        parent=post,
        changes=_facts(row),
        typed_seconds=typed_seconds,
    )
    keep_rendered_in(question)
    return row


@transaction.atomic
def edit_rendition(
    *,
    actor: Person,
    rendition_id: int,
    revision: int,
    source: str,
    from_revision: int,
    title: str = "",
    send_secrets: bool = True,
    draft: UUID | None = None,
) -> Rendition:
    """Change a translation, which follows its post as it stood at `from_revision` from now on.

    What it adds is judged as a new one is: it is `pending` when that looks like spam.
    send_secrets: False where the writer can be asked. draft: the token of the draft that is posted.
    Raises NotSeen, NotAllowed, WrongMoment (locked; moderators may), StaleRevision, SecretsFound,
    InvalidInput, TooMany.
    """
    things.lock("forum.rendition", rendition_id)
    row = locked(Rendition.objects.visible_to(actor), pk=rendition_id)
    if not rules.can_edit_rendition(actor, row):
        raise NotAllowed(_("Who translated this and moderators change it."))
    check_unlocked_to(actor, row.question_id)
    check_revision(row, revision)
    point_out_secrets({"title": title, "source": source}, send_secrets=send_secrets)
    looks = judge_text(actor, row, f"{title}\n\n{source}".strip())
    row.from_revision = from_revision
    _write(row, row.post, title, source)
    spend_draft(actor, Draft.Kind.RENDITION_EDIT, row.pk, draft)
    row.revision += 1
    row.edited_at = timezone.now()
    row.save()
    if not record_or_hold(actor, row, "forum.rendition_edited", row.post, looks, **_facts(row)):
        keep_rendered_in(row.question)
    return row


@transaction.atomic
def remove_rendition(*, actor: Person, rendition_id: int) -> Rendition:
    """Take one's own translation away; moderators take away those of others (people).

    Raises NotSeen, NotAllowed, WrongMoment when it is away already.
    """
    things.lock("forum.rendition", rendition_id)
    row = locked(Rendition.objects.visible_to(actor), pk=rendition_id)
    remove_post(actor=actor, kind="forum.rendition", object_id=row.pk, rule=BY_AUTHOR)
    keep_rendered_in(row.question)
    row.refresh_from_db()
    return row


def keep_rendered_in(question: Question) -> None:
    """Keep on a question in which languages there is anything to read; in a transaction."""
    rows = Rendition.objects.filter(question=question, visibility=Visibility.VISIBLE)
    languages = sorted(set(rows.values_list("language", flat=True)))
    Question.objects.filter(pk=question.pk).update(rendered_in=" ".join(languages))


def _check_language(post: Question | Answer, language: str) -> None:
    if language not in dict(settings.SPOKEN_LANGUAGES):
        raise InvalidInput.of("language", "invalid_choice", _("Choose a language of this site."))
    if language == post.language:
        raise InvalidInput.of("language", "same", _("It is written in this language."))


def _facts(row: Rendition) -> dict[str, Any]:
    return {"language": row.language, "from": row.from_revision}


def _write(row: Rendition, post: Question | Answer, title: str, source: str) -> None:
    if not source.strip():
        raise InvalidInput.of("source", "required", _("Write something first."))
    row.from_revision = followed_text(post, row.from_revision)
    row.title = checked_title(title) if isinstance(post, Question) else ""
    write_text(row, source, language=row.language, mentions=mention_paths(source))
