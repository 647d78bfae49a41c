"""Tickets of the demo that are public answers by now, or wait for their requester's yes."""

from typing import Any

from frontend.demo.people import STAFF, People
from frontend.demo.reading import ago, read
from helpdesk import actions
from helpdesk.models import PublicAnswer, Ticket


def load_public(people: People, tickets: dict[str, Ticket]) -> None:
    """Propose, ask, and where the file says so, agree."""
    agent = people[STAFF[0]]
    for row in read("public"):
        _load_answer(people, agent, tickets[row["ticket"]], row)


def _load_answer(people: People, agent: Any, ticket: Ticket, row: dict[str, Any]) -> None:
    facts: dict[str, Any] = {"ticket_id": ticket.pk}
    actions.propose_answer(actor=agent, **facts)
    words = {name: row[name] for name in ("title", "question", "answer", "language")}
    text = actions.Text(**words, tags=tuple(row["tags"]))
    actions.write_public_text(actor=agent, text=text, **facts)
    asked = actions.ask_consent(actor=agent, **facts)
    if row["state"] == PublicAnswer.State.ASKED:
        PublicAnswer.objects.filter(pk=asked.pk).update(created_at=ago(row["days_ago"]))
        return
    requester = people[ticket.requester.handle]
    actions.answer_consent(actor=requester, text_hash=asked.text_hash, agrees=True, **facts)
