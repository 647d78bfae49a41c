"""Who stands behind posts that bear no name."""

from django.db import models
from django.utils import timezone

from people.models import Person


class Pseudonym(models.Model):
    """Whoever asked one question without a name, and writes under it as its asker.

    Posts under it have no author, so that whatever shows authors has none to show. `person` is read
    by rules, for what is that person's alone, and by a moderator who says why. None: erased.
    """

    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="pseudonyms", editable=False
    )
    since = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"pseudonym {self.pk}"
