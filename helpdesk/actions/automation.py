"""What the desk does by itself: rules that act on what happened, and on what has come to hold.

No loop is possible: what a rule does never sets the same rule off again, however many others stand
between (the journal line names them all); a chain has at most four rules; and no rule acts on one
ticket more than five times a day.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext, override

from core.errors import Refusal, WrongMoment, locked
from core.faces import by_means
from core.journal import STAFF, record
from core.models import JournalLine
from helpdesk.actions.desk_rules import may_act_for
from helpdesk.actions.running import do_first, do_last
from helpdesk.actions.states import set_state
from helpdesk.actions.steps import MOVING
from helpdesk.actions.talking import say
from helpdesk.models import AutomaticMessage, DeskRule, Macro, RuleRun, Ticket
from helpdesk.queries.desk_rules import conditions_of, due_for, rows_of
from helpdesk.queries.macros import filled, steps_of, text_for
from helpdesk.queries.matching import come_near, matching
from helpdesk.states import Side
from people.models import Person

When = DeskRule.When
MEANS: Final = "helpdesk.rule:"
LONGEST_CHAIN, MOST_A_DAY = 4, 5
MOST_A_SWEEP = 200  # tickets of one rule: the next sweep goes on
WHEN_OF: Final = {
    "helpdesk.ticket_opened": When.OPENED,
    "helpdesk.reply_posted": When.REPLIED,
    "helpdesk.state_changed": When.CHANGED,
    "helpdesk.queue_changed": When.CHANGED,
    "helpdesk.tags_changed": When.CHANGED,
}


def apply_rules(line: JournalLine) -> list[RuleRun]:
    """Let the rules act that look for what this line tells of; each once a line.

    Those act for which the conditions hold when the line is followed, in the order they were
    made, and still hold when it is their turn. What one of them changes has a line of its own.
    """
    if line.verb == "helpdesk.reply_posted" and line.changes.get("side") != Side.REQUESTER:
        return []
    chain = _chain_of(line)
    if len(chain) >= LONGEST_CHAIN:
        return []
    is_reply = line.verb == "helpdesk.reply_posted"
    ticket_id = (line.parent_id if is_reply else line.thing_id) or 0
    rules = DeskRule.objects.filter(is_on=True, when=WHEN_OF[line.verb]).order_by("pk")
    asked = [rule for rule in rules if f"{MEANS}{rule.pk}" not in chain]
    runs = []
    for rule in [rule for rule in asked if _matched(rule, ticket_id)]:
        ticket = _matched(rule, ticket_id)
        if ticket is not None:
            runs.append(_act(rule, ticket, chain=chain, line_id=line.pk))
    return [run for run in runs if run is not None]


def is_by_a_rule(line: JournalLine) -> bool:
    """Whether what a line tells was done by a rule, in the name of the agent it acts as."""
    return bool(_chain_of(line))


def _chain_of(line: JournalLine) -> list[str]:
    return [name for name in line.changes.get("means", []) if name.startswith(MEANS)]


def _matched(rule: DeskRule, ticket_id: int) -> Ticket | None:
    """Return the ticket if a rule's conditions hold for it now."""
    rows = rows_of(rule).filter(pk=ticket_id)
    return next(iter(list(matching(rows, conditions_of(rule), timezone.now()))), None)


def sweep_rules(*, now: datetime | None = None) -> int:
    """Let the timed rules act on tickets for which their conditions have come to hold.

    Each rule acts once a ticket until its conditions no longer hold there, and come to hold again;
    one that looks for a promise falling due, once each promise. Returns how often a rule acted.
    Each ticket is a transaction of its own.
    """
    moment = now or timezone.now()
    count = 0
    for rule in DeskRule.objects.filter(is_on=True, when=When.TIMED).order_by("pk"):
        _close_runs(rule, moment)
        due = []
        for ticket in due_for(rule, moment):
            due.append(ticket)
            if len(due) == MOST_A_SWEEP:
                break
        count += sum(_act(rule, ticket, chain=[], line_id=None) is not None for ticket in due)
    return count


