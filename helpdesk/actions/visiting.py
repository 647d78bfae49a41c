"""Someone is about to open a ticket: past answers are shown to them, or kept from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core import things
from core.errors import NotAllowed, NotSeen
from helpdesk import deflection, rules
from helpdesk.models import Exposure, Ticket, Visit
from helpdesk.queries import past_answers
from people.models import Person
from search.documents import sources
from search.queries import Hit

VISIT_ENDS_AFTER: Final = timedelta(hours=2)  # without a sign


@dataclass(frozen=True)
class Suggestions:
    """What is shown; held_out: none, whatever there is, so that its effect can be known."""

    hits: Sequence[Hit]
    held_out: bool


def suggest_answers(
    *, actor: Person, subject: str, source: str = "", language: str = ""
) -> Suggestions:
    """Return past answers that may make a ticket needless, and keep that they were shown.

    A visit begins when something fits, in both groups alike: who would have been shown nothing
    anyway says nothing about showing. What was typed is not kept.
    """
    hits = past_answers(actor, subject, source, language=language)
    held_out = is_held_out(actor)
    if hits and rules.can_open(actor):
        _keep_shown(actor, [] if held_out else hits, held_out)
    return Suggestions([] if held_out else hits, held_out)


def is_held_out(person: Person) -> bool:
    """Whether past answers are kept from this person: some of a hundred, never invented people."""
    if not deflection.is_drawn(person.pk, settings.HOLD_OUT_PERCENT):
        return False
    addresses = EmailAddress.objects.filter(user_id=person.pk).values_list("email", flat=True)
    return not any(map(deflection.is_invented, addresses))


@transaction.atomic
def _keep_shown(actor: Person, hits: Sequence[Hit], held_out: bool) -> None:
    now = timezone.now()
    visit = current_visit(actor, now)
    if visit is None:
        # Two looks at once are one visit: the second one waits here for the first.
        Person.objects.select_for_update().only("pk").get(pk=actor.pk)
        visit = current_visit(actor, now)
    if visit is None:
        visit = Visit.objects.create(person=actor, held_out=held_out, began_at=now, last_at=now)
    else:
        Visit.objects.filter(pk=visit.pk).update(last_at=max(now, visit.began_at))
    Exposure.objects.bulk_create(
        [
            Exposure(visit=visit, thing_kind=hit.kind, thing_id=hit.object_id, shown_at=now)
            for hit in hits
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
