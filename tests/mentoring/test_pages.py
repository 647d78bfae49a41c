from datetime import date, time, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from aid.models import AidEntry
from chat.actions import post_message
from chat.models import Room
from core.models import JournalLine
from mentoring import actions
from mentoring.models import (
    MatchRun,
    MentoringRequest,
    MentoringSession,
    MentorOffer,
    Mentorship,
    Proposal,
)
from people.models import PersonLanguage
from tests.cast import SECRET, make_person

FORM = {
    "skills.0": "PHP",
    "languages.0": "en",
    "slots.0.weekday": "1",
    "slots.0.start": "18:00",
    "slots.0.end": "20:00",
    "time_zone": "Europe/Paris",
    "source": "Kept words",
}


def text_of(client, path) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    text: str = answer.content.decode()
    return text


def test_learn_with_someone_without_javascript(browse, cast, run_tasks):
    """Journey 4 by forms alone: ask, offer, match, both accept, meet, both confirm."""
    assert browse(cast.aminata).post("/mentoring/request", FORM).status_code == 303
    assert browse(cast.bao).post("/mentoring/offer", {**FORM, "capacity": "1"}).status_code == 303
    clara = browse(cast.clara)
    assert "Aminata" in text_of(clara, "/mentoring/matching")
    assert clara.post("/mentoring/matching/runs").status_code == 303
    run_tasks()
    page = text_of(browse(cast.aminata), "/mentoring")
    assert "Bao</bdi> could be your mentor" in page
    assert "You both speak English." in page
    assert "You can meet on Tuesdays, 18:00–20:00 (your time): in 12 of the 12 weeks" in page
    proposal = Proposal.objects.get()
    for person in (cast.aminata, cast.bao):
        browse(person).post(f"/mentoring/proposals/{proposal.pk}/acceptance")
    pair = Mentorship.objects.get()
    aminata = browse(cast.aminata)
    page = text_of(aminata, pair.path)
    assert 'aria-label="Live conversation"' in page
    assert "on Tuesdays, 18:00–20:00" in page
    met = {
        "log-day": timezone.localdate() - timedelta(days=1),
        "log-start": "18:00",
        "log-minutes": "60",
    }
    assert browse(cast.bao).post(f"{pair.path}/log", met).status_code == 303
    assert "Yes, we met" in text_of(aminata, pair.path)
    session = MentoringSession.objects.get()
    answer = aminata.post(f"/mentoring/sessions/{session.pk}/confirmation", {"minutes": "60"})
    assert answer["Location"] == f"{pair.path}#session-{session.pk}"
    assert "Confirmed by both" in text_of(aminata, pair.path)
    assert AidEntry.objects.get().kind == "mentoring"


def test_more_rows_keep_what_was_typed_and_save_nothing(browse, cast):
    client = browse(cast.aminata)
    first = text_of(client, "/mentoring/request").count("</tr>")

    answer = client.post("/mentoring/request", {**FORM, "more": "1"})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count("</tr>") > first
    assert 'value="18:00"' in page
    assert 'value="PHP"' in page
    assert "Kept words" in page
    assert 'role="alert"' not in page
    assert not MentoringRequest.objects.exists()


def test_errors_stand_beside_their_field_and_what_was_typed_is_kept(browse, cast):
    bad = {
        **FORM,
        "skills.0": "",
        "skills.3": "Sorcery",
        "slots.0.end": "17:00",
        "slots.1.weekday": "3",
    }

    answer = browse(cast.aminata).post("/mentoring/request", bad)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Sorcery"' in page
    assert "Complete this row, or empty it." in page
    fixed = browse(cast.aminata).post("/mentoring/request", {**bad, "slots.1.weekday": ""})
    assert "“Sorcery” is not in our list of skills." in fixed.content.decode()
    late = browse(cast.aminata).post(
        "/mentoring/request", {**FORM, "slots.0.end": "17:00", "skills.0": "courriel"}
    )
    assert "The end comes after the beginning" in late.content.decode()


