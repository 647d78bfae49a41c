from django.urls import path

from people.views import account, moderation, notices, organisations, profile

urlpatterns = [
    path("people/<str:handle>", profile.person, name="person"),
    path("people/<str:handle>/block", profile.block, name="block"),
    path("people/<str:handle>/block/undo", profile.block_undo, name="block_undo"),
    path("people/<str:handle>/suspension", moderation.suspension, name="suspension"),
    path("people/<str:handle>/suspension/undo", moderation.suspension_undo, name="suspension_undo"),
    path("skills", profile.skills, name="skills"),
    path("me/profile", profile.my_profile, name="my_profile"),
    path("me/notices", notices.notices, name="notices"),
    path("me/notices/reading", notices.notices_reading, name="notices_reading"),
    path("me/notices/<int:pk>", notices.notice, name="notice"),
    path("me/organisations", organisations.my_organisations, name="my_organisations"),
    path("organisations/<int:pk>", organisations.organisation, name="organisation"),
    path("organisations/<int:pk>/members", organisations.members, name="members"),
    path(
        "organisations/<int:pk>/members/<int:person_id>/removal",
        organisations.member_removal,
        name="member_removal",
    ),
    path("me/sites", organisations.my_sites, name="my_sites"),
    path("sites/<int:pk>", organisations.site, name="site"),
    path("me/tokens", account.my_tokens, name="my_tokens"),
    path("me/tokens/<int:pk>/revocation", account.token_revocation, name="token_revocation"),
    path("me/data", account.my_data, name="my_data"),
    path("me/erasure", account.my_erasure, name="my_erasure"),
    path("roles", account.roles, name="roles"),
    path("roles/<int:pk>/end", account.role_end, name="role_end"),
    path("moderation", moderation.moderation, name="moderation"),
    path("flags/new", moderation.new_flag, name="new_flag"),
    path("flags/<int:pk>", moderation.flag, name="flag"),
    path("flags/<int:pk>/decision", moderation.flag_decision, name="flag_decision"),
    path("removals/new", moderation.new_removal, name="new_removal"),
    path("removals/<int:pk>", moderation.removal, name="removal"),
    path("removals/<int:pk>/undo", moderation.removal_undo, name="removal_undo"),
]
