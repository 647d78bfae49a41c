"""Packs for workshops: questions of a tag and language, to be opened from a disk."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from forum.models.tags import Tag
from people.models import Person
from people.rules import has_role


class PackQuerySet(models.QuerySet["Pack"]):
    def visible_to(self, person: Any) -> "PackQuerySet":
        """Return all to trainers and coordinators; others see none."""
        if has_role(person, "trainer") or has_role(person, "coordinator"):
            return self
        return self.none()


class Pack(models.Model):
    """One zip of pages; asked for, and made by the worker. Its file is a StoredFile of it.

    tag: none for all tags. questions: how many are in it.
    """

    tag = models.ForeignKey(Tag, models.CASCADE, null=True, related_name="packs")
    language = models.CharField(max_length=20)  # BCP 47
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="packs")
    asked_at = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField(null=True)
    questions = models.PositiveIntegerField(default=0)

    objects = PackQuerySet.as_manager()

    class Meta:
        constraints = [  # of what waits, one of a tag and language, also of all tags
            models.UniqueConstraint(
                fields=["tag", "language"], condition=Q(made_at=None), name="one_pack_waits"
            ),
            models.UniqueConstraint(
                fields=["language"],
                condition=Q(made_at=None, tag=None),
                name="one_whole_pack_waits",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tag.name if self.tag else '*'} ({self.language})"

    @property
    def path(self) -> str:
        return f"/packs#pack-{self.pk}"
