"""Tickets, who sees them and who has them in hand."""

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db import models
from django.db.models import Case, Exists, F, Func, OuterRef, Q, Value, When
from django.db.models.functions import Now
from django.utils import timezone

from helpdesk.models.named import NamedState
from helpdesk.models.queues import Queue, staffed_by
from helpdesk.numbers import number_of
from helpdesk.states import FOR_US, State, WaitsFor
from people.models import GuaranteeLevelVersion, HostedSite, Membership, Organisation, Person


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, person: Any) -> "TicketQuerySet":
        """Return what the opener, those it is shared with, owners and agents may see."""
        if not person.is_authenticated:
            return self.none()
        staffed = staffed_by(person)
        if staffed == Q():
            return self
        shared = Share.objects.filter(ticket=OuterRef("pk"), person=person)
        owned = Membership.objects.filter(
            organisation=OuterRef("organisation"), person=person, role=Membership.Role.OWNER
        )
        seen = Q(requester=person) | Exists(shared) | Exists(owned)
        return self.filter(seen if staffed is None else seen | staffed)

    def staffed_by(self, person: Any) -> "TicketQuerySet":
        """Return the tickets a person works on as an agent of their queue."""
        staffed = staffed_by(person)
        return self.none() if staffed is None else self.filter(staffed)

    def with_end(self) -> "TicketQuerySet":
        """Add `end`: the id of the ticket in which each goes on, itself where it is not merged."""
        return self.annotate(
            end=Case(When(merged_into=None, then=F("pk")), default=EndOfMergers(F("merged_into")))
        )

    def not_set_aside(self, now: datetime) -> "TicketQuerySet":
        """Leave out those to which we said we come back later."""
        return self.filter(Q(pending_until=None) | Q(pending_until__lte=now))

    def unmasked_to(self, person: Any) -> "TicketQuerySet":
        """Return the tickets whose requester this person may know."""
        return self.filter(unmasked_to(person)) if person.is_authenticated else self.none()

    def asked_by(self, person: Any) -> "TicketQuerySet":
        """Return the tickets of one's own: opened, shared with one, of organisations one owns.

        Three small lists by index, not one condition on every ticket there is.
        """
        if not person.is_authenticated:
            return self.none()
        owned = Membership.objects.filter(person=person, role=Membership.Role.OWNER)
        mine = Ticket.objects.filter(requester=person).values("pk")
        shared = Share.objects.filter(person=person).values("ticket_id")
        of_organisations = Ticket.objects.filter(
            organisation__in=owned.values("organisation_id")
        ).values("pk")
        return self.filter(pk__in=mine.union(shared, of_organisations))


class EndOfMergers(Func):
    """The last of the tickets that were merged one into the other, from an id on."""

    # Each table by a name of its own: the column that is asked from is helpdesk_ticket's.
    template = (
        "(WITH RECURSIVE ahead(id, following) AS ("
        "SELECT begun.id, begun.merged_into_id FROM helpdesk_ticket begun"
        " WHERE begun.id = %(expressions)s"
        " UNION SELECT ticket.id, ticket.merged_into_id"
        " FROM helpdesk_ticket ticket JOIN ahead ON ticket.id = ahead.following"
        ") SELECT id FROM ahead WHERE following IS NULL)"
    )
    output_field = models.BigIntegerField()


def unmasked_to(person: Any) -> Q:
    """Return the condition on tickets whose requester someone signed in may know: of one's own
    side, as staff, or as a volunteer who looked behind the mask and may still.
    """
    staffed = staffed_by(person, paid=True)
    if staffed == Q():
        return Q()
    unmasking = Ticket._meta.apps.get_model("helpdesk", "Unmasking")
    looked = unmasking.objects.filter(ticket=OuterRef("pk"), person=person, until__gt=Now())
    known = Q(pk__in=Ticket.objects.asked_by(person).values("pk")) | Q(Exists(looked))
    return known if staffed is None else known | staffed


