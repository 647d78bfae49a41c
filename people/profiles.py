"""What a person says about themselves, as one value, and the lists they choose from."""

import functools
import re
import zoneinfo
from dataclasses import dataclass

from babel import Locale
from django.conf import settings

from people.models import Person

WANTED = 0  # the standing of a skill someone wants to learn; 1 to 3 are levels, 3 the best
STANDINGS = (WANTED, 1, 2, 3)


@dataclass(frozen=True)
class SkillStanding:
    """A skill by name, and how someone stands to it (STANDINGS)."""

    name: str
    standing: int


@dataclass(frozen=True)
class Profile:
    """What may be edited of a person. languages: BCP 47, best first. country: ISO 3166-1 or ""."""

    handle: str
    display_name: str
    interface_language: str
    time_zone: str
    about: str
    place: str
    country: str
    languages: tuple[str, ...]
    skills: tuple[SkillStanding, ...]


def profile_of(person: Person, skill_names: dict[int, str]) -> Profile:
    """Return a person's profile; skill_names: people.queries.skill_names of the reader."""
    return Profile(
        handle=person.handle,
        display_name=person.display_name,
        interface_language=person.interface_language,
        time_zone=person.time_zone,
        about=person.about,
        place=person.place.name if person.place else "",
        country=person.place.country if person.place else "",
        languages=tuple(row.language for row in person.languages.all()),
        skills=tuple(
            SkillStanding(skill_names[row.skill_id], WANTED if row.wanted else row.level)
            for row in person.skills.order_by("wanted", "-level", "pk")
            if row.skill_id in skill_names
        ),
    )


@functools.cache
def time_zones() -> tuple[str, ...]:
    """Return the names of the time zones people live in, in order."""
    names = zoneinfo.available_timezones()
    return (*sorted(name for name in names if "/" in name and not _is_odd(name)), "UTC")


def _is_odd(name: str) -> bool:
    return name.startswith(("Etc/", "SystemV/", "US/", "posix/", "right/"))


def is_time_zone(name: str) -> bool:
    """Whether this is the name of a time zone."""
    return name in zoneinfo.available_timezones() and name != "localtime"


@functools.cache
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """Return (code, name) of every country, in the alphabet of this language."""
    names = Locale.parse(language.replace("-", "_")).territories
    found = [(code, name) for code, name in names.items() if re.fullmatch("[A-Z]{2}", code)]
    known = [pair for pair in found if pair[0] not in _NOT_COUNTRIES | _TESTS]
    return tuple(sorted(known, key=lambda pair: pair[1].casefold()))


# Codes of the territory list that name unions, tests, or a part of a country beside it.
_TESTS = frozenset(("XA", "XB", "ZZ"))
_NOT_COUNTRIES = frozenset(("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN"))


def spoken_languages() -> dict[str, str]:
    """Return the languages people may say they read and write, by code."""
    return dict(settings.SPOKEN_LANGUAGES)
