"""Offers, requests, what the matcher proposed, the pairs and their sessions."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import WrittenText
from people.models import Person, Skill
from people.rules import has_role

MIDNIGHT = time(0)


def utc_of(day: date, start: time, zone: str) -> datetime:
    """Return when it is this hour on the wall clocks of a zone, in UTC.

    Of an hour that comes twice the first is meant; one that is skipped moves on by the gap (PEP
    495, fold 0).
    """
    return datetime.combine(day, start, tzinfo=ZoneInfo(zone)).astimezone(UTC)


class WeeklySlot(models.Model):
    """Hours of every week by the wall clocks of the owner's zone; an end at 00:00 is midnight."""

    weekday = models.PositiveSmallIntegerField()  # 0 is Monday
    start = models.TimeField()
    end = models.TimeField()

    class Meta:
        abstract = True
        ordering = ["weekday", "start", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="%(class)s_weekday"),
            models.CheckConstraint(
                condition=Q(end__gt=F("start")) | Q(end=MIDNIGHT), name="%(class)s_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.start:%H:%M}–{self.end:%H:%M}"


class MentorOfferQuerySet(models.QuerySet["MentorOffer"]):
    def visible_to(self, person: Any) -> "MentorOfferQuerySet":
        """Return one's own offer and those proposed to one; coordinators see all."""
        if not person.is_authenticated:
            return self.none()
        if has_role(person, "coordinator"):
            return self
        proposed = Proposal.objects.standing().filter(offer=OuterRef("pk"), request__learner=person)
        return self.filter(Q(mentor=person) | Exists(proposed))

    def with_taken(self) -> "MentorOfferQuerySet":
        """Add `taken` to each row: how many people it mentors now."""
        living = Q(mentorships__ended_at=None, mentorships__isnull=False)
        return self.annotate(taken=Count("mentorships", filter=living))


class MentorOffer(WrittenText):
    """What someone can give, to how many at a time, in which hours. One a person.

    languages: BCP 47, best first. time_zone: the slots' own, kept when the mentor moves.
    """

    mentor = models.OneToOneField(Person, models.CASCADE, related_name="mentor_offer")
    skills = models.ManyToManyField(Skill, related_name="+")
    languages = models.JSONField(default=list)
    capacity = models.PositiveSmallIntegerField(default=1)
    time_zone = models.CharField(max_length=60)
    created_at = models.DateTimeField(default=timezone.now)
    paused_at = models.DateTimeField(null=True)

    objects = MentorOfferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(capacity__range=(1, 20)), name="offer_capacity")
        ]

    def __str__(self) -> str:
        return f"offer of {self.mentor_id}"

    @property
    def path(self) -> str:
        return f"/mentoring/offers/{self.pk}"


class OfferSlot(WeeklySlot):
    offer = models.ForeignKey(MentorOffer, models.CASCADE, related_name="slots")


class MentoringRequestQuerySet(models.QuerySet["MentoringRequest"]):
    def visible_to(self, person: Any) -> "MentoringRequestQuerySet":
        """Return one's own requests and those proposed to one as a mentor; coordinators see all."""
        if not person.is_authenticated:
            return self.none()
        if has_role(person, "coordinator"):
            return self
        proposed = Proposal.objects.standing().filter(request=OuterRef("pk"), offer__mentor=person)
        return self.filter(Q(learner=person) | Exists(proposed))

    def open(self) -> "MentoringRequestQuerySet":
        return self.filter(state=MentoringRequest.State.OPEN)


