"""Someone is about to open a ticket: past answers are shown to them, or kept from them."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from core import things
from core.errors import NotAllowed, NotSeen
from helpdesk import rules
from helpdesk.models import Exposure, Ticket, Visit
from helpdesk.queries import Suggestions, suggestions
from people.models import Person
from search.documents import sources

VISIT_ENDS_AFTER: Final = timedelta(hours=2)  # without a sign


def suggest_answers(
    *, actor: Person, subject: str, source: str = "", language: str = ""
) -> Suggestions:
    """Return past answers that may make a ticket needless, and keep that they were shown.

    A visit begins when something fits, in both groups alike: who would have been shown nothing
    anyway says nothing about showing. What was typed is not kept.
    """
    found = suggestions(actor, subject, source, language=language)
    if found.found and rules.can_open(actor):
        _keep_shown(actor, found)
    return found


@transaction.atomic
def _keep_shown(actor: Person, found: Suggestions) -> None:
    now = timezone.now()
    visit = current_visit(actor, now)
    if visit is None:
        # Two looks at once are one visit: the second one waits here for the first.
        Person.objects.select_for_update().only("pk").get(pk=actor.pk)
        visit = current_visit(actor, now)
    if visit is None:
        visit = Visit.objects.create(
            person=actor, held_out=found.held_out, began_at=now, last_at=now
        )
    else:
        Visit.objects.filter(pk=visit.pk).update(last_at=max(now, visit.began_at))
    Exposure.objects.bulk_create(
        [
            Exposure(visit=visit, thing_kind=hit.kind, thing_id=hit.object_id, shown_at=now)
            for hit in found.hits
        ],
        ignore_conflicts=True,
    )


def current_visit(person: Person, now: datetime) -> Visit | None:
    """Return the visit that goes on: not long silent, and no ticket came of it yet."""
    rows = Visit.objects.filter(person=person, ticket=None, last_at__gt=now - VISIT_ENDS_AFTER)
    return rows.order_by("-began_at", "-pk").first()


@transaction.atomic
def open_answer(*, actor: Person, kind: str, object_id: int) -> Any:
    """Return a past answer to go to, and keep that it was opened. Raises NotAllowed, NotSeen."""
    if not rules.can_open(actor):
        raise NotAllowed
    if kind not in {source.kind for source in sources()}:
        raise NotSeen
    row = things.find(kind, object_id, actor)
    now = timezone.now()
    _exposures(actor, kind, object_id, now).filter(opened_at=None).update(opened_at=now)
    return row


def keep_solved(actor: Person, kind: str, object_id: int, now: datetime) -> None:
    """Keep that a past answer was said to have solved it, where it was shown in a visit."""
    _exposures(actor, kind, object_id, now).filter(solved_at=None).update(solved_at=now)


def keep_opened(actor: Person, ticket: Ticket, now: datetime) -> None:
    """Keep that a ticket came of the visit that goes on, if one does."""
    visit = current_visit(actor, now)
    if visit is not None:
        Visit.objects.filter(pk=visit.pk).update(ticket=ticket, last_at=max(now, visit.began_at))


def _exposures(actor: Person, kind: str, object_id: int, now: datetime) -> Any:
    visit = current_visit(actor, now)
    rows = Exposure.objects.filter(visit=visit) if visit else Exposure.objects.none()
    return rows.filter(thing_kind=kind, thing_id=object_id)
