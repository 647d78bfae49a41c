"""What agents offer, and visits to the ticket form where past answers were shown."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from forum.models import Question
from frontend.demo.reading import ago
from helpdesk import actions
from helpdesk.models import Exposure, Ticket, Visit
from people.models import Person, RoleGrant

OPENED, SOLVED, ASKED = 2, 3, 4  # one visit of so many


def load_offers() -> None:
    """Let every volunteer among the agents offer six hours a week."""
    grants = RoleGrant.objects.filter(role="agent", volunteer=True).order_by("pk")
    for grant in grants.select_related("person"):
        actions.offer(actor=grant.person, weekly_minutes=6 * 60, most_tickets=8)


def load_visits(tickets: Iterable[Ticket]) -> None:
    """Tell of past answers shown at the ticket form; nobody of the demo is held out."""
    questions = list(Question.objects.filter(answer_count__gt=0).order_by("pk")[:20])
    for number, (ticket, question) in enumerate(zip(tickets, questions, strict=False)):
        ticket.refresh_from_db()
        if number % ASKED == 0:
            _visit(
                number, ticket.requester, question, ticket.opened_at - timedelta(minutes=5), ticket
            )
        else:
            _visit(number, ticket.requester, question, ago(9 + 2 * number), None)


def _visit(
    number: int, person: Person, question: Question, at: datetime, ticket: Ticket | None
) -> None:
    visit = Visit.objects.create(
        person=person, held_out=False, began_at=at, last_at=at + timedelta(minutes=4), ticket=ticket
    )
    Exposure.objects.create(
        visit=visit,
        thing_kind="forum.question",
        thing_id=question.pk,
        shown_at=at,
        opened_at=at + timedelta(minutes=1) if number % OPENED == 0 else None,
        solved_at=at + timedelta(minutes=3) if number % SOLVED == 0 and ticket is None else None,
    )
