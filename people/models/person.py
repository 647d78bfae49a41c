"""Persons, their languages, skills, places and roles."""

import json
import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.models import WrittenText
from core.prepared import Prepared, new
from people.trust import write_share

if TYPE_CHECKING:
    from people.models.sanctions import Sanction

GRANT_FIELDS = ("id", "role", "queue_id", "organisation_id", "volunteer", "since", "until")


def folded(handle: str) -> str:
    """Return a handle as it is compared.

    Python's casefold, since SQLite's lower() knows ASCII only; NFKC first, so that one look has
    one spelling.
    """
    return unicodedata.normalize("NFKC", handle).casefold()


class Place(models.Model):
    """A town, as fine as we ever know where someone is."""

    name = models.CharField(max_length=100)
    country = models.CharField(max_length=2)  # ISO 3166-1 alpha-2
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "country"], name="place_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.country})"


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, person: Any) -> "PersonQuerySet":
        """Return those with a public profile: active or suspended, erased ones without facts."""
        return self.exclude(state__in=[Person.State.STUB, Person.State.IMPORTED])

    def active(self) -> "PersonQuerySet":
        """Return those who may write now: the rule of Person.state_now, for the database."""
        from people.models.sanctions import Sanction

        over = Sanction.objects.over().filter(person=OuterRef("pk"))
        return self.filter(Q(state=Person.State.ACTIVE) | Q(Exists(over), state__in=SANCTIONED))

    def with_role(self, role: str, *, queue_id: int | None = None) -> "PersonQuerySet":
        """Return active people who hold a role now: everywhere or, if named, for this queue."""
        grants = RoleGrant.objects.current().filter(
            person=OuterRef("pk"), role=role, organisation=None
        )
        grants = grants.filter(Q(queue_id=None) | Q(queue_id=queue_id))
        return self.active().filter(Exists(grants))


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, handle: str, password: str | None = None, **fields: Any) -> "Person":
        """Create a person; without a password, one nobody can sign in with."""
        fields.setdefault("display_name", handle)
        person = self.model(handle=handle, handle_folded=folded(handle), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, handle: str, password: str, **fields: Any) -> "Person":
        """Create the first administrator."""
        return self.create_user(handle, password, is_superuser=True, **fields)

    def get_by_natural_key(self, handle: str | None) -> "Person":
        return self.get(handle_folded=folded(handle or ""))


class Person(AbstractBaseUser, PermissionsMixin):
    """Anyone with an account. Mail addresses live in allauth's EmailAddress alone."""

    class State(models.TextChoices):
        IMPORTED = "imported", _("imported")
        STUB = "stub", _("address not proven yet")  # wrote by mail, or signed up a moment ago
        ACTIVE = "active", _("active")
        SILENCED = "silenced", _("silenced")
        SUSPENDED = "suspended", _("suspended")
        ERASED = "erased", _("erased")

    handle = models.CharField(max_length=40, unique=True)
    handle_folded = models.CharField(max_length=80, unique=True, editable=False)
    display_name = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    interface_language = models.CharField(max_length=10, default="fr")
    time_zone = models.CharField(max_length=60, default=settings.TIME_ZONE)
    place = models.ForeignKey(Place, models.SET_NULL, null=True, blank=True, related_name="people")
    external_id = models.CharField(max_length=100, null=True, unique=True, editable=False)
    joined_at = models.DateTimeField(default=timezone.now)

    # Of the person who reads a page, from people.models.standing, read already.
    grant_rows: str | None = None
    unread_notices: int | None = None
    rooms_behind: int | None = None  # of chat: not muted, and with words they have not read
    trust_level: int | None = None

    objects = PersonManager.from_queryset(PersonQuerySet)()
    USERNAME_FIELD = "handle"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.display_name or self.handle

    @property
    def about(self) -> str:
        """What the person wrote about themselves; empty when nothing."""
        return self.about_text.source if hasattr(self, "about_text") else ""

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # a fact of the state, not a column
        """May sign in. A suspended person may, to read why and to appeal.

        Imported people and stubs have no password: they sign in by proving their address (a code
        or a reset by mail), and that makes them active (people.accounts).
        """
        return self.state != self.State.ERASED

    @property
    def is_staff(self) -> bool:
        """May enter the back office."""
        return self.is_superuser and self.may_act

    @property
    def may_act(self) -> bool:
        """May write: active, neither silenced nor suspended."""
        return self.state_now == self.State.ACTIVE

    @property
    def state_now(self) -> str:
        """The state as everyone sees it: a sanction is over the moment its end has passed.

        The column `state` follows when the worker writes it down (people.tasks).
        """
        if self.state not in SANCTIONED or self.sanction is None or self.sanction.until is None:
            return self.state
        return self.state if self.sanction.until > timezone.now() else self.State.ACTIVE

    @cached_property
    def sanction(self) -> "Sanction | None":
        """The sanction that was not lifted, read once a request; asked of the sanctioned alone."""
        found: Sanction | None = self.sanctions.open().order_by("pk").first()
        return found

    @property
    def is_sanctioned(self) -> bool:
        """Silenced or suspended now."""
        return self.state_now in SANCTIONED

    @property
    def write_share(self) -> float:
        """How much of the usual rate of writes is theirs (core.limits)."""
        return 1.0 if self.grants else write_share(self.level)

    @cached_property
    def level(self) -> int:
        """How far they are trusted, 0 to 4."""
        if self.trust_level is not None:
            return self.trust_level
        trust = self.trust if hasattr(self, "trust") else None
        return trust.level if trust else 0

    @cached_property
    def grants(self) -> list["RoleGrant"]:
        """The roles held now, read once a request; none for who may not act."""
        if not self.may_act:
            return []
        if self.grant_rows is None:
            return list(self.role_grants.current())
        now = timezone.now()
        read = (RoleGrant.read(self, row) for row in json.loads(self.grant_rows))
        return [grant for grant in read if grant.is_in_force(now)]

    @property
    def roles(self) -> set[str]:
        """The roles held everywhere: those for one queue or organisation are not among them."""
        return {grant.role for grant in self.grants if not grant.is_limited}

    @cached_property
    def spoken(self) -> list[str]:
        """The languages a person reads and writes, best first; never empty."""
        is_read = "languages" in getattr(self, "_prefetched_objects_cache", ())
        rows = self.languages.all() if is_read else _languages_of(self.pk)
        return [row.language for row in rows] or [self.interface_language]


