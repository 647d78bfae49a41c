"""What the help desk's pages read."""

from helpdesk.queries.answers import past_answers
from helpdesk.queries.lists import (
    BY_ACTIVITY,
    BY_TURN,
    QueueFilters,
    WaitingTicket,
    level_choices,
    level_versions,
    listed,
    next_in_queue,
    own_tickets,
    queue_counts,
    queue_page,
    queue_rows,
    waiting_for,
    with_people,
)
from helpdesk.queries.states import possible_states, revision_of, state_words
from helpdesk.queries.tickets import TicketPage, messages_of, ticket_page, ticket_seen

__all__ = [
    "BY_ACTIVITY",
    "BY_TURN",
    "QueueFilters",
    "TicketPage",
    "WaitingTicket",
    "level_choices",
    "level_versions",
    "listed",
    "messages_of",
    "next_in_queue",
    "own_tickets",
    "past_answers",
    "possible_states",
    "queue_counts",
    "queue_page",
    "queue_rows",
    "revision_of",
    "state_words",
    "ticket_page",
    "ticket_seen",
    "waiting_for",
    "with_people",
]
