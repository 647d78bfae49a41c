"""What is kept to tell spam: counts of words that moderators decided on, links seen lately.

Both are kept by digest: nobody reads a text, or where a link led, from these tables.
"""

from django.db import models
from django.utils import timezone

from people.models.person import Person


class SpamWord(models.Model):
    """In how many posts that were spam, and that were fine, a word stood; "" counts the posts."""

    digest = models.CharField(max_length=16, primary_key=True)
    spam = models.PositiveIntegerField(default=0)
    fine = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.digest}: {self.spam} of {self.spam + self.fine}"


class PostedLink(models.Model):
    """A link that stood in a post, kept for a month."""

    digest = models.CharField(max_length=16)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["digest", "at"], name="posted_link")]

    def __str__(self) -> str:
        return self.digest
