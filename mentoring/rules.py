"""Who may what, in mentoring."""

from typing import Any

from mentoring.models import MentoringRequest, Mentorship, Proposal
from people.rules import can_act, has_role

MENTOR, LEARNER = "mentor", "learner"


def can_ask(person: Any) -> bool:
    """Anyone active asks for a mentor, and offers to be one."""
    return can_act(person)


def can_change_request(person: Any, request: MentoringRequest) -> bool:
    """Who asked."""
    return can_act(person) and request.learner_id == person.pk


def can_run_matcher(person: Any) -> bool:
    """Coordinators."""
    return has_role(person, "coordinator")


def side_of(person: Any, pair: Proposal | Mentorship) -> str | None:
    """Return which side of a pair a person is, None for neither. Proposals: with both rows."""
    if isinstance(pair, Proposal):
        sides = {pair.offer.mentor_id: MENTOR, pair.request.learner_id: LEARNER}
    else:
        sides = {pair.mentor_id: MENTOR, pair.learner_id: LEARNER}
    return sides.get(person.pk)


def can_answer(person: Any, proposal: Proposal) -> bool:
    """The two it is proposed to."""
    return can_act(person) and side_of(person, proposal) is not None


def can_meet(person: Any, mentorship: Mentorship) -> bool:
    """The two of the pair plan, log, confirm and talk."""
    return can_act(person) and side_of(person, mentorship) is not None


def can_end(person: Any, mentorship: Mentorship) -> bool:
    """Either side; coordinators."""
    return can_meet(person, mentorship) or has_role(person, "coordinator")
