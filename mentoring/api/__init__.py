"""Mentoring for programs."""

from django.urls import path

from mentoring.api.asking import OfferViews, RequestViews
from mentoring.api.pairing import MentorshipViews, ProposalViews, RunViews, SessionViews

_offer, _request = "mentoring/offer", "mentoring/requests/<int:request_id>"
_proposal = "mentoring/proposals/<int:proposal_id>"
_pair = "mentoring/mentorships/<int:mentorship_id>"
_session = "mentoring/sessions/<int:session_id>"
urlpatterns = [
    path(_offer, OfferViews.as_view({"get": "mine", "put": "offer"})),
    path(f"{_offer}/pause", OfferViews.as_view({"put": "pause", "delete": "resume"})),
    path("mentoring/offers", OfferViews.as_view({"get": "list"})),
    path("mentoring/offers/<int:offer_id>", OfferViews.as_view({"get": "retrieve"})),
    path("mentoring/requests", RequestViews.as_view({"get": "list", "post": "create"})),
    path(_request, RequestViews.as_view({"get": "retrieve", "put": "update"})),
    path(f"{_request}/withdrawal", RequestViews.as_view({"put": "withdraw"})),
    path("mentoring/proposals", ProposalViews.as_view({"get": "list"})),
    path(_proposal, ProposalViews.as_view({"get": "retrieve"})),
    path(f"{_proposal}/acceptance", ProposalViews.as_view({"put": "accept"})),
    path(f"{_proposal}/refusal", ProposalViews.as_view({"put": "decline"})),
    path("mentoring/mentorships", MentorshipViews.as_view({"get": "list"})),
    path(_pair, MentorshipViews.as_view({"get": "retrieve"})),
    path(f"{_pair}/end", MentorshipViews.as_view({"put": "end"})),
    path(f"{_pair}/sessions", SessionViews.as_view({"get": "list", "post": "plan"})),
    path(f"{_pair}/log", SessionViews.as_view({"post": "log"})),
    path(_session, SessionViews.as_view({"get": "retrieve"})),
    path(f"{_session}/confirmation", SessionViews.as_view({"put": "confirm"})),
    path(f"{_session}/cancellation", SessionViews.as_view({"put": "cancel"})),
    path("mentoring/runs", RunViews.as_view({"get": "list", "post": "create"})),
    path("mentoring/runs/<int:run_id>", RunViews.as_view({"get": "retrieve"})),
]
