"""What mentoring declares to the other rooms."""

from collections.abc import Callable, Collection
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from core.things import Thing, declare
from mentoring.models import (
    MatchRun,
    MentoringRequest,
    MentoringSession,
    MentorOffer,
    Mentorship,
    Proposal,
)
from people.notices import name_of


def declare_all() -> None:
    """Declare offers, requests, what the matcher does, pairs and sessions."""
    _declare_asking()
    _declare_matching()
    _declare_meeting()


def _seen(model: Any, *related: str) -> Callable[[Any], Any]:
    """Return visible_to with what url and label read, so that many are named in one query."""
    return lambda person: model.objects.visible_to(person).select_related(*related)


def _declare_asking() -> None:
    declare(
        Thing(
            kind="mentoring.offer",
            model=MentorOffer,
            visible_to=_seen(MentorOffer, "mentor"),
            url=lambda offer: offer.path,
            label=lambda offer: _("what %(name)s offers") % {"name": name_of(offer.mentor)},
            participants=lambda offer: [offer.mentor],
            author_ids=lambda offer: {offer.mentor_id},
            export=lambda person: [
                _asked(row) | {"capacity": row.capacity}
                for row in MentorOffer.objects.filter(mentor=person)
            ],
            erase=_erase_offers,
        )
    )
    declare(
        Thing(
            kind="mentoring.request",
            model=MentoringRequest,
            visible_to=_seen(MentoringRequest, "learner"),
            url=lambda request: request.path,
            label=lambda request: (
                _("what %(name)s wants to learn") % {"name": name_of(request.learner)}
            ),
            participants=lambda request: [request.learner],
            author_ids=lambda request: {request.learner_id},
            export=lambda person: [
                _asked(row) | {"state": row.state}
                for row in MentoringRequest.objects.filter(learner=person)
                .prefetch_related("skills", "slots")
                .order_by("pk")
            ],
            erase=_erase_requests,
        )
    )


def _declare_matching() -> None:
    declare(
        Thing(
            kind="mentoring.proposal",
            model=Proposal,
            visible_to=_seen(Proposal, "offer__mentor", "request__learner"),
            url=lambda proposal: f"/mentoring#proposal-{proposal.pk}",
            label=lambda proposal: (
                f"{name_of(proposal.offer.mentor)} · {name_of(proposal.request.learner)}"
            ),
            participants=lambda row: [row.offer.mentor, row.request.learner],
        )
    )
    declare(
        Thing(
            kind="mentoring.run",
            model=MatchRun,
            visible_to=MatchRun.objects.visible_to,
            url=lambda run: "/mentoring/matching",
            label=lambda run: _("the matcher"),
        )
    )


def _declare_meeting() -> None:
    declare(
        Thing(
            kind="mentoring.mentorship",
            model=Mentorship,
            visible_to=_seen(Mentorship, "mentor", "learner"),
            url=lambda pair: pair.path,
            label=_pair_label,
            participants=lambda pair: [pair.mentor, pair.learner],
            participant_ids=_pair_ids,
            export=lambda person: [
                {
                    "role": "mentor" if row.mentor_id == person.pk else "learner",
                    "since": row.since.isoformat(),
                    "ended_at": row.ended_at.isoformat() if row.ended_at else None,
                }
                for row in Mentorship.objects.of(person).order_by("pk")
            ],
            erase=_end_pairs,
        )
    )
    declare(
        Thing(
            kind="mentoring.session",
            model=MentoringSession,
            visible_to=_seen(MentoringSession, "mentorship__mentor", "mentorship__learner"),
            url=lambda session: f"{session.mentorship.path}#session-{session.pk}",
            label=lambda session: _pair_label(session.mentorship),
            participants=lambda row: [row.mentorship.mentor, row.mentorship.learner],
            export=lambda person: [
                {"starts_at": row.starts_at.isoformat(), "minutes": row.minutes, "note": row.note}
                for row in MentoringSession.objects.visible_to(person).order_by("pk")
            ],
            erase=_erase_notes,
        )
    )


def _pair_ids(ids: Collection[int]) -> list[tuple[int, int]]:
    pairs = Mentorship.objects.filter(pk__in=ids).values_list("pk", "mentor_id", "learner_id")
    return [(pk, person_id) for pk, *both in pairs for person_id in both]


def _pair_label(pair: Mentorship) -> str:
    return f"{name_of(pair.mentor)} · {name_of(pair.learner)}"


def _asked(row: MentorOffer | MentoringRequest) -> dict[str, Any]:
    return {
        "skills": [skill.slug for skill in row.skills.all()],
        "languages": row.languages,
        "slots": [str(slot) for slot in row.slots.all()],
        "time_zone": row.time_zone,
        "source": row.source,
        "created_at": row.created_at.isoformat(),
    }


def _erase_offers(person: Any) -> None:
    """Close the offer and forget what it said."""
    for offer in MentorOffer.objects.filter(mentor=person):
        offer.slots.all().delete()
        _lapse(Proposal.objects.filter(offer=offer))
    now = timezone.now()
    MentorOffer.objects.filter(mentor=person).update(source="", html="", paused_at=now)


def _erase_requests(person: Any) -> None:
    """Withdraw what is open and forget what was said."""
    for request in MentoringRequest.objects.filter(learner=person):
        request.slots.all().delete()
        _lapse(Proposal.objects.filter(request=request))
    rows = MentoringRequest.objects.filter(learner=person)
    rows.open().update(state=MentoringRequest.State.WITHDRAWN)
    rows.update(source="", html="")


def _lapse(proposals: Any) -> None:
    proposals.waiting().update(lapsed_at=timezone.now())


def _end_pairs(person: Any) -> None:
    """End the living pairs; the other side keeps the sessions and the hours."""
    now = timezone.now()
    pairs = Mentorship.objects.of(person)
    MentoringSession.objects.filter(
        mentorship__in=pairs, starts_at__gt=now, cancelled_at=None
    ).update(cancelled_at=now)
    pairs.filter(ended_at=None).update(ended_at=now)


def _erase_notes(person: Any) -> None:
    """Forget the notes this person wrote."""
    MentoringSession.objects.filter(planned_by=person).update(note="")