def _close_runs(rule: DeskRule, now: datetime) -> None:
    """End what a timed rule did where its conditions no longer hold: there it may act again.

    So it may where they hold of another promise than it acted for.
    """
    still_open, asked = RuleRun.objects.filter(rule=rule, ended_at=None), conditions_of(rule)
    rows = rows_of(rule).filter(pk__in=still_open.values("ticket"))
    holding = [ticket.pk for ticket in matching(rows, asked, now)]
    acted_at = dict(still_open.values_list("ticket", "at"))
    gone = set(acted_at) - set(holding)
    if asked.due_within_minutes is not None:
        gone |= come_near(acted_at, asked.due_within_minutes, now)
    for ids in _chunks(sorted(gone)):
        still_open.filter(ticket__in=ids).update(ended_at=now)


def _chunks(ids: list[int], size: int = 500) -> list[list[int]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]


def _act(
    rule: DeskRule, ticket: Ticket, *, chain: list[str], line_id: int | None
) -> RuleRun | None:
    """Do a rule's steps on a ticket, all or none; None where it acted before, or too often."""
    now = timezone.now()
    recent = RuleRun.objects.filter(rule=rule, ticket=ticket, at__gt=now - timedelta(days=1))
    if recent.count() >= MOST_A_DAY:
        return None
    try:
        with transaction.atomic():
            ended_at = None if rule.when == When.TIMED else now
            facts = {"line_id": line_id, "at": now, "ended_at": ended_at}
            run = RuleRun.objects.create(rule=rule, ticket=ticket, **facts)
    except IntegrityError:  # another worker was quicker
        return None
    try:
        with transaction.atomic(), by_means(*chain, f"{MEANS}{rule.pk}"):
            _do(rule, ticket)
    except Refusal as refusal:
        run.refused = refusal.code[:40]
        run.save(update_fields=["refused"])
    return run


def _do(rule: DeskRule, ticket: Ticket) -> None:
    actor = rule.acts_as
    if not may_act_for(actor, rule.queue_id):
        raise WrongMoment(code="acts_as_no_agent")
    steps = steps_of(rule)
    record(
        "helpdesk.rule_acted",
        actor=actor,
        thing=ticket,
        audience=STAFF,
        changes={
            "rule": rule.pk,
            "notify": list(
                Person.objects.filter(handle__in=steps.notify).values_list("pk", flat=True)
            ),
        },
    )
    do_first(steps, ticket, actor=actor)
    if steps.reply is not None:
        _send(rule, ticket, steps.reply, actor=actor)
    if steps.state:
        set_state(actor=actor, ticket_id=ticket.pk, state=steps.state)
    do_last(steps, ticket, actor=actor)


def _send(rule: DeskRule, ticket: Ticket, macro_id: int, *, actor: Person) -> None:
    """Say a macro's text, marked as automatic: it moves no turn, and keeps no promise.

    Raises WrongMoment where the macro is not on offer any more.
    """
    macro = Macro.objects.filter(pk=macro_id, retired=False).prefetch_related("texts").first()
    text = text_for(macro, ticket.language) if macro else None
    if text is None:
        raise WrongMoment(code="macro_retired")
    with override(text.language):
        mark = gettext("This message was sent automatically.")
    row = locked(Ticket.objects.visible_to(actor), pk=ticket.pk)
    message = say(
        row,
        f"{filled(actor, ticket, text)}\n\n*{mark}*",
        actor=actor,
        side=Side.AGENT,
        language=text.language,
        now=timezone.now(),
    )
    AutomaticMessage.objects.create(message=message, rule=rule)
    record(
        "helpdesk.reply_posted",
        actor=actor,
        thing=message,
        parent=row,
        changes={"number": message.number, "side": str(Side.AGENT)},
    )
    row.save(update_fields=MOVING)
