"""What may be split off a question."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.markup import excerpt
from forum.models import Answer, Comment, Question, Relocation


@dataclass(frozen=True)
class SplitChoice:
    """A post that may go to a new question: who wrote it, and how it begins. key: `answer-7`."""

    key: str
    post: Answer | Comment
    words: str

    @property
    def is_answer(self) -> bool:
        return isinstance(self.post, Answer)


def split_choices(question: Question) -> Sequence[SplitChoice]:
    """Return answers, without the accepted one, and comments of a question, oldest first."""
    acceptance = getattr(question, "acceptance", None)
    answers = question.answers.select_related("author").order_by("pk")
    if acceptance is not None:
        answers = answers.exclude(pk=acceptance.answer_id)
    comments = question.comments.select_related("author").order_by("pk")
    return [
        *(SplitChoice(f"answer-{row.pk}", row, excerpt(row.html, 140)) for row in answers),
        *(SplitChoice(f"comment-{row.pk}", row, excerpt(row.html, 140)) for row in comments),
    ]


@dataclass(frozen=True)
class Moves:
    """What was moved and can be taken back. merger: away from here. origin: this was split off."""

    merger: Relocation | None
    origin: Relocation | None


def moves_of(question: Question) -> Moves:
    """Return what was moved from and to a question and is in force."""
    rows = Relocation.objects.in_force().select_related("question", "into", "by")
    return Moves(
        merger=rows.filter(question=question, kind=Relocation.Kind.MERGER).first(),
        origin=rows.filter(into=question, kind=Relocation.Kind.SPLIT).first(),
    )
