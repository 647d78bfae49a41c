"""What people do in mentoring."""

from mentoring.actions.asking import (
    change_request,
    offer_mentoring,
    pause_offer,
    request_mentoring,
    resume_offer,
    withdraw_request,
)
from mentoring.actions.matching import accept_proposal, decline_proposal, run_matcher, solve_run
from mentoring.actions.meeting import (
    cancel_session,
    confirm_session,
    end_mentorship,
    log_session,
    plan_session,
    refresh_sessions,
)

__all__ = [
    "accept_proposal",
    "cancel_session",
    "change_request",
    "confirm_session",
    "decline_proposal",
    "end_mentorship",
    "log_session",
    "offer_mentoring",
    "pause_offer",
    "plan_session",
    "refresh_sessions",
    "request_mentoring",
    "resume_offer",
    "run_matcher",
    "solve_run",
    "withdraw_request",
]
