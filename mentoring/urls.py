"""Addresses of mentoring."""

from django.urls import path

from mentoring.views import meeting, pages

_proposal = "mentoring/proposals/<int:proposal_id>"
_pair = "mentoring/mentorships/<int:mentorship_id>"
_session = "mentoring/sessions/<int:session_id>"
urlpatterns = [
    path("mentoring", pages.home, name="mentoring"),
    path("mentoring/offer", pages.offer, name="mentor_offer"),
    path("mentoring/offer/pause", pages.pause, name="offer_pause"),
    path("mentoring/offer/pause/undo", pages.resume, name="offer_resume"),
    path("mentoring/offers/<int:offer_id>", pages.shown_offer, name="shown_offer"),
    path("mentoring/request", pages.request_form, name="mentoring_request"),
    path("mentoring/requests/<int:request_id>", pages.shown_request, name="shown_request"),
    path("mentoring/requests/<int:request_id>/withdrawal", pages.withdraw, name="withdrawal"),
    path(f"{_proposal}/acceptance", pages.accept, name="proposal_accept"),
    path(f"{_proposal}/refusal", pages.decline, name="proposal_decline"),
    path(_pair, meeting.mentorship, name="mentorship"),
    path(f"{_pair}/sessions", meeting.plan, name="session_plan"),
    path(f"{_pair}/log", meeting.log, name="session_log"),
    path(f"{_pair}/end", meeting.end, name="mentorship_end"),
    path(f"{_session}/confirmation", meeting.confirm, name="session_confirm"),
    path(f"{_session}/cancellation", meeting.cancel, name="session_cancel"),
    path("mentoring/matching", pages.matching, name="matching"),
    path("mentoring/matching/runs", pages.run, name="match_run"),
    path("mentoring/matching/runs/<int:run_id>", pages.run_progress, name="run_progress"),
]
