"""Queues, tickets, what is said in them, who has them in hand, and what the desk works with."""

from helpdesk.models.answers import Consent, PublicAnswer, PublicAnswerQuerySet
from helpdesk.models.clocks import Apology, Clock, ClockQuerySet
from helpdesk.models.deflection import Exposure, Visit, VisitQuerySet
from helpdesk.models.desk_rules import AutomaticMessage, DeskRule, DeskRuleQuerySet, RuleRun
from helpdesk.models.fairness import AgentOffer, Fairness, NeededSkill, Pick, PickQuerySet, Skip
from helpdesk.models.fields import FieldValue, TicketField
from helpdesk.models.follows import Follow
from helpdesk.models.learning import LearningNeed
from helpdesk.models.links import TicketLink
from helpdesk.models.macros import Macro, MacroQuerySet, MacroText
from helpdesk.models.mails import InboundMail, InboundMailQuerySet, QueueAddress
from helpdesk.models.messages import Message, MessageQuerySet
from helpdesk.models.named import NamedState
from helpdesk.models.queues import Queue, QueueQuerySet, agent_grants, staffed_by
from helpdesk.models.ratings import Rating
from helpdesk.models.relocations import Relocation
from helpdesk.models.suggestions import Suggestion
from helpdesk.models.tagging import Tagging, TicketTag
from helpdesk.models.tickets import Assignment, Share, Ticket, TicketQuerySet
from helpdesk.models.unmasking import Unmasking
from helpdesk.models.views import SavedView
from helpdesk.models.work import ChecklistItem, TimeSpent

__all__ = [
    "AgentOffer",
    "Apology",
    "Assignment",
    "AutomaticMessage",
    "ChecklistItem",
    "Clock",
    "ClockQuerySet",
    "Consent",
    "DeskRule",
    "DeskRuleQuerySet",
    "Exposure",
    "Fairness",
    "FieldValue",
    "Follow",
    "InboundMail",
    "InboundMailQuerySet",
    "LearningNeed",
    "Macro",
    "MacroQuerySet",
    "MacroText",
    "Message",
    "MessageQuerySet",
    "NamedState",
    "NeededSkill",
    "Pick",
    "PickQuerySet",
    "PublicAnswer",
    "PublicAnswerQuerySet",
    "Queue",
    "QueueAddress",
    "QueueQuerySet",
    "Rating",
    "Relocation",
    "RuleRun",
    "SavedView",
    "Share",
    "Skip",
    "Suggestion",
    "Tagging",
    "Ticket",
    "TicketField",
    "TicketLink",
    "TicketQuerySet",
    "TicketTag",
    "TimeSpent",
    "Unmasking",
    "Visit",
    "VisitQuerySet",
    "agent_grants",
    "staffed_by",
]
