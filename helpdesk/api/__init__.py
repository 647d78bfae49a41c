"""The help desk for programs."""

from django.urls import path

from helpdesk.api import messages, queues, tickets

_ticket = "tickets/<int:ticket_id>"
urlpatterns = [
    path("tickets", tickets.TicketViews.as_view({"get": "list", "post": "create"})),
    path("tickets/mine", tickets.TicketViews.as_view({"get": "mine"})),
    path("tickets/solved-by-answer", queues.SolvedView.as_view()),
    path(_ticket, tickets.TicketViews.as_view({"get": "retrieve"})),
    path(f"{_ticket}/state", tickets.TicketViews.as_view({"put": "set_state"})),
    path(
        f"{_ticket}/assignment",
        tickets.TicketViews.as_view({"put": "assign", "delete": "unassign"}),
    ),
    path(f"{_ticket}/merger", tickets.TicketViews.as_view({"put": "merge"})),
    path(f"{_ticket}/messages", messages.MessageViews.as_view({"get": "list"})),
    path(f"{_ticket}/replies", messages.MessageViews.as_view({"post": "reply"})),
    path(f"{_ticket}/notes", messages.MessageViews.as_view({"post": "note"})),
    path(f"{_ticket}/shares", tickets.ShareViews.as_view({"get": "list"})),
    path(
        f"{_ticket}/shares/<str:handle>",
        tickets.ShareViews.as_view({"put": "share", "delete": "unshare"}),
    ),
    path("queues", queues.QueueCountsView.as_view()),
    path("queue", queues.QueueViews.as_view({"get": "list"})),
    path("queue/next", queues.QueueViews.as_view({"post": "take_next"})),
]
