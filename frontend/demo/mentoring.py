"""Ten offers, fourteen requests, four pairs with their meetings."""

from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from chat.actions import open_room
from frontend.demo.people import People
from frontend.demo.reading import ago, read
from mentoring import actions
from mentoring.matcher import Slot
from mentoring.models import MentoringRequest, MentoringSession, MentorOffer, Mentorship
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
    pair = Mentorship.objects.create(
        mentor=mentor,
        learner=learner,
        offer=MentorOffer.objects.get(mentor=mentor),
        request=request,
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


def _met(people: People, pair: Mentorship, entry: dict[str, Any]) -> None:
    """Log a meeting by the first who confirmed it; the other one follows."""
    first, *others = [people[handle] for handle in entry["confirmed_by"]]
    moment = ago(entry["days_ago"]).astimezone(ZoneInfo(first.time_zone))
    start = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
    session: MentoringSession = actions.log_session(
        actor=first,
        mentorship_id=pair.pk,
        day=start.date(),
        start=start.time(),
        minutes=entry["minutes"],
        note=entry["note"],
    )
    for other in others:
        actions.confirm_session(actor=other, session_id=session.pk)