class MentoringRequest(WrittenText):
    """What someone wants to learn, in which hours. One open at a time a person.

    origin: the thing it came of, such as a ticket, by (kind, id); none of a wish of one's own.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("mentoring request", "open")
        MATCHED = "matched", _("found a mentor")
        WITHDRAWN = "withdrawn", _("withdrawn")

    learner = models.ForeignKey(Person, models.CASCADE, related_name="mentoring_requests")
    skills = models.ManyToManyField(Skill, related_name="+")
    languages = models.JSONField(default=list)
    time_zone = models.CharField(max_length=60)
    created_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    origin_kind = models.CharField(max_length=40, blank=True)
    origin_id = models.BigIntegerField(null=True)

    objects = MentoringRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["learner"], condition=Q(state="open"), name="request_open_once"
            )
        ]
        indexes = [
            models.Index(fields=["id"], name="request_open", condition=Q(state="open")),
            models.Index(fields=["origin_kind", "origin_id"], name="request_origin"),
        ]

    def __str__(self) -> str:
        return f"request of {self.learner_id}"

    @property
    def path(self) -> str:
        return f"/mentoring/requests/{self.pk}"


class RequestSlot(WeeklySlot):
    request = models.ForeignKey(MentoringRequest, models.CASCADE, related_name="slots")


class MatchRunQuerySet(models.QuerySet["MatchRun"]):
    def visible_to(self, person: Any) -> "MatchRunQuerySet":
        """Return the runs, to coordinators alone."""
        return self if has_role(person, "coordinator") else self.none()


class MatchRun(models.Model):
    """One round of the matcher: asked for by whom, for all requests or one, and what it found.

    figures: numbers by stable key, and `alone`: [{"request": id, "why": key}] of who stays alone.
    """

    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    request = models.ForeignKey(MentoringRequest, models.SET_NULL, null=True, related_name="runs")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    figures = models.JSONField(default=dict)

    objects = MatchRunQuerySet.as_manager()

    def __str__(self) -> str:
        return f"run {self.pk}"

    @property
    def state(self) -> str:
        """Return "waiting", "running" or "done"."""
        if self.finished_at is not None:
            return "done"
        return "waiting" if self.started_at is None else "running"


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def visible_to(self, person: Any) -> "ProposalQuerySet":
        """Return the proposals one is a side of; coordinators see all."""
        if not person.is_authenticated:
            return self.none()
        if has_role(person, "coordinator"):
            return self
        return self.filter(Q(request__learner_id=person.pk) | Q(offer__mentor_id=person.pk))

    def waiting(self) -> "ProposalQuerySet":
        """Return those that may still be answered: they hold a place of their offer."""
        return self.filter(
            Q(accepted_by_mentor_at=None) | Q(accepted_by_learner_at=None),
            declined_at=None,
            lapsed_at=None,
            expires_at__gt=timezone.now(),
        )

    def standing(self) -> "ProposalQuerySet":
        """Return those that wait or were accepted by both."""
        agreed = Q(accepted_by_mentor_at__isnull=False, accepted_by_learner_at__isnull=False)
        return self.filter(
            agreed | Q(expires_at__gt=timezone.now()), declined_at=None, lapsed_at=None
        )


class Proposal(models.Model):
    """A pair the matcher found, until both agree or one declines.

    score: 0 to 1, 1 the best. reasons: see mentoring.matcher. lapsed_at: when it fell for another
    reason than a no: the request found its mentor elsewhere, or one side changed what was matched.
    """

    class Why(models.TextChoices):
        HOURS = "hours", _("The hours do not suit me")
        SUBJECT = "subject", _("It is not quite the subject")
        FULL = "full", _("I have no time at present")
        OTHER = "other", _("Another reason")

    request = models.ForeignKey(MentoringRequest, models.CASCADE, related_name="proposals")
    offer = models.ForeignKey(MentorOffer, models.CASCADE, related_name="proposals")
    round = models.ForeignKey(MatchRun, models.PROTECT, related_name="proposals")
    score = models.FloatField()
    reasons = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_by_mentor_at = models.DateTimeField(null=True)
    accepted_by_learner_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    declined_why = models.CharField(max_length=10, choices=Why, blank=True)
    lapsed_at = models.DateTimeField(null=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "offer"],
                condition=Q(declined_at=None, lapsed_at=None),
                name="proposal_once",
            ),
            models.CheckConstraint(condition=Q(score__range=(0, 1)), name="proposal_score"),
        ]

    def __str__(self) -> str:
        return f"proposal {self.pk}"

    @property
    def is_agreed(self) -> bool:
        return self.accepted_by_mentor_at is not None and self.accepted_by_learner_at is not None

    @property
    def state(self) -> str:
        """Return "agreed", "declined", "lapsed", "expired" or "waiting"."""
        if self.declined_at is not None:
            return "declined"
        if self.lapsed_at is not None:
            return "lapsed"
        if self.is_agreed:
            return "agreed"
        return "waiting" if self.expires_at > timezone.now() else "expired"


class MentorshipQuerySet(models.QuerySet["Mentorship"]):
    def visible_to(self, person: Any) -> "MentorshipQuerySet":
        """Return the pairs one is a side of; coordinators see all."""
        if not person.is_authenticated:
            return self.none()
        if has_role(person, "coordinator"):
            return self
        return self.of(person)

    def of(self, person: Person) -> "MentorshipQuerySet":
        """Return the pairs a person is a side of."""
        return self.filter(Q(mentor_id=person.pk) | Q(learner_id=person.pk))


class Mentorship(models.Model):
    """A pair that agreed, until one side or a coordinator ends it."""

    mentor = models.ForeignKey(Person, models.PROTECT, related_name="mentorships_given")
    learner = models.ForeignKey(Person, models.PROTECT, related_name="mentorships_received")
    offer = models.ForeignKey(MentorOffer, models.SET_NULL, null=True, related_name="mentorships")
    request = models.OneToOneField(
        MentoringRequest, models.SET_NULL, null=True, related_name="mentorship"
    )
    proposal = models.OneToOneField(Proposal, models.SET_NULL, null=True, related_name="mentorship")
    since = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    objects = MentorshipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mentor", "learner"], condition=Q(ended_at=None), name="pair_once"
            ),
            models.CheckConstraint(condition=~Q(mentor=F("learner")), name="pair_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.mentor} · {self.learner}"

    @property
    def path(self) -> str:
        return f"/mentoring/mentorships/{self.pk}"


class MentoringSessionQuerySet(models.QuerySet["MentoringSession"]):
    def visible_to(self, person: Any) -> "MentoringSessionQuerySet":
        """Return the sessions of one's own pairs: what was done in them stays between two."""
        if not person.is_authenticated:
            return self.none()
        return self.filter(Q(mentorship__mentor_id=person.pk) | Q(mentorship__learner_id=person.pk))


class MentoringSession(models.Model):
    """One meeting of a pair: planned by the clock on a wall, held once both say so.

    day, start, time_zone are what was agreed; starts_at is derived from them and refreshed when
    the rules of a zone change.
    """

    mentorship = models.ForeignKey(Mentorship, models.CASCADE, related_name="sessions")
    day = models.DateField()
    start = models.TimeField()
    time_zone = models.CharField(max_length=60)
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=300, blank=True)
    planned_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    confirmed_by_mentor_at = models.DateTimeField(null=True)
    confirmed_by_learner_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    objects = MentoringSessionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["starts_at"], name="session_starts")]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__range=(5, 480)), name="session_minutes")
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.start:%H:%M} ({self.time_zone})"

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def state(self) -> str:
        """Return "cancelled", "confirmed" (by both), "to_confirm" (by one) or "planned"."""
        if self.cancelled_at is not None:
            return "cancelled"
        confirmed = (self.confirmed_by_mentor_at, self.confirmed_by_learner_at)
        if all(confirmed):
            return "confirmed"
        return "to_confirm" if any(confirmed) else "planned"
