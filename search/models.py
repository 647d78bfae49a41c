"""What waits to be written to the index."""

from django.db import models
from django.utils import timezone


class Pending(models.Model):
    """A thing whose search document may have changed, written with the change itself.

    Never unique: a change that comes while an older row is being indexed has a row of its own.
    """

    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["kind", "object_id"], name="pending_thing")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.object_id}"