def test_midnight_ends_a_day(browse, cast):
    late = {**FORM, "slots.0.start": "22:00", "slots.0.end": "00:00"}

    assert browse(cast.aminata).post("/mentoring/request", late).status_code == 303
    assert str(MentoringRequest.objects.get().slots.get()) == "1 22:00–00:00"


def test_own_request_and_offer_stand_in_their_forms(browse, cast, offer, request_row):
    page = text_of(browse(cast.aminata), "/mentoring/request")
    assert f'action="{request_row.path}"' in page
    assert SECRET in page
    page = text_of(browse(cast.bao), "/mentoring/offer")
    assert "I *teach* PHP." in page
    assert 'value="Mail"' in page


def test_forms_never_list_all_skills_in_a_select(browse, cast):
    page = text_of(browse(cast.aminata), "/mentoring/request")

    assert 'list="skill-names"' in page
    assert '<datalist id="skill-names">' in page


def test_page_is_in_the_readers_language(browse, cast, proposal):
    client = browse(cast.aminata)
    assert "English" in text_of(client, "/mentoring")
    client.cookies["language"] = "fr"

    page = text_of(client, "/mentoring")

    assert 'lang="fr"' in page
    assert "anglais" in page


def test_visitor_reads_what_mentoring_is_and_how_to_begin(browse, db):
    page = text_of(browse(), "/mentoring")

    assert "How a pair is found" in page
    for door in ("/accounts/signup/", "/accounts/login/"):
        assert f'href="{door}?next=/mentoring"' in page


def test_a_meeting_that_was_stands_not_among_those_to_come(browse, cast, held, planned):
    html = text_of(browse(cast.aminata), "/me")

    asked, to_come = html.split("A word from you")[1].split("Next meetings")
    assert asked.count("Mentoring with Bao") == to_come.count("Mentoring with Bao") == 1
    assert ("Did you meet?" in asked, "Did you meet?" in to_come) == (True, False)
    assert "A word from you" not in text_of(browse(cast.bao), "/me")


# Who sees what.

PAGES = [
    "/mentoring",
    "/mentoring/request",
    "/mentoring/offer",
    "/me/notices",
    "/search?q=reasons",
    "/search/now?q=reasons",
]
API = "/api/v1/mentoring"
LISTS = [f"{API}/{noun}" for noun in ("requests", "offers", "proposals", "mentorships", "runs")]


def everything_said(client, paths) -> str:
    """Return all a client reads at these paths."""
    return "".join(client.get(path, follow=True).content.decode() for path in paths)


def test_request_is_read_by_coordinators_and_proposed_mentors_alone(
    browse, call, cast, offer, request_row, run_match
):
    own = [request_row.path, f"{API}/requests/{request_row.pk}"]
    for person in (cast.bao, cast.omar, cast.moira, cast.nadia, None):
        assert SECRET not in everything_said(browse(person), PAGES + own[:1])
        assert SECRET not in everything_said(call(person), LISTS + own[1:])
    assert browse(cast.bao).get(request_row.path).status_code == 404

    run_match()

    for person in (cast.aminata, cast.bao, cast.clara):
        assert SECRET in text_of(browse(person), request_row.path)
        assert SECRET in call(person).get(own[1]).content.decode()
    for person in (cast.omar, cast.moira, cast.nadia, None):
        assert SECRET not in everything_said(browse(person), PAGES + own[:1])
        assert SECRET not in everything_said(call(person), LISTS + own[1:])
    actions.decline_proposal(actor=cast.bao, proposal_id=Proposal.objects.get().pk)
    assert browse(cast.bao).get(request_row.path).status_code == 404
    assert call(cast.bao).get(own[1]).status_code == 404


