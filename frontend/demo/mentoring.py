"""Ten offers, fourteen requests, four pairs with their meetings."""

from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from chat.actions import open_room
from frontend.demo.people import People
from frontend.demo.reading import ago, read
from mentoring import actions, matcher
from mentoring.matcher import Slot
from mentoring.models import (
    MatchRun,
    MentoringRequest,
    MentoringSession,
    MentorOffer,
    Mentorship,
    Proposal,
)
from mentoring.queries import matching_facts
from mentoring.terms import Terms
from people.models import Person


def load_mentoring(people: People) -> dict[int, Mentorship]:
    """Offer, ask, pair and meet as the file tells; return the pairs by their number there."""
    data = read("mentoring")
    for row in data["offers"]:
        offer = actions.offer_mentoring(
            actor=people[row["mentor"]],
            terms=_terms(people[row["mentor"]], row),
            capacity=row["capacity"],
        )
        MentorOffer.objects.filter(pk=offer.pk).update(created_at=ago(row["days_ago"]))
    for row in data["requests"]:
        request = actions.request_mentoring(
            actor=people[row["learner"]], terms=_terms(people[row["learner"]], row)
        )
        MentoringRequest.objects.filter(pk=request.pk).update(created_at=ago(row["days_ago"]))
    return {row["n"]: _pair(people, row) for row in data["mentorships"]}


def _terms(person: Person, row: dict[str, Any]) -> Terms:
    return Terms(
        skills=row["skills"],
        languages=row["languages"],
        slots=[
            Slot(
                slot["weekday"], time.fromisoformat(slot["start"]), time.fromisoformat(slot["end"])
            )
            for slot in row["slots"]
        ],
        time_zone=person.time_zone,
        source=row["text"],
    )


def _pair(people: People, row: dict[str, Any]) -> Mentorship:
    mentor, learner = people[row["mentor"]], people[row["learner"]]
    request = MentoringRequest.objects.get(learner=learner)
    proposal = _proposed(people["clara"], request, MentorOffer.objects.get(mentor=mentor), row)
    pair = Mentorship.objects.create(
        mentor=mentor,
        learner=learner,
        offer=proposal.offer,
        request=request,
        proposal=proposal,
        since=ago(row["agreed_days_ago"]),
    )
    MentoringRequest.objects.filter(pk=request.pk).update(state=MentoringRequest.State.MATCHED)
    open_room(actor=mentor, kind="mentoring.mentorship", object_id=pair.pk)
    for entry in row["sessions"]:
        _met(people, pair, entry)
    if "planned" in row:
        planned = row["planned"]
        actions.plan_session(
            actor=mentor,
            mentorship_id=pair.pk,
            day=timezone.localdate() + timedelta(days=planned["days_from_now"]),
            start=time.fromisoformat(planned["start"]),
            minutes=planned["minutes"],
        )
    return pair


def _proposed(
    coordinator: Person, request: MentoringRequest, offer: MentorOffer, row: dict[str, Any]
) -> Proposal:
    """Write the proposal both once agreed to, with the reasons the matcher gives for it."""
    agreed_at = ago(row["agreed_days_ago"])
    run = MatchRun.objects.create(
        asked_by=coordinator, asked_at=agreed_at, started_at=agreed_at, request=request
    )
    facts = matching_facts(run)
    learner = facts.learners[0]
    mentor = next(mentor for mentor in facts.mentors if mentor.id == offer.pk)
    first_week = matcher.week_after(agreed_at.date())
    hours = [matcher.hours_of(side.slots, side.zone, first_week) for side in (learner, mentor)]
    together = matcher.meetings(hours[0], hours[1], learner.zone, first_week)
    pair = matcher.pair_of(learner, mentor, together, first_week)
    proposal = Proposal.objects.create(
        request=request,
        offer=offer,
        round=run,
        score=pair.score,
        reasons=pair.reasons,
        created_at=agreed_at,
        expires_at=agreed_at + timedelta(days=14),
        accepted_by_mentor_at=agreed_at,
        accepted_by_learner_at=agreed_at,
    )
    figures = {"requests": 1, "offers": len(facts.mentors), "places": mentor.places}
    run.figures = {**figures, "possible": 1, "proposed": 1, "alone": []}
    run.finished_at = agreed_at
    run.save()
    return proposal


def _met(people: People, pair: Mentorship, entry: dict[str, Any]) -> None:
    """Log a meeting, at the hour the mentor offers, by the first who confirmed it."""
    first, *others = [people[handle] for handle in entry["confirmed_by"]]
    offered = MentorOffer.objects.get(mentor=pair.mentor)
    start = offered.slots.all()[0].start
    day = ago(entry["days_ago"]).astimezone(ZoneInfo(offered.time_zone)).date()
    session: MentoringSession = actions.log_session(
        actor=first,
        mentorship_id=pair.pk,
        day=day,
        start=start,
        minutes=entry["minutes"],
        note=entry["note"],
        time_zone=offered.time_zone,
    )
    for other in others:
        actions.confirm_session(actor=other, session_id=session.pk)
