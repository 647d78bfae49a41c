"""Saying how one was helped."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed, WrongMoment, locked, seen
from core.journal import STAFF, record
from helpdesk import rules
from helpdesk.actions.steps import ticket_of
from helpdesk.models import Rating, Ticket
from helpdesk.queries.ratings import is_asked, to_rate
from people.models import Person
from people.rules import can_act

LONGEST_COMMENT = 1000


@transaction.atomic
def rate(*, actor: Person, ticket_id: int, grade: str, comment: str = "") -> Rating:
    """Say how one was helped with the last solution; again: say it anew.

    Raises NotSeen, NotAllowed (agents; a ticket in which only agents spoke), WrongMoment (not
    solved, or too long ago), InvalidInput (grade, comment).
    """
    ticket = ticket_of(actor, ticket_id)
    if not can_act(actor):
        raise NotAllowed
    return _rated(ticket, actor, None, grade, comment)


@transaction.atomic
def rate_by_link(
    *, ticket_id: int, solution: int, person_id: int, grade: str, comment: str = ""
) -> Rating:
    """Do the same for who got the link to one solution by mail: the link, signed, is the proof.

    Raises NotSeen (they do not see the ticket any more), and what rate() raises.
    """
    person = seen(Person.objects.exclude(state=Person.State.ERASED), pk=person_id)
    ticket = locked(Ticket.objects.visible_to(person), pk=ticket_id)
    return _rated(ticket, person, solution, grade, comment)


def _rated(
    ticket: Ticket, person: Person, solution: int | None, grade: str, comment: str
) -> Rating:
    if not rules.can_rate(person, ticket, is_asked=is_asked(ticket)):
        raise NotAllowed(_("Those who asked say how they were helped."))
    if grade not in Rating.Grade.values:
        raise InvalidInput.of("grade", "invalid_choice", _("Choose one of the three."))
    comment = comment.strip()
    if len(comment) > LONGEST_COMMENT:
        raise InvalidInput.of("comment", "length", _("At most 1,000 characters."))
    line = to_rate(person, ticket, solution)
    if line is None:
        raise WrongMoment(_("It is rated once it is solved, and for two weeks from then."))
    facts = {"grade": grade, "comment": comment}
    row, is_new = Rating.objects.get_or_create(
        ticket=ticket, solution=line.pk, person=person, defaults=facts
    )
    if not is_new and (row.grade, row.comment) == (grade, comment):
        return row
    row.grade, row.comment, row.changed_at = grade, comment, timezone.now()
    row.save(update_fields=["grade", "comment", "changed_at"])
    changes = {"grade": grade, "solution": line.pk}
    record("helpdesk.ticket_rated", actor=person, thing=ticket, audience=STAFF, changes=changes)
    return row
