"""Every action of mentoring on all faces: done, not allowed, wrong moment, twice, unseen."""

from datetime import timedelta

import pytest
from django.utils import timezone

from aid.models import AidClaim, AidLine
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
from people.models import Block, Person
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT, Act

FORM = {
    "skills.0": "domain names",
    "skills.1": "",
    "skills.2": "Courriel",
    "languages.0": "fr",
    "languages.1": "en",
    "slots.0.weekday": "",
    "slots.0.start": "",
    "slots.0.end": "",
    "slots.1.weekday": "2",
    "slots.1.start": "18:30",
    "slots.1.end": "20:00",
    "time_zone": "Africa/Dakar",
    "source": "Slowly, please.",
}
BODY = {
    "skills": ["domain names", "Courriel"],
    "languages": ["fr", "en"],
    "slots": [{"weekday": 2, "start": "18:30", "end": "20:00"}],
    "time_zone": "Africa/Dakar",
    "source": "Slowly, please.",
}
API = "/api/v1/mentoring"
OFFER = Act(
    page=lambda _: ("/mentoring/offer", {**FORM, "capacity": "2"}),
    api=lambda _: ("PUT", f"{API}/offer", {**BODY, "capacity": 2}),
)
OFFER_BADLY = Act(
    page=lambda _: ("/mentoring/offer", {**FORM, "capacity": "0"}),
    api=lambda _: ("PUT", f"{API}/offer", {**BODY, "capacity": 0}),
)
PAUSE = Act(
    page=lambda _: ("/mentoring/offer/pause", {}),
    api=lambda _: ("PUT", f"{API}/offer/pause", {}),
)
RESUME = Act(
    page=lambda _: ("/mentoring/offer/pause/undo", {}),
    api=lambda _: ("DELETE", f"{API}/offer/pause", None),
)
REQUEST = Act(
    page=lambda _: ("/mentoring/request", FORM),
    api=lambda _: ("POST", f"{API}/requests", BODY),
)
REQUEST_UNKNOWN_SKILL = Act(
    page=lambda _: ("/mentoring/request", {**FORM, "skills.0": "sorcery"}),
    api=lambda _: ("POST", f"{API}/requests", {**BODY, "skills": ["sorcery"]}),
)
REQUEST_WITHOUT_HOURS = Act(
    page=lambda _: ("/mentoring/request", {**FORM, "slots.1.start": ""}),
    api=lambda _: ("POST", f"{API}/requests", {**BODY, "slots": []}),
)
REQUEST_BACKWARDS = Act(
    page=lambda _: ("/mentoring/request", {**FORM, "slots.1.end": "17:00"}),
    api=lambda _: (
        "POST",
        f"{API}/requests",
        {**BODY, "slots": [{"weekday": 2, "start": "18:30", "end": "17:00"}]},
    ),
)
REQUEST_NOWHERE = Act(
    page=lambda _: ("/mentoring/request", {**FORM, "time_zone": "Mars/Olympus"}),
    api=lambda _: ("POST", f"{API}/requests", {**BODY, "time_zone": "Mars/Olympus"}),
)
CHANGE = Act(
    page=lambda r: (f"/mentoring/requests/{r.pk}", FORM),
    api=lambda r: ("PUT", f"{API}/requests/{r.pk}", BODY),
)
WITHDRAW = Act(
    page=lambda r: (f"/mentoring/requests/{r.pk}/withdrawal", {}),
    api=lambda r: ("PUT", f"{API}/requests/{r.pk}/withdrawal", {}),
)
RUN = Act(
    page=lambda _: ("/mentoring/matching/runs", {}),
    api=lambda _: ("POST", f"{API}/runs", {}),
)
RUN_FOR_ONE = Act(
    page=lambda r: ("/mentoring/matching/runs", {"request": r.pk}),
    api=lambda r: ("POST", f"{API}/runs", {"request": r.pk}),
)
ACCEPT = Act(
    page=lambda p: (f"/mentoring/proposals/{p.pk}/acceptance", {}),
    api=lambda p: ("PUT", f"{API}/proposals/{p.pk}/acceptance", {}),
)
DECLINE = Act(
    page=lambda p: (f"/mentoring/proposals/{p.pk}/refusal", {"why": "hours"}),
    api=lambda p: ("PUT", f"{API}/proposals/{p.pk}/refusal", {"why": "hours"}),
)
DECLINE_BADLY = Act(
    page=lambda p: (f"/mentoring/proposals/{p.pk}/refusal", {"why": "magic"}),
    api=lambda p: ("PUT", f"{API}/proposals/{p.pk}/refusal", {"why": "magic"}),
)
END = Act(
    page=lambda m: (f"/mentoring/mentorships/{m.pk}/end", {}),
    api=lambda m: ("PUT", f"{API}/mentorships/{m.pk}/end", {}),
)
CONFIRM = Act(
    page=lambda s: (f"/mentoring/sessions/{s.pk}/confirmation", {}),
    api=lambda s: ("PUT", f"{API}/sessions/{s.pk}/confirmation", {}),
)
CONFIRM_LESS = Act(
    page=lambda s: (f"/mentoring/sessions/{s.pk}/confirmation", {"minutes": "45"}),
    api=lambda s: ("PUT", f"{API}/sessions/{s.pk}/confirmation", {"minutes": 45}),
)
CONFIRM_BADLY = Act(
    page=lambda s: (f"/mentoring/sessions/{s.pk}/confirmation", {"minutes": "0"}),
    api=lambda s: ("PUT", f"{API}/sessions/{s.pk}/confirmation", {"minutes": 0}),
)
CANCEL = Act(
    page=lambda s: (f"/mentoring/sessions/{s.pk}/cancellation", {}),
    api=lambda s: ("PUT", f"{API}/sessions/{s.pk}/cancellation", {}),
)


