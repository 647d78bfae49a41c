"""The help desk for programs. In addresses a ticket goes by its id, or by its number."""

from typing import Any

from django.urls import path, register_converter

from helpdesk.api import (
    around,
    clocks,
    deflection,
    desk,
    desk_rules,
    events,
    learning,
    levels,
    macros,
    mails,
    messages,
    picking,
    publishing,
    queue_views,
    queues,
    ratings,
    reports,
    secrets,
    tickets,
    unmasking,
)
from helpdesk.numbers import id_of, number_of


class TicketConverter:
    """A ticket's id, or the number people know; what is neither leads nowhere (404).

    Each is written one way only: what is kept of a request is found again by its address.
    """

    regex = "[0-9]+|[0-9A-Za-z]{3}-[0-9A-Za-z]{3}-[0-9A-Za-z]"

    def to_python(self, value: str) -> int:
        ticket_id = id_of(value) if "-" in value else int(value)
        if value not in (number_of(ticket_id), str(ticket_id)):
            raise ValueError("Written another way.")
        return ticket_id

    def to_url(self, value: Any) -> str:
        return str(value)


register_converter(TicketConverter, "ticket")

_ticket = "tickets/<ticket:ticket_id>"
_item = f"{_ticket}/checklist/<int:item_id>"
_rule = "desk-rules/<int:rule_id>"
urlpatterns = [
    path("tickets", tickets.TicketViews.as_view({"get": "list", "post": "create"})),
    path("tickets/bulk", queue_views.BulkView.as_view()),
    path(
        "tickets/mine",
        tickets.TicketViews.as_view({"get": "mine"}, filterset_class=tickets.OwnTicketFilter),
    ),
    path("tickets/solved-by-answer", queues.SolvedView.as_view()),
    path(_ticket, tickets.TicketViews.as_view({"get": "retrieve"})),
    path(f"{_ticket}/state", tickets.TicketViews.as_view({"put": "set_state"})),
    path(
        f"{_ticket}/assignment",
        tickets.TicketViews.as_view({"put": "assign", "delete": "unassign"}),
    ),
    path(
        f"{_ticket}/merger",
        around.AroundViews.as_view({"put": "merge", "delete": "undo_merge"}),
    ),
    path(f"{_ticket}/splits", around.AroundViews.as_view({"post": "split"})),
    path(
        f"{_ticket}/splits/<int:new_id>",
        around.AroundViews.as_view({"delete": "undo_split"}),
    ),
    path(f"{_ticket}/links", around.AroundViews.as_view({"get": "links"})),
    path(
        f"{_ticket}/links/<str:kind>/<int:other_id>",
        around.AroundViews.as_view({"put": "link", "delete": "unlink"}),
    ),
    path(f"{_ticket}/followers", around.AroundViews.as_view({"get": "followers"})),
    path(
        f"{_ticket}/following",
        around.AroundViews.as_view({"put": "follow", "delete": "unfollow"}),
    ),
    path(f"{_ticket}/queue", around.AroundViews.as_view({"put": "change_queue"})),
    path(f"{_ticket}/site", around.AroundViews.as_view({"put": "change_site"})),
    path(f"{_ticket}/level", around.AroundViews.as_view({"put": "change_level"})),
    path(f"{_ticket}/rating", ratings.RatingView.as_view()),
    path(f"{_ticket}/ratings", ratings.RatingsView.as_view()),
    path("ratings/figures", ratings.RatingFiguresView.as_view()),
    path(f"{_ticket}/events", events.EventViews.as_view({"get": "list"})),
    path(f"{_ticket}/messages", messages.MessageViews.as_view({"get": "list"})),
    path(f"{_ticket}/replies", messages.MessageViews.as_view({"post": "reply"})),
    path(f"{_ticket}/notes", messages.MessageViews.as_view({"post": "note"})),
    path(
        f"{_ticket}/public-answer",
        publishing.PublicAnswerViews.as_view(
            {"get": "retrieve", "post": "propose", "put": "write"}
        ),
    ),
    path(f"{_ticket}/public-answer/asking", publishing.PublicAnswerViews.as_view({"put": "ask"})),
    path(
        f"{_ticket}/public-answer/consent",
        publishing.PublicAnswerViews.as_view({"put": "consent", "delete": "withdraw"}),
    ),
    path(f"{_ticket}/unmasking", unmasking.UnmaskingView.as_view()),
    path(f"{_ticket}/unmaskings", unmasking.UnmaskingsView.as_view()),
    path(f"{_ticket}/learning-need", learning.LearningNeedView.as_view()),
    path(f"{_ticket}/learning-need/request", learning.LearningRequestView.as_view()),
    path(f"{_ticket}/purges", secrets.PurgeView.as_view()),
    path(f"{_ticket}/shares", tickets.ShareViews.as_view({"get": "list"})),
    path(f"{_ticket}/copied", tickets.CopiedViews.as_view({"get": "copied", "post": "invite"})),
    path(
        f"{_ticket}/shares/<str:handle>",
        tickets.ShareViews.as_view({"put": "share", "delete": "unshare"}),
    ),
    path(
        f"{_ticket}/macros",
        macros.TicketMacroViews.as_view({"get": "choices", "post": "run"}),
    ),
    path(f"{_ticket}/tags", desk.TagViews.as_view({"get": "list", "post": "add"})),
    path(f"{_ticket}/tags/<int:tag_id>", desk.TagViews.as_view({"delete": "remove"})),
    path("tickets/fields", desk.FieldViews.as_view({"get": "asked"})),
    path(f"{_ticket}/fields", desk.FieldViews.as_view({"get": "of_ticket", "put": "fill"})),
    path(f"{_ticket}/checklist", desk.ChecklistViews.as_view({"get": "list", "post": "add"})),
    path(_item, desk.ChecklistViews.as_view({"delete": "remove"})),
    path(
        f"{_item}/completion",
        desk.ChecklistViews.as_view({"put": "complete", "delete": "reopen"}),
    ),
    path(f"{_ticket}/times", desk.TimeViews.as_view({"get": "spent", "post": "spend"})),
    path(f"{_ticket}/times/<int:time_id>", desk.TimeViews.as_view({"delete": "take_back"})),
    path(f"{_ticket}/knowledge", desk.KnowledgeView.as_view()),
    path("macros", macros.MacroViews.as_view({"get": "list", "post": "create"})),
    path(
        "macros/<int:macro_id>",
        macros.MacroViews.as_view({"get": "retrieve", "put": "update", "delete": "destroy"}),
    ),
    path("desk-rules", desk_rules.DeskRuleViews.as_view({"get": "list", "post": "create"})),
    path(
        _rule,
        desk_rules.DeskRuleViews.as_view({"get": "retrieve", "put": "update", "delete": "destroy"}),
    ),
    path(
        f"{_rule}/activity",
        desk_rules.DeskRuleViews.as_view({"put": "switch_on", "delete": "switch_off"}),
    ),
    path(f"{_rule}/trial", desk_rules.DeskRuleViews.as_view({"get": "trial"})),
    path(f"{_rule}/runs", desk_rules.RuleRunViews.as_view({"get": "list"})),
    path("reports/helpdesk", reports.ReportView.as_view()),
    path("queues", queues.QueueCountsView.as_view()),
    path("queue", queues.QueueViews.as_view({"get": "list"})),
    path("queue/views", queue_views.SavedViewsView.as_view()),
    path("queue/views/<int:view_id>", queue_views.SavedViewView.as_view()),
    path("queue/next", picking.NextView.as_view()),
    path("tickets/similar", deflection.SimilarAnswersView.as_view()),
    path("tickets/opened-answer", deflection.OpenedAnswerView.as_view()),
    path(f"{_ticket}/clocks", clocks.ClockViews.as_view({"get": "list"})),
    path(
        f"{_ticket}/pending",
        clocks.ClockViews.as_view({"put": "set_aside", "delete": "take_up"}),
    ),
    path(f"{_ticket}/quotation", messages.MessageViews.as_view({"get": "quotation"})),
    path("levels", levels.LevelViews.as_view({"get": "list"})),
    path("named-states", clocks.NamedStatesView.as_view()),
    path("mails", mails.MailViews.as_view({"get": "list"})),
    path("mails/all", mails.MailViews.as_view({"get": "all"})),
    path("mails/<int:mail_id>", mails.MailViews.as_view({"get": "retrieve"})),
    path("mails/<int:mail_id>/ticket", mails.MailViews.as_view({"put": "attach"})),
    path("mails/<int:mail_id>/opening", mails.MailViews.as_view({"put": "opening"})),
    path("mails/<int:mail_id>/attempt", mails.MailViews.as_view({"put": "retry"})),
    path("mails/<int:mail_id>/discarding", mails.MailViews.as_view({"put": "discarding"})),
    path("queue/deflection", deflection.DeflectionView.as_view()),
    path("queue/offer", picking.OfferView.as_view()),
    path(f"{_ticket}/skips", picking.SkipView.as_view()),
    path(f"{_ticket}/skills", picking.SkillsView.as_view()),
]
