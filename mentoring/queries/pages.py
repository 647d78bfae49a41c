"""What the pages of mentoring show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.errors import seen
from mentoring import matcher, reasons, rules
from mentoring.models import (
    MatchRun,
    MentoringRequest,
    MentoringRequestQuerySet,
    MentoringSession,
    MentoringSessionQuerySet,
    MentorOffer,
    MentorOfferQuerySet,
    Mentorship,
    MentorshipQuerySet,
    Proposal,
    ProposalQuerySet,
)
from mentoring.queries.matching import places_left
from people.models import Person, Place
from people.notices import name_of
from people.queries import skill_names

MOST_SHOWN = 50
ASSUMED_LEVEL = 2  # of a skill someone offers without having it on their profile


@dataclass(frozen=True)
class ShownProposal:
    """A proposal as one reader sees it; words: its reasons. may_answer: the reader's turn."""

    proposal: Proposal
    words: list[str]
    side: str | None
    may_answer: bool
    has_accepted: bool


def offers_of(person: Any) -> MentorOfferQuerySet:
    """Return the offers one may see, with what a page shows of them."""
    rows = MentorOffer.objects.visible_to(person).with_taken().select_related("mentor")
    return rows.prefetch_related("skills", "slots")


def requests_of(person: Any) -> MentoringRequestQuerySet:
    """Return the requests one may see, with what a page shows of them."""
    rows = MentoringRequest.objects.visible_to(person).select_related("learner")
    return rows.prefetch_related("skills", "slots")


def proposals_of(person: Any) -> ProposalQuerySet:
    """Return the proposals one may see, with both sides."""
    rows = Proposal.objects.visible_to(person)
    return rows.select_related("request__learner", "offer__mentor")


def mentorships_of(person: Any) -> MentorshipQuerySet:
    """Return the pairs one may see, with both people."""
    return Mentorship.objects.visible_to(person).select_related("mentor", "learner", "proposal")


def sessions_of(person: Any) -> MentoringSessionQuerySet:
    """Return the sessions one may see, with the pair."""
    rows = MentoringSession.objects.visible_to(person)
    return rows.select_related("mentorship__mentor", "mentorship__learner")


def words_of_proposals(
    person: Person, proposals: Sequence[Proposal], *, zone: str = ""
) -> dict[int, list[str]]:
    """Return the reasons of each proposal, by id, in the active language on the person's clock.

    At most two queries (names of skills, cached, and of places), however many proposals.
    """
    place_ids = {
        reason["place"] for row in proposals for reason in row.reasons if reason["key"] == "place"
    }
    places = (
        dict(Place.objects.filter(pk__in=place_ids).values_list("pk", "name")) if place_ids else {}
    )
    names = skill_names(get_language() or "en")
    return {
        row.pk: reasons.words_of(
            row.reasons,
            zone=zone or person.time_zone,
            skills=names,
            places=places,
            to_pair=rules.side_of(person, row) is not None,
        )
        for row in proposals
    }


def show_proposals(person: Person, proposals: Sequence[Proposal]) -> list[ShownProposal]:
    """Return proposals as this person sees them; rows of proposals_of()."""
    words = words_of_proposals(person, proposals)
    return [_shown(person, row, words[row.pk]) for row in proposals]


def _shown(person: Person, row: Proposal, words: list[str]) -> ShownProposal:
    side = rules.side_of(person, row)
    accepted = side is not None and getattr(row, f"accepted_by_{side}_at") is not None
    return ShownProposal(
        proposal=row,
        words=words,
        side=side,
        may_answer=row.state == "waiting" and rules.can_answer(person, row),
        has_accepted=accepted,
    )


@dataclass(frozen=True)
class Home:
    """What a person finds on the page of mentoring."""

    request: MentoringRequest | None
    offer: MentorOffer | None
    proposals: list[ShownProposal]
    mentorships: list[Mentorship]
    next_sessions: dict[int, MentoringSession]
    to_confirm: list[MentoringSession]


def home_of(person: Person) -> Home:
    """Return one's own request, offer, proposals, pairs and sessions; a fixed number of queries."""
    own_requests = requests_of(person).filter(learner=person)
    proposals = proposals_of(person).waiting()
    mine = Q(request__learner=person) | Q(offer__mentor=person)
    pairs = mentorships_of(person).of(person)
    sessions = list(sessions_of(person).filter(_to_come_or_open(person)).order_by("starts_at"))
    now = timezone.now()
    coming: dict[int, MentoringSession] = {}
    for session in sessions:
        if session.starts_at > now:
            coming.setdefault(session.mentorship_id, session)
    return Home(
        request=own_requests.order_by("-pk").first(),
        offer=offers_of(person).filter(mentor=person).first(),
        proposals=show_proposals(person, list(proposals.filter(mine).order_by("pk")[:MOST_SHOWN])),
        mentorships=list(pairs.order_by("-ended_at", "-pk")[:MOST_SHOWN]),
        next_sessions=coming,
        to_confirm=[session for session in sessions if session.starts_at <= now],
    )


def _to_come_or_open(person: Person) -> Q:
    """Return the condition: sessions to come, and past ones this person has yet to confirm."""
    as_mentor = Q(mentorship__mentor=person, confirmed_by_mentor_at=None)
    as_learner = Q(mentorship__learner=person, confirmed_by_learner_at=None)
    return Q(cancelled_at=None) & (as_mentor | as_learner)


