"""What the agents of the demo work with: macros, rules, fields, and what they did on tickets."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F
from django.utils import timezone

from frontend.demo.people import STAFF, People
from frontend.demo.reading import read
from helpdesk import actions
from helpdesk.actions.opening import default_queue
from helpdesk.conditions import read_conditions
from helpdesk.models import MacroText, Ticket, TicketField
from helpdesk.prepared import read_steps
from helpdesk.queries import LONGEST_DAYS, dry_run
from people.models import Person, RoleGrant


def load_desk(people: People, tickets: Mapping[str, Ticket]) -> None:
    """Keep the macros, rules and fields of the file, and do the work it tells of."""
    desk, agent = read("desk"), people[STAFF[0]]
    for row in desk["macros"]:
        _load_macro(agent, row)
    for position, row in enumerate(desk["fields"]):
        TicketField.objects.create(queue=default_queue(), position=position, **row)
    for row in desk["rules"]:
        _load_rule(agent, row)
    for row in desk["work"]:
        _work(agent, tickets[row["ticket"]], row)


def _load_macro(agent: Person, row: dict[str, Any]) -> None:
    macro = actions.make_macro(
        actor=agent,
        plan=actions.MacroPlan(
            names=row["names"],
            texts=row["texts"],
            language=row["language"],
            steps=read_steps(row["steps"]),
        ),
    )
    if "changed" in row:
        text = MacroText.objects.get(macro=macro, language=row["language"])
        lines = text.source.splitlines()
        lines[-3] = row["changed"]
        MacroText.objects.filter(pk=text.pk).update(
            source="\n".join(lines), revision=F("revision") + 1
        )


def _load_rule(agent: Person, row: dict[str, Any]) -> None:
    coordinator = RoleGrant.objects.filter(role="coordinator").order_by("pk")[0].person
    rule = actions.make_desk_rule(
        actor=coordinator,
        plan=actions.RulePlan(
            name=row["name"],
            when=row["when"],
            conditions=read_conditions(row["conditions"]),
            steps=read_steps(row["steps"]),
            acts_as=agent,
        ),
    )
    if row["is_on"]:
        found = dry_run(coordinator, rule, days=LONGEST_DAYS, now=timezone.now())
        actions.switch_desk_rule(actor=coordinator, rule_id=rule.pk, on=True, trial=found.token)


def _work(agent: Person, ticket: Ticket, row: dict[str, Any]) -> None:
    facts: dict[str, Any] = {"actor": agent, "ticket_id": ticket.pk}
    actions.tag_ticket(**facts, names=row["tags"])
    actions.fill_fields(**facts, values=row["fields"])
    actions.spend_time(**facts, minutes=row["minutes"])
    if "checklist" in row:
        items = actions.add_to_checklist(**facts, items=row["checklist"])
        for item in items[: row["done"]]:
            actions.check_item(**facts, item_id=item.pk, done=True)