def test_offer_is_read_by_coordinators_and_proposed_learners_alone(
    browse, call, cast, offer, request_row, run_match
):
    assert browse(cast.aminata).get(offer.path).status_code == 404
    run_match()

    for person in (cast.aminata, cast.bao, cast.clara):
        assert "<em>teach</em>" in text_of(browse(person), offer.path)
    assert browse(cast.omar).get(offer.path).status_code == 404
    assert call(cast.omar).get(f"{API}/offers/{offer.pk}").status_code == 404
    assert call(cast.omar).get(f"{API}/offer").status_code == 404


def test_sessions_and_talk_are_the_pairs_alone(browse, call, cast, pair, held, run_tasks):
    room = Room.objects.get()
    post_message(actor=cast.bao, room_id=room.pk, source=f"{SECRET} between us", client_id="1")
    run_tasks()
    pages = [*PAGES, pair.path, "/mentoring/matching", f"/rooms/{room.pk}"]
    lists = [
        *LISTS,
        f"{API}/mentorships/{pair.pk}",
        f"{API}/mentorships/{pair.pk}/sessions",
        f"{API}/sessions/{held.pk}",
        f"/api/v1/rooms/{room.pk}/messages",
    ]

    for person in (cast.omar, cast.moira, cast.nadia, None):
        assert SECRET not in everything_said(browse(person), pages)
        assert SECRET not in everything_said(call(person), lists)
    said = everything_said(browse(cast.clara), pages) + everything_said(call(cast.clara), lists)
    assert "between us" not in said
    assert "themes" not in said
    assert "Aminata" in text_of(browse(cast.clara), pair.path)
    for person in (cast.aminata, cast.bao):
        page = text_of(browse(person), pair.path)
        assert f"{SECRET} themes" in page
        assert "between us" in page
    assert SECRET not in "".join(message.body for message in mail.outbox)
    assert SECRET not in str(list(JournalLine.objects.values_list("changes", flat=True)))


def test_why_somebody_said_no_is_for_coordinators(call, cast, proposal):
    actions.decline_proposal(actor=cast.bao, proposal_id=proposal.pk, why="full")

    path = f"{API}/proposals/{proposal.pk}"
    for person, why in ((cast.aminata, ""), (cast.bao, "full"), (cast.clara, "full")):
        facts = call(person).get(path).json()
        assert (facts["state"], facts["declined_why"]) == ("declined", why)
    assert call(cast.omar).get(path).status_code == 404


@pytest.mark.parametrize("path", ["/mentoring/matching", "/mentoring/matching/runs/1"])
def test_matching_is_for_coordinators(path, browse, call, cast, proposal):
    for person in (cast.omar, cast.bao, cast.moira, cast.nadia):
        assert browse(person).get(path).status_code == 403
    assert browse().get(path).status_code == 302
    assert call(cast.bao).get(f"{API}/runs").json()["results"] == []
    assert len(call(cast.clara).get(f"{API}/runs").json()["results"]) == 1


def test_matching_shows_the_last_run_and_who_stayed_alone(browse, cast, offer, terms, run_match):
    zoe = make_person("zoe")
    actions.request_mentoring(actor=zoe, terms=terms(skills=["dns"]))
    run_match()

    page = text_of(browse(cast.clara), "/mentoring/matching")

    assert "Nobody offers these skills yet." in page
    assert "Domain names" in page
    assert "1 free place<" in page


def test_run_shows_its_progress_until_it_is_done(browse, cast, offer, request_row, run_tasks):
    clara = browse(cast.clara)
    run = actions.run_matcher(actor=cast.clara)
    path = f"/mentoring/matching/runs/{run.pk}"
    assert "Waiting for the worker" in text_of(clara, path)
    MatchRun.objects.update(started_at=timezone.now(), figures={"requests": 50, "compared": 25})
    page = text_of(clara, path)
    assert "25 of 50 requests compared" in page
    assert 'hx-trigger="every 2s"' in page

    run_tasks()

    answer = clara.get(path)
    assert answer["HX-Refresh"] == "true"
    assert "every 2s" not in answer.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "requests/{}",
        "offers/{}",
        "proposals/{}",
        "mentorships/{}",
        "mentorships/{}/sessions",
        "sessions/{}",
        "runs/{}",
    ],
)
def test_numbers_nobody_has_are_not_found(path, call, browse, cast):
    for number in (1, 2**63 - 1, 2**63, 10**30):
        assert call(cast.clara).get(f"{API}/{path.format(number)}").status_code == 404


