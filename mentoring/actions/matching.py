"""Running the matcher, and answering what it proposes."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.actions import open_room
from core.errors import InvalidInput, NotAllowed, WrongMoment, locked, seen
from core.journal import PARTICIPANTS, STAFF, record
from mentoring import matcher, queries, rules
from mentoring.actions.asking import lapse
from mentoring.models import MatchRun, MentoringRequest, MentorOffer, Mentorship, Proposal
from people.models import Person
from people.queries import blocked_ids

ANSWER_WITHIN = timedelta(days=14)
SAME_RUN_FOR = timedelta(minutes=10)
PROGRESS_EVERY = 25
State = MentoringRequest.State


@transaction.atomic
def run_matcher(*, actor: Person, request_id: int | None = None) -> MatchRun:
    """Let the worker look for pairs, for all open requests or for one more mentor for one.

    A run of the same kind that is not done yet, asked for a moment ago, is returned instead.
    Raises NotAllowed, NotSeen, WrongMoment (the request is not open).
    """
    from mentoring.tasks import match

    if not rules.can_run_matcher(actor):
        raise NotAllowed(_("Coordinators run the matcher."))
    request = None
    if request_id is not None:
        request = locked(MentoringRequest.objects.visible_to(actor), pk=request_id)
        if request.state != State.OPEN:
            raise WrongMoment(_("This request is not open."), code="not_open")
    same = MatchRun.objects.select_for_update(of=("self",)).filter(
        request=request, finished_at=None, asked_at__gt=timezone.now() - SAME_RUN_FOR
    )
    running = same.order_by("-pk").first()
    if running is not None:
        return running
    run = MatchRun.objects.create(asked_by=actor, request=request)
    record(
        "mentoring.matcher_asked",
        actor=actor,
        thing=run,
        audience=STAFF,
        changes={"request": request_id},
    )
    match.enqueue(run_id=run.pk)
    return run


def solve_run(*, run_id: int) -> MatchRun:
    """Match as a run asks, and write the proposals; called by the worker, done once.

    Compares and solves outside of any transaction, so that nobody waits for it; what changed
    meanwhile is looked at again, under locks, before a proposal is written.
    """
    run = MatchRun.objects.get(pk=run_id)
    if run.finished_at is not None:
        return run
    now = timezone.now()
    MatchRun.objects.filter(pk=run_id).update(started_at=now)
    facts = queries.matching_facts(run)
    figures = {
        "requests": len(facts.learners),
        "offers": len(facts.mentors),
        "places": sum(mentor.places for mentor in facts.mentors),
    }

    def show_progress(done: int) -> None:
        if done % PROGRESS_EVERY == 0:
            MatchRun.objects.filter(pk=run_id).update(figures={**figures, "compared": done})

    outcome = matcher.match(
        facts.learners,
        facts.mentors,
        first_week=matcher.week_after(now.date()),
        apart=facts.apart,
        progress=show_progress,
    )
    return _write_proposals(run_id, outcome, figures)


@transaction.atomic
def _write_proposals(run_id: int, outcome: matcher.Outcome, figures: dict[str, int]) -> MatchRun:
    run = MatchRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    if run.finished_at is not None:
        return run
    requests = _locked_requests(outcome)
    offers = _locked_offers(outcome)
    _lapse_expired(list(requests))
    written = [pair for pair in outcome.chosen if _propose(run, pair, requests, offers) is not None]
    run.finished_at = timezone.now()
    run.figures = {
        **figures,
        "possible": outcome.possible,
        "proposed": len(written),
        "alone": [{"request": pk, "why": why} for pk, why in sorted(outcome.alone.items())],
    }
    run.save(update_fields=["finished_at", "figures"])
    record(
        "mentoring.matcher_finished",
        actor=None,
        thing=run,
        audience=STAFF,
        changes={"proposed": len(written), "alone": len(outcome.alone)},
    )
    return run


def _locked_requests(outcome: matcher.Outcome) -> dict[int, MentoringRequest]:
    ids = sorted(pair.request for pair in outcome.chosen)
    rows = MentoringRequest.objects.open().filter(pk__in=ids)
    return {row.pk: row for row in rows.select_for_update(of=("self",)).order_by("pk")}


def _locked_offers(outcome: matcher.Outcome) -> dict[int, int]:
    """Return the places left by offer, locked; a paused offer has none."""
    ids = sorted({pair.offer for pair in outcome.chosen})
    offers = MentorOffer.objects.filter(pk__in=ids, paused_at=None)
    found = list(offers.select_for_update(of=("self",)).order_by("pk"))
    return queries.places_left(found)


def _lapse_expired(request_ids: list[int]) -> None:
    """Close what nobody answered in time, so that the pair may be proposed again."""
    Proposal.objects.filter(
        request__in=request_ids,
        expires_at__lte=timezone.now(),
        declined_at=None,
        lapsed_at=None,
    ).update(lapsed_at=timezone.now())


def _propose(
    run: MatchRun,
    pair: matcher.Pair,
    requests: dict[int, MentoringRequest],
    places: dict[int, int],
) -> Proposal | None:
    """Write one proposal; None if its request or place is gone since the facts were read."""
    request = requests.get(pair.request)
    waiting = Proposal.objects.waiting().filter(request_id=pair.request)
    if run.request_id is not None:
        waiting = waiting.filter(offer_id=pair.offer)
    if request is None or places.get(pair.offer, 0) < 1 or waiting.exists():
        return None
    places[pair.offer] -= 1
    proposal = Proposal.objects.create(
        request=request,
        offer_id=pair.offer,
        round=run,
        score=pair.score,
        reasons=pair.reasons,
        expires_at=timezone.now() + ANSWER_WITHIN,
    )
    record(
        "mentoring.proposed",
        actor=None,
        thing=proposal,
        parent=request,
        audience=PARTICIPANTS,
        changes={"offer": pair.offer, "score": pair.score, "round": run.pk},
    )
    return proposal


@transaction.atomic
def accept_proposal(*, actor: Person, proposal_id: int) -> Proposal:
    """Say yes to a proposal; when both have, the pair is made. Yes twice is once.

    Raises NotSeen, NotAllowed, WrongMoment (declined, lapsed, expired, no place left).
    """
    proposal = _locked_proposal(actor, proposal_id)
    side = rules.side_of(actor, proposal)
    if getattr(proposal, f"accepted_by_{side}_at") is not None and proposal.state in (
        "waiting",
        "agreed",
    ):
        return proposal
    _check_waiting(proposal)
    _check_possible(proposal)
    setattr(proposal, f"accepted_by_{side}_at", timezone.now())
    proposal.save(update_fields=[f"accepted_by_{side}_at"])
    record(
        "mentoring.proposal_accepted",
        actor=actor,
        thing=proposal,
        parent=proposal.request,
        changes={"side": side},
    )
    if proposal.is_agreed:
        _pair(actor, proposal)
    return proposal


@transaction.atomic
def decline_proposal(*, actor: Person, proposal_id: int, why: str = "") -> Proposal:
    """Say no to a proposal, perhaps why (for coordinators alone); it is never made again.

    why: one of Proposal.Why, or empty. No twice is once.
    Raises NotSeen, NotAllowed, WrongMoment, InvalidInput.
    """
    proposal = _locked_proposal(actor, proposal_id)
    if why and why not in Proposal.Why.values:
        raise InvalidInput.of("why", "invalid", _("Choose one of these."))
    if proposal.declined_at is not None and proposal.declined_by_id == actor.pk:
        return proposal
    _check_waiting(proposal)
    proposal.declined_at, proposal.declined_by = timezone.now(), actor
    proposal.declined_why = why
    proposal.save(update_fields=["declined_at", "declined_by", "declined_why"])
    record(
        "mentoring.proposal_declined",
        actor=actor,
        thing=proposal,
        parent=proposal.request,
        changes={"side": rules.side_of(actor, proposal), "why": why},
    )
    return proposal


def _locked_proposal(actor: Person, proposal_id: int) -> Proposal:
    """Return the proposal, locked after its request and its offer: always in this order."""
    found = seen(Proposal.objects.visible_to(actor), pk=proposal_id)
    request = MentoringRequest.objects.select_for_update(of=("self",)).get(pk=found.request_id)
    offer = MentorOffer.objects.select_for_update(of=("self",)).get(pk=found.offer_id)
    proposal = locked(Proposal.objects.visible_to(actor), pk=proposal_id)
    proposal.request, proposal.offer = request, offer
    if not rules.can_answer(actor, proposal):
        raise NotAllowed(_("The two it is proposed to answer it."))
    return proposal


def _check_waiting(proposal: Proposal) -> None:
    state = proposal.state
    if state == "agreed":
        raise WrongMoment(_("You both agreed already."), code="agreed", allowed=["end_mentorship"])
    if state != "waiting":
        raise WrongMoment(_("This proposal does not stand any more."), code=state)


def _check_possible(proposal: Proposal) -> None:
    """Refuse what is not possible any more since the matcher ran."""
    learner, mentor = proposal.request.learner, proposal.offer.mentor
    taken = Mentorship.objects.filter(offer=proposal.offer, ended_at=None).count()
    if taken >= proposal.offer.capacity:
        raise WrongMoment(_("The mentor has no place left."), code="no_place", allowed=["decline"])
    is_gone = mentor.pk in blocked_ids(learner) or not (learner.may_act and mentor.may_act)
    pairs = Mentorship.objects.filter(mentor=mentor, learner=learner, ended_at=None)
    if is_gone or pairs.exists() or proposal.request.state != State.OPEN:
        raise WrongMoment(
            _("This proposal does not stand any more."), code="lapsed", allowed=["decline"]
        )


def _pair(actor: Person, proposal: Proposal) -> Mentorship:
    """Make the pair both agreed to, with a room to talk; other proposals of the request fall."""
    request, offer = proposal.request, proposal.offer
    mentorship = Mentorship.objects.create(
        mentor=offer.mentor,
        learner=request.learner,
        offer=offer,
        request=request,
        proposal=proposal,
    )
    request.state = State.MATCHED
    request.save(update_fields=["state"])
    lapsed = lapse(actor, request.proposals.exclude(pk=proposal.pk))
    record(
        "mentoring.pair_agreed",
        actor=actor,
        thing=mentorship,
        parent=request,
        changes={"proposal": proposal.pk, "lapsed": lapsed},
    )
    open_room(actor=actor, kind="mentoring.mentorship", object_id=mentorship.pk)
    return mentorship
