""" "This is a learning need": from a ticket to a mentor."""

import re
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed, NotSeen
from core.journal import record
from helpdesk import rules
from helpdesk.actions.steps import ticket_of
from helpdesk.models import LearningNeed, Message, Ticket
from helpdesk.queries.learning import terms_of_need
from helpdesk.queries.states import check_not_merged
from mentoring.actions import request_mentoring
from mentoring.matcher import Slot
from mentoring.models import MentoringRequest
from mentoring.terms import MOST_SKILLS
from people.models import Person, PersonSkill, Skill
from people.queries import plain, skills_named

ORIGIN = "helpdesk.ticket"


@transaction.atomic
def note_learning_need(
    *, actor: Person, ticket_id: int, skills: Sequence[str] = (), level: int | None = None
) -> LearningNeed:
    """Suggest to the requester to learn what their ticket is about; they are told.

    skills: names in any language; left out, those that the ticket names. level: 1 to 3; left out,
    what their profile says. The language is the ticket's. Noted already, it is changed.
    Raises NotSeen, NotAllowed, WrongMoment (merged), InvalidInput (skills, level).
    """
    ticket = ticket_of(actor, ticket_id)
    if not rules.can_work(actor, ticket) or ticket.requester_id == actor.pk:
        raise NotAllowed(_("Agents say what someone could learn."))
    check_not_merged(ticket)
    found = _named(skills) if skills else _skills_in(ticket)
    if not found:
        raise InvalidInput.of("skills", "required", _("Name at least one skill."))
    if level is not None and level not in LearningNeed.Level.values:
        raise InvalidInput.of("level", "invalid_choice", _("From 1 to 3."))
    language = ticket.language
    if language not in dict(settings.SPOKEN_LANGUAGES):
        language = ticket.requester.interface_language
    facts = {
        "noted_by": actor,
        "language": language,
        "level": level or _level_of(ticket.requester, found),
    }
    need, is_new = LearningNeed.objects.update_or_create(ticket=ticket, defaults=facts)
    need.skills.set(found)
    if is_new:
        record(
            "helpdesk.learning_need_noted",
            actor=actor,
            thing=ticket,
            changes={"skills": [skill.pk for skill in found], "level": need.level},
        )
    return need


@transaction.atomic
def confirm_learning_need(
    *, actor: Person, ticket_id: int, slots: Sequence[Slot], time_zone: str
) -> MentoringRequest:
    """Make a mentoring request of what was suggested, with the hours one has.

    slots: in time_zone, IANA. Raises NotSeen, NotAllowed, WrongMoment (a request is open already),
    InvalidInput.
    """
    ticket = ticket_of(actor, ticket_id)
    need = LearningNeed.objects.filter(ticket=ticket).first()
    if need is None:
        raise NotSeen
    if not rules.can_confirm_need(actor, ticket):
        raise NotAllowed(_("Who opened the ticket says whether they want to learn it."))
    terms = terms_of_need(need, slots=slots, time_zone=time_zone)
    return request_mentoring(actor=actor, terms=terms, origin=(ORIGIN, ticket.pk))


def _named(names: Sequence[str]) -> list[Skill]:
    known = skills_named(names)
    for name in names:
        if name.strip() and name not in known:
            text = _("“%(name)s” is not in our list of skills.") % {"name": name}
            raise InvalidInput.of("skills", "unknown_skill", text)
    return list({skill.pk: skill for skill in known.values()}.values())[:MOST_SKILLS]


def _skills_in(ticket: Ticket) -> list[Skill]:
    """Return the skills a ticket names, in any language: the most often named first."""
    said = Message.objects.filter(ticket=ticket, internal=False).values_list("source", flat=True)
    text = plain(" ".join([ticket.subject, *said]))
    counted = []
    for skill in Skill.objects.prefetch_related("names").order_by("pk"):
        names = {plain(skill.slug), *(plain(row.name) for row in skill.names.all())}
        words = "|".join(re.escape(name) for name in names if name)
        count = len(re.findall(rf"(?<!\w)(?:{words})(?!\w)", text))
        if count:
            counted.append((count, skill))
    counted.sort(key=lambda one: -one[0])
    return [skill for _count, skill in counted[:MOST_SKILLS]]


def _level_of(person: Person, skills: Sequence[Skill]) -> int:
    """Return the lowest level of what someone has of these skills; a beginner in what is new."""
    levels = dict(
        PersonSkill.objects.filter(person=person, skill__in=skills, wanted=False).values_list(
            "skill_id", "level"
        )
    )
    return min(levels.get(skill.pk, 1) for skill in skills)
