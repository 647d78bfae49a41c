"""The agents' work on a ticket: its checklist, and the time it took."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.confided import point_out_secrets
from core.errors import InvalidInput, NotAllowed, NotSeen
from core.journal import STAFF, record
from helpdesk import rules
from helpdesk.actions.steps import ticket_of
from helpdesk.models import ChecklistItem, Ticket, TimeSpent
from helpdesk.queries.states import check_not_merged
from people.models import Person

MOST_ITEMS, LONGEST_ITEM = 50, 200
MOST_MINUTES = 24 * 60
LATEST_DAYS = 366


@transaction.atomic
def add_to_checklist(
    *, actor: Person, ticket_id: int, items: Sequence[str], send_secrets: bool = True
) -> list[ChecklistItem]:
    """Add things to be done; those that stand on the list and are not done yet are no change.

    send_secrets: False where the writer can be asked.
    Raises NotSeen, NotAllowed, WrongMoment (merged), InvalidInput (items), SecretsFound (items.0).
    """
    ticket = _workable(actor, ticket_id)
    wanted = list(dict.fromkeys(" ".join(item.split()) for item in items if item.strip()))
    if not wanted or any(len(words) > LONGEST_ITEM for words in wanted):
        raise InvalidInput.of("items", "length", _("Say it in 1 to 200 characters, one a line."))
    texts = {f"items.{index}": words for index, words in enumerate(items)}
    point_out_secrets(texts, send_secrets=send_secrets)
    rows = list(ticket.checklist.all())
    open_words = {row.words for row in rows if row.done_at is None}
    new = [words for words in wanted if words not in open_words]
    if len(rows) + len(new) > MOST_ITEMS:
        raise InvalidInput.of("items", "too_many", _("A checklist has at most 50 items."))
    made = [
        ChecklistItem.objects.create(ticket=ticket, words=words, added_by=actor) for words in new
    ]
    if made:
        _record("checklist_added", actor, ticket, {"items": [row.pk for row in made]})
    return made


@transaction.atomic
def check_item(*, actor: Person, ticket_id: int, item_id: int, done: bool) -> ChecklistItem:
    """Say that something of the list is done, or not after all; the same is no change.

    Raises NotSeen, NotAllowed, WrongMoment (merged).
    """
    ticket = _workable(actor, ticket_id)
    item = _item(ticket, item_id)
    if (item.done_at is not None) == done:
        return item
    item.done_by, item.done_at = (actor, timezone.now()) if done else (None, None)
    item.save(update_fields=["done_by", "done_at"])
    _record("item_done" if done else "item_open_again", actor, ticket, {"item": item.pk})
    return item


@transaction.atomic
def remove_item(*, actor: Person, ticket_id: int, item_id: int) -> Ticket:
    """Take something off the list. Raises NotSeen, NotAllowed, WrongMoment (merged)."""
    ticket = _workable(actor, ticket_id)
    _item(ticket, item_id).delete()
    _record("item_removed", actor, ticket, {"item": item_id})
    return ticket


@transaction.atomic
def spend_time(
    *, actor: Person, ticket_id: int, minutes: int, day: date | None = None
) -> TimeSpent:
    """Write down minutes the actor spent on a ticket; day: local, today if left out.

    Raises NotSeen, NotAllowed, WrongMoment (merged), InvalidInput (minutes, day).
    """
    ticket = _workable(actor, ticket_id)
    today = timezone.localdate()
    day = day or today
    if not 1 <= minutes <= MOST_MINUTES:
        raise InvalidInput.of("minutes", "out_of_range", _("Between 1 minute and 24 hours."))
    # A day ahead of the server's is today somewhere on earth.
    if not today - timedelta(days=LATEST_DAYS) <= day <= today + timedelta(days=1):
        raise InvalidInput.of("day", "out_of_range", _("A day of the last year."))
    row = TimeSpent.objects.create(ticket=ticket, agent=actor, minutes=minutes, day=day)
    _record("time_spent", actor, ticket, {"time": row.pk, "minutes": minutes})
    return row


@transaction.atomic
def take_time_back(*, actor: Person, ticket_id: int, time_id: int) -> Ticket:
    """Take back time one wrote down oneself. Raises NotSeen, NotAllowed, WrongMoment (merged)."""
    ticket = _workable(actor, ticket_id)
    row = TimeSpent.objects.filter(pk=time_id, ticket=ticket).first()
    if row is None:
        raise NotSeen
    if row.agent_id != actor.pk:
        raise NotAllowed(_("Each agent corrects their own time."))
    row.delete()
    _record("time_taken_back", actor, ticket, {"time": time_id, "minutes": row.minutes})
    return ticket


def _workable(actor: Person, ticket_id: int) -> Ticket:
    ticket = ticket_of(actor, ticket_id)
    if not rules.can_work(actor, ticket):
        raise NotAllowed
    check_not_merged(ticket)
    return ticket


def _item(ticket: Ticket, item_id: int) -> ChecklistItem:
    item = ChecklistItem.objects.filter(pk=item_id, ticket=ticket).first()
    if item is None:
        raise NotSeen
    return item


def _record(verb: str, actor: Person, ticket: Ticket, changes: dict[str, object]) -> None:
    record(f"helpdesk.{verb}", actor=actor, thing=ticket, audience=STAFF, changes=changes)
