"""What a person is told on the page, with what it is about."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models.person import Person


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, person: Any) -> "NoticeQuerySet":
        """Return one's own."""
        return self.filter(person=person) if person.is_authenticated else self.none()

    def unread(self) -> "NoticeQuerySet":
        """Return those not read yet."""
        return self.filter(read_at=None)


class Notice(models.Model):
    """One line of one person's bell, made by a follower from one journal line.

    verb: the journal's, or what it means to this reader; the text is made when read, in the
    reader's language (people.notices). topic: the kind of people.follows by which the person
    chose how mail of it comes. waits: for the next mail of many (people.actions.digests).
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="notices")
    line = models.ForeignKey("core.JournalLine", models.CASCADE, related_name="+")
    verb = models.CharField(max_length=60)
    thing_kind = models.CharField(max_length=40)
    thing_id = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    topic = models.CharField(max_length=40, blank=True, default="")
    waits = models.BooleanField(default=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "line"], name="notice_once")]
        indexes = [
            models.Index(fields=["person", "-id"], name="notice_list"),
            models.Index(fields=["person"], name="notice_unread", condition=Q(read_at=None)),
            models.Index(fields=["person", "id"], name="notice_waits", condition=Q(waits=True)),
        ]

    def __str__(self) -> str:
        return f"{self.verb} for {self.person_id}"


class NoticeChoice(models.Model):
    """How a person wants to hear by mail of what they missed in chat; without a row, daily."""

    class Digest(models.TextChoices):
        OFF = "off", _("never")
        HOURLY = "hourly", _("every hour")
        DAILY = "daily", _("every morning")

    person = models.OneToOneField(
        Person, models.CASCADE, primary_key=True, related_name="notice_choice"
    )
    digest = models.CharField(max_length=6, choices=Digest, default=Digest.DAILY)

    def __str__(self) -> str:
        return f"{self.person_id}: {self.digest}"
