"""Questions, their tags, and what solved them."""

from typing import Any, Final

from django.apps import apps
from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.text import slugify
from taggit.managers import TaggableManager
from taggit.models import ItemBase

from core.models import StoredFile, Visibility
from core.walking import Found
from forum.models.posts import Post, seen_by
from forum.models.tags import Tag
from people.models import Person

ANSWERS_A_PAGE: Final = 30  # of a question; the rest stand on further pages
RESERVED_SLUGS = frozenset(
    {
        "acceptance",
        "answers",
        "asker",
        "closure",
        "comments",
        "curating",
        "edit",
        "lease",
        "lock",
        "merger",
        "newer",
        "purge",
        "ranking",
        "reversion",
        "revisions",
        "setup",
        "split",
        "suggest",
        "tags",
        "translate",
        "votes",
    }
)


class QuestionQuerySet(models.QuerySet["Question"]):
    def visible_to(self, person: Any) -> "QuestionQuerySet":
        return self.filter(seen_by(person))

    def with_state(self) -> "QuestionQuerySet":
        """Add `is_solved` to each row: an answer that still stands was accepted; `needs_recheck`,
        that this one waits to be confirmed; and `closed_for`, the reason it was closed for."""
        accepted = Acceptance.objects.in_force().filter(question=OuterRef("pk"))
        return self.annotate(
            is_solved=Found(accepted), needs_recheck=needs_recheck(), closed_for=closed_for()
        )

    def solved(self, is_solved: bool) -> "QuestionQuerySet":
        """Return those of which an answer that stands was accepted, or those of which none was.

        Not by the column of with_state: of NOT (x IS NOT NULL) PostgreSQL believes that hardly one
        row fulfils it, and collects all of a list before it sorts.
        """
        accepted = Found(Acceptance.objects.in_force().filter(question=OuterRef("pk")))
        return self.filter(accepted if is_solved else ~accepted)

    def open(self) -> "QuestionQuerySet":
        """Return those for all to see that take answers."""
        return self._taking_answers().filter(visibility=Visibility.VISIBLE)

    def _taking_answers(self) -> "QuestionQuerySet":
        # Not by a join: while nothing is closed, PostgreSQL then counts on finding nothing at all.
        closed, locked = (
            self.model._meta.apps.get_model("forum", name).objects.filter(question=OuterRef("pk"))
            for name in ("Closure", "Lock")
        )
        return self.filter(~Found(closed), ~Found(locked))

    def waiting(self) -> "QuestionQuerySet":
        """Return those that wait for a first answer: open, and without one."""
        return self.filter(answer_count=0).open()

    def waiting_walked(self) -> "QuestionQuerySet":
        """Return the same, looked at one by one as a list goes that another index has in order."""
        rows = self.filter(answer_count__walked=0, visibility__walked=Visibility.VISIBLE)
        return rows._taking_answers()


def closed_for(path: str = "pk") -> Subquery:
    """Return the expression for why a question was closed, as a column; path: to its id."""
    rows = apps.get_model("forum", "Closure").objects.filter(question=OuterRef(path))
    return Subquery(rows.values("reason")[:1])


def needs_recheck(path: str = "pk") -> Found:
    """Return the expression for whether the platform moved away from what solved a question, as a
    column; path: to its id."""
    accepted = Acceptance.objects.in_force().filter(question=OuterRef(path))
    return Found(accepted.exclude(answer__rechecks=[]))


class Question(Post):  # type: ignore[django-manager-missing]
    title = models.CharField(max_length=200)
    answer_count = models.PositiveIntegerField(default=0, editable=False)
    duplicate_count = models.PositiveIntegerField(default=0, editable=False)
    active_at = models.DateTimeField(default=timezone.now)
    # What it was asked on: [{"fact": "php=8.4", "label": "PHP 8.4"}], kept by actions.setups.
    facts = models.JSONField(default=list, editable=False)
    site_domain = models.CharField(max_length=253, blank=True, editable=False)  # if the asker shows

    # Languages of its renditions and of its answers', with spaces between: whether to look at all.
    rendered_in = models.CharField(max_length=60, blank=True, editable=False)
    tags = TaggableManager(through="forum.TaggedQuestion", blank=True)
    tag_rows: "list[TaggedQuestion]"  # on rows read with queries.tags_of()
    why: str  # on rows of queries.for_me_page()
    is_unread: bool  # on rows of queries.with_unread(), to who is signed in
    files: list[StoredFile]  # on rows of queries.question_page()
    objects = QuestionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["visibility", "-id"], name="question_newest"),
            # Without visibility: who is signed in sees own posts too, and an OR finds no index.
            models.Index(fields=["-active_at", "-id"], name="question_activity"),
            models.Index(fields=["language", "-id"], name="question_language"),
            models.Index(fields=["language", "-active_at", "-id"], name="question_language_active"),
            # Not on a condition: SQLite cannot tell that a parameter fulfils it.
            models.Index(fields=["answer_count", "visibility", "-id"], name="question_unanswered"),
            models.Index(fields=["author", "-id"], name="question_author"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def slug(self) -> str:
        slug = slugify(self.title, allow_unicode=True)[:80].strip("-") or "question"
        return f"{slug}-question" if slug in RESERVED_SLUGS else slug

    @property
    def solution(self) -> "Acceptance | None":
        """The acceptance in force; reads `acceptance__answer`, so join it."""
        acceptance: Acceptance | None = getattr(self, "acceptance", None)
        if acceptance is None or acceptance.answer.visibility != Visibility.VISIBLE:
            return None
        return acceptance

    @property
    def path(self) -> str:
        """The canonical path of its page."""
        return f"/questions/{self.pk}/{self.slug}"

    def page_path(self, number: int) -> str:
        """Return the path of a page of its answers, from 1."""
        return self.path if number == 1 else f"{self.path}/{number}"

    def answer_path(self, answer_id: int, query: str = "") -> str:
        """Return where an answer is read: of many, an address that finds its page.

        query: what the page is asked besides, with its `?`.
        """
        if self.answer_count > ANSWERS_A_PAGE:
            return f"/answers/{answer_id}{query}"
        return f"{self.path}{query}#answer-{answer_id}"

    @property
    def path_here(self) -> str:
        """Where what is done to it is addressed."""
        return f"/questions/{self.pk}"

    @property
    def revisions_path(self) -> str:
        return f"{self.path_here}/revisions"

    @property
    def votes_path(self) -> str:
        return f"{self.path_here}/votes"

    @property
    def places_path(self) -> str:
        """The path of the page that says why it stands where it stands."""
        return f"/questions/{self.pk}/ranking"


class TaggedQuestion(ItemBase):  # type: ignore[misc]
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="tagged")
    content_object = models.ForeignKey(Question, models.CASCADE, related_name="tagged")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tag", "content_object"], name="tagged_once")
        ]


class AcceptanceQuerySet(models.QuerySet["Acceptance"]):
    def in_force(self) -> "AcceptanceQuerySet":
        """Return those whose answer is there for all to see: what was taken away solves nothing,
        until it is given back. Question.solution says the same of a row that was read."""
        return self.filter(answer__visibility=Visibility.VISIBLE)


class Acceptance(models.Model):
    """The answer that solved a question: who said so, when. One a question."""

    question = models.OneToOneField(Question, models.CASCADE, related_name="acceptance")
    answer = models.ForeignKey("forum.Answer", models.CASCADE, related_name="acceptances")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = AcceptanceQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.answer_id} solves {self.question_id}"
