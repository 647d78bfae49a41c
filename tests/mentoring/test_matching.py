from datetime import time, timedelta

import pytest
from django.core import mail
from django.utils import timezone, translation

from core.errors import WrongMoment
from core.models import JournalLine, OutgoingMail
from mentoring import actions, queries
from mentoring.matcher import Slot
from mentoring.models import MatchRun, MentoringRequest, Mentorship, Proposal
from people.models import Block, Notice, Person
from tests.cast import SECRET, make_person


def learner_called(handle, terms, **facts):
    person = make_person(handle)
    return actions.request_mentoring(actor=person, terms=terms(**facts))


def test_proposal_says_why_in_the_readers_language_and_on_their_clock(
    cast, offer, request_row, same_place, run_match
):
    Person.objects.filter(pk=cast.aminata.pk).update(time_zone="Africa/Dakar")
    cast.aminata.refresh_from_db()

    run_match()

    proposal = queries.proposals_of(cast.aminata).get()
    with translation.override("en"):
        words = queries.words_of_proposals(cast.aminata, [proposal])[proposal.pk]
        assert words[:2] == ["All that is wanted is offered: PHP.", "You both speak English."]
        assert words[2].startswith("You can meet on Tuesdays, 17:00–19:00")
        assert words[-1] == "You both live in Lyon."
        as_coordinator = queries.words_of_proposals(cast.clara, [proposal])[proposal.pk]
        assert "Both speak English." in as_coordinator
        assert any("on Tuesdays, 18:00–20:00 (your time)" in text for text in as_coordinator)
    assert proposal.score == pytest.approx(1.0)
    assert proposal.reasons[0] == {
        "key": "skills",
        "skills": [request_row.skills.get().pk],
        "wanted": 1,
    }


def test_reasons_hold_keys_and_numbers_alone(cast, proposal):
    stored = str(proposal.reasons) + str(
        list(JournalLine.objects.values_list("changes", flat=True))
    )

    for word in ("Aminata", "Bao", SECRET, "PHP", "speak"):
        assert word not in stored


def test_both_sides_are_told_by_notice_and_mail(cast, proposal):
    assert {notice.person for notice in Notice.objects.filter(verb="mentoring.proposed")} == {
        cast.bao,
        cast.aminata,
    }
    told = {tuple(message.to): message for message in mail.outbox}
    assert set(told) == {("bao@people.example",), ("aminata@people.example",)}
    to_bao = told[("bao@people.example",)]
    assert to_bao.subject == "Aminata could learn with you"
    assert "You both speak English." in to_bao.body
    assert SECRET not in to_bao.body
    assert told[("aminata@people.example",)].subject == "Bao could be your mentor"
    assert cast.clara.notices.get().verb == "mentoring.matcher_finished"


@pytest.mark.parametrize("blocker", ["aminata", "bao"])
def test_who_keeps_away_is_not_proposed_and_nobody_learns_why(
    blocker, cast, offer, request_row, run_match
):
    other = "bao" if blocker == "aminata" else "aminata"
    Block.objects.create(person=getattr(cast, blocker), blocked=getattr(cast, other))

    run = run_match()

    assert not Proposal.objects.exists()
    assert run.figures["alone"] == [{"request": request_row.pk, "why": "none_left"}]


def test_declined_pair_is_never_proposed_again(cast, proposal, run_match):
    actions.decline_proposal(actor=cast.bao, proposal_id=proposal.pk)

    run = run_match()

    assert Proposal.objects.get() == proposal
    assert run.figures["alone"][0]["why"] == "none_left"


def test_pair_that_has_ended_is_not_proposed_again(cast, pair, terms, run_match):
    actions.end_mentorship(actor=cast.aminata, mentorship_id=pair.pk)
    actions.request_mentoring(actor=cast.aminata, terms=terms())

    assert run_match().figures["alone"][0]["why"] == "none_left"


def test_expired_proposal_may_be_made_again(cast, proposal, run_match):
    Proposal.objects.update(expires_at=timezone.now() - timedelta(minutes=1))

    run_match()

    states = {row.state for row in Proposal.objects.all()}
    assert states == {"lapsed", "waiting"}


def test_proposal_that_waits_holds_its_place(cast, proposal, terms, run_match):
    """bao has one place: while aminata thinks, nobody else is proposed to him."""
    other = learner_called("zoe", terms)

    run = run_match()

    assert run.figures["requests"] == 1, "aminata's request waits for an answer already"
    assert run.figures["alone"] == [{"request": other.pk, "why": "no_place"}]
    actions.decline_proposal(actor=cast.bao, proposal_id=proposal.pk)
    run_match()
    assert Proposal.objects.waiting().get().request == other


