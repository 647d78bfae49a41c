from datetime import time, timedelta

import pytest
from django.utils import timezone

from mentoring import actions
from mentoring.matcher import Slot
from mentoring.models import MentoringSession, Mentorship, Proposal
from mentoring.terms import Terms
from people.models import PersonSkill, Place, Skill, SkillName

TUESDAY = Slot(1, time(18), time(20))


@pytest.fixture(autouse=True)
def skills(db):
    """Return three skills by slug, each with an English and a French name."""
    found = {}
    for slug, english, french in (
        ("php", "PHP", "PHP"),
        ("mail", "Mail", "Courriel"),
        ("dns", "Domain names", "Noms de domaine"),
    ):
        skill = found[slug] = Skill.objects.create(slug=slug)
        SkillName.objects.create(skill=skill, language="en", name=english)
        SkillName.objects.create(skill=skill, language="fr", name=french)
    return found


@pytest.fixture
def terms():
    """Return a function that makes terms; what is not said fits everyone."""

    def make(**facts) -> Terms:
        return Terms(
            **{
                "skills": ["php"],
                "languages": ["en"],
                "slots": [TUESDAY],
                "time_zone": "Europe/Paris",
                "source": "",
                **facts,
            }
        )

    return make


@pytest.fixture
def offer(cast, terms, skills):
    PersonSkill.objects.create(person=cast.bao, skill=skills["php"], level=3)
    return actions.offer_mentoring(
        actor=cast.bao, terms=terms(skills=["php", "mail"], source="I *teach* PHP."), capacity=1
    )


@pytest.fixture
def request_row(cast, terms):
    return actions.request_mentoring(
        actor=cast.aminata, terms=terms(source="My reasons: SECRETPLUM")
    )


@pytest.fixture
def run_match(cast, run_tasks):
    """Return a function that runs the matcher as clara and lets the worker do it."""

    def run(**facts):
        row = actions.run_matcher(actor=cast.clara, **facts)
        run_tasks()
        row.refresh_from_db()
        return row

    return run


@pytest.fixture
def proposal(offer, request_row, run_match) -> Proposal:
    run_match()
    return Proposal.objects.get()


@pytest.fixture
def pair(cast, proposal, run_tasks) -> Mentorship:
    actions.accept_proposal(actor=cast.bao, proposal_id=proposal.pk)
    actions.accept_proposal(actor=cast.aminata, proposal_id=proposal.pk)
    run_tasks()
    return Mentorship.objects.get()


@pytest.fixture
def held(cast, pair) -> MentoringSession:
    """Return an hour that bao, the mentor, says he met aminata yesterday."""
    yesterday = timezone.localdate() - timedelta(days=1)
    return actions.log_session(
        actor=cast.bao,
        mentorship_id=pair.pk,
        day=yesterday,
        start=time(18),
        minutes=60,
        note="SECRETPLUM themes",
    )


@pytest.fixture
def planned(cast, pair) -> MentoringSession:
    """Return an hour the two will meet tomorrow."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    return actions.plan_session(
        actor=cast.aminata, mentorship_id=pair.pk, day=tomorrow, start=time(18), minutes=60
    )


@pytest.fixture
def same_place(cast):
    place = Place.objects.create(name="Lyon", country="FR")
    for person in (cast.bao, cast.aminata):
        person.place = place
        person.save()
    return place