def session_act(noun: str, days: int, minutes: int = 50) -> Act:
    """Return the act of planning or logging a session so many days from today."""

    def facts() -> dict[str, object]:
        day = timezone.localdate() + timedelta(days=days)
        return {"day": day.isoformat(), "start": "18:00", "minutes": minutes, "note": "CSS"}

    prefix = "log" if noun == "log" else "plan"
    return Act(
        page=lambda m: (
            f"/mentoring/mentorships/{m.pk}/{noun}",
            {f"{prefix}-{name}": value for name, value in facts().items()},
        ),
        api=lambda m: ("POST", f"{API}/mentorships/{m.pk}/{noun}", facts()),
    )


PLAN, PLAN_PAST = session_act("sessions", 3), session_act("sessions", -3)
LOG, LOG_FUTURE = session_act("log", -3), session_act("log", 3)
LOG_TOO_LONG = session_act("log", -3, minutes=600)
pytestmark = pytest.mark.parametrize("face", FACES)


def test_mentor_offers_and_changes_it(face, perform, cast, skills):
    assert perform(face, cast.bao, OFFER, None) == DONE
    assert perform(face, cast.bao, OFFER, None) == DONE

    offer = MentorOffer.objects.get()
    assert (offer.mentor, offer.capacity, offer.languages) == (cast.bao, 2, ["fr", "en"])
    assert set(offer.skills.all()) == {skills["dns"], skills["mail"]}
    assert [str(slot) for slot in offer.slots.all()] == ["2 18:30–20:00"]
    assert offer.time_zone == "Africa/Dakar"
    assert "Slowly, please.</p>" in offer.html


def test_bad_offer_is_refused(face, perform, cast):
    assert perform(face, cast.bao, OFFER_BADLY, None) == INVALID
    assert perform(face, None, OFFER, None) == SIGN_IN
    assert not MentorOffer.objects.exists()


