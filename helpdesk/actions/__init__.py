"""What people do at the help desk."""

from helpdesk.actions.assigning import assign, take_next, unassign
from helpdesk.actions.merging import merge
from helpdesk.actions.opening import open_ticket, solved_by_answer
from helpdesk.actions.sharing import share, unshare
from helpdesk.actions.states import set_state
from helpdesk.actions.talking import Overtaken, reply, write_note

__all__ = [
    "Overtaken",
    "assign",
    "merge",
    "open_ticket",
    "reply",
    "set_state",
    "share",
    "solved_by_answer",
    "take_next",
    "unassign",
    "unshare",
    "write_note",
]
