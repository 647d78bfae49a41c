"""Saying what one wants to learn, and what one can teach."""

from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import things
from core.confided import point_out_secrets
from core.errors import InvalidInput, NotAllowed, WrongMoment, locked
from core.journal import STAFF, record
from core.markup import write_text
from mentoring import rules
from mentoring.models import (
    MentoringRequest,
    MentorOffer,
    OfferSlot,
    ProposalQuerySet,
    RequestSlot,
)
from mentoring.terms import MOST_LANGUAGES, MOST_SKILLS, MOST_SLOTS, Terms, slots_of
from people.models import Person, Skill
from people.profiles import is_time_zone, spoken_languages
from people.queries import skills_named

MOST_LEARNERS = 20
State = MentoringRequest.State


@transaction.atomic
def offer_mentoring(
    *, actor: Person, terms: Terms, capacity: int, send_secrets: bool = True
) -> MentorOffer:
    """Say what one can teach, or change it; return the one offer of this person.

    capacity: how many learners at a time, 1 to 20. Proposals that wait fall when skills, languages
    or hours change. send_secrets: False where the writer can be asked.
    Raises NotAllowed, SecretsFound, InvalidInput.
    """
    if not rules.can_ask(actor):
        raise NotAllowed
    point_out_secrets({"source": terms.source}, send_secrets=send_secrets)
    skills = _checked(terms)
    if not 1 <= capacity <= MOST_LEARNERS:
        raise InvalidInput.of("capacity", "out_of_range", _("From 1 to 20 people at a time."))
    _one_at_a_time(actor)
    offer = MentorOffer.objects.select_for_update().filter(mentor=actor).first()
    is_new = offer is None
    offer = offer or MentorOffer(mentor=actor)
    offer.capacity = capacity
    has_moved = _write(offer, terms, skills)
    lapsed = lapse(actor, offer.proposals.all()) if has_moved else []
    record(
        "mentoring.offered" if is_new else "mentoring.offer_changed",
        actor=actor,
        thing=offer,
        audience=STAFF,
        changes={"skills": [skill.pk for skill in skills], "capacity": capacity, "lapsed": lapsed},
    )
    return offer


@transaction.atomic
def pause_offer(*, actor: Person) -> MentorOffer:
    """Take no new learners for a while; what is proposed already may still be answered.

    Raises NotSeen (no offer), NotAllowed.
    """
    return _set_paused(actor, True)


@transaction.atomic
def resume_offer(*, actor: Person) -> MentorOffer:
    """Take learners again. Raises NotSeen (no offer), NotAllowed."""
    return _set_paused(actor, False)


def _set_paused(actor: Person, paused: bool) -> MentorOffer:
    offer = locked(MentorOffer.objects.visible_to(actor), mentor=actor)
    if not rules.can_ask(actor):
        raise NotAllowed
    if (offer.paused_at is not None) == paused:
        return offer
    offer.paused_at = timezone.now() if paused else None
    offer.save(update_fields=["paused_at"])
    verb = "mentoring.offer_paused" if paused else "mentoring.offer_resumed"
    record(verb, actor=actor, thing=offer, audience=STAFF)
    return offer


@transaction.atomic
def request_mentoring(
    *,
    actor: Person,
    terms: Terms,
    origin: tuple[str, int] | None = None,
    send_secrets: bool = True,
) -> MentoringRequest:
    """Say what one wants to learn; return the request, one open at a time.

    origin: (kind, id) of what it came of, which the actor sees. send_secrets: False where the
    writer can be asked.
    Raises NotAllowed, NotSeen (origin), WrongMoment (one is open already), SecretsFound,
    InvalidInput.
    """
    if not rules.can_ask(actor):
        raise NotAllowed
    if origin is not None:
        things.find(*origin, actor)
    point_out_secrets({"source": terms.source}, send_secrets=send_secrets)
    skills = _checked(terms)
    _one_at_a_time(actor)
    if MentoringRequest.objects.open().filter(learner=actor).exists():
        raise WrongMoment(
            _("You have an open request already: change it, or withdraw it first."),
            code="already_open",
            allowed=["change", "withdraw"],
        )
    kind, object_id = origin or ("", None)
    request = MentoringRequest(learner=actor, origin_kind=kind, origin_id=object_id)
    _write(request, terms, skills)
    record(
        "mentoring.requested",
        actor=actor,
        thing=request,
        audience=STAFF,
        changes={"skills": [skill.pk for skill in skills]},
    )
    return request


@transaction.atomic
def change_request(
    *, actor: Person, request_id: int, terms: Terms, send_secrets: bool = True
) -> MentoringRequest:
    """Change an open request; proposals that wait fall when skills, languages or hours change.

    send_secrets: False where the writer can be asked.
    Raises NotSeen, NotAllowed, WrongMoment, SecretsFound, InvalidInput.
    """
    request = locked(MentoringRequest.objects.visible_to(actor), pk=request_id)
    if not rules.can_change_request(actor, request):
        raise NotAllowed
    _check_open(request)
    point_out_secrets({"source": terms.source}, send_secrets=send_secrets)
    skills = _checked(terms)
    has_moved = _write(request, terms, skills)
    lapsed = lapse(actor, request.proposals.all()) if has_moved else []
    record(
        "mentoring.request_changed",
        actor=actor,
        thing=request,
        audience=STAFF,
        changes={"skills": [skill.pk for skill in skills], "lapsed": lapsed},
    )
    return request


