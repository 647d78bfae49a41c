"""Thirty tickets in all states, with what was said in them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Max, Min, Q

from core import triggers
from core.models import JournalLine
from frontend.demo.people import STAFF, People
from frontend.demo.reading import ago, read
from helpdesk import actions, clocks
from helpdesk.models import Message, Ticket
from helpdesk.states import DONE, Side, State
from people.models import HostedSite


def load_helpdesk(people: People, sites: dict[str, HostedSite]) -> dict[str, Ticket]:
    """Open, answer and end the tickets of the file; return them by their key there."""
    rows = sorted(read("tickets"), key=lambda row: -row["days_ago"])
    tickets = {row["key"]: _load_ticket(people, sites, row) for row in rows}
    for row in rows:
        if row["state"] == State.MERGED:
            _merge(tickets[row["key"]], tickets[row["merged_into"]])
    return tickets


def _load_ticket(people: People, sites: dict[str, HostedSite], row: dict[str, Any]) -> Ticket:
    requester = people[row["requester"]]
    first, *others = row["messages"]
    ticket = actions.open_ticket(
        actor=requester,
        subject=row["subject"],
        source=first["body"],
        language=row["language"],
        site_id=sites[row["site"]].pk if "site" in row else None,
    )
    for handle in row.get("shared_with", ()):
        actions.share(actor=requester, ticket_id=ticket.pk, person=people[handle])
    if "assignee" in row:
        assignee = people[row["assignee"]]
        actions.assign(actor=assignee, ticket_id=ticket.pk, assignee=assignee)
    for entry in others:
        _say(people, ticket, entry)
    _reach_state(people, ticket, row)
    _backdate(ticket, row)
    return ticket


def _say(people: People, ticket: Ticket, entry: dict[str, Any]) -> None:
    actor = people[entry["author"]]
    if entry.get("internal"):
        actions.write_note(actor=actor, ticket_id=ticket.pk, source=entry["body"])
        return
    actions.reply(
        actor=actor, ticket_id=ticket.pk, source=entry["body"], revision=0, send_anyway=True
    )


def _reach_state(people: People, ticket: Ticket, row: dict[str, Any]) -> None:
    """Lead the ticket to the file's state: solved by its requester, the rest by an agent."""
    ticket.refresh_from_db()
    wanted = row["state"]
    if wanted in (State.MERGED, ticket.state, State.NEW):
        return
    agent = people[row.get("assignee", STAFF[0])]
    if wanted in DONE:
        actions.set_state(actor=people[row["requester"]], ticket_id=ticket.pk, state=State.SOLVED)
    if wanted != State.SOLVED:
        actions.set_state(actor=agent, ticket_id=ticket.pk, state=wanted)


def _backdate(ticket: Ticket, row: dict[str, Any]) -> None:
    """Put the ticket, what was said and what happened into the past the file tells of."""
    written = zip(
        Message.objects.filter(ticket=ticket).order_by("pk"), row["messages"], strict=True
    )
    for message, entry in written:
        Message.objects.filter(pk=message.pk).update(posted_at=ago(entry["days_ago"]))
    said = Message.objects.filter(ticket=ticket, internal=False)
    moments: dict[str, datetime] = said.aggregate(first=Min("posted_at"), last=Max("posted_at"))
    ours = said.filter(side=Side.AGENT).aggregate(first=Min("posted_at"))["first"]
    ended = ago(row["state_days_ago"]) if "state_days_ago" in row else moments["last"]
    version = ticket.level_version
    minutes = version.first_response_minutes if version else None
    Ticket.objects.filter(pk=ticket.pk).update(
        opened_at=moments["first"],
        last_activity_at=max(moments["last"], ended),
        waiting_since=max(moments["last"], ended),
        first_response_at=ours,
        first_response_due_at=clocks.due_at(moments["first"], minutes),
        turn_at=clocks.turn_at(moments["last"], minutes),
    )


def _merge(ticket: Ticket, into: Ticket) -> None:
    """Merge across requesters, as an association does that knows they are neighbours."""
    Ticket.objects.filter(pk=ticket.pk).update(state=State.MERGED, merged_into=into)


def date_journal(tickets: Iterable[Ticket]) -> None:
    """Put what happened in the tickets at the time it is told of, beside what was said.

    The journal is append-only: for these few lines of an invented past the rule is lifted.
    """
    triggers.drop(DEFAULT_DB_ALIAS)
    for ticket in tickets:
        posted = dict(Message.objects.filter(ticket=ticket).values_list("pk", "posted_at"))
        about = Q(thing_kind="helpdesk.ticket", thing_id=ticket.pk)
        about |= Q(parent_kind="helpdesk.ticket", parent_id=ticket.pk)
        at = min(posted.values())
        for line in JournalLine.objects.filter(about).order_by("pk"):
            is_said = line.thing_kind == "helpdesk.message"
            at = posted[line.thing_id] if is_said else at + timedelta(seconds=40)
            JournalLine.objects.filter(pk=line.pk).update(at=at)
    triggers.create(DEFAULT_DB_ALIAS)
