"""Addresses of the commons."""

from django.urls import path

from aid import views

urlpatterns = [
    path("commons", views.commons, name="commons"),
    path("commons/statement", views.statement, name="statement"),
    path("commons/claims", views.claims, name="claims"),
    path("commons/claims/<int:claim_id>", views.edit, name="claim_edit"),
    path("commons/claims/<int:claim_id>/confirmation", views.confirm, name="claim_confirm"),
    path("commons/claims/<int:claim_id>/refusal", views.decline, name="claim_decline"),
    path("commons/claims/<int:claim_id>/withdrawal", views.withdraw, name="claim_withdraw"),
    path("commons/entries/<int:entry_id>/reversal", views.reverse_entry, name="entry_reverse"),
]