def test_mentor_pauses_and_resumes_own_offer(face, perform, cast, offer):
    assert perform(face, cast.omar, PAUSE, None) == UNSEEN
    assert perform(face, cast.clara, PAUSE, None) == UNSEEN
    for _twice in range(2):
        assert perform(face, cast.bao, PAUSE, None) == DONE
    offer.refresh_from_db()
    assert offer.paused_at is not None

    for _twice in range(2):
        assert perform(face, cast.bao, RESUME, None) == DONE
    offer.refresh_from_db()
    assert offer.paused_at is None
    verbs = list(JournalLine.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs[-2:] == ["mentoring.offer_paused", "mentoring.offer_resumed"]


def test_learner_requests_once_at_a_time(face, perform, cast, skills):
    assert perform(face, None, REQUEST, None) == SIGN_IN
    assert perform(face, cast.omar, REQUEST, None) == DONE
    assert perform(face, cast.omar, REQUEST, None) == WRONG_MOMENT

    row = MentoringRequest.objects.get()
    assert (row.learner, row.state, row.time_zone) == (cast.omar, "open", "Africa/Dakar")
    assert set(row.skills.all()) == {skills["dns"], skills["mail"]}


@pytest.mark.parametrize(
    "act", [REQUEST_UNKNOWN_SKILL, REQUEST_WITHOUT_HOURS, REQUEST_BACKWARDS, REQUEST_NOWHERE]
)
def test_bad_request_is_refused(face, act, perform, cast):
    assert perform(face, cast.omar, act, None) == INVALID
    assert not MentoringRequest.objects.exists()


def test_learner_changes_own_open_request_alone(face, perform, cast, request_row, proposal):
    assert perform(face, cast.omar, CHANGE, request_row) == UNSEEN
    assert perform(face, cast.bao, CHANGE, request_row) == NOT_ALLOWED
    assert perform(face, cast.clara, CHANGE, request_row) == NOT_ALLOWED
    assert perform(face, None, CHANGE, request_row) == SIGN_IN
    assert perform(face, cast.aminata, CHANGE, request_row) == DONE

    request_row.refresh_from_db()
    proposal.refresh_from_db()
    assert request_row.languages == ["fr", "en"]
    assert proposal.state == "lapsed"
    assert perform(face, cast.bao, CHANGE, request_row) == UNSEEN


def test_learner_withdraws_and_proposals_fall(face, perform, cast, request_row, proposal):
    assert perform(face, cast.omar, WITHDRAW, request_row) == UNSEEN
    assert perform(face, cast.bao, WITHDRAW, request_row) == NOT_ALLOWED
    for _twice in range(2):
        assert perform(face, cast.aminata, WITHDRAW, request_row) == DONE

    assert perform(face, cast.aminata, CHANGE, request_row) == WRONG_MOMENT
    assert perform(face, cast.aminata, ACCEPT, proposal) == WRONG_MOMENT
    proposal.refresh_from_db()
    assert proposal.state == "lapsed"


def test_matched_request_stands(face, perform, cast, pair, request_row):
    for act in (WITHDRAW, CHANGE):
        assert perform(face, cast.aminata, act, request_row) == WRONG_MOMENT
    assert perform(face, cast.clara, RUN_FOR_ONE, request_row) == WRONG_MOMENT


def test_coordinators_alone_run_the_matcher(face, perform, cast, offer, request_row, run_tasks):
    for person in (cast.omar, cast.bao, cast.moira, cast.nadia, cast.tomas, cast.aminata):
        assert perform(face, person, RUN, None) == NOT_ALLOWED
        assert perform(face, person, RUN_FOR_ONE, request_row) == NOT_ALLOWED
    assert perform(face, None, RUN, None) == SIGN_IN
    assert not MatchRun.objects.exists()

    for _twice in range(2):
        assert perform(face, cast.clara, RUN, None) == DONE
    run_tasks()

    run = MatchRun.objects.get()
    assert run.state == "done"
    assert run.figures == {
        "requests": 1,
        "offers": 1,
        "places": 1,
        "possible": 1,
        "proposed": 1,
        "alone": [],
    }
    assert Proposal.objects.get().state == "waiting"


def test_coordinator_runs_the_matcher_for_one(face, perform, cast, offer, request_row, run_tasks):
    assert perform(face, cast.clara, RUN_FOR_ONE, MentoringRequest(pk=999)) == UNSEEN
    assert perform(face, cast.clara, RUN_FOR_ONE, request_row) == DONE
    run_tasks()

    assert Proposal.objects.get().round.request == request_row


@pytest.mark.parametrize("first", ["mentor", "learner"])
def test_both_accept_and_are_a_pair(face, first, perform, cast, proposal, request_row):
    people = [cast.bao, cast.aminata] if first == "mentor" else [cast.aminata, cast.bao]
    for _twice in range(2):
        assert perform(face, people[0], ACCEPT, proposal) == DONE
    assert not Mentorship.objects.exists()
    for _twice in range(2):
        assert perform(face, people[1], ACCEPT, proposal) == DONE
    assert perform(face, people[0], ACCEPT, proposal) == DONE

    pair = Mentorship.objects.get()
    request_row.refresh_from_db()
    assert (pair.mentor, pair.learner, pair.ended_at) == (cast.bao, cast.aminata, None)
    assert request_row.state == "matched"
    assert Room.objects.get().thing_id == pair.pk
    assert perform(face, people[0], DECLINE, proposal) == WRONG_MOMENT


@pytest.mark.parametrize("act", [ACCEPT, DECLINE])
def test_only_the_two_answer_a_proposal(face, act, perform, cast, proposal):
    assert perform(face, None, act, proposal) == SIGN_IN
    assert perform(face, cast.omar, act, proposal) == UNSEEN
    assert perform(face, cast.moira, act, proposal) == UNSEEN
    assert perform(face, cast.clara, act, proposal) == NOT_ALLOWED
    proposal.refresh_from_db()
    assert proposal.state == "waiting"


def test_declined_pair_stands_no_more(face, perform, cast, proposal):
    assert perform(face, cast.bao, DECLINE_BADLY, proposal) == INVALID
    for _twice in range(2):
        assert perform(face, cast.bao, DECLINE, proposal) == DONE

    assert perform(face, cast.aminata, ACCEPT, proposal) == WRONG_MOMENT
    assert perform(face, cast.aminata, DECLINE, proposal) == WRONG_MOMENT
    assert perform(face, cast.bao, ACCEPT, proposal) == WRONG_MOMENT
    proposal.refresh_from_db()
    assert (proposal.declined_by, proposal.declined_why) == (cast.bao, "hours")


def test_one_may_still_say_no_after_yes(face, perform, cast, proposal):
    assert perform(face, cast.bao, ACCEPT, proposal) == DONE
    assert perform(face, cast.bao, DECLINE, proposal) == DONE
    assert perform(face, cast.aminata, ACCEPT, proposal) == WRONG_MOMENT


def test_expired_proposal_is_not_answered(face, perform, cast, proposal):
    Proposal.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert perform(face, cast.bao, ACCEPT, proposal) == WRONG_MOMENT
    assert perform(face, cast.aminata, DECLINE, proposal) == WRONG_MOMENT


def test_no_place_left_is_said_when_accepting(face, perform, cast, offer, proposal):
    Mentorship.objects.create(mentor=cast.bao, learner=cast.omar, offer=offer)

    assert perform(face, cast.aminata, ACCEPT, proposal) == WRONG_MOMENT
    assert perform(face, cast.aminata, DECLINE, proposal) == DONE


@pytest.mark.parametrize("who", ["learner blocks", "mentor blocks", "mentor is suspended"])
def test_pair_that_may_not_be_any_more_is_refused(face, who, perform, cast, proposal):
    if who == "mentor is suspended":
        Person.objects.filter(pk=cast.bao.pk).update(state="suspended")
    elif who == "mentor blocks":
        Block.objects.create(person=cast.bao, blocked=cast.aminata)
    else:
        Block.objects.create(person=cast.aminata, blocked=cast.bao)

    assert perform(face, cast.aminata, ACCEPT, proposal) == WRONG_MOMENT
    assert perform(face, cast.aminata, DECLINE, proposal) == DONE


@pytest.mark.parametrize("who", ["bao", "aminata", "clara"])
def test_either_side_and_coordinators_end_a_pair(face, who, perform, cast, pair, planned):
    for person in (cast.omar, cast.moira, cast.nadia):
        assert perform(face, person, END, pair) == UNSEEN
    assert perform(face, None, END, pair) == SIGN_IN
    for _twice in range(2):
        assert perform(face, getattr(cast, who), END, pair) == DONE

    pair.refresh_from_db()
    planned.refresh_from_db()
    assert pair.ended_by == getattr(cast, who)
    assert planned.state == "cancelled"
    assert perform(face, cast.bao, PLAN, pair) == WRONG_MOMENT
    assert perform(face, cast.bao, LOG, pair) == WRONG_MOMENT
    assert JournalLine.objects.filter(verb="mentoring.pair_ended").count() == 1


@pytest.mark.parametrize("act", [PLAN, LOG])
def test_only_the_two_plan_and_log(face, act, perform, cast, pair):
    assert perform(face, None, act, pair) == SIGN_IN
    assert perform(face, cast.omar, act, pair) == UNSEEN
    assert perform(face, cast.clara, act, pair) == NOT_ALLOWED
    assert not MentoringSession.objects.exists()


def test_pair_plans_a_session_once(face, perform, cast, pair):
    for person in (cast.bao, cast.bao, cast.aminata):
        assert perform(face, person, PLAN, pair) == DONE
    assert perform(face, cast.bao, PLAN_PAST, pair) == INVALID

    session = MentoringSession.objects.get()
    assert (session.state, session.minutes, session.note) == ("planned", 50, "CSS")
    assert perform(face, cast.bao, CONFIRM, session) == WRONG_MOMENT


@pytest.mark.parametrize(("logs", "confirms"), [("bao", "aminata"), ("aminata", "bao")])
def test_both_say_they_met_and_the_hour_counts_once(face, logs, confirms, perform, cast, pair):
    first, second = getattr(cast, logs), getattr(cast, confirms)
    for _twice in range(2):
        assert perform(face, first, LOG, pair) == DONE
    session = MentoringSession.objects.get()
    assert perform(face, first, CONFIRM, session) == DONE
    assert session.state == "to_confirm"
    assert not AidClaim.objects.exists(), "one side alone counts nothing"

    for _twice in range(2):
        assert perform(face, second, CONFIRM, session) == DONE

    session.refresh_from_db()
    assert session.state == "confirmed"
    lines = dict(AidLine.objects.values_list("person", "minutes"))
    assert lines == {cast.bao.pk: 50, cast.aminata.pk: -50}
    claim = AidClaim.objects.get()
    assert (claim.kind, claim.source_kind, claim.source_id, claim.state) == (
        "mentoring",
        "mentoring.session",
        session.pk,
        "confirmed",
    )


def test_bad_session_is_refused(face, perform, cast, pair):
    assert perform(face, cast.bao, LOG_FUTURE, pair) == INVALID
    assert perform(face, cast.bao, LOG_TOO_LONG, pair) == INVALID
    assert not MentoringSession.objects.exists()


@pytest.mark.parametrize("act", [CONFIRM, CANCEL])
def test_session_is_unseen_but_by_the_two(face, act, perform, cast, held):
    assert perform(face, None, act, held) == SIGN_IN
    for person in (cast.omar, cast.clara, cast.moira):
        assert perform(face, person, act, held) == UNSEEN


def test_learner_says_how_long_it_was(face, perform, cast, held):
    assert perform(face, cast.aminata, CONFIRM_BADLY, held) == INVALID
    assert perform(face, cast.aminata, CONFIRM_LESS, held) == DONE

    assert AidLine.objects.get(person=cast.bao).minutes == 45


def test_mentor_does_not_change_what_the_learner_confirmed(face, perform, cast, pair):
    assert perform(face, cast.aminata, LOG, pair) == DONE
    session = MentoringSession.objects.get()

    assert perform(face, cast.bao, CONFIRM_LESS, session) == WRONG_MOMENT
    assert perform(face, cast.bao, CONFIRM, session) == DONE
    assert AidLine.objects.get(person=cast.bao).minutes == 50


def test_session_that_was_not_is_cancelled(face, perform, cast, held):
    for _twice in range(2):
        assert perform(face, cast.aminata, CANCEL, held) == DONE

    assert perform(face, cast.aminata, CONFIRM, held) == WRONG_MOMENT
    assert perform(face, cast.bao, CONFIRM, held) == WRONG_MOMENT
    assert not AidClaim.objects.exists()


def test_confirmed_session_is_not_cancelled(face, perform, cast, held):
    actions.confirm_session(actor=cast.aminata, session_id=held.pk)

    assert perform(face, cast.bao, CANCEL, held) == WRONG_MOMENT


def test_suspended_person_writes_nothing(face, perform, cast, proposal):
    Person.objects.update(state="suspended")

    assert perform(face, cast.bao, OFFER, None) == NOT_ALLOWED
    assert perform(face, cast.omar, REQUEST, None) == NOT_ALLOWED
    assert perform(face, cast.bao, ACCEPT, proposal) == NOT_ALLOWED
    assert perform(face, cast.clara, RUN, None) == NOT_ALLOWED
