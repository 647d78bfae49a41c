"""Forty people, their skills, organisations, levels and sites."""

from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from core.markup import write_text
from frontend.demo.reading import DATA, loaded_at, read
from people.actions import close_days
from people.holidays import holidays_in
from people.models import (
    AboutText,
    GuaranteeLevel,
    GuaranteeLevelVersion,
    HostedSite,
    Membership,
    Organisation,
    Person,
    PersonLanguage,
    PersonSkill,
    Place,
    RoleGrant,
    ServiceCalendar,
    Skill,
    SkillName,
)
from people.models.person import folded

PASSWORD = "entraide"  # noqa: S105  (of the demo alone, printed at the start)
STAFF = ("nadia", "hugo-lemaire")  # paid: their help is not in the ledger
SINCE = datetime(2024, 1, 1, tzinfo=UTC)  # the levels hold
DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
People = dict[str, Person]


def load_skills() -> dict[str, Skill]:
    """Create the vocabulary."""
    skills = {}
    for row in read("skills"):
        skill = skills[row["slug"]] = Skill.objects.create(slug=row["slug"])
        SkillName.objects.bulk_create(
            [
                SkillName(skill=skill, language=code, name=name)
                for code, name in row["names"].items()
            ]
        )
    return skills


def load_people(skills: dict[str, Skill]) -> People:
    """Create the people, each with the same password and a proven address."""
    password = make_password(PASSWORD)
    people = {row["handle"]: _person(row, password) for row in read("people")}
    for row in read("people"):
        person = people[row["handle"]]
        PersonLanguage.objects.bulk_create(
            [
                PersonLanguage(person=person, language=code, position=position)
                for position, code in enumerate(row["languages"])
            ]
        )
        has = [(entry["skill"], entry["level"], False) for entry in row["skills"]]
        wants = [(slug, 1, True) for slug in row["wants"]]
        PersonSkill.objects.bulk_create(
            [
                PersonSkill(person=person, skill=skills[slug], level=level, wanted=wanted)
                for slug, level, wanted in has + wants
            ]
        )
        RoleGrant.objects.bulk_create(
            [
                RoleGrant(
                    person=person,
                    role=role,
                    volunteer=person.handle not in STAFF,
                    since=person.joined_at,
                )
                for role in row["roles"]
            ]
        )
    return people


def accounts() -> list[tuple[str, str]]:
    """Return the role and address of one person of each role, a member without any first."""
    rows = read("people")
    roles: list[tuple[str, list[str]]] = [("member", [])]
    roles += [(role, [role]) for role in RoleGrant.Role.values]
    return [
        (name, next(row["email"] for row in rows if row["roles"] == only)) for name, only in roles
    ]


def _person(row: dict[str, Any], password: str) -> Person:
    place = None
    if row.get("place"):
        facts = dict(row["place"])
        place, _new = Place.objects.get_or_create(
            name=facts.pop("name"), country=facts.pop("country"), defaults=facts
        )
    person = Person.objects.create(
        handle=row["handle"],
        handle_folded=folded(row["handle"]),
        display_name=row["name"],
        interface_language=row["interface_language"],
        time_zone=row["time_zone"],
        place=place,
        password=password,
        joined_at=min(datetime(row["since"], 3, 14, 9, tzinfo=UTC), loaded_at()),
    )
    EmailAddress.objects.create(user=person, email=row["email"], verified=True, primary=True)
    about = AboutText(person=person)
    write_text(about, row["about"], language="und")
    about.save()
    return person


def load_levels() -> dict[str, GuaranteeLevel]:
    """Create the guarantee levels with their first versions."""
    levels = {}
    for row in read("levels"):
        level = GuaranteeLevel.objects.create(
            slug=row["slug"], is_default=row.get("default", False)
        )
        GuaranteeLevelVersion.objects.create(
            level=level,
            since=SINCE,
            calendar=_calendar(row["calendar"]),
            next_response_minutes=row.get("next_response_minutes"),
            languages=row.get("languages", []),
            names=row["names"],
            first_response_minutes=row["first_response_minutes"],
            resolution_minutes=row["resolution_minutes"],
            yearly_price_cents=row["yearly_price_cents"],
            availability_percent=row["availability_percent"],
        )
        levels[row["slug"]] = level
    return levels


def _calendar(text: str) -> ServiceCalendar:
    """Return the calendar that a text such as "Mo-Fr 09:00-18:00 Europe/Paris" tells of."""
    days, hours, zone = text.split()
    first, last = (DAYS.index(day) for day in days.split("-"))
    week = [[hours.split("-")] if first <= day <= last else [] for day in range(len(DAYS))]
    slug = f"{days}-{hours}".lower().replace(":00", "")
    calendar, is_new = ServiceCalendar.objects.get_or_create(
        slug=slug, defaults={"names": {"en": f"{days} {hours}"}, "zone": zone, "week": week}
    )
    if is_new:
        file = (DATA / "holidays.ics").read_bytes()
        feasts = holidays_in(file, SINCE.date(), SINCE.date() + timedelta(days=5 * 365))
        close_days(actor=None, calendar_id=calendar.pk, days=feasts)
    return calendar


def load_organisations(people: People) -> dict[str, Organisation]:
    """Create the organisations with their owners and members."""
    organisations = {}
    for row in read("organisations"):
        organisation = Organisation.objects.create(slug=row["slug"], name=row["name"])
        owners = [(handle, Membership.Role.OWNER) for handle in row["owners"]]
        members = [(handle, Membership.Role.MEMBER) for handle in row["members"]]
        Membership.objects.bulk_create(
            [
                Membership(person=people[handle], organisation=organisation, role=role)
                for handle, role in owners + members
            ]
        )
        organisations[row["slug"]] = organisation
    return organisations


def load_sites(
    people: People, organisations: dict[str, Organisation], levels: dict[str, GuaranteeLevel]
) -> dict[str, HostedSite]:
    """Create the hosted sites."""
    sites = {}
    for row in read("sites"):
        sites[row["domain"]] = HostedSite.objects.create(
            external_id=row["external_id"],
            domain=row["domain"],
            owner=people[row["owner"]] if "owner" in row else None,
            organisation=organisations[row["organisation"]] if "organisation" in row else None,
            level=levels[row["level"]],
            platform=row["platform"],
        )
    return sites
