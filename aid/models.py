"""The ledger of mutual aid: claims to be confirmed, entries in double entry, whole minutes."""

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Person, Place
from people.rules import has_role

HELP, UNNAMED = "help", "unnamed"  # purposes of a claim; unnamed: who receives shows no name


class Kind(models.TextChoices):
    ANSWER = "answer", _("an answer in the forum")
    TICKET = "ticket", _("a solved ticket")
    MENTORING = "mentoring", _("a mentoring session")
    WORKSHOP = "workshop", _("a workshop")
    OTHER = "other", _("other help")


class AidClaimQuerySet(models.QuerySet["AidClaim"]):
    def visible_to(self, person: Any) -> "AidClaimQuerySet":
        """Return the claims in which a person gives or receives."""
        if not person.is_authenticated:
            return self.none()
        gives = ClaimGiver.objects.filter(claim=OuterRef("pk"), person=person)
        receives = ClaimReceiver.objects.filter(claim=OuterRef("pk"), person=person)
        return self.filter(Exists(gives) | Exists(receives))


class AidClaim(models.Model):
    """An act of help that its receivers are asked to confirm.

    minutes: the length of the act; each giver is credited all of it. source: the thing the help
    was given on, one claim for each purpose; none for help given outside.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("waiting to be confirmed")
        CONFIRMED = "confirmed", _("confirmed")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    kind = models.CharField(max_length=10, choices=Kind)
    source_kind = models.CharField(max_length=40, blank=True)
    source_id = models.BigIntegerField(null=True)
    purpose = models.CharField(max_length=20)
    minutes = models.PositiveIntegerField()
    happened_at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)
    claimed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)

    objects = AidClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source_kind", "source_id", "purpose"], name="claim_once"
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=1440), name="claim_minutes"
            ),
        ]
        indexes = [
            models.Index(fields=["claimed_at"], name="claim_pending", condition=Q(state="pending"))
        ]

    def __str__(self) -> str:
        return f"{self.minutes} min, {self.kind}"

    @property
    def hides_receivers(self) -> bool:
        """Whether who helped is not told whom: in a ticket, or where no name was shown."""
        return self.kind == Kind.TICKET or self.purpose == UNNAMED


class ClaimGiver(models.Model):
    claim = models.ForeignKey(AidClaim, models.CASCADE, related_name="givers")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["claim", "person"], name="giver_once")]

    def __str__(self) -> str:
        return f"{self.person_id} gives"


class ClaimReceiver(models.Model):
    """One who is asked to confirm; has answered when one of the two times is set."""

    claim = models.ForeignKey(AidClaim, models.CASCADE, related_name="receivers")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "person"], name="receiver_once"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(declined_at=None), name="receiver_one_answer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} receives"


class AidEntryQuerySet(models.QuerySet["AidEntry"]):
    def visible_to(self, person: Any) -> "AidEntryQuerySet":
        """Return the entries a person has a line in; coordinators see all."""
        if not person.is_authenticated:
            return self.none()
        if has_role(person, "coordinator"):
            return self
        return self.filter(Exists(AidLine.objects.filter(entry=OuterRef("pk"), person=person)))


class AidEntry(models.Model):
    """A confirmed act of help. Never changed; a mistake is undone by a reversal.

    reach says whether it crossed a border when it was posted (people move afterwards).
    """

    class Reach(models.TextChoices):
        LOCAL = "local", _("close by")
        ACROSS = "across", _("across borders")
        UNKNOWN = "unknown", _("unknown")

    claim = models.ForeignKey(AidClaim, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=Kind)
    reach = models.CharField(max_length=8, choices=Reach)
    happened_at = models.DateTimeField(db_index=True)
    posted_at = models.DateTimeField(default=timezone.now)
    posted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    reason = models.CharField(max_length=300, blank=True)

    objects = AidEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim"], condition=Q(reverses=None), name="entry_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.happened_at:%Y-%m-%d}"


class AidLine(models.Model):
    """Minutes of one person in one entry: given counts up, received counts down.

    place: where the person was then, as the map of the commons shows it.
    """

    entry = models.ForeignKey(AidEntry, models.PROTECT, related_name="lines")
    person = models.ForeignKey(Person, models.PROTECT, related_name="aid_lines")
    minutes = models.IntegerField()
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(minutes=0), name="line_not_zero")]
        indexes = [models.Index(fields=["person", "-id"], name="line_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.minutes:+d}"


class Posting(models.Model):
    """The seal of an entry, written last: refused unless its lines sum to zero, and final."""

    entry = models.OneToOneField(AidEntry, models.PROTECT, related_name="posting")

    def __str__(self) -> str:
        return f"posting of {self.entry_id}"
