"""Two hands at once: a place is given once, a pair is made once, an hour counts once."""

from collections.abc import Callable
from datetime import time, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from aid.models import AidEntry
from core.errors import Refusal
from mentoring import actions
from mentoring.matcher import Slot
from mentoring.models import MatchRun, MentoringSession, Mentorship, Proposal
from mentoring.terms import Terms
from people.models import Person, Skill
from tests.cast import make_person

pytestmark = pytest.mark.django_db(transaction=True)
TERMS = Terms(
    skills=["knots"],
    languages=["en"],
    slots=[Slot(1, time(18), time(20))],
    time_zone="Europe/Paris",
)


@pytest.fixture(autouse=True)
def skills():
    """Return one skill; the others would be made in a transaction of their own."""
    return Skill.objects.create(slug="knots")


def together(*acts: Callable[[], object]) -> list[str]:
    """Do all at once; return how each went: "done" or the code of its refusal."""
    outcomes: list[str] = []
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
            outcomes.append("done")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def proposed(mentor: Person, learners: int) -> list[Proposal]:
    """Propose so many learners to a mentor with one place; all of them have said yes."""
    offer = actions.offer_mentoring(actor=mentor, terms=TERMS, capacity=1)
    run = MatchRun.objects.create(asked_by=mentor)
    rows = []
    for number in range(learners):
        learner = make_person(f"learner{number}")
        request = actions.request_mentoring(actor=learner, terms=TERMS)
        row = Proposal.objects.create(
            request=request,
            offer=offer,
            round=run,
            score=1,
            expires_at=timezone.now() + timedelta(days=1),
        )
        rows.append(actions.accept_proposal(actor=learner, proposal_id=row.pk))
    return rows


def test_mentor_with_one_place_says_yes_to_five_at_once():
    mentor = make_person("mentor")
    rows = proposed(mentor, 5)

    outcomes = together(
        *(lambda pk=row.pk: actions.accept_proposal(actor=mentor, proposal_id=pk) for row in rows)
    )

    assert outcomes == ["done"] + ["no_place"] * 4
    assert Mentorship.objects.count() == 1


def test_both_say_yes_at_once_and_are_one_pair():
    mentor = make_person("mentor")
    (row,) = proposed(mentor, 1)
    Proposal.objects.update(accepted_by_learner_at=None)
    learner = row.request.learner

    outcomes = together(
        *(
            lambda who=who: actions.accept_proposal(actor=who, proposal_id=row.pk)
            for who in (mentor, learner, mentor, learner)
        )
    )

    assert outcomes == ["done"] * 4
    assert Mentorship.objects.count() == 1


def test_one_asks_twice_at_once_and_has_one_request():
    learner = make_person("learner")

    outcomes = together(
        *[lambda: actions.request_mentoring(actor=learner, terms=TERMS) for _ in range(3)]
    )

    assert outcomes == ["already_open", "already_open", "done"]


def test_both_log_the_same_hour_at_once_and_it_counts_once():
    mentor, learner = make_person("mentor"), make_person("learner")
    pair = Mentorship.objects.create(mentor=mentor, learner=learner)
    day = timezone.localdate() - timedelta(days=2)

    outcomes = together(
        *(
            lambda who=who: actions.log_session(
                actor=who, mentorship_id=pair.pk, day=day, start=time(18), minutes=60
            )
            for who in (mentor, learner, mentor)
        )
    )

    assert outcomes == ["done"] * 3
    assert MentoringSession.objects.get().state == "confirmed"
    assert AidEntry.objects.count() == 1