@dataclass(frozen=True)
class MentorshipPage:
    """Everything on a pair's page but its chat."""

    mentorship: Mentorship
    side: str | None
    hours: list[str]
    skills: list[str]
    sessions: list["ShownSession"]
    minutes_met: int
    can_meet: bool
    can_end: bool


@dataclass(frozen=True)
class ShownSession:
    """A session with what the reader may do with it now."""

    session: MentoringSession
    can_confirm: bool
    can_set_minutes: bool
    can_cancel: bool


def mentorship_page(person: Person, mentorship_id: int) -> MentorshipPage:
    """Return what the page of a pair shows this person; coordinators see no sessions.

    Raises NotSeen. Five queries at most.
    """
    mentorship = seen(mentorships_of(person), pk=mentorship_id)
    side = rules.side_of(person, mentorship)
    rows = list(
        MentoringSession.objects.visible_to(person)
        .filter(mentorship=mentorship)
        .order_by("-starts_at", "-pk")[:MOST_SHOWN]
    )
    agreed: Any = mentorship.proposal
    facts = {reason["key"]: reason for reason in agreed.reasons} if agreed else {}
    names = skill_names(get_language() or "en")
    is_living = mentorship.ended_at is None
    return MentorshipPage(
        mentorship=mentorship,
        side=side,
        hours=(
            [
                reasons.span_words(hours)
                for hours in matcher.hours_in(facts["hours"], person.time_zone)[:3]
            ]
            if "hours" in facts
            else []
        ),
        skills=[names[pk] for pk in facts.get("skills", {}).get("skills", ()) if pk in names],
        sessions=[show_session(person, mentorship, row) for row in rows],
        minutes_met=sum(row.minutes for row in rows if row.state == "confirmed"),
        can_meet=is_living and rules.can_meet(person, mentorship),
        can_end=is_living and rules.can_end(person, mentorship),
    )


def show_session(person: Person, mentorship: Mentorship, session: MentoringSession) -> ShownSession:
    """Return a session with what its reader may do now."""
    side = rules.side_of(person, mentorship)
    may = rules.can_meet(person, mentorship)
    is_open = session.state in ("planned", "to_confirm")
    mine = getattr(session, f"confirmed_by_{side}_at") if side else None
    can_confirm = may and is_open and mine is None and session.starts_at <= timezone.now()
    return ShownSession(
        session=session,
        can_confirm=can_confirm,
        can_set_minutes=can_confirm and (side == rules.LEARNER or session.state == "planned"),
        can_cancel=may and is_open,
    )


@dataclass(frozen=True)
class Alone:
    """A request nobody was found for, and why, in words."""

    request: MentoringRequest
    why: str


def alone_of(run: MatchRun | None) -> list[Alone]:
    """Return who a run left alone and is still open; one query and its prefetches."""
    why = {row["request"]: row["why"] for row in run.figures.get("alone", ())} if run else {}
    rows = MentoringRequest.objects.open().filter(pk__in=why).select_related("learner")
    return [
        Alone(row, str(reasons.WHY_ALONE[why[row.pk]]))
        for row in rows.prefetch_related("skills", "slots").order_by("pk")[:MOST_SHOWN]
    ]


def open_requests(person: Any) -> MentoringRequestQuerySet:
    """Return the open requests, each with `is_proposed`: whether an answer is awaited."""
    waiting = Proposal.objects.waiting().filter(request=OuterRef("pk"))
    return requests_of(person).open().annotate(is_proposed=Exists(waiting))


def offers_with_places(person: Any) -> list[tuple[MentorOffer, int]]:
    """Return the offers that are not paused, with the places left, most places first."""
    offers = list(offers_of(person).filter(paused_at=None).order_by("pk")[:MOST_SHOWN])
    places = places_left(offers)
    return sorted(((offer, places[offer.pk]) for offer in offers), key=lambda row: -row[1])


@dataclass(frozen=True)
class Upcoming:
    """A line for the page of today: state in words, "" for none; urgent: this person's turn."""

    title: str
    url: str
    when: datetime
    state: str
    urgent: bool


def upcoming_for(person: Person) -> list[Upcoming]:
    """Return what comes next in mentoring: proposals and sessions to answer, then meetings.

    Two queries.
    """
    rows = proposals_of(person).waiting()
    mine = Q(request__learner=person, accepted_by_learner_at=None)
    mine |= Q(offer__mentor=person, accepted_by_mentor_at=None)
    found = [_proposed(person, row) for row in rows.filter(mine).order_by("pk")[:MOST_SHOWN]]
    sessions = sessions_of(person).filter(_to_come_or_open(person)).order_by("starts_at")
    now = timezone.now()
    for session in sessions[:MOST_SHOWN]:
        pair = session.mentorship
        other = pair.learner if pair.mentor_id == person.pk else pair.mentor
        is_past = session.starts_at <= now
        found.append(
            Upcoming(
                title=_("Mentoring with %(name)s") % {"name": name_of(other)},
                url=pair.path,
                when=session.starts_at,
                state=_("Did you meet?") if is_past else "",
                urgent=is_past,
            )
        )
    return found


def _proposed(person: Person, row: Proposal) -> Upcoming:
    is_learner = row.request.learner_id == person.pk
    other = row.offer.mentor if is_learner else row.request.learner
    text = _("%(name)s could be your mentor") if is_learner else _("%(name)s could learn with you")
    return Upcoming(
        title=text % {"name": name_of(other)},
        url="/mentoring",
        when=row.expires_at,
        state=_("Your answer is awaited"),
        urgent=True,
    )
