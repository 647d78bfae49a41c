"""One's drafts: the list of them, and the one a form begins with."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from core.models import Visibility
from forum.models import DRAFT_KEPT, Answer, Draft, Question

Kind = Draft.Kind


@dataclass(frozen=True)
class ShownDraft:
    """A draft with what it is about, and where its form stands; no url: it is not there now."""

    draft: Draft
    title: str
    url: str

    @property
    def words(self) -> str:
        return " ".join(str(self.draft.fields.get("source", "")).split())[:200]

    @property
    def goes_at(self) -> datetime:
        """When it is thrown away, unless it is written on."""
        return self.draft.saved_at + DRAFT_KEPT


def draft_of(person: Any, kind: str, thing_id: int = 0) -> Draft | None:
    """Return what one was writing in a form, the newest; one query."""
    rows = Draft.objects.visible_to(person).filter(kind=kind, thing_id=thing_id)
    return rows.order_by("-saved_at", "-pk").first()


def own_draft(person: Any, token: UUID) -> Draft | None:
    """Return the draft of a token, if it is one's own and was not posted."""
    return Draft.objects.visible_to(person).filter(token=token).first()


def drafts_of(person: Any) -> QuerySet[Draft]:
    """Return one's drafts; to be listed newest first."""
    return Draft.objects.visible_to(person)


def shown_drafts(person: Any) -> list[ShownDraft]:
    """Return all of one's drafts, newest first, in three queries."""
    drafts = list(drafts_of(person).order_by("-saved_at", "-pk"))
    about = {row.thing_id for row in drafts if row.is_on_answer}
    answers = {
        row.pk: row
        for row in Answer.objects.visible_to(person).filter(pk__in=about).only("question_id")
    }
    ids = {row.question_id for row in answers.values()}
    ids |= {row.thing_id for row in drafts if not row.is_on_answer}
    rows = (
        Question.objects.visible_to(person)
        .filter(pk__in=ids)
        .exclude(visibility=Visibility.REMOVED)
    )
    questions = {row.pk: row for row in rows.only("title", "visibility")}
    return [_shown(draft, answers, questions) for draft in drafts]


def _shown(draft: Draft, answers: dict[int, Answer], questions: dict[int, Question]) -> ShownDraft:
    if draft.kind == Kind.QUESTION:
        title = str(draft.fields.get("title", ""))
        return ShownDraft(draft, title, f"/questions/ask?draft={draft.token}")
    question_id: int | None = draft.thing_id
    if draft.is_on_answer:
        answer = answers.get(draft.thing_id)
        question_id = answer.question_id if answer else None
    question = questions.get(question_id or 0)
    if question is None:
        return ShownDraft(draft, "", "")
    path = {
        Kind.ANSWER: f"{question.path}#answer",
        Kind.QUESTION_COMMENT: f"/questions/{question.pk}/comments",
        Kind.ANSWER_COMMENT: f"/answers/{draft.thing_id}/comments",
        Kind.QUESTION_EDIT: f"/questions/{question.pk}/edit",
        Kind.ANSWER_EDIT: f"/answers/{draft.thing_id}/edit",
    }[Kind(draft.kind)]
    return ShownDraft(draft, question.title, path)
