"""Addresses of mentoring."""

from django.urls import path

from mentoring import views

_proposal = "mentoring/proposals/<int:proposal_id>"
_pair = "mentoring/mentorships/<int:mentorship_id>"
_session = "mentoring/sessions/<int:session_id>"
urlpatterns = [
    path("mentoring", views.home, name="mentoring"),
    path("mentoring/offer", views.offer, name="mentor_offer"),
    path("mentoring/offer/pause", views.pause, name="offer_pause"),
    path("mentoring/offer/pause/undo", views.resume, name="offer_resume"),
    path("mentoring/offers/<int:offer_id>", views.shown_offer, name="shown_offer"),
    path("mentoring/request", views.request_form, name="mentoring_request"),
    path("mentoring/requests/<int:request_id>", views.shown_request, name="shown_request"),
    path("mentoring/requests/<int:request_id>/withdrawal", views.withdraw, name="withdrawal"),
    path(f"{_proposal}/acceptance", views.accept, name="proposal_accept"),
    path(f"{_proposal}/refusal", views.decline, name="proposal_decline"),
    path(_pair, views.mentorship, name="mentorship"),
    path(f"{_pair}/sessions", views.plan, name="session_plan"),
    path(f"{_pair}/log", views.log, name="session_log"),
    path(f"{_pair}/end", views.end, name="mentorship_end"),
    path(f"{_session}/confirmation", views.confirm, name="session_confirm"),
    path(f"{_session}/cancellation", views.cancel, name="session_cancel"),
    path("mentoring/matching", views.matching, name="matching"),
    path("mentoring/matching/runs", views.run, name="match_run"),
    path("mentoring/matching/runs/<int:run_id>", views.run_progress, name="run_progress"),
]
