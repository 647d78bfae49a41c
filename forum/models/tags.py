"""What questions are about: one concept a tag, with its names in every language."""

from urllib.parse import quote

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from taggit.models import TagBase

from people.models import Person


class Tag(TagBase):  # type: ignore[misc]
    """What a question is about; compared by its folded name (SQLite folds ASCII alone).

    name_plain: folded, and without accents: what is completed, and understood in a search.
    names: language → what readers of it see; descriptions: language → one paragraph, plain.
    merged_into: where its questions stand while it is merged, however many merges lie between.
    question_count: how many of its questions everyone sees, kept by forum.actions.counting.
    """

    name_folded = models.CharField(max_length=100, unique=True, editable=False)
    name_plain = models.CharField(max_length=200, db_index=True, db_default="", editable=False)
    names = models.JSONField(default=dict, blank=True)
    descriptions = models.JSONField(default=dict, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="+"
    )
    question_count = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        indexes = [models.Index(fields=["-question_count", "id"], name="tag_most_used")]

    def name_in(self, language: str) -> str:
        """Return the name readers of a language see; the tag's own where it has none there."""
        return str(self.names.get(language) or self.name)

    @property
    def path(self) -> str:
        """Its page; every word for it leads there too."""
        return f"/tags/{quote(self.name)}"

    @property
    def label(self) -> str:
        """Its name in the language of the page."""
        return self.name_in((get_language() or settings.LANGUAGE_CODE)[:2])


class TagName(models.Model):
    """A word for a tag in one language: its name there or a synonym. No word names two.

    name_plain: as a tag's. name_stem: of that in its language, so that a plural is understood.
    """

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="words")
    language = models.CharField(max_length=20)  # BCP 47
    name = models.CharField(max_length=100)
    name_folded = models.CharField(max_length=100, editable=False)
    name_plain = models.CharField(max_length=200, db_default="", editable=False)
    name_stem = models.CharField(max_length=200, db_default="", editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["language", "name_folded"], name="tag_name_once")
        ]
        indexes = [
            models.Index(fields=["name_folded"], name="tag_name_folded"),
            models.Index(fields=["name_plain"], name="tag_name_plain"),
            models.Index(fields=["name_stem"], name="tag_name_stem"),
        ]

    def __str__(self) -> str:
        return self.name


class TagMerge(models.Model):
    """A tag that became part of another: who said so, when, and what it takes to undo it.

    moved: questions that went over, by id; dropped: [question, row] where both tags stood.
    """

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="merges")
    into = models.ForeignKey(Tag, models.CASCADE, related_name="merged")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    moved = models.JSONField(default=list)
    dropped = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tag"], condition=Q(undone_at=None), name="tag_merged_once"
            ),
            models.CheckConstraint(condition=~Q(tag=F("into")), name="tag_merge_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.tag_id} into {self.into_id}"
