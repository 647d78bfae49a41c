"""Workshops: where and when, who leads, who comes; nobody is ever in two places at once."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import WrittenText
from people.models import Person, Place, Skill
from people.rules import has_role
from workshops.clock import is_zone

# Last words of a workshop's other addresses, which its slug must not be.
RESERVED = {
    "attendance",
    "cancellation",
    "closure",
    "edit",
    "publication",
    "registration",
    "registrations",
    "seats",
}


def validate_zone(name: str) -> None:
    """Refuse what is not the name of a time zone."""
    if not is_zone(name):
        raise ValidationError(_("A time zone such as Europe/Paris."), code="unknown_zone")


class Venue(models.Model):
    """A room where workshops take place, one at a time.

    zone: IANA name of the clock on its wall. access: how to get in, steps, lifts, for all to read.
    """

    name = models.CharField(max_length=100)
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="workshop_venues"
    )
    address = models.CharField(max_length=200)
    zone = models.CharField(max_length=60, validators=[validate_zone])
    access = models.TextField(max_length=1000, blank=True)
    map_url = models.URLField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "address"], name="venue_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def town(self) -> str:
        """The place, to be said after the address; empty where the address ends with it."""
        if self.place is None or _ends_with(self.address, self.place.name):
            return ""
        return str(self.place)


def _ends_with(address: str, town: str) -> bool:
    """Whether the last words of an address are the town's name, whatever their case."""
    ending = rf"(^|\W){re.escape(town)}\W*$"
    return re.search(ending, address, re.IGNORECASE) is not None


class WorkshopQuerySet(models.QuerySet["Workshop"]):
    def visible_to(self, person: Any) -> "WorkshopQuerySet":
        """Return what was published, and drafts for trainers, proposer and coordinators."""
        if not person.is_authenticated:
            return self.exclude(published_at=None)
        if has_role(person, "coordinator"):
            return self
        leads = Trainer.objects.filter(workshop=OuterRef("pk"), person=person)
        return self.filter(Q(published_at__isnull=False) | Q(proposed_by=person) | Exists(leads))

    def with_counts(self) -> "WorkshopQuerySet":
        """Add `taken` and `waiting`, the numbers of those registered and of those who wait."""
        return self.annotate(
            taken=_count_of(Registration.State.REGISTERED),
            waiting=_count_of(Registration.State.WAITING),
        )

    def running(self) -> "WorkshopQuerySet":
        """Return those published and not cancelled."""
        return self.filter(published_at__isnull=False, cancelled_at=None)


def _count_of(state: str) -> Coalesce:
    rows = Registration.objects.filter(workshop=OuterRef("pk"), state=state)
    count = rows.order_by().values("workshop").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(count), 0)