@transaction.atomic
def withdraw_request(*, actor: Person, request_id: int) -> MentoringRequest:
    """Seek nobody any more. Raises NotSeen, NotAllowed, WrongMoment (a mentor is found)."""
    request = locked(MentoringRequest.objects.visible_to(actor), pk=request_id)
    if not rules.can_change_request(actor, request):
        raise NotAllowed
    if request.state == State.WITHDRAWN:
        return request
    _check_open(request)
    request.state = State.WITHDRAWN
    request.save(update_fields=["state"])
    lapsed = lapse(actor, request.proposals.all())
    record(
        "mentoring.request_withdrawn",
        actor=actor,
        thing=request,
        audience=STAFF,
        changes={"lapsed": lapsed},
    )
    return request


def lapse(actor: Person | None, proposals: ProposalQuerySet) -> list[int]:
    """Let proposals that wait fall, for another reason than a no; return their ids."""
    ids = []
    for proposal in proposals.waiting().select_for_update(of=("self",)).order_by("pk"):
        proposal.lapsed_at = timezone.now()
        proposal.save(update_fields=["lapsed_at"])
        record("mentoring.proposal_lapsed", actor=actor, thing=proposal)
        ids.append(proposal.pk)
    return ids


def _one_at_a_time(actor: Person) -> None:
    """Let two sends of one person wait for each other, before there is a row to lock."""
    Person.objects.select_for_update(of=("self",)).get(pk=actor.pk)


def _check_open(request: MentoringRequest) -> None:
    if request.state == State.MATCHED:
        raise WrongMoment(
            _("This request has found its mentor."), code="matched", allowed=["end_mentorship"]
        )
    if request.state == State.WITHDRAWN:
        raise WrongMoment(_("This request was withdrawn."), code="withdrawn", allowed=["request"])


def _checked(terms: Terms) -> list[Skill]:
    """Return the skills named. Raises InvalidInput for whatever cannot be matched."""
    names = list(dict.fromkeys(name.strip() for name in terms.skills if name.strip()))
    found = skills_named(names)
    if not names:
        raise InvalidInput.of("skills", "required", _("Name at least one skill."))
    if len(names) > MOST_SKILLS:
        raise InvalidInput.of("skills", "too_many", _("At most five skills at a time."))
    for index, name in enumerate(names):
        if name not in found:
            text = _("“%(name)s” is not in our list of skills.") % {"name": name}
            raise InvalidInput.of(f"skills.{index}", "unknown_skill", text)
    known = spoken_languages()
    if not 1 <= len(set(terms.languages)) <= MOST_LANGUAGES:
        raise InvalidInput.of("languages", "count", _("Choose one to three languages."))
    for index, code in enumerate(terms.languages):
        if code not in known:
            raise InvalidInput.of(f"languages.{index}", "unknown", _("Choose a language."))
    if not is_time_zone(terms.time_zone):
        raise InvalidInput.of("time_zone", "unknown", _("Such as Europe/Paris."))
    _check_slots(terms)
    return list({found[name].pk: found[name] for name in names}.values())


def _check_slots(terms: Terms) -> None:
    if not terms.slots:
        raise InvalidInput.of("slots", "required", _("Give at least one hour of the week."))
    if len(terms.slots) > MOST_SLOTS:
        raise InvalidInput.of("slots", "too_many", _("At most 21 hours of the week."))
    for index, slot in enumerate(terms.slots):
        if slot.end != time(0) and slot.end <= slot.start:
            text = _("The end comes after the beginning; give hours over midnight in two rows.")
            raise InvalidInput.of(f"slots.{index}.end", "order", text)


def _write(row: Any, terms: Terms, skills: list[Skill]) -> bool:
    """Write what was said; return whether what the matcher reads of a known row has changed."""
    before = _matched_facts(row) if row.pk else None
    row.languages = list(dict.fromkeys(terms.languages))
    row.time_zone = ZoneInfo(terms.time_zone).key
    write_text(row, terms.source.strip(), language=row.languages[0])
    if row.pk:
        row.revision += 1
    row.save()
    row.skills.set(skills)
    slots: Any = OfferSlot if isinstance(row, MentorOffer) else RequestSlot
    owner = "offer" if isinstance(row, MentorOffer) else "request"
    row.slots.all().delete()
    slots.objects.bulk_create(
        [
            slots(**{owner: row}, weekday=slot.weekday, start=slot.start, end=slot.end)
            for slot in sorted(set(terms.slots), key=lambda s: (s.weekday, s.start, s.end))
        ]
    )
    return before is not None and before != _matched_facts(row)


def _matched_facts(row: Any) -> tuple[Any, ...]:
    skills = sorted(row.skills.values_list("pk", flat=True))
    return skills, list(row.languages), row.time_zone, slots_of(row)
