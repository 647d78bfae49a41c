"""The forum's own rungs: helpers at once, and others when those did not answer."""

from datetime import datetime, timedelta

from forum import actions
from forum.ladder import Rung, declare
from forum.models import Question

OTHERS_AFTER = timedelta(hours=4)


def _ask_helpers(question: Question, now: datetime) -> None:
    actions.ask_helpers(question=question, rung="helpers", now=now)


def _ask_others(question: Question, now: datetime) -> None:
    actions.ask_helpers(question=question, rung="more_helpers", now=now)


def declare_all() -> None:
    """Declare them. Mentors and a ticket are rungs of the help desk (helpdesk/rungs.py)."""
    declare(Rung("helpers", timedelta(0), _ask_helpers))
    declare(Rung("more_helpers", OTHERS_AFTER, _ask_others))
