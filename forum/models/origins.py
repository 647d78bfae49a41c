"""Where imported rows come from."""

from django.db import models


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
