"""Addresses of the help desk. In paths a ticket goes by its number."""

from typing import Any

from django.urls import path, register_converter

from helpdesk.numbers import id_of, number_of
from helpdesk.views import (
    around,
    asking,
    composing,
    deflection,
    desk,
    desk_rules,
    learning,
    levels,
    macros,
    mails,
    opening,
    picking,
    publishing,
    queue,
    rating,
    reports,
    secrets,
    ticket,
)


class NumberConverter:
    """A ticket's number in a path; what is none leads nowhere (404)."""

    regex = "[0-9A-Za-z-]{7,11}"

    def to_python(self, value: str) -> int:
        return id_of(value)

    def to_url(self, value: Any) -> str:
        return number_of(int(value))


register_converter(NumberConverter, "number")
_ticket = "tickets/<number:ticket_id>"
_item = f"{_ticket}/checklist/<int:item_id>"
_rule = "desk-rules/<int:rule_id>"
urlpatterns = [
    path("tickets", asking.tickets, name="tickets"),
    path("tickets/new", asking.new, name="new_ticket"),
    path("tickets/similar", asking.similar, name="similar_answers"),
    path("tickets/solved-by-answer", asking.solved_by_answer, name="solved_by_answer"),
    path("ratings/<str:token>", rating.rating_by_link, name="rating_by_link"),
    path("guests/<str:token>", rating.leaving, name="share_leaving"),
    path(_ticket, ticket.ticket, name="ticket"),
    path(f"{_ticket}/rating", rating.rating, name="ticket_rating"),
    path(f"{_ticket}/thread", ticket.thread, name="ticket_thread"),
    path(f"{_ticket}/replies", ticket.replies, name="ticket_replies"),
    path(f"{_ticket}/notes", ticket.notes, name="ticket_notes"),
    path(f"{_ticket}/state", ticket.state, name="ticket_state"),
    path(f"{_ticket}/assignment", ticket.assignment, name="ticket_assignment"),
    path(f"{_ticket}/assignment/undo", ticket.undo_assignment, name="ticket_assignment_undo"),
    path(f"{_ticket}/shares", ticket.shares, name="ticket_shares"),
    path(f"{_ticket}/shares/undo", ticket.undo_share, name="ticket_shares_undo"),
    path(f"{_ticket}/copied", ticket.copied, name="ticket_copied"),
    path(f"{_ticket}/around", around.around, name="ticket_around"),
    path(f"{_ticket}/merger", around.merger, name="ticket_merger"),
    path(f"{_ticket}/merger/undo", around.undo_merger, name="ticket_merger_undo"),
    path(f"{_ticket}/split", around.split, name="ticket_split"),
    path(f"{_ticket}/split/undo", around.undo_split, name="ticket_split_undo"),
    path(f"{_ticket}/links", around.links, name="ticket_links"),
    path(f"{_ticket}/links/undo", around.undo_link, name="ticket_links_undo"),
    path(f"{_ticket}/following", around.following, name="ticket_following"),
    path(f"{_ticket}/following/undo", around.undo_following, name="ticket_following_undo"),
    path(f"{_ticket}/queue", around.queue, name="ticket_queue"),
    path(f"{_ticket}/site", around.site, name="ticket_site"),
    path(f"{_ticket}/level", around.level, name="ticket_level"),
    path(f"{_ticket}/past", ticket.past_answers, name="ticket_past"),
    path(f"{_ticket}/composer", composing.composer, name="ticket_composer"),
    path(f"{_ticket}/macros", composing.macros, name="ticket_macros"),
    path(f"{_ticket}/desk", desk.desk, name="ticket_desk"),
    path(f"{_ticket}/tags", desk.tags, name="ticket_tags"),
    path(f"{_ticket}/tags/<int:tag_id>/removal", desk.untag, name="ticket_untag"),
    path(f"{_ticket}/fields", desk.fields, name="ticket_fields"),
    path(f"{_ticket}/checklist", desk.checklist, name="ticket_checklist"),
    path(f"{_item}/completion", desk.completion, {"is_done": True}, name="item_completion"),
    path(f"{_item}/completion/undo", desk.completion, {"is_done": False}, name="item_undo"),
    path(f"{_item}/removal", desk.item_removal, name="item_removal"),
    path(f"{_ticket}/times", desk.times, name="ticket_times"),
    path(f"{_ticket}/times/<int:time_id>/removal", desk.time_removal, name="time_removal"),
    path("macros", macros.macros, name="macros"),
    path("macros/new", macros.new, name="new_macro"),
    path("macros/<int:macro_id>", macros.macro, name="macro"),
    path("macros/<int:macro_id>/retirement", macros.retirement, name="macro_retirement"),
    path("desk-rules", desk_rules.desk_rules, name="desk_rules"),
    path("desk-rules/new", desk_rules.new, name="new_desk_rule"),
    path(_rule, desk_rules.desk_rule, name="desk_rule"),
    path(f"{_rule}/trial", desk_rules.trial, name="desk_rule_trial"),
    path(f"{_rule}/activity", desk_rules.activity, {"on": True}, name="desk_rule_on"),
    path(f"{_rule}/activity/undo", desk_rules.activity, {"on": False}, name="desk_rule_off"),
    path(f"{_rule}/retirement", desk_rules.retirement, name="desk_rule_retirement"),
    path("reports/helpdesk", reports.report, name="helpdesk_report"),
    path("reports/helpdesk.csv", reports.as_csv, name="helpdesk_report_csv"),
    path(f"{_ticket}/unmasking", ticket.unmasking, name="ticket_unmasking"),
    path(f"{_ticket}/learning", learning.learning, name="ticket_learning"),
    path(f"{_ticket}/learning/need", learning.note, name="ticket_learning_need"),
    path(f"{_ticket}/purge", secrets.purge, name="ticket_purge"),
    path(f"{_ticket}/public", publishing.public, name="ticket_public"),
    path(f"{_ticket}/public/draft", publishing.propose, name="ticket_public_draft"),
    path(f"{_ticket}/public/text", publishing.write, name="ticket_public_text"),
    path(f"{_ticket}/public/asking", publishing.ask, name="ticket_public_asking"),
    path(f"{_ticket}/public/consent", publishing.consent, name="ticket_public_consent"),
    path(f"{_ticket}/public/consent/undo", publishing.withdraw, name="ticket_public_withdrawal"),
    path("consent/<str:token>", publishing.by_link, name="consent_by_link"),
    path("queue", queue.queue, name="queue"),
    path("queue/rows", queue.queue, {"alone": True}, name="queue_rows"),
    path("queue/views", queue.views, name="queue_views"),
    path("queue/views/undo", queue.undo_view, name="queue_views_undo"),
    path("queue/bulk", queue.bulk, name="queue_bulk"),
    path("queue/new", opening.new_for, name="new_ticket_for"),
    path("queue/next", picking.take_next, name="queue_next"),
    path("tickets/opened-answer", asking.opened, name="opened_answer"),
    path(f"{_ticket}/pending", ticket.pending, name="ticket_pending"),
    path(f"{_ticket}/pending/undo", ticket.undo_pending, name="ticket_pending_undo"),
    path("levels", levels.levels, name="levels"),
    path(f"{_ticket}/messages/<int:message_id>/rest", mails.rest, name="mail_rest"),
    path("mails", mails.mails, name="mails"),
    path("mails/<int:mail_id>", mails.mail, name="mail"),
    path("mails/<int:mail_id>/ticket", mails.attach, name="mail_ticket"),
    path("mails/<int:mail_id>/opening", mails.opening, name="mail_opening"),
    path("mails/<int:mail_id>/attempt", mails.retry, name="mail_attempt"),
    path("mails/<int:mail_id>/discarding", mails.discarding, name="mail_discarding"),
    path("queue/deflection", deflection.report, name="deflection"),
    path("queue/offer", picking.offer, name="queue_offer"),
    path(f"{_ticket}/skips", picking.skips, name="ticket_skips"),
    path(f"{_ticket}/skills", picking.skills, name="ticket_skills"),
]
