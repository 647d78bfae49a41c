"""Addresses of the help desk. In paths a ticket goes by its number."""

from typing import Any

from django.urls import path, register_converter

from helpdesk.numbers import id_of, number_of
from helpdesk.views import asking, queue, ticket


class NumberConverter:
    """A ticket's number in a path; what is none leads nowhere (404)."""

    regex = "[0-9A-Za-z-]{7,11}"

    def to_python(self, value: str) -> int:
        return id_of(value)

    def to_url(self, value: Any) -> str:
        return number_of(int(value))


register_converter(NumberConverter, "number")
_ticket = "tickets/<number:ticket_id>"
urlpatterns = [
    path("tickets", asking.tickets, name="tickets"),
    path("tickets/new", asking.new, name="new_ticket"),
    path("tickets/similar", asking.similar, name="similar_answers"),
    path("tickets/solved-by-answer", asking.solved_by_answer, name="solved_by_answer"),
    path(_ticket, ticket.ticket, name="ticket"),
    path(f"{_ticket}/replies", ticket.replies, name="ticket_replies"),
    path(f"{_ticket}/notes", ticket.notes, name="ticket_notes"),
    path(f"{_ticket}/state", ticket.state, name="ticket_state"),
    path(f"{_ticket}/assignment", ticket.assignment, name="ticket_assignment"),
    path(f"{_ticket}/assignment/undo", ticket.undo_assignment, name="ticket_assignment_undo"),
    path(f"{_ticket}/shares", ticket.shares, name="ticket_shares"),
    path(f"{_ticket}/shares/undo", ticket.undo_share, name="ticket_shares_undo"),
    path(f"{_ticket}/merger", ticket.merger, name="ticket_merger"),
    path(f"{_ticket}/past", ticket.past_answers, name="ticket_past"),
    path("queue", queue.queue, name="queue"),
    path("queue/next", queue.take_next, name="queue_next"),
]
