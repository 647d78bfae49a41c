"""Keeping what is being written. Not in the journal: nobody but its writer ever learns of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed, NotSeen, WrongMoment, locked, seen
from core.prepared import insert_unless_there, new
from forum import rules
from forum.models import (
    DRAFT_KEPT,
    LONGEST_GUIDE,
    LONGEST_TEXT,
    Answer,
    Draft,
    Guide,
    Question,
    Rendition,
)
from people.models import Person

MOST: Final = 50
LONGEST: Final = {
    "title": 200,
    "source": LONGEST_TEXT,
    "tags": 300,
    "language": 10,
    "pseudonym": 5,
    "why": 200,
    "summary": 300,
    "from_revision": 10,
    "revision": 10,
}
OF_GUIDES: Final = {**LONGEST, "source": LONGEST_GUIDE}
ABOUT: Final = {"question": Question, "answer": Answer, "guide": Guide, "rendition": Rendition}
WORDS: Final = ("title", "source", "tags", "summary")  # without any there is nothing to keep


@transaction.atomic
def keep_draft(
    *, actor: Person, token: UUID, kind: str, thing_id: int, fields: Mapping[str, str]
) -> Draft | None:
    """Keep what was typed so far in one form; return the draft, None when nothing is typed.

    token: the form's own. kind, thing_id: as Draft says. fields: those of LONGEST, cut to their
    lengths. Raises NotAllowed, NotSeen (the thing, another's token), WrongMoment (posted already),
    InvalidInput (kind, too many drafts).
    """
    if not rules.can_ask(actor):
        raise NotAllowed
    _check_thing(actor, kind, thing_id)
    longest = OF_GUIDES if Draft(kind=kind).is_of_guide else LONGEST
    kept = {name: str(fields[name])[:most] for name, most in longest.items() if fields.get(name)}
    row = Draft.objects.select_for_update().filter(token=token).first()
    if row is not None and row.person_id != actor.pk:
        raise NotSeen
    if row is not None and row.spent_at is not None:
        raise WrongMoment(_("This was posted already, and is no draft any more."), code="spent")
    if not any(kept.get(name, "").strip() for name in WORDS):
        if row is not None:
            row.delete()
        return None
    if row is None:
        if Draft.objects.visible_to(actor).count() >= MOST:
            raise InvalidInput.of(
                "source", "too_many", _("You have 50 drafts: delete one that you need no more.")
            )
        row = new(Draft, person=actor, token=token, kind=kind, thing_id=thing_id, fields=kept)
        if insert_unless_there(row):
            return row
        # The form was posted, or kept elsewhere, at this very moment: look again.
        return keep_draft(actor=actor, token=token, kind=kind, thing_id=thing_id, fields=fields)
    row.kind, row.thing_id, row.fields, row.saved_at = kind, thing_id, kept, timezone.now()
    row.save()
    return row


@transaction.atomic
def delete_draft(*, actor: Person, token: UUID) -> None:
    """Throw a draft of one's own away. Raises NotSeen, NotAllowed."""
    row = locked(Draft.objects.visible_to(actor), token=token)
    if not rules.can_ask(actor):
        raise NotAllowed
    row.delete()


def spend_draft(actor: Person, kind: str, thing_id: int, token: UUID | None) -> None:
    """End the draft that is posted; a form that still carries its token keeps nothing any more.

    In the caller's transaction. None: it was written without.
    """
    if token is None:
        return
    now = timezone.now()
    mark = new(Draft, person=actor, kind=kind, thing_id=thing_id, token=token, spent_at=now)
    if not insert_unless_there(mark):
        rows = Draft.objects.filter(token=token, person=actor)
        rows.update(spent_at=now, saved_at=now, fields={})


def purge_drafts(now: datetime) -> int:
    """Delete what nobody went on writing for 90 days, and what was posted so long ago."""
    gone, _by_model = Draft.objects.filter(saved_at__lt=now - DRAFT_KEPT).delete()
    return gone


def _check_thing(actor: Person, kind: str, thing_id: int) -> None:
    if kind not in Draft.Kind.values:
        raise InvalidInput.of("kind", "invalid_choice", _("There are no drafts of this kind."))
    about = Draft(kind=kind).about
    if about:
        rows: Any = ABOUT[about]
        seen(rows.objects.visible_to(actor), pk=thing_id)
    elif thing_id:
        raise InvalidInput.of("thing", "invalid", _("What is new is about nothing yet."))
