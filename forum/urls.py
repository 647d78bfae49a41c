"""Addresses of the forum."""

from django.urls import path

from forum import views

QUESTION, ANSWER = {"kind": "forum.question"}, {"kind": "forum.answer"}
_q, _a = "questions/<int:question_id>", "answers/<int:answer_id>"
urlpatterns = [
    path("questions", views.questions, name="questions"),
    path("questions/unanswered", views.questions, {"order": "unanswered"}, "unanswered"),
    path("questions/active", views.questions, {"order": "active"}, "active"),
    path("questions/for-me", views.for_me, name="for_me"),
    path("questions/ask", views.ask, name="ask"),
    path("questions/similar", views.similar, name="similar"),
    path("tags", views.tags, name="tags"),
    path(f"{_q}/answers", views.answer, name="answer"),
    path(f"{_q}/acceptance", views.accept, name="accept"),
    path(f"{_q}/acceptance/undo", views.undo_acceptance, name="undo_acceptance"),
    path(f"{_q}/comments", views.comment, name="comment_question"),
    path(f"{_q}/edit", views.edit_question, name="edit_question"),
    path("questions/<int:object_id>/votes", views.vote, QUESTION, "vote_question"),
    path("questions/<int:object_id>/revisions", views.revisions, QUESTION, "question_revisions"),
    path(f"{_a}/comments", views.comment, name="comment_answer"),
    path(f"{_a}/edit", views.edit_answer, name="edit_answer"),
    path("answers/<int:object_id>/votes", views.vote, ANSWER, "vote_answer"),
    path("answers/<int:object_id>/revisions", views.revisions, ANSWER, "answer_revisions"),
    path(_q, views.question, name="question_short"),
    path(f"{_q}/<str:slug>", views.question, name="question"),
]
