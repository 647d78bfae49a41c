"""Answering, changing an answer, commenting."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from core.confided import point_out_secrets
from core.errors import NotAllowed, locked
from core.prepared import insert, new, update
from forum import pseudonyms, rules
from forum.actions.attaching import attach
from forum.actions.changing import change
from forum.actions.commenting import check_length
from forum.actions.drafting import spend_draft
from forum.actions.revising import locked_post, wanted_of
from forum.actions.steps import (
    check_may_edit,
    check_open,
    check_takes_answers,
    keep_revision,
    language_of,
    on_question,
    write,
)
from forum.models import Answer, Comment, Draft, Lease, Post, Suggestion
from forum.queries.changing import question_to_change
from people.actions import follow_by_itself, publish_or_hold
from people.models import Person


@transaction.atomic
def answer(
    *,
    actor: Person,
    question_id: int,
    source: str,
    language: str = "",
    uploads: Sequence[Any] = (),
    send_secrets: bool = True,
    draft: UUID | None = None,
    typed_seconds: float | None = None,
) -> Answer:
    """Answer a question, in any language; return the answer, `pending` when it looks like spam.

    Whoever was on it is no more. language: left out, the one the text seems to be in, else the
    question's. uploads: files that go with it. send_secrets: False where the
    writer can be asked. draft: the token of the one that is posted. typed_seconds: how long the
    form was there, None without one.
    Raises NotSeen, NotAllowed, WrongMoment (removed, pending, closed, locked), SecretsFound,
    InvalidInput (source, attachments), TooMany.
    """
    question = question_to_change(actor, question_id)
    if not rules.can_ask(actor):
        raise NotAllowed
    check_takes_answers(question)
    point_out_secrets({"source": source}, send_secrets=send_secrets)
    row = new(Answer, question=question, **pseudonyms.byline(actor, question))
    write(row, source, language_of(actor, language, source, answered=question.language))
    insert(row)
    spend_draft(actor, Draft.Kind.ANSWER, question.pk, draft)
    if question.leased_to == actor.pk:
        Lease.objects.filter(question=question, person=actor).delete()
    keep_revision(row, actor)
    files = attach(actor, row, uploads)
    follow_by_itself(person=actor, **on_question(question), reason="answered")
    is_there = publish_or_hold(
        actor=actor,
        row=row,
        verb="forum.answer_posted",
        parent=question,
        changes=files,
        typed_seconds=typed_seconds,
    )
    if is_there:
        update(question, add={"answer_count": 1}, active_at=row.created_at)
    return row


@transaction.atomic
def edit_answer(
    *,
    actor: Person,
    answer_id: int,
    revision: int,
    source: str,
    why: str = "",
    uploads: Sequence[Any] = (),
    without: Collection[UUID] = (),
    send_secrets: bool = True,
    draft: UUID | None = None,
) -> Answer | Suggestion:
    """Change an answer, as edit_question does a question.

    Of a wiki that others wrote, a change that looks like spam becomes a suggestion, which is
    returned: nobody could hide what others wrote by it.
    Raises NotSeen, NotAllowed, WrongMoment (locked; one's suggestion waits there already),
    StaleRevision, SecretsFound, InvalidInput, TooMany.
    """
    row: Answer = locked_post(actor, "forum.answer", answer_id)
    check_may_edit(actor, row)
    point_out_secrets({"source": source, "why": why}, send_secrets=send_secrets)
    return change(
        actor,
        row,
        wanted_of(row, "", source, ()),
        revision=revision,
        why=why,
        uploads=uploads,
        without=without,
        draft=(Draft.Kind.ANSWER_EDIT, draft),
    )


@transaction.atomic
def comment(
    *,
    actor: Person,
    question_id: int,
    answer_id: int | None = None,
    source: str,
    send_secrets: bool = True,
    draft: UUID | None = None,
    typed_seconds: float | None = None,
) -> Comment:
    """Comment on a question or, with answer_id, on one of its answers; perhaps `pending` too.

    Raises NotSeen, NotAllowed, WrongMoment (removed, pending, locked), SecretsFound, InvalidInput,
    TooMany.
    """
    question = question_to_change(actor, question_id)
    parent: Post = question
    if answer_id is not None:
        parent = locked(question.answers.visible_to(actor), pk=answer_id)
    if not rules.can_ask(actor):
        raise NotAllowed
    check_open(question)
    check_length(source)
    point_out_secrets({"source": source}, send_secrets=send_secrets)
    by = pseudonyms.byline(actor, question)
    row = new(Comment, question=question, answer_id=answer_id, **by)
    write(row, source, question.language)
    insert(row)
    kind = Draft.Kind.QUESTION_COMMENT if answer_id is None else Draft.Kind.ANSWER_COMMENT
    spend_draft(actor, kind, parent.pk, draft)
    follow_by_itself(person=actor, **on_question(question), reason="commented")
    publish_or_hold(
        actor=actor,
        row=row,
        verb="forum.comment_posted",
        parent=parent,
        typed_seconds=typed_seconds,
    )
    return row
