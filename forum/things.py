"""What the forum declares to the other rooms."""

from typing import Any

from core.things import Thing, declare
from forum.models import Answer, Comment, Question


def _author(post: Any) -> set[int]:
    return {post.author_id} if post.author_id else set()


def _export(model: Any, *facts: str) -> Any:
    def export(person: Any) -> list[dict[str, Any]]:
        rows = model.objects.filter(author=person).order_by("pk")
        return [
            {
                "id": row.pk,
                "created_at": row.created_at.isoformat(),
                **{fact: getattr(row, fact) for fact in facts},
            }
            for row in rows
        ]

    return export


def declare_all() -> None:
    """Declare the posts. Erasing a person keeps what they wrote, under "a former member"."""
    declare(
        Thing(
            kind="forum.question",
            model=Question,
            visible_to=Question.objects.visible_to,
            url=lambda row: row.path,
            label=lambda row: row.title,
            participants=lambda row: [row.author] if row.author else [],
            author_ids=_author,
            export=_export(Question, "title", "source", "language"),
        )
    )
    declare(
        Thing(
            kind="forum.answer",
            model=Answer,
            visible_to=lambda person: Answer.objects.visible_to(person).select_related("question"),
            url=lambda row: row.path,
            label=lambda row: row.question.title,
            participants=lambda row: [row.author] if row.author else [],
            author_ids=_author,
            export=_export(Answer, "question_id", "source", "language"),
        )
    )
    declare(
        Thing(
            kind="forum.comment",
            model=Comment,
            visible_to=lambda person: Comment.objects.visible_to(person).select_related("question"),
            url=lambda row: f"{row.question.path}#comment-{row.pk}",
            label=lambda row: row.question.title,
            participants=lambda row: [row.author] if row.author else [],
            author_ids=_author,
            export=_export(Comment, "question_id", "answer_id", "source"),
        )
    )