def test_paused_offer_and_suspended_people_are_left_out(cast, offer, request_row, run_match):
    actions.pause_offer(actor=cast.bao)
    assert run_match().figures["offers"] == 0
    actions.resume_offer(actor=cast.bao)

    Person.objects.filter(pk=cast.aminata.pk).update(state="suspended")
    assert run_match().figures["requests"] == 0
    assert not Proposal.objects.exists()


def test_one_request_gets_one_more_proposal(cast, proposal, terms, run_match):
    actions.offer_mentoring(actor=cast.tomas, terms=terms(), capacity=1)

    run_match()
    assert Proposal.objects.count() == 1, "whoever thinks about a proposal is left in peace"
    run_match(request_id=proposal.request_id)

    assert {row.offer.mentor for row in Proposal.objects.waiting()} == {cast.bao, cast.tomas}
    actions.accept_proposal(actor=cast.tomas, proposal_id=Proposal.objects.latest("pk").pk)
    actions.accept_proposal(actor=cast.aminata, proposal_id=Proposal.objects.latest("pk").pk)
    proposal.refresh_from_db()
    assert proposal.state == "lapsed"
    assert Mentorship.objects.get().mentor == cast.tomas


def test_last_place_is_given_once(cast, offer, proposal, terms, run_match):
    """Two proposals for one place: only coordinators' single runs and later changes lead there."""
    actions.offer_mentoring(actor=cast.bao, terms=terms(skills=["php", "mail"]), capacity=2)
    learner_called("zoe", terms)
    run_match()
    actions.offer_mentoring(actor=cast.bao, terms=terms(skills=["php", "mail"]), capacity=1)
    first, second = Proposal.objects.waiting().order_by("pk")
    for row in (first, second):
        actions.accept_proposal(actor=row.request.learner, proposal_id=row.pk)
    actions.accept_proposal(actor=cast.bao, proposal_id=first.pk)

    with pytest.raises(WrongMoment) as refused:
        actions.accept_proposal(actor=cast.bao, proposal_id=second.pk)

    assert (refused.value.code, refused.value.allowed) == ("no_place", ("decline",))
    assert Mentorship.objects.count() == 1


def test_changed_offer_lets_its_proposals_fall_and_a_new_text_does_not(cast, proposal, terms):
    same = terms(skills=["php", "mail"], source="Another text")
    actions.offer_mentoring(actor=cast.bao, terms=same, capacity=3)
    proposal.refresh_from_db()
    assert proposal.state == "waiting"

    moved = terms(skills=["php", "mail"], slots=[Slot(3, time(8), time(10))])
    actions.offer_mentoring(actor=cast.bao, terms=moved, capacity=3)

    proposal.refresh_from_db()
    assert proposal.state == "lapsed"


def test_request_withdrawn_while_the_matcher_thinks_gets_no_proposal(
    cast, offer, request_row, monkeypatch
):
    run = actions.run_matcher(actor=cast.clara)
    facts = queries.matching_facts(run)
    actions.withdraw_request(actor=cast.aminata, request_id=request_row.pk)
    monkeypatch.setattr(queries, "matching_facts", lambda run: facts)

    done = actions.solve_run(run_id=run.pk)

    assert (done.figures["possible"], done.figures["proposed"]) == (1, 0)
    assert not Proposal.objects.exists()


def test_run_done_twice_proposes_once(cast, offer, request_row, run_match):
    run = run_match()

    actions.solve_run(run_id=run.pk)

    assert Proposal.objects.count() == 1
    assert JournalLine.objects.filter(verb="mentoring.matcher_finished").count() == 1


def test_web_processes_never_load_the_solver():
    import subprocess
    import sys

    script = (
        "import django; django.setup(); import core.urls, mentoring.tasks, sys; "
        "assert not any(name.startswith('ortools') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_levels_of_the_mentor_decide_between_two(cast, offer, request_row, terms, run_match):
    """bao knows PHP at the best level; what tomas offers without saying how well counts less."""
    actions.offer_mentoring(actor=cast.tomas, terms=terms(), capacity=1)

    run_match()

    assert Proposal.objects.get().offer.mentor == cast.bao


def test_no_mail_is_queued_before_the_matcher_ran(cast, offer, request_row, run_tasks):
    run_tasks()

    assert MatchRun.objects.count() == OutgoingMail.objects.count() == 0
    assert MentoringRequest.objects.get().state == "open"
