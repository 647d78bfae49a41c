"""What an offer and a request both say, as one value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mentoring.matcher import Slot
from mentoring.models import MentoringRequest, MentorOffer
from people.models import Person

MOST_SKILLS = 5
MOST_LANGUAGES = 3
MOST_SLOTS = 21


@dataclass(frozen=True)
class Terms:
    """skills: names. languages: BCP 47, best first. slots: in time_zone, IANA. source: Markdown."""

    skills: Sequence[str]
    languages: Sequence[str]
    slots: Sequence[Slot]
    time_zone: str
    source: str = ""


def blank_terms(person: Person) -> Terms:
    """Return what a person begins with: their languages and zone."""
    return Terms(skills=(), languages=tuple(person.spoken), slots=(), time_zone=person.time_zone)


def terms_of(row: MentorOffer | MentoringRequest, names: Mapping[int, str]) -> Terms:
    """Return what an offer or request says; names: people.queries.skill_names of the reader."""
    return Terms(
        skills=[names[skill.pk] for skill in row.skills.all() if skill.pk in names],
        languages=tuple(row.languages),
        slots=slots_of(row),
        time_zone=row.time_zone,
        source=row.source,
    )


def slots_of(row: MentorOffer | MentoringRequest) -> list[Slot]:
    """Return the slots of an offer or request as the matcher takes them."""
    return [Slot(slot.weekday, slot.start, slot.end) for slot in row.slots.all()]
