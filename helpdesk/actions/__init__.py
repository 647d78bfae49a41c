"""What people do at the help desk."""

from helpdesk.actions.apologising import apologise
from helpdesk.actions.assigning import assign, unassign
from helpdesk.actions.automation import WHEN_OF, apply_rules, is_by_a_rule, sweep_rules
from helpdesk.actions.bulk import BulkResult, act_on_all
from helpdesk.actions.clocks import renew_calendar, repair_clocks, wrong_clocks
from helpdesk.actions.deciding import attach_mail, discard_mail, open_mail
from helpdesk.actions.desk_rules import (
    NotTried,
    RulePlan,
    change_desk_rule,
    make_desk_rule,
    retire_desk_rule,
    switch_desk_rule,
)
from helpdesk.actions.fields import fill_fields
from helpdesk.actions.following import follow, unfollow
from helpdesk.actions.learning import confirm_learning_need, note_learning_need
from helpdesk.actions.levels import change_level
from helpdesk.actions.linking import link, unlink
from helpdesk.actions.macros import MacroPlan, change_macro, make_macro, retire_macro
from helpdesk.actions.merging import merge, undo_merge
from helpdesk.actions.offering import offer, set_needed_skills
from helpdesk.actions.opening import open_ticket, solved_by_answer
from helpdesk.actions.opening_for import open_ticket_for
from helpdesk.actions.pending import set_aside, take_up, wake_tickets
from helpdesk.actions.picking import change_floor, skip, take_next
from helpdesk.actions.publishing import (
    PrivateFacts,
    Text,
    answer_by_link,
    answer_consent,
    answer_of_link,
    ask_consent,
    propose_answer,
    withdraw_consent,
    write_public_text,
)
from helpdesk.actions.purging import purge_secret
from helpdesk.actions.queues import change_queue
from helpdesk.actions.rating import rate, rate_by_link
from helpdesk.actions.receiving import (
    purge_mails,
    receive_mail,
    retry_mail,
    retry_mails,
    settle_mail,
    settle_waiting,
    store_mail,
)
from helpdesk.actions.running import run_macro
from helpdesk.actions.sharing import invite, invite_copied, leave, share, uninvite, unshare
from helpdesk.actions.sites import change_site
from helpdesk.actions.splitting import split, undo_split
from helpdesk.actions.states import set_state
from helpdesk.actions.tagging import tag_ticket, untag_ticket
from helpdesk.actions.talking import Overtaken, reply, write_note
from helpdesk.actions.telling import (
    mail_guest,
    mail_message,
    mail_receipt,
    mail_reply_to_guest,
    mail_requester,
)
from helpdesk.actions.unmasking import unmask
from helpdesk.actions.views import remove_view, save_view
from helpdesk.actions.visiting import open_answer, suggest_answers
from helpdesk.actions.working import (
    add_to_checklist,
    check_item,
    remove_item,
    spend_time,
    take_time_back,
)

__all__ = [
    "WHEN_OF",
    "BulkResult",
    "MacroPlan",
    "NotTried",
    "Overtaken",
    "PrivateFacts",
    "RulePlan",
    "Text",
    "act_on_all",
    "add_to_checklist",
    "answer_by_link",
    "answer_consent",
    "answer_of_link",
    "apologise",
    "apply_rules",
    "ask_consent",
    "assign",
    "attach_mail",
    "change_desk_rule",
    "change_floor",
    "change_level",
    "change_macro",
    "change_queue",
    "change_site",
    "check_item",
    "confirm_learning_need",
    "discard_mail",
    "fill_fields",
    "follow",
    "invite",
    "invite_copied",
    "is_by_a_rule",
    "leave",
    "link",
    "mail_guest",
    "mail_message",
    "mail_receipt",
    "mail_reply_to_guest",
    "mail_requester",
    "make_desk_rule",
    "make_macro",
    "merge",
    "note_learning_need",
    "offer",
    "open_answer",
    "open_mail",
    "open_ticket",
    "open_ticket_for",
    "propose_answer",
    "purge_mails",
    "purge_secret",
    "rate",
    "rate_by_link",
    "receive_mail",
    "remove_item",
    "remove_view",
    "renew_calendar",
    "repair_clocks",
    "reply",
    "retire_desk_rule",
    "retire_macro",
    "retry_mail",
    "retry_mails",
    "run_macro",
    "save_view",
    "set_aside",
    "set_needed_skills",
    "set_state",
    "settle_mail",
    "settle_waiting",
    "share",
    "skip",
    "solved_by_answer",
    "spend_time",
    "split",
    "store_mail",
    "suggest_answers",
    "sweep_rules",
    "switch_desk_rule",
    "tag_ticket",
    "take_next",
    "take_time_back",
    "take_up",
    "unassign",
    "undo_merge",
    "undo_split",
    "unfollow",
    "uninvite",
    "unlink",
    "unmask",
    "unshare",
    "untag_ticket",
    "wake_tickets",
    "withdraw_consent",
    "write_note",
    "write_public_text",
    "wrong_clocks",
]
