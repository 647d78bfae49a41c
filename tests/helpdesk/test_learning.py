""" "This is a learning need": one click of an agent, confirmed by who asked, linked both ways."""

import pytest

from helpdesk import actions
from helpdesk.models import LearningNeed
from mentoring.models import MentoringRequest
from people.models import PersonSkill, Skill, SkillName
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT, Act

SLOTS = [{"weekday": 1, "start": "18:00", "end": "20:00"}]
NOTE = Act(
    page=lambda t: (f"{t.path}/learning/need", {}),
    api=lambda t: ("PUT", f"/api/v1/tickets/{t.pk}/learning-need", {}),
)
NOTE_MAIL = Act(
    page=lambda t: (f"{t.path}/learning/need", {"skills": "mail"}),
    api=lambda t: ("PUT", f"/api/v1/tickets/{t.pk}/learning-need", {"skills": ["mail"]}),
)
NOTE_UNKNOWN = Act(
    page=lambda t: (f"{t.path}/learning/need", {"skills": "sorcery"}),
    api=lambda t: ("PUT", f"/api/v1/tickets/{t.pk}/learning-need", {"skills": ["sorcery"]}),
)
CONFIRM = Act(
    page=lambda t: (
        "/mentoring/request",
        {
            "skills.0": "Mail",
            "languages.0": "en",
            "slots.0.weekday": "1",
            "slots.0.start": "18:00",
            "slots.0.end": "20:00",
            "time_zone": "Europe/Paris",
            "origin": f"helpdesk.ticket:{t.pk}",
        },
    ),
    api=lambda t: (
        "POST",
        f"/api/v1/tickets/{t.pk}/learning-need/request",
        {"slots": SLOTS, "time_zone": "Europe/Paris"},
    ),
)


@pytest.fixture
def skills(db):
    made = {}
    for slug, names in {
        "mail": ("Mail", "E-mail"),
        "dns": ("DNS", "DNS"),
        "css": ("CSS", "CSS"),
    }.items():
        made[slug] = Skill.objects.create(slug=slug)
        for language, name in zip(("en", "fr"), names, strict=True):
            SkillName.objects.create(skill=made[slug], language=language, name=name)
    return made


@pytest.mark.parametrize("face", FACES)
def test_an_agent_notes_it_with_one_click(face, perform, desk, ticket, skills):
    for who in ("aminata", "farid", "olga"):
        assert perform(face, desk[who], NOTE, ticket) == NOT_ALLOWED
    for who in ("omar", "odile", "clara"):
        assert perform(face, desk[who], NOTE, ticket) == UNSEEN
    assert perform(face, None, NOTE, ticket) == SIGN_IN
    assert perform(face, desk["vera"], NOTE_UNKNOWN, ticket) == INVALID
    assert perform(face, desk["vera"], NOTE, ticket) == DONE
    assert perform(face, desk["nadia"], NOTE, ticket) == DONE  # again: changed, not doubled

    need = LearningNeed.objects.get()
    assert [skill.slug for skill in need.skills.all()] == ["mail"]
    assert (need.language, need.level) == ("en", 1)
    assert not MentoringRequest.objects.exists()  # hers to confirm


@pytest.mark.parametrize("face", FACES)
def test_the_requester_confirms_it_with_their_hours(face, perform, desk, ticket, skills):
    assert perform("api", desk["aminata"], CONFIRM, ticket) == UNSEEN  # nothing is noted yet
    actions.note_learning_need(actor=desk["nadia"], ticket_id=ticket.pk)

    assert perform("api", desk["farid"], CONFIRM, ticket) == NOT_ALLOWED
    assert perform("api", desk["omar"], CONFIRM, ticket) == UNSEEN
    assert perform(face, desk["aminata"], CONFIRM, ticket) == DONE
    assert perform(face, desk["aminata"], CONFIRM, ticket) == WRONG_MOMENT  # one open at a time

    made = MentoringRequest.objects.get()
    assert (made.learner, made.origin_kind, made.origin_id) == (
        desk["aminata"],
        "helpdesk.ticket",
        ticket.pk,
    )
    assert [skill.slug for skill in made.skills.all()] == ["mail"]


def test_no_request_points_at_a_ticket_one_does_not_see(perform, desk, ticket, skills):
    assert perform("page", desk["omar"], CONFIRM, ticket) == UNSEEN
    assert not MentoringRequest.objects.exists()


def test_ticket_and_request_lead_to_each_other(browse, call, desk, ticket, skills, run_tasks):
    PersonSkill.objects.create(person=desk["aminata"], skill=skills["mail"], level=2)
    actions.note_learning_need(actor=desk["vera"], ticket_id=ticket.pk)
    run_tasks()
    aminata = browse(desk["aminata"])
    assert "Do you want to learn this with someone?" in aminata.get("/me/notices").content.decode()

    form = aminata.get(f"{ticket.path}/learning", follow=True).content.decode()

    assert f'name="origin" value="helpdesk.ticket:{ticket.pk}"' in form
    assert 'value="Mail"' in form
    assert "I know a part of it" in form
    perform_confirm = CONFIRM.page(ticket)
    assert aminata.post(*perform_confirm).status_code == 303
    made = MentoringRequest.objects.get()
    assert ticket.path in aminata.get(made.path).content.decode()
    assert aminata.get(f"{ticket.path}/learning").headers["Location"] == made.path
    assert f"{ticket.path}/learning" in aminata.get(ticket.path).content.decode()
    shown = call(desk["aminata"]).get(f"/api/v1/tickets/{ticket.pk}/learning-need").json()
    assert (shown["request"], shown["level"], shown["skills"]) == (made.pk, 2, ["mail"])
    hidden = call(desk["vera"]).get(f"/api/v1/tickets/{ticket.pk}/learning-need").json()
    assert hidden["request"] is None  # a request is its learner's and the coordinators'
    clara = browse(desk["clara"]).get(made.path).content.decode()
    assert ticket.number not in clara


def test_a_ticket_that_names_no_skill_asks_for_one(browse, desk, open_ticket, skills):
    other = open_ticket("omar", "It does not work", source="At all.")

    answer = browse(desk["nadia"]).post(f"{other.path}/learning/need", {})

    assert answer.status_code == 422
    assert "names no skill" in answer.content.decode()
