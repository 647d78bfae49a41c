"""What the matcher is given."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from mentoring.matcher import Learner, Mentor
from mentoring.models import (
    MatchRun,
    MentoringRequest,
    MentorOffer,
    Mentorship,
    Proposal,
)
from mentoring.terms import slots_of
from people.models import Block, Person, PersonSkill

MOST_SHOWN = 50
ASSUMED_LEVEL = 2  # of a skill someone offers without having it on their profile


@dataclass(frozen=True)
class MatchingFacts:
    """What the matcher is given. apart: pairs of persons who are not to be put together."""

    learners: list[Learner]
    mentors: list[Mentor]
    apart: set[tuple[int, int]]


def matching_facts(run: MatchRun) -> MatchingFacts:
    """Return what a run compares: open requests nobody was proposed to, or its one request."""
    requests = MentoringRequest.objects.open().filter(learner__in=Person.objects.active())
    if run.request_id is not None:
        requests = requests.filter(pk=run.request_id)
    else:
        waiting = Proposal.objects.waiting().filter(request=OuterRef("pk"))
        requests = requests.exclude(Exists(waiting))
    offers = list(
        MentorOffer.objects.filter(paused_at=None, mentor__in=Person.objects.active())
        .select_related("mentor")
        .prefetch_related("skills", "slots")
    )
    places = places_left(offers)
    levels = _levels_of(offer.mentor_id for offer in offers)
    return MatchingFacts(
        learners=[
            Learner(
                id=row.pk,
                person=row.learner_id,
                languages=tuple(row.languages),
                slots=tuple(slots_of(row)),
                zone=row.time_zone,
                place=row.learner.place_id,
                skills=tuple(sorted(skill.pk for skill in row.skills.all())),
            )
            for row in requests.select_related("learner").prefetch_related("skills", "slots")
        ],
        mentors=[
            Mentor(
                id=row.pk,
                person=row.mentor_id,
                languages=tuple(row.languages),
                slots=tuple(slots_of(row)),
                zone=row.time_zone,
                place=row.mentor.place_id,
                levels={
                    skill.pk: levels.get((row.mentor_id, skill.pk), ASSUMED_LEVEL)
                    for skill in row.skills.all()
                },
                places=places[row.pk],
            )
            for row in offers
        ],
        apart=_apart(),
    )


def _levels_of(people: Iterable[int]) -> dict[tuple[int, int], int]:
    rows = PersonSkill.objects.filter(person__in=set(people), wanted=False)
    return {
        (person, skill): level
        for person, skill, level in rows.values_list("person_id", "skill_id", "level")
    }


def _apart() -> set[tuple[int, int]]:
    """Return who blocked whom, who said no, and who are or were a pair or may become one."""
    said = Proposal.objects.filter(Q(declined_at__isnull=False) | Q(pk__in=_waiting_ids()))
    return {
        *Block.objects.values_list("person_id", "blocked_id"),
        *said.values_list("request__learner_id", "offer__mentor_id"),
        *Mentorship.objects.values_list("learner_id", "mentor_id"),
    }


def _waiting_ids() -> Any:
    return Proposal.objects.waiting().values("pk")


def places_left(offers: Sequence[MentorOffer]) -> dict[int, int]:
    """Return how many more each offer can take: a proposal that waits holds its place."""
    taken = Mentorship.objects.filter(offer__in=offers, ended_at=None)
    held = Proposal.objects.waiting().filter(offer__in=offers)
    places = {offer.pk: offer.capacity for offer in offers}
    for rows in (taken, held):
        for offer_id, number in rows.values_list("offer_id").annotate(Count("pk")):
            places[offer_id] = max(0, places[offer_id] - number)
    return places


def mentors_offering(skill_ids: Iterable[int]) -> dict[int, set[int]]:
    """Return, by mentor, which of these skills they offer now; one query."""
    rows = MentorOffer.objects.filter(paused_at=None, skills__in=set(skill_ids))
    found: dict[int, set[int]] = {}
    for mentor, skill in rows.values_list("mentor_id", "skills").order_by("mentor_id", "skills"):
        found.setdefault(mentor, set()).add(skill)
    return found
