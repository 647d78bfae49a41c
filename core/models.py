"""Tables of the kernel: the journal, who follows it, files, outgoing mail, workers, idempotency."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone


class JournalLine(models.Model):
    """What happened: who did what to which thing, when, from which face. Append-only.

    `changes` holds ids, stable keys and numbers; never bodies, names or addresses, so that
    erasing a person never rewrites the journal.
    """

    class Audience(models.TextChoices):
        PUBLIC = "public"
        PARTICIPANTS = "participants"
        STAFF = "staff"
        SYSTEM = "system"

    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=True
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    face = models.CharField(max_length=10)
    request_id = models.CharField(max_length=40, blank=True)
    verb = models.CharField(max_length=60)
    thing_kind = models.CharField(max_length=40)
    thing_id = models.BigIntegerField()
    parent_kind = models.CharField(max_length=40, blank=True)
    parent_id = models.BigIntegerField(null=True)
    audience = models.CharField(max_length=12, choices=Audience)
    changes = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["thing_kind", "thing_id", "id"], name="journal_thing"),
            models.Index(fields=["parent_kind", "parent_id", "id"], name="journal_parent"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.thing_kind}:{self.thing_id}"


class Following(models.Model):
    """One follower has followed one journal line: written with what it did, so done once."""

    line = models.ForeignKey(JournalLine, models.CASCADE, related_name="followings")
    follower = models.CharField(max_length=100)
    done_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "follower"], name="following_once"),
        ]

    def __str__(self) -> str:
        return f"{self.follower} of {self.line_id}"


class StoredFile(models.Model):
    """A file a person sent; `thing` says who may fetch it (its visible_to)."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    content = models.FileField(upload_to="stored/%Y/%m/")
    thing_kind = models.CharField(max_length=40)
    thing_id = models.BigIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["thing_kind", "thing_id"], name="file_thing")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return where who may see the thing fetches it; an image is shown with `?inline=1`."""
        return reverse("file", args=[self.key, self.name])

    @property
    def api_url(self) -> str:
        """Where a program fetches it, by its token."""
        return reverse("api-file", args=[self.key])

    @property
    def is_image(self) -> bool:
        """May be shown in a page."""
        return self.content_type.startswith("image/")


class OutgoingMail(models.Model):
    """A mail to be sent by the worker; its body is purged 24 hours after it went.

    told: of a digest, what it tells of, to be looked at again before it goes (people.digests).
    """

    message_id = models.CharField(max_length=200, unique=True)
    to = models.CharField(max_length=320)
    subject = models.CharField(max_length=300)
    raw = models.BinaryField(null=True)
    thing_kind = models.CharField(max_length=40, blank=True)
    thing_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True)
    told = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["created_at"], name="mail_unsent", condition=Q(sent_at=None)),
            models.Index(fields=["to", "created_at"], name="mail_to"),
            models.Index(
                fields=["thing_kind", "thing_id"], name="mail_failed", condition=~Q(failure="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"


class MailedFile(models.Model):
    """A file that goes along with a mail, as long as both are kept.

    name: as its reader may see it.
    """

    mail = models.ForeignKey(OutgoingMail, models.CASCADE, related_name="files")
    file = models.ForeignKey(StoredFile, models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name


class UndeliverableAddress(models.Model):
    """An address that takes no mail: a server said so for good (5.x.x). Nothing more is sent to it
    until it is proven anew; what its owner asks for to prove it (codes, resets) still is.
    """

    address = models.CharField(max_length=320, unique=True)  # lower case
    status = models.CharField(max_length=20)  # RFC 3463, such as 5.1.1
    since = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.address


class WorkerPulse(models.Model):
    """A worker that lives: which process bears this name, and when it last said so."""

    name = models.CharField(max_length=150, unique=True)  # name@host
    process = models.CharField(max_length=200)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class PeriodicRun(models.Model):
    """When a task that returns by the clock was last put into its queue."""

    task_path = models.CharField(max_length=200, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.task_path


class KeptAnswer(models.Model):
    """What a request with an idempotency key was answered, kept for 24 hours.

    No `status` means that it is running, or that its process died before the commit.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=300)
    key = models.CharField(max_length=100)
    body_hash = models.CharField(max_length=64)
    attempt = models.UUIDField(default=uuid.uuid4)
    started_at = models.DateTimeField(default=timezone.now)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "method", "path", "key"], name="kept_once"),
        ]
        indexes = [models.Index(fields=["started_at"], name="kept_started")]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.key}"


class WaitingFile(models.Model):
    """A file of a form that is shown to its writer again: kept for a day (core.waiting)."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    content = models.FileField(upload_to="waiting/%Y/%m/")
    at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return self.name


class UnsentForm(models.Model):
    """A form that a visitor sent, whose session had ended: kept for an hour (core.unsent).

    token: known to the session of that browser alone. writer: for whom the page was made that it
    was sent from; nobody else is offered it. fields: [name, value] of each as it was
    sent. files: the names of the fields that had files, which are not kept.
    """

    token = models.UUIDField(default=uuid.uuid4, unique=True)
    writer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", db_index=False
    )
    path = models.CharField(max_length=500)
    back = models.CharField(max_length=500)
    fields = models.JSONField(default=list)
    files = models.JSONField(default=list)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["at"], name="unsent_at")]

    def __str__(self) -> str:
        return f"unsent form {self.pk}"


class WrittenText(models.Model):
    """A text someone wrote: stored as written, rendered once to safe HTML (core.markup)."""

    class Format(models.TextChoices):
        COMMONMARK = "commonmark"
        HTML = "html"

    language = models.CharField(max_length=20, default="und")  # BCP 47
    source = models.TextField()
    source_format = models.CharField(max_length=12, choices=Format, default=Format.COMMONMARK)
    html = models.TextField(editable=False)
    renderer_version = models.PositiveSmallIntegerField(default=0, editable=False)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


class Visibility(models.TextChoices):
    VISIBLE = "visible"
    PENDING = "pending"
    REMOVED = "removed"
