"""Answers, and the comments on questions and answers."""

from typing import Any, Final

from django.db import models
from django.db.models import Exists, OuterRef, Q

from core.models import StoredFile
from forum.models.posts import Post, seen_by
from forum.models.questions import ANSWERS_A_PAGE, Question

LONGEST_COMMENT: Final = 1000


class AnswerQuerySet(models.QuerySet["Answer"]):
    def visible_to(self, person: Any) -> "AnswerQuerySet":
        """Return what one may see of answers; nothing under a question one may not see."""
        parents = Question.objects.visible_to(person).filter(pk=OuterRef("question"))
        return self.filter(seen_by(person)).filter(Exists(parents))


class Answer(Post):
    """An answer. A wiki (since when) is edited by anyone active: writer_count says by how many."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="answers")
    wiki_since = models.DateTimeField(null=True, editable=False)
    writer_count = models.PositiveIntegerField(default=1, editable=False)
    # What it works on and waits to be confirmed on, kept by actions.attesting (forum.freshness).
    works_on = models.JSONField(default=list, editable=False)
    rechecks = models.JSONField(default=list, editable=False)
    fits: list[str]  # on rows of queries.question_page()
    mine: list[str]  # the same
    files: list[StoredFile]  # the same

    objects = AnswerQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["author", "-id"], name="answer_author")]

    def __str__(self) -> str:
        return f"answer {self.pk}"

    @property
    def path(self) -> str:
        return self.question.answer_path(self.pk)

    @property
    def path_here(self) -> str:
        """Where what is done to it is addressed."""
        return f"/answers/{self.pk}"

    @property
    def revisions_path(self) -> str:
        return f"{self.path_here}/revisions"

    @property
    def votes_path(self) -> str:
        return f"{self.path_here}/votes"


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, person: Any) -> "CommentQuerySet":
        """Return what one may see of comments; nothing under a post one may not see."""
        questions = Question.objects.visible_to(person).filter(pk=OuterRef("question"))
        answers = Answer.objects.visible_to(person).filter(pk=OuterRef("answer"))
        return (
            self.filter(seen_by(person))
            .filter(Exists(questions))
            .filter(Q(answer=None) | Exists(answers))
        )


class Comment(Post):
    """A remark on a question or, with `answer`, on one of its answers."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="comments")
    answer = models.ForeignKey(Answer, models.CASCADE, null=True, related_name="comments")

    can_edit: bool  # on rows of queries.question_page()
    is_own: bool  # the same

    objects = CommentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["question", "id"], name="comment_question")]

    def __str__(self) -> str:
        return f"comment {self.pk}"

    @property
    def path(self) -> str:
        """Where it is read; of one answer of many, an address that finds its page."""
        if self.answer_id and self.question.answer_count > ANSWERS_A_PAGE:
            return self.path_here
        return f"{self.question.path}#comment-{self.pk}"

    @property
    def path_here(self) -> str:
        """Where what is done to it is addressed."""
        return f"/comments/{self.pk}"

    @property
    def revisions_path(self) -> str:
        return f"{self.path_here}/revisions"
