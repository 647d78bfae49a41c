"""Queues, tickets, what is said in them, and who has them in hand."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.utils import timezone

from core.models import WrittenText
from helpdesk.numbers import number_of
from helpdesk.states import FOR_US, Side, State, WaitsFor
from people.models import GuaranteeLevelVersion, HostedSite, Membership, Organisation, Person


def staffed_by(person: Any, queue: str = "queue_id") -> Q | None:
    """Return the condition on what this person works on as an agent; None when on nothing.

    queue: the field that holds the queue's id. Grants for one organisation hold for its tickets
    alone; an agent of all queues gets an empty condition, which costs nothing.
    """
    if not person.is_authenticated:
        return None
    grants = [grant for grant in person.grants if grant.role == "agent"]
    if not grants:
        return None
    condition = Q()
    for grant in grants:
        limits = {}
        if grant.queue_id is not None:
            limits[queue] = grant.queue_id
        if grant.organisation_id is not None:
            limits["organisation_id"] = grant.organisation_id
        if not limits:
            return Q()
        condition |= Q(**limits)
    return condition


class QueueQuerySet(models.QuerySet["Queue"]):
    def visible_to(self, person: Any) -> "QueueQuerySet":
        """Return the queues a person works on; others never choose one."""
        if not person.is_authenticated:
            return self.none()
        grants = [grant for grant in person.grants if grant.role == "agent"]
        if any(grant.queue_id is None for grant in grants):
            return self
        return self.filter(pk__in=[grant.queue_id for grant in grants])


class Queue(models.Model):
    """Where tickets of one sort wait; the default one takes what nobody sorted."""

    slug = models.SlugField(max_length=40, unique=True)
    names = models.JSONField(default=dict)  # {BCP 47: name}
    is_default = models.BooleanField(default=False)

    objects = QueueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="one_default_queue"
            )
        ]

    def __str__(self) -> str:
        return self.slug

    def name(self, language: str) -> str:
        """Return the name in this language, else English, else the slug."""
        names: dict[str, str] = self.names
        return names.get(language) or names.get("en") or self.slug


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


class Ticket(models.Model):
    """A request for help.

    level_version: what was promised when it was opened; none where no level is written yet.
    first_response_due_at: when that promise falls due: minutes on the clock, for the hours of
    service come with the service calendars. turn_at: its place in the queue; counts anew each
    time the ticket comes back to us. waiting_since: since when it waits for whom it waits for.
    assignee: kept here under the row's lock with its history in Assignment, since two agents
    asking for the next ticket at once are told apart by the locked row alone.
    message_count, note_count: kept under the lock; numbers of messages come from them.
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
    first_response_due_at = models.DateTimeField(null=True)
    first_response_at = models.DateTimeField(null=True)
    message_count = models.PositiveIntegerField(default=0, editable=False)
    note_count = models.PositiveIntegerField(default=0, editable=False)

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
        ]
        indexes = [
            models.Index(fields=["waits_for", "turn_at", "id"], name="ticket_turn"),
            models.Index(fields=["queue", "waits_for", "turn_at", "id"], name="ticket_queue"),
            models.Index(fields=["assignee", "waits_for", "turn_at"], name="ticket_assignee"),
            models.Index(fields=["-last_activity_at", "-id"], name="ticket_active"),
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

    @property
    def answer_due_at(self) -> datetime | None:
        """When an answer of ours is due; None when it waits for none, or none is promised.

        After the first answer the same time counts from each return of the ticket to us.
        """
        version = self.level_version
        promised = version is not None and version.first_response_minutes is not None
        return self.turn_at if promised and self.state in FOR_US else None


class Share(models.Model):
    """A ticket shown to one more person by who opened it."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="shares")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
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


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, person: Any) -> "MessageQuerySet":
        """Return what is said in the tickets one sees; internal notes to agents alone."""
        seen = Ticket.objects.visible_to(person).filter(pk=OuterRef("ticket"))
        worked_on = Ticket.objects.staffed_by(person).filter(pk=OuterRef("ticket"))
        return self.filter(Exists(seen)).filter(Q(internal=False) | Exists(worked_on))


class Message(WrittenText):
    """What is said in a ticket; with `internal`, a note that its agents alone read.

    number: its place among the messages (or among the notes: a requester learns nothing from
    gaps) of the ticket it was written in, origin_ticket; a merge may move it, and back.
    side: on which side its author stood when writing.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="messages")
    origin_ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    author = models.ForeignKey(Person, models.PROTECT, related_name="ticket_messages")
    side = models.CharField(max_length=10, choices=Side)
    internal = models.BooleanField(default=False)
    posted_at = models.DateTimeField(default=timezone.now)

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


class Suggestion(models.Model):
    """A past answer that stood beside someone's new ticket, and how it ended.

    With a ticket: it was shown, and the ticket opened all the same. Without: "this solved it",
    counted once a person and answer.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    thing_kind = models.CharField(max_length=40)
    thing_id = models.BigIntegerField()
    ticket = models.ForeignKey(Ticket, models.CASCADE, null=True, related_name="suggestions")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "thing_kind", "thing_id"],
                condition=Q(ticket=None),
                name="suggestion_solved_once",
            ),
            models.UniqueConstraint(
                fields=["ticket", "thing_kind", "thing_id"],
                condition=Q(ticket__isnull=False),
                name="suggestion_shown_once",
            ),
        ]
        indexes = [models.Index(fields=["thing_kind", "thing_id"], name="suggestion_thing")]

    def __str__(self) -> str:
        return f"{self.thing_kind}:{self.thing_id} for {self.person_id}"