class Workshop(WrittenText):
    """A training event; its written text says what people will be able to do after it.

    zone: IANA name of the clock its sessions go by; that of the venue, where there is one.
    online_url: the room on the network, shown to who has a seat alone. starts_at, ends_at: of its
    first and last session, kept by the actions. revision: goes up with every change (SEQUENCE of
    the calendar file).
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("open")
        CANCELLED = "cancelled", _("cancelled")
        HELD = "held", _("held")

    title = models.CharField(max_length=150)
    skills = models.ManyToManyField(Skill, related_name="workshops", blank=True)
    venue = models.ForeignKey(Venue, models.PROTECT, null=True, related_name="workshops")
    online_url = models.URLField(max_length=300, blank=True)
    zone = models.CharField(max_length=60)
    seats = models.PositiveSmallIntegerField()
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=300, blank=True)
    held_at = models.DateTimeField(null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects = WorkshopQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(seats__range=(1, 1000)), name="workshop_seats"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="workshop_order"),
            models.CheckConstraint(
                condition=Q(venue__isnull=False) | ~Q(online_url=""), name="workshop_somewhere"
            ),
            models.CheckConstraint(
                condition=Q(held_at=None) | Q(cancelled_at=None, published_at__isnull=False),
                name="workshop_held",
            ),
        ]
        indexes = [
            models.Index(fields=["starts_at", "id"], name="workshop_coming"),
            models.Index(fields=["ends_at"], name="workshop_past"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def state(self) -> str:
        """The code of the state, from what happened."""
        if self.cancelled_at is not None:
            return self.State.CANCELLED
        if self.held_at is not None:
            return self.State.HELD
        return self.State.DRAFT if self.published_at is None else self.State.PUBLISHED

    @property
    def state_label(self) -> str:
        """The state in words."""
        return str(self.State(self.state).label)

    @property
    def slug(self) -> str:
        slug = slugify(self.title)[:60].strip("-") or "workshop"
        return f"{slug}-workshop" if slug in RESERVED else slug

    @property
    def path(self) -> str:
        return f"/workshops/{self.pk}/{self.slug}"

    def is_over(self, now: datetime) -> bool:
        """Whether the last session has ended."""
        return self.ends_at <= now


class Trainer(models.Model):
    """Who leads a workshop, in the order they are named."""

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="trainers")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["workshop", "person"], name="trainer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} leads {self.workshop_id}"


class WorkshopSession(models.Model):
    """One meeting of a workshop: by the clock on the wall, and the UTC moments derived from it.

    day: it starts on. ends: at or before `starts`, it is on the next day.
    """

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="sessions")
    day = models.DateField()
    starts = models.TimeField()
    ends = models.TimeField()
    zone = models.CharField(max_length=60)
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()

    class Meta:
        ordering = ["start_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(end_at__gt=F("start_at")), name="session_order"),
        ]
        indexes = [models.Index(fields=["start_at"], name="session_start")]

    def __str__(self) -> str:
        return f"{self.workshop_id} {self.day} {self.starts:%H:%M}"

    @property
    def ends_next_day(self) -> bool:
        """Goes past midnight on the clock there."""
        return self.ends <= self.starts

    @property
    def minutes(self) -> int:
        """Its length, as long as it lasts in truth (the night the clocks change included)."""
        return int((self.end_at - self.start_at).total_seconds()) // 60


class Booking(models.Model):
    """A venue or a trainer is taken for a session; the database refuses two at once.

    Drafts hold their bookings too; cancelling deletes them. Kept by the actions alone. The rule:
    on PostgreSQL an exclusion constraint (migration 0002), on SQLite triggers.py.
    """

    session = models.ForeignKey(WorkshopSession, models.CASCADE, related_name="bookings")
    venue = models.ForeignKey(Venue, models.PROTECT, null=True, related_name="bookings")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(venue=None, person__isnull=False) | Q(venue__isnull=False, person=None),
                name="booking_of_one",
            ),
            models.CheckConstraint(condition=Q(end_at__gt=F("start_at")), name="booking_order"),
        ]
        indexes = [
            models.Index(fields=["venue", "start_at"], name="booking_venue_time"),
            models.Index(fields=["person", "start_at"], name="booking_person_time"),
        ]

    def __str__(self) -> str:
        return f"{self.venue_id or self.person_id} {self.start_at}"


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def visible_to(self, person: Any) -> "RegistrationQuerySet":
        """Return one's own, and those of the workshops one leads; coordinators see all."""
        if not person.is_authenticated:
            return self.none()
        if has_role(person, "coordinator"):
            return self
        leads = Trainer.objects.filter(workshop=OuterRef("workshop"), person=person)
        return self.filter(Q(person=person) | Exists(leads))

    def in_order(self) -> "RegistrationQuerySet":
        """Return them first come first."""
        return self.order_by("registered_at", "pk")


class Registration(models.Model):
    """A person wants to come: has a seat, waits for one, or has let it go.

    access_needs: what this person needs to take part; for trainers and coordinators alone.
    """

    class State(models.TextChoices):
        REGISTERED = "registered", _("registered")
        WAITING = "waiting", _("waiting")
        CANCELLED = "cancelled", pgettext_lazy("registration", "cancelled")

    ACTIVE: Sequence[str] = (State.REGISTERED, State.WAITING)

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="registrations")
    person = models.ForeignKey(Person, models.PROTECT, related_name="registrations")
    state = models.CharField(max_length=10, choices=State)
    registered_at = models.DateTimeField(default=timezone.now)
    access_needs = models.CharField(max_length=500, blank=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "person"],
                condition=~Q(state="cancelled"),
                name="registration_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["workshop", "state", "registered_at", "id"], name="registration_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.state} {self.workshop_id}"


class Attendance(models.Model):
    """A person was there, seen by a trainer."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="attendances")
    session = models.ForeignKey(WorkshopSession, models.CASCADE, related_name="attendances")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration", "session"], name="attendance_once"),
        ]

    def __str__(self) -> str:
        return f"{self.registration_id} at {self.session_id}"
