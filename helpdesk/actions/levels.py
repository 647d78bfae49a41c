"""Giving a ticket another guarantee level."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed
from core.journal import record
from helpdesk import rules
from helpdesk.actions.clocks import renew_clocks
from helpdesk.actions.steps import MOVING, ticket_of
from helpdesk.models import Ticket
from helpdesk.queries.states import check_not_merged
from people.models import GuaranteeLevelVersion, Person


@transaction.atomic
def change_level(*, actor: Person, ticket_id: int, level_slug: str) -> Ticket:
    """Promise a ticket what a level promises now; the version it has already is no change.

    Its clocks go on from here by the new promise: the service spent counts, and what would have
    been due before is due now. What ended stays as it ended.
    Raises NotSeen, NotAllowed, WrongMoment (merged), InvalidInput (level).
    """
    ticket = ticket_of(actor, ticket_id)
    if not rules.can_work(actor, ticket):
        raise NotAllowed
    check_not_merged(ticket)
    now = timezone.now()
    version = _newest(level_slug, now)
    if ticket.level_version_id == version.pk:
        return ticket
    promise(ticket, version, actor=actor, now=now)
    ticket.save(update_fields=[*MOVING, "level_version"])
    return ticket


def promise(
    ticket: Ticket,
    version: GuaranteeLevelVersion,
    *,
    actor: Person,
    now: datetime,
    facts: dict[str, Any] | None = None,
) -> None:
    """Promise a locked ticket something else from now on, in its clocks too; saves no ticket.

    facts: more for the journal.
    """
    old, ticket.level_version = ticket.level_version_id, version
    changes = {"level": [old, version.pk], **(facts or {})}
    record("helpdesk.level_changed", actor=actor, thing=ticket, changes=changes, at=now)
    renew_clocks(ticket)


def _newest(slug: str, now: datetime) -> GuaranteeLevelVersion:
    rows = GuaranteeLevelVersion.objects.filter(level__slug=slug, since__lte=now)
    version = rows.select_related("level").order_by("-since", "-pk").first()
    if version is None:
        raise InvalidInput.of("level", "invalid_choice", _("Choose one of the levels."))
    return version
