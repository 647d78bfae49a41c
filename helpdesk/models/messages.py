"""What is said in a ticket."""

from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from core.models import JournalLine, WrittenText
from helpdesk.models.tickets import Ticket
from helpdesk.states import Side
from people.models import Person


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, person: Any) -> "MessageQuerySet":
        """Return what is said in the tickets one sees; internal notes to agents alone."""
        seen = Ticket.objects.visible_to(person).filter(pk=OuterRef("ticket"))
        worked_on = Ticket.objects.staffed_by(person).filter(pk=OuterRef("ticket"))
        return self.filter(Exists(seen)).filter(Q(internal=False) | Exists(worked_on))

    def said_by(self, person: Any) -> "MessageQuerySet":
        """Return what is someone's own words, whoever typed them.

        It is what they wrote, and what an agent wrote down of them who opened a ticket for them:
        that is theirs, and not the agent's.
        """
        written_down = _written_down()
        of_theirs = Q(origin_ticket__in=Ticket.objects.filter(requester=person))
        return self.filter((Q(author=person) & ~written_down) | (of_theirs & written_down))

    def written_down(self) -> "MessageQuerySet":
        """Return what agents wrote down of those for whom they opened a ticket."""
        return self.filter(_written_down())

    def last_come_first(self) -> "MessageQuerySet":
        """Order by when they came into their ticket, the last one first: not always as written."""
        return self.order_by(Coalesce("moved_at", "posted_at").desc(), F("pk").desc())


def _written_down() -> Q:
    opened = JournalLine.objects.filter(
        verb="helpdesk.ticket_opened",
        thing_kind="helpdesk.ticket",
        thing_id=OuterRef("origin_ticket"),
        actor=OuterRef("author"),
        on_behalf_of=OuterRef("origin_ticket__requester"),
    )
    return Q(Exists(opened), number=1, internal=False)


class Message(WrittenText):
    """What is said in a ticket; with `internal`, a note that its agents alone read.

    number: its place among the messages (or among the notes: a requester learns nothing from
    gaps) of the ticket it was written in, origin_ticket; a merge may move it, and back.
    side: on which side its author stood when writing. moved_at: when a merge, a split or the way
    back last brought it into its ticket; None where it was always in it.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="messages")
    origin_ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    author = models.ForeignKey(Person, models.PROTECT, related_name="ticket_messages")
    side = models.CharField(max_length=10, choices=Side)
    internal = models.BooleanField(default=False)
    posted_at = models.DateTimeField(default=timezone.now)
    moved_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["origin_ticket", "internal", "number"], name="message_number_once"
            ),
            models.CheckConstraint(
                condition=Q(internal=False) | Q(side="agent"), name="notes_are_ours"
            ),
        ]

    def __str__(self) -> str:
        return f"{'note' if self.internal else 'message'} {self.number} in {self.ticket_id}"

    @property
    def anchor(self) -> str:
        """Its name on the ticket's page."""
        return f"{'note' if self.internal else 'said'}-{self.pk}"