def test_huge_numbers_on_pages_are_not_found(browse, cast):
    for path in ("requests", "offers", "mentorships"):
        assert browse(cast.clara).get(f"/mentoring/{path}/{10**30}").status_code == 404
    run = browse(cast.clara).post("/mentoring/matching/runs", {"request": "9" * 30})
    assert run.status_code == 422


# What pages cost.


def fill(cast, terms, rows) -> None:
    """Give bao so many learners, and as many open requests and offers to everyone else."""
    run = MatchRun.objects.create(asked_by=cast.clara, finished_at=timezone.now())
    offer = MentorOffer.objects.get(mentor=cast.bao)
    alone = []
    for number in range(rows):
        learner = make_person(f"learner-{rows}-{number}")
        PersonLanguage.objects.create(person=learner, language="fr")
        request = actions.request_mentoring(actor=learner, terms=terms())
        alone.append({"request": request.pk, "why": "no_hours"})
        Proposal.objects.create(
            request=request,
            offer=offer,
            round=run,
            score=0.5,
            reasons=[{"key": "place", "place": 1}],
            expires_at=timezone.now() + timedelta(days=1),
        )
        mentor = make_person(f"mentor-{rows}-{number}")
        actions.offer_mentoring(actor=mentor, terms=terms(), capacity=2)
        pair = Mentorship.objects.create(mentor=cast.bao, learner=mentor)
        for day in (1, -1):
            MentoringSession.objects.create(
                mentorship=pair,
                day=date(2026, 1, 1),
                start=time(9),
                time_zone="Europe/Paris",
                starts_at=timezone.now() + timedelta(days=day),
                minutes=60,
            )
    run.figures = {"requests": rows, "alone": alone}
    run.save()
    first = Mentorship.objects.filter(mentor=cast.bao).first()
    assert first is not None
    for number in range(rows):
        MentoringSession.objects.create(
            mentorship=first,
            day=date(2026, 1, 1),
            start=time(9),
            time_zone="Europe/Paris",
            starts_at=timezone.now() - timedelta(days=number + 2),
            minutes=60,
        )


@pytest.mark.parametrize("rows", [3, 30])
@pytest.mark.parametrize(
    ("who", "path", "number"),
    [
        ("bao", "/mentoring", 9),
        ("bao", "/mentoring/offer", 4),
        ("bao", "/mentoring/request", 3),
        ("bao", "pair", 4),
        ("bao", "offer", 4),
        ("clara", "request", 4),
        ("clara", "/mentoring/matching", 13),
        ("clara", f"{API}/requests", 5),
        ("clara", f"{API}/offers", 5),
        ("clara", f"{API}/proposals", 4),
        ("clara", f"{API}/mentorships", 3),
        ("bao", "sessions", 4),
        ("clara", f"{API}/runs", 3),
    ],
)
def test_pages_cost_the_same_with_more_rows(
    who, path, number, rows, browse, call, cast, offer, terms, assert_asks
):
    fill(cast, terms, rows)
    pair = Mentorship.objects.filter(mentor=cast.bao).first()
    request = MentoringRequest.objects.first()
    assert pair is not None
    assert request is not None
    named = {
        "pair": pair.path,
        "offer": offer.path,
        "request": request.path,
        "sessions": f"{API}/mentorships/{pair.pk}/sessions",
    }
    path = named.get(path, path)
    person = getattr(cast, who)
    client = call(person) if path.startswith("/api") else browse(person)
    client.get(path)  # names of skills are cached

    with assert_asks(number):
        assert client.get(path).status_code == 200