class Ticket(models.Model):
    """A request for help.

    level_version: what was promised when it was opened or its level was changed last, frozen; none
    where no level is written yet.
    turn_at: its place in the queue, the nearest deadline that runs. answer_due_at,
    solution_due_at: those deadlines, None while they stand still or where nothing is promised.
    These, with first_response_due_at and first_response_at, are what its clocks say, written with
    them by actions.clocks.renew_clocks alone. waiting_since: since when it waits for whom it
    waits for. pending_until: we said that we come back to it then. named_state: what this
    installation calls its state; None: as all do.
    assignee: kept here under the row's lock with its history in Assignment, since two agents
    asking for the next ticket at once are told apart by the locked row alone.
    named_address: an address of its requester's, none of theirs being proven, that they wrote from
    or an agent was told: this ticket's mails go there, and no others.
    message_count, note_count: what stands in it, kept under the lock. left_count, left_note_count:
    how much was ever moved out of it, so that a revision (queries.revision_of) never goes back.
    """

    requester = models.ForeignKey(Person, models.PROTECT, related_name="tickets")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="tickets"
    )
    site = models.ForeignKey(
        HostedSite, models.SET_NULL, null=True, blank=True, related_name="tickets"
    )
    queue = models.ForeignKey(Queue, models.PROTECT, related_name="tickets", db_index=False)
    subject = models.CharField(max_length=200)
    language = models.CharField(max_length=20)  # BCP 47
    level_version = models.ForeignKey(
        GuaranteeLevelVersion, models.PROTECT, null=True, related_name="tickets"
    )
    state = models.CharField(max_length=20, choices=State, default=State.NEW)
    # Made by the database from the state, so that queue and lists have one index to walk.
    waits_for = models.GeneratedField(
        expression=Case(
            When(state__in=[str(state) for state in FOR_US], then=Value("us")),
            When(state="waiting_requester", then=Value("them")),
            default=Value("nobody"),
        ),
        output_field=models.CharField(max_length=10, choices=WaitsFor),
        db_persist=True,
    )
    assignee = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assigned_tickets",
        db_index=False,
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )
    opened_at = models.DateTimeField(default=timezone.now)
    last_activity_at = models.DateTimeField(default=timezone.now)
    waiting_since = models.DateTimeField(default=timezone.now)
    turn_at = models.DateTimeField()
    answer_due_at = models.DateTimeField(null=True)
    solution_due_at = models.DateTimeField(null=True)
    pending_until = models.DateTimeField(null=True)
    named_state = models.ForeignKey(
        NamedState, models.PROTECT, null=True, blank=True, related_name="+"
    )
    first_response_due_at = models.DateTimeField(null=True)
    first_response_at = models.DateTimeField(null=True)
    named_address = models.ForeignKey(
        EmailAddress, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    message_count = models.PositiveIntegerField(default=0, editable=False)
    note_count = models.PositiveIntegerField(default=0, editable=False)
    left_count = models.PositiveIntegerField(default=0, editable=False)
    left_note_count = models.PositiveIntegerField(default=0, editable=False)

    objects = TicketQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into=None)),
                name="merged_into_one",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[str(state) for state in State]), name="ticket_state"
            ),
            models.CheckConstraint(
                condition=~Q(state="open") | Q(assignee__isnull=False), name="in_hand_of_someone"
            ),
            models.CheckConstraint(
                condition=Q(pending_until=None) | Q(state="waiting_us"), name="pending_is_ours"
            ),
        ]
        indexes = [
            models.Index(fields=["waits_for", "turn_at", "id"], name="ticket_turn"),
            models.Index(fields=["queue", "waits_for", "turn_at", "id"], name="ticket_queue"),
            models.Index(fields=["assignee", "waits_for", "turn_at"], name="ticket_assignee"),
            models.Index(fields=["-last_activity_at", "-id"], name="ticket_active"),
            models.Index(
                fields=["waits_for", "-last_activity_at", "-id"], name="ticket_waits_active"
            ),
            models.Index(fields=["queue", "-last_activity_at", "-id"], name="ticket_queue_active"),
            models.Index(
                fields=["language", "-last_activity_at", "-id"], name="ticket_language_active"
            ),
            models.Index(fields=["state", "-last_activity_at", "-id"], name="ticket_state_active"),
            # What nobody has in hand: "next" walks it, and never the tickets others have.
            models.Index(
                fields=["waits_for", "turn_at", "id"],
                name="ticket_next",
                condition=Q(assignee=None),
            ),
            models.Index(
                fields=["named_address"],
                condition=Q(named_address__isnull=False),
                name="ticket_named_address",
            ),
            models.Index(
                fields=["pending_until"],
                condition=Q(pending_until__isnull=False),
                name="ticket_pending",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return number_of(self.pk)

    @property
    def path(self) -> str:
        """The path of its page."""
        return f"/tickets/{self.number}"


class Share(models.Model):
    """A ticket shown to one more person, who takes part in it: by who opened it, or an agent.

    address: where they were invited by mail, lower-cased. They are then called so to who may
    invite, and by no handle: whose address it is, is not ours to tell.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="shares")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    address = models.EmailField(max_length=254, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "person"], name="share_once")]

    def __str__(self) -> str:
        return f"{self.ticket_id} with {self.person_id}"


class Assignment(models.Model):
    """Who had a ticket in hand, given by whom, from when to when. One open a ticket."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="assignments")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(ended_at=None), name="assignment_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} by {self.person_id}"