SANCTIONED = (Person.State.SILENCED, Person.State.SUSPENDED)
UNPROVEN = (Person.State.IMPORTED, Person.State.STUB)  # known by an address, not signed in yet


class AboutText(WrittenText):
    """What a person says about themselves; no row for who says nothing."""

    person = models.OneToOneField(
        Person, models.CASCADE, primary_key=True, related_name="about_text"
    )

    def __str__(self) -> str:
        return f"about {self.person_id}"


class PersonLanguage(models.Model):
    """A language that a person reads and writes; position 0 is the best."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="languages")
    language = models.CharField(max_length=20)  # BCP 47
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "language"], name="person_language_once")
        ]

    def __str__(self) -> str:
        return self.language


_languages_of: Prepared[PersonLanguage] = Prepared(
    lambda person_id: PersonLanguage.objects.filter(person=person_id)
)


class Skill(models.Model):
    """What one can do or wants to learn: one vocabulary for every room."""

    slug = models.SlugField(max_length=50, unique=True)

    def __str__(self) -> str:
        return self.slug


class SkillName(models.Model):
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="names")
    language = models.CharField(max_length=20)
    name = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["skill", "language"], name="skill_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class PersonSkill(models.Model):
    """A skill a person has (level 1 to 3, 3 the best), or wants to learn."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="people")
    level = models.PositiveSmallIntegerField(default=1)
    wanted = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "skill"], name="person_skill_once"),
            models.CheckConstraint(condition=Q(level__range=(1, 3)), name="skill_level"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.skill_id}"


def _in_utc(moment: datetime | None) -> datetime | None:
    """Return a moment as an aware one: SQLite's text of it names no zone."""
    return moment.replace(tzinfo=moment.tzinfo or UTC) if moment else None


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    def current(self) -> "RoleGrantQuerySet":
        """Return the grants in force now."""
        now = timezone.now()
        return self.filter(Q(until=None) | Q(until__gt=now), since__lte=now)

    def visible_to(self, person: Any) -> "RoleGrantQuerySet":
        """Return one's own; superusers see all, coordinators those of their queue, organisation."""
        if not person.is_authenticated:
            return self.none()
        if person.is_superuser and person.may_act:
            return self
        seen = Q(person=person)
        for grant in person.grants:
            if grant.role == RoleGrant.Role.COORDINATOR:
                seen |= grant.covered()
        return self.filter(seen)


class RoleGrant(models.Model):
    """A role someone holds, since when, until when, by whom. Everyone is a member."""

    class Role(models.TextChoices):
        HELPER = "helper", _("helper")
        AGENT = "agent", _("agent")
        TRAINER = "trainer", _("trainer")
        COORDINATOR = "coordinator", _("coordinator")
        MODERATOR = "moderator", _("moderator")
        INTEGRATOR = "integrator", _("integrator")

    person = models.ForeignKey(Person, models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=12, choices=Role)
    # A queue of the help desk, which is a higher room: pointed at by number; none means all queues.
    queue_id = models.BigIntegerField(null=True, blank=True)
    organisation = models.ForeignKey(
        "people.Organisation", models.CASCADE, null=True, blank=True, related_name="role_grants"
    )
    # Help given by paid staff is their work, and stays out of the ledger of mutual aid.
    volunteer = models.BooleanField(default=True)
    granted_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["role", "person"], name="grant_role")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="grant_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role}"

    @classmethod
    def read(cls, person: Person, row: dict[str, Any]) -> "RoleGrant":
        """Return a grant of this person from what people.models.standing read."""
        for name in ("since", "until"):
            row[name] = row[name] and _in_utc(parse_datetime(row[name]))
        return new(cls, person=person, **row)

    def is_in_force(self, now: datetime) -> bool:
        """What RoleGrantQuerySet.current() asks the database."""
        return self.since <= now and (self.until is None or self.until > now)

    @property
    def is_limited(self) -> bool:
        """Holds for one queue or one organisation alone."""
        return self.queue_id is not None or self.organisation_id is not None

    def covered(self) -> Q:
        """Return the limited grants that lie within this one: what its coordinator answers for."""
        within = Q(queue_id__isnull=False) | Q(organisation_id__isnull=False)
        if self.queue_id is not None:
            within &= Q(queue_id=self.queue_id)
        if self.organisation_id is not None:
            within &= Q(organisation_id=self.organisation_id)
        return within


class Block(models.Model):
    """One person does not want to meet another; kept to themselves."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="blocks")
    blocked = models.ForeignKey(Person, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "blocked"], name="block_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.blocked_id}"
