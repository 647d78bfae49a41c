"""What a queue asks of its tickets beside the text: typed fields, and their values."""

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from helpdesk.models.queues import Queue
from helpdesk.models.tickets import Ticket

Value = str | Decimal | date | bool


class TicketField(models.Model):
    """A field of the tickets of one queue.

    key: its stable name for programs. labels, hints: {BCP 47: words}. choices: of kind `choice`
    alone, [{"key": stable name, "labels": {BCP 47: words}}]. required: when it must be filled: to
    open a ticket (where the requester sees it) or for an agent to solve it. retired: asked no
    more; the values given stay.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("text")
        NUMBER = "number", _("number")
        DATE = "date", _("date")
        CHOICE = "choice", _("choice")
        YES_NO = "yes_no", _("yes or no")
        URL = "url", _("web address")

    class Required(models.TextChoices):
        NEVER = "never", _("never")
        OPEN = "open", _("to open a ticket")
        SOLVE = "solve", _("to solve it")

    class ShownTo(models.TextChoices):
        REQUESTER = "requester", _("requester and agents")
        AGENTS = "agents", _("agents alone")

    queue = models.ForeignKey(Queue, models.CASCADE, related_name="fields")
    key = models.SlugField(max_length=40)
    kind = models.CharField(max_length=8, choices=Kind)
    labels = models.JSONField(default=dict)
    hints = models.JSONField(default=dict, blank=True)
    choices = models.JSONField(default=list, blank=True)
    required = models.CharField(max_length=6, choices=Required, default=Required.NEVER)
    shown_to = models.CharField(max_length=10, choices=ShownTo, default=ShownTo.AGENTS)
    position = models.PositiveSmallIntegerField(default=0)
    retired = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["queue", "key"], name="field_once"),
            models.CheckConstraint(
                condition=~Q(required="open") | Q(shown_to="requester"), name="who_opens_sees_it"
            ),
        ]
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.key

    def label(self, language: str) -> str:
        """Return what it is called in this language, else in English, else its key."""
        return _in(self.labels, language) or self.key

    def hint(self, language: str) -> str:
        """Return how to fill it, empty where nothing is said."""
        return _in(self.hints, language)

    def options(self, language: str) -> list[tuple[str, str]]:
        """Return (key, words) of what may be chosen."""
        return [(row["key"], _in(row["labels"], language) or row["key"]) for row in self.choices]


def _in(words: dict[str, str], language: str) -> str:
    return words.get(language) or words.get("en") or next(iter(words.values()), "")


class FieldValue(models.Model):
    """The value of a field on a ticket, in the column of its kind; no row: not filled."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="values_of_fields")
    field = models.ForeignKey(TicketField, models.CASCADE, related_name="+")
    text = models.CharField(max_length=500, null=True)
    number = models.DecimalField(max_digits=19, decimal_places=4, null=True)
    day = models.DateField(null=True)
    yes = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "field"], name="field_value_once"),
            models.CheckConstraint(
                condition=Q(text__isnull=False, number=None, day=None, yes=None)
                | Q(text=None, number__isnull=False, day=None, yes=None)
                | Q(text=None, number=None, day__isnull=False, yes=None)
                | Q(text=None, number=None, day=None, yes__isnull=False),
                name="one_value_of_one_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field_id} of {self.ticket_id}"

    @property
    def value(self) -> Value:
        """The value, of the type of its kind."""
        found: tuple[Value | None, ...] = (self.text, self.number, self.day, self.yes)
        return next(value for value in found if value is not None)
