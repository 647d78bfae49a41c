"""Organisations, the sites hosted for people and organisations, and guarantee levels."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models.calendars import ServiceCalendar
from people.models.person import Person
from people.naming import NamedByLanguage

OF_A_YEAR = [MinValueValidator(1), MaxValueValidator(366 * 24 * 60)]


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, person: Any) -> "OrganisationQuerySet":
        """Return the organisations a person is in; integrators see all."""
        if not person.is_authenticated:
            return self.none()
        if "integrator" in person.roles:
            return self
        return self.filter(
            Exists(Membership.objects.filter(organisation=OuterRef("pk"), person=person))
        )


class Organisation(models.Model):
    """Several people who share sites and tickets."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    external_id = models.CharField(max_length=100, null=True, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = OrganisationQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        MEMBER = "member", _("member")

    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role, default=Role.MEMBER)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "organisation"], name="membership_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.organisation_id}"


class GuaranteeLevel(models.Model):
    """Free, or paid with promised times; what is promised stands in its versions."""

    slug = models.SlugField(max_length=40, unique=True)
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="one_default_level"
            )
        ]

    def __str__(self) -> str:
        return self.slug


class GuaranteeLevelVersion(NamedByLanguage):
    """What a level promises from a date on; never changed once written: the database refuses.

    Minutes are of service, in the hours of the calendar; without one, of day and night. None:
    nothing is promised, but for the next response, which is then promised as the first.
    languages: help is given in these (BCP 47); empty: in all that are spoken here.
    """

    level = models.ForeignKey(GuaranteeLevel, models.PROTECT, related_name="versions")
    since = models.DateTimeField(default=timezone.now)
    first_response_minutes = models.PositiveIntegerField(
        null=True, blank=True, validators=OF_A_YEAR
    )
    next_response_minutes = models.PositiveIntegerField(null=True, blank=True, validators=OF_A_YEAR)
    resolution_minutes = models.PositiveIntegerField(null=True, blank=True, validators=OF_A_YEAR)
    calendar = models.ForeignKey(
        ServiceCalendar, models.PROTECT, null=True, blank=True, related_name="versions"
    )
    languages = models.JSONField(default=list, blank=True)
    yearly_price_cents = models.PositiveIntegerField(default=0)
    availability_percent = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "since"], name="level_since_once")]

    def __str__(self) -> str:
        return f"{self.level} {self.since:%Y-%m-%d}"

    @property
    def unnamed(self) -> str:
        return self.level.slug


class HostedSiteQuerySet(models.QuerySet["HostedSite"]):
    def visible_to(self, person: Any) -> "HostedSiteQuerySet":
        """Return the person's own sites and their organisations'; integrators see all."""
        if not person.is_authenticated:
            return self.none()
        if "integrator" in person.roles:
            return self
        return self.owned_by(person)

    def owned_by(self, person: Person) -> "HostedSiteQuerySet":
        """Return the sites of a person and of their organisations, whatever role they hold.

        Two small lists by index, not one condition on every site there is.
        """
        joined = Membership.objects.filter(person=person).values("organisation_id")
        own = HostedSite.objects.filter(owner=person).values("pk")
        shared = HostedSite.objects.filter(organisation__in=joined).values("pk")
        return self.filter(pk__in=own.union(shared))


class HostedSite(models.Model):
    """A web site the association hosts for one person or one organisation."""

    external_id = models.CharField(max_length=100, unique=True)
    domain = models.CharField(max_length=253)
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="sites")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="sites"
    )
    level = models.ForeignKey(GuaranteeLevel, models.PROTECT, related_name="sites")
    platform = models.JSONField(default=dict)  # {"php": "8.4", "cms": "wordpress"}
    created_at = models.DateTimeField(default=timezone.now)

    objects = HostedSiteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(owner=None, organisation__isnull=False)
                | Q(owner__isnull=False, organisation=None),
                name="site_one_owner",
            )
        ]
        indexes = [models.Index(fields=["domain"], name="site_domain")]

    def __str__(self) -> str:
        return self.domain
