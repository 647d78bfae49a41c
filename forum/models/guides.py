"""Guides: how-tos that several people keep up, each in several languages."""

from typing import Any, Final

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.text import slugify

from core.models import Visibility, WrittenText
from forum.models.posts import seen_by
from people.models import Person

LONGEST_GUIDE: Final = 60_000  # characters
RESERVED = frozenset({"edit", "editors", "purge", "revisions", "translate", "translations"})


class GuideQuerySet(models.QuerySet["Guide"]):
    def visible_to(self, person: Any) -> "GuideQuerySet":
        """Return what one may see of guides; no translation of one that one may not see."""
        mine = seen_by(person, is_post=False)
        originals = Guide.objects.filter(mine, pk=OuterRef("original"))
        return self.filter(mine).filter(Q(original=None) | Exists(originals))


class Guide(WrittenText):
    """A guide in one language. A translation names its original and the revision it was made from.

    Its text is Python-Markdown (core.markup.render_guide), since trusted people write it.
    """

    source_format = models.CharField(
        max_length=12, choices=[("guide", "Guide")], default="guide", editable=False
    )
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=300, blank=True)
    author = models.ForeignKey(Person, models.PROTECT, null=True, related_name="guides")
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True)
    visibility = models.CharField(
        max_length=8, choices=Visibility, default=Visibility.VISIBLE, db_index=True
    )
    original = models.ForeignKey(
        "self", models.CASCADE, null=True, editable=False, related_name="translations"
    )
    from_revision = models.PositiveIntegerField(null=True, editable=False)

    objects = GuideQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["original", "language"],
                condition=~Q(original=None),
                name="guide_translated_once",
            ),
            models.CheckConstraint(
                condition=Q(original=None, from_revision=None)
                | Q(original__isnull=False, from_revision__gte=1),
                name="guide_from_revision",
            ),
            models.CheckConstraint(
                condition=Q(original=None) | ~Q(original=F("id")), name="guide_of_another"
            ),
        ]
        indexes = [models.Index(fields=["language", "-id"], name="guide_language")]

    def __str__(self) -> str:
        return self.title

    @property
    def slug(self) -> str:
        slug = slugify(self.title, allow_unicode=True)[:80].strip("-") or "guide"
        return f"{slug}-guide" if slug in RESERVED else slug

    @property
    def path(self) -> str:
        """The canonical path of its page."""
        return f"/guides/{self.pk}/{self.slug}"

    @property
    def home_id(self) -> int:
        """The id of its original, or its own."""
        return self.original_id or self.pk

    @property
    def is_stale(self) -> bool:
        """Whether the original has changed since this translation; of a row with its original."""
        return self.original is not None and self.from_revision != self.original.revision


class GuideRevision(models.Model):
    """A guide as it stood; of a translation, with the revision of the original it followed.

    is_rewritten: words were taken out of it for good.
    """

    guide = models.ForeignKey(Guide, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=300, blank=True)
    source = models.TextField()
    from_revision = models.PositiveIntegerField(null=True)
    author = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    is_rewritten = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["guide", "number"], name="guide_revision_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="guide_revision_number"),
        ]

    def __str__(self) -> str:
        return f"revision {self.number}"


class GuideEditor(models.Model):
    """Who may edit a guide, in all its languages, though no role says so."""

    guide = models.ForeignKey(Guide, models.CASCADE, related_name="editors")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["guide", "person"], name="guide_editor_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} edits {self.guide_id}"
