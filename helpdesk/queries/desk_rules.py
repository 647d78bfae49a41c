"""Rules of the desk: which act now, what one did, and what it would do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import get_language

from core.models import JournalLine
from helpdesk.conditions import Conditions
from helpdesk.masking import mask_tickets
from helpdesk.models import DeskRule, Message, RuleRun, Tagging, Ticket
from helpdesk.prepared import NOBODY, Steps
from helpdesk.queries.macros import queue_names, step_words, steps_of
from helpdesk.queries.matching import matching
from helpdesk.states import Side, State
from helpdesk.tokens import trial_token
from people.queries import plain

When = DeskRule.When
MOST_TRIED = 1000  # tickets a dry run looks through
MOST_SHOWN = 50
LONGEST_DAYS = 90
# What must have happened in the journal for a rule on changes to look at a ticket.
CHANGES = ("helpdesk.state_changed", "helpdesk.queue_changed", "helpdesk.tags_changed")


@dataclass(frozen=True)
class WouldChange:
    """A ticket a rule would act on; steps: what of it would be new there, in words."""

    number: str
    subject: str
    path: str
    steps: list[str]


@dataclass(frozen=True)
class DryRun:
    """What a rule would do; nothing was changed.

    matched: on how many tickets. shown: those of them that the reader sees, at most 50. hidden:
    how many the reader does not see, or are beyond. more: there may be others that were not
    looked at. token: lets the rule be switched on, while it is what was tried (helpdesk.tokens).
    """

    matched: int
    shown: list[WouldChange]
    hidden: int
    more: bool
    token: str


def desk_rules(person: Any) -> QuerySet[DeskRule]:
    """Return the rules this person may read, with who keeps them."""
    rows = DeskRule.objects.visible_to(person).filter(retired=False)
    return rows.select_related("queue", "acts_as", "made_by")


def conditions_of(rule: DeskRule) -> Conditions:
    """Return the conditions that a rule keeps as JSON."""
    kept: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in rule.conditions.items()
    }
    return Conditions(**kept)


def rows_of(rule: DeskRule) -> QuerySet[Ticket]:
    """Return the tickets a rule looks at: of its queue, and none that is merged."""
    rows = Ticket.objects.exclude(state=State.MERGED)
    rows = rows.select_related("site", "requester", "queue", "assignee")
    return rows if rule.queue_id is None else rows.filter(queue=rule.queue_id)


def due_for(rule: DeskRule, now: datetime) -> Iterable[Ticket]:
    """Yield the tickets on which a timed rule has not acted since its conditions hold."""
    acted = RuleRun.objects.filter(rule=rule, ticket=OuterRef("pk"), ended_at=None)
    rows = rows_of(rule).filter(~Exists(acted)).order_by("waiting_since", "pk")
    return matching(rows, conditions_of(rule), now)


def dry_run(person: Any, rule: DeskRule, *, days: int, now: datetime) -> DryRun:
    """Return on which tickets of the last days a rule would have acted, as they stand now.

    A timed rule: on which it would act now. Up to 1,000 tickets are looked through, the newest
    first. Nothing is written.
    """
    since = now - timedelta(days=min(days, LONGEST_DAYS))
    happened = _happened_to(rule, since).order_by("-opened_at", "-pk")
    looked = happened[: MOST_TRIED + 1]
    ids = list(looked.values_list("pk", flat=True))
    found = list(matching(rows_of(rule).filter(pk__in=ids[:MOST_TRIED]), conditions_of(rule), now))
    seen = set(
        Ticket.objects.visible_to(person)
        .filter(pk__in=[row.pk for row in found])
        .values_list("pk", flat=True)
    )
    steps, names = steps_of(rule), queue_names(get_language() or "en")
    rows = [row for row in found if row.pk in seen][:MOST_SHOWN]
    mask_tickets(person, rows)
    shown = [
        WouldChange(row.number, row.subject or row.number, row.path, _new_in(row, steps, names))
        for row in rows
    ]
    return DryRun(
        matched=len(found),
        shown=shown,
        hidden=len(found) - len(shown),
        more=len(ids) > MOST_TRIED,
        token=trial_token(rule.pk, rule.revision),
    )


def _happened_to(rule: DeskRule, since: datetime) -> QuerySet[Ticket]:
    """Return the tickets to which happened since then what the rule looks for."""
    rows = rows_of(rule)
    if rule.when == When.OPENED:
        return rows.filter(opened_at__gte=since)
    if rule.when == When.REPLIED:
        said = Message.objects.filter(
            ticket=OuterRef("pk"), side=Side.REQUESTER, number__gt=1, posted_at__gte=since
        )
        return rows.filter(Exists(said))
    if rule.when == When.CHANGED:
        lines = JournalLine.objects.filter(
            thing_kind="helpdesk.ticket", thing_id=OuterRef("pk"), verb__in=CHANGES, at__gte=since
        )
        return rows.filter(Exists(lines))
    return rows.exclude(waits_for="nobody") if not conditions_of(rule).states else rows


def _new_in(ticket: Ticket, steps: Steps, queues: dict[str, str]) -> list[str]:
    """Return, in words, what steps would change in a ticket: what is so already is left out."""
    has = set(
        Tagging.objects.filter(ticket=ticket).values_list("tag__name_folded", flat=True)
        if steps.tags
        else ()
    )
    assignee = ticket.assignee.handle if ticket.assignee else NOBODY
    new = Steps(
        state="" if ticket.state == steps.state else steps.state,
        assign="" if assignee == steps.assign else steps.assign,
        queue="" if ticket.queue.slug == steps.queue else steps.queue,
        tags=tuple(name for name in steps.tags if plain(name) not in has),
        note=steps.note,
        checklist=steps.checklist,
        reply=steps.reply,
        notify=steps.notify,
    )
    return step_words(new, queues)
