"""Questions, answers, comments, votes, revisions and tags."""

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from taggit.models import ItemBase, TagBase

from core.models import Visibility, WrittenText
from people.models import Person
from people.rules import has_role

RESERVED_SLUGS = frozenset({"acceptance", "answers", "comments", "edit", "revisions", "votes"})


class Tag(TagBase):  # type: ignore[misc]
    """What a question is about; compared by its folded name (SQLite folds ASCII alone)."""

    name_folded = models.CharField(max_length=100, unique=True, editable=False)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")


class Post(WrittenText):
    """What questions, answers and comments have in common.

    `up` and `down` are kept under the row's lock by the action that votes.
    """

    author = models.ForeignKey(Person, models.PROTECT, null=True, related_name="%(class)ss")
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True)
    up = models.PositiveIntegerField(default=0, editable=False)
    down = models.PositiveIntegerField(default=0, editable=False)
    visibility = models.CharField(
        max_length=8, choices=Visibility, default=Visibility.VISIBLE, db_index=True
    )

    class Meta:
        abstract = True

    @property
    def score(self) -> int:
        return self.up - self.down


def seen_by(person: Any) -> Q:
    """Return the condition on a post's own visibility: visible, or one's own, or to moderators."""
    if not person.is_authenticated:
        return Q(visibility=Visibility.VISIBLE)
    if has_role(person, "moderator"):
        return Q()
    return Q(visibility=Visibility.VISIBLE) | Q(author=person)


class QuestionQuerySet(models.QuerySet["Question"]):
    def visible_to(self, person: Any) -> "QuestionQuerySet":
        return self.filter(seen_by(person))

    def with_state(self) -> "QuestionQuerySet":
        """Add `is_solved` to each row: an answer that still stands was accepted."""
        accepted = Acceptance.objects.filter(
            question=OuterRef("pk"), answer__visibility=Visibility.VISIBLE
        )
        return self.annotate(is_solved=Exists(accepted))


class Question(Post):  # type: ignore[django-manager-missing]
    title = models.CharField(max_length=200)
    answer_count = models.PositiveIntegerField(default=0, editable=False)
    active_at = models.DateTimeField(default=timezone.now)

    tags = TaggableManager(through="forum.TaggedQuestion", blank=True)
    tag_rows: "list[TaggedQuestion]"  # on rows read with queries.tags_of()
    objects = QuestionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["visibility", "-id"], name="question_newest"),
            # Without visibility: who is signed in sees own posts too, and an OR finds no index.
            models.Index(fields=["-active_at", "-id"], name="question_activity"),
            models.Index(fields=["language", "-id"], name="question_language"),
            models.Index(
                fields=["-id"],
                name="question_unanswered",
                condition=Q(answer_count=0, visibility="visible"),
            ),
            models.Index(fields=["author", "-id"], name="question_author"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def slug(self) -> str:
        slug = slugify(self.title, allow_unicode=True)[:80].strip("-") or "question"
        return f"{slug}-question" if slug in RESERVED_SLUGS else slug

    @property
    def path(self) -> str:
        """The canonical path of its page."""
        return f"/questions/{self.pk}/{self.slug}"

    @property
    def votes_path(self) -> str:
        return f"/questions/{self.pk}/votes"


class TaggedQuestion(ItemBase):  # type: ignore[misc]
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="tagged")
    content_object = models.ForeignKey(Question, models.CASCADE, related_name="tagged")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tag", "content_object"], name="tagged_once")
        ]


class AnswerQuerySet(models.QuerySet["Answer"]):
    def visible_to(self, person: Any) -> "AnswerQuerySet":
        """Return what one may see of answers; nothing under a question one may not see."""
        parents = Question.objects.visible_to(person).filter(pk=OuterRef("question"))
        return self.filter(seen_by(person)).filter(Exists(parents))


class Answer(Post):
    question = models.ForeignKey(Question, models.CASCADE, related_name="answers")

    objects = AnswerQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["author", "-id"], name="answer_author")]

    def __str__(self) -> str:
        return f"answer {self.pk}"

    @property
    def path(self) -> str:
        return f"{self.question.path}#answer-{self.pk}"

    @property
    def votes_path(self) -> str:
        return f"/answers/{self.pk}/votes"


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

    objects = CommentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["question", "id"], name="comment_question")]

    def __str__(self) -> str:
        return f"comment {self.pk}"


class Acceptance(models.Model):
    """The answer that solved a question: who said so, when. One a question."""

    question = models.OneToOneField(Question, models.CASCADE, related_name="acceptance")
    answer = models.ForeignKey(Answer, models.CASCADE, related_name="acceptances")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.answer_id} solves {self.question_id}"


class Vote(models.Model):
    """ "This helps" (1) or "this does not" (-1), one a person and post."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="votes")
    question = models.ForeignKey(Question, models.CASCADE, null=True, related_name="votes")
    answer = models.ForeignKey(Answer, models.CASCADE, null=True, related_name="votes")
    value = models.SmallIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(question=None, answer__isnull=False)
                | Q(question__isnull=False, answer=None),
                name="vote_one_post",
            ),
            models.CheckConstraint(condition=Q(value__in=(-1, 1)), name="vote_value"),
            models.UniqueConstraint(
                fields=["person", "question"],
                condition=~Q(question=None),
                name="vote_question_once",
            ),
            models.UniqueConstraint(
                fields=["person", "answer"], condition=~Q(answer=None), name="vote_answer_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value:+d}"


class Revision(models.Model):
    """A text as it stood: number 1 is the first; the post carries the newest."""

    question = models.ForeignKey(Question, models.CASCADE, null=True, related_name="revisions")
    answer = models.ForeignKey(Answer, models.CASCADE, null=True, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200, blank=True)
    source = models.TextField()
    tags = models.JSONField(default=list)
    author = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["question", "number"],
                condition=~Q(question=None),
                name="revision_question_once",
            ),
            models.UniqueConstraint(
                fields=["answer", "number"], condition=~Q(answer=None), name="revision_answer_once"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="revision_number"),
        ]

    def __str__(self) -> str:
        return f"revision {self.number}"


class ExternalId(models.Model):
    """Where an imported row comes from: two dumps never collide, the same one never doubles."""

    source = models.CharField(max_length=100)
    kind = models.CharField(max_length=10)  # user, question, answer, comment, vote
    external_id = models.BigIntegerField()
    object_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "external_id"], name="external_once")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.kind} {self.external_id}"
