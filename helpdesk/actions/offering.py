"""What agents offer to give, and what a ticket asks of them."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed
from core.journal import STAFF, record
from helpdesk import rules
from helpdesk.actions.steps import ticket_of
from helpdesk.models import AgentOffer, NeededSkill, Ticket
from helpdesk.queries.states import check_not_merged
from people.models import Person
from people.queries import skills_named

MOST_WEEKLY_MINUTES = 60 * 60
MOST_TICKETS = 200
MOST_SKILLS = 5


@transaction.atomic
def offer(*, actor: Person, weekly_minutes: int | None, most_tickets: int | None) -> AgentOffer:
    """Say how much one gives as an agent: minutes a week, tickets in hand; None: no limit.

    Raises NotAllowed, InvalidInput (weekly_minutes, most_tickets).
    """
    if not rules.is_agent(actor):
        raise NotAllowed(_("The queue is the agents' room."))
    _check_range("weekly_minutes", weekly_minutes, MOST_WEEKLY_MINUTES)
    _check_range("most_tickets", most_tickets, MOST_TICKETS)
    row, _is_new = AgentOffer.objects.update_or_create(
        person=actor,
        defaults={"weekly_minutes": weekly_minutes, "most_tickets": most_tickets},
    )
    return row


def _check_range(field: str, number: int | None, most: int) -> None:
    if number is not None and not 0 <= number <= most:
        raise InvalidInput.of(field, "range", _("Between 0 and %(most)s.") % {"most": most})


@transaction.atomic
def set_needed_skills(*, actor: Person, ticket_id: int, names: Collection[str]) -> Ticket:
    """Say which skills a ticket asks of who answers it; the same again is no change.

    names: of skills, in any language, or slugs.
    Raises NotSeen, NotAllowed, WrongMoment (merged), InvalidInput (skills).
    """
    ticket = ticket_of(actor, ticket_id)
    if not rules.can_work(actor, ticket):
        raise NotAllowed
    check_not_merged(ticket)
    skills = _skill_ids(names)
    old = set(NeededSkill.objects.filter(ticket=ticket).values_list("skill_id", flat=True))
    if old == skills:
        return ticket
    NeededSkill.objects.filter(ticket=ticket, skill__in=old - skills).delete()
    NeededSkill.objects.bulk_create(
        NeededSkill(ticket=ticket, skill_id=pk) for pk in sorted(skills - old)
    )
    record(
        "helpdesk.skills_set",
        actor=actor,
        thing=ticket,
        audience=STAFF,
        changes={"skills": [sorted(old), sorted(skills)]},
    )
    return ticket


def _skill_ids(names: Collection[str]) -> set[int]:
    if len(names) > MOST_SKILLS:
        raise InvalidInput.of("skills", "too_many", _("Choose at most five skills."))
    found = skills_named(names)
    for name in names:
        if name not in found:
            words = _("There is no skill called %(name)s.") % {"name": name}
            raise InvalidInput.of("skills", "unknown", words)
    return {skill.pk for skill in found.values()}
