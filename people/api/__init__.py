"""People, organisations, sites, moderation and tokens for programs."""

from django.urls import path

from people.api import account, follows, moderation, notices, profile, reviews, sites

urlpatterns = [
    path("people/me", profile.MeView.as_view()),
    path("people/me/trust", reviews.MyTrustView.as_view()),
    path("people/me/data", profile.MyDataView.as_view()),
    path("people/me/erasure", profile.ErasureView.as_view()),
    path("people/<str:handle>", profile.PersonView.as_view()),
    path("people/<str:handle>/block", profile.BlockView.as_view()),
    path("people/<str:handle>/sanction", reviews.SanctionView.as_view()),
    path("blocks", profile.BlockViewSet.as_view({"get": "list"})),
    path("skills", profile.SkillViewSet.as_view({"get": "list"})),
    path("sites", sites.SiteViewSet.as_view({"get": "list"})),
    path("sites/import", sites.SiteImportView.as_view()),
    path("sites/<int:pk>", sites.SiteViewSet.as_view({"get": "retrieve"})),
    path("organisations", sites.OrganisationViewSet.as_view({"get": "list", "post": "create"})),
    path("organisations/<int:pk>", sites.OrganisationViewSet.as_view({"get": "retrieve"})),
    path(
        "organisations/<int:pk>/members",
        sites.OrganisationViewSet.as_view({"post": "add_member"}),
    ),
    path(
        "organisations/<int:pk>/members/<int:person_id>",
        sites.OrganisationViewSet.as_view({"delete": "remove_member"}),
    ),
    path("notices", notices.NoticeViewSet.as_view({"get": "list"})),
    path("notices/reading", notices.AllNoticesView.as_view()),
    path("notices/choices", notices.NoticeChoicesView.as_view()),
    path("follows", follows.FollowViews.as_view({"get": "list"})),
    path(
        "follows/<str:kind>/<int:object_id>",
        follows.FollowViews.as_view({"put": "follow", "delete": "unfollow"}),
    ),
    path("mutes", follows.MuteViews.as_view({"get": "list"})),
    path(
        "mutes/<str:kind>/<int:object_id>",
        follows.MuteViews.as_view({"put": "mute", "delete": "unmute"}),
    ),
    path("notices/<int:pk>/reading", notices.NoticeViewSet.as_view({"put": "read"})),
    path(
        "push-subscriptions",
        notices.PushSubscriptionViewSet.as_view({"get": "list", "post": "create"}),
    ),
    path(
        "push-subscriptions/<int:pk>",
        notices.PushSubscriptionViewSet.as_view({"delete": "destroy"}),
    ),
    path("flags", moderation.FlagViewSet.as_view({"get": "list", "post": "create"})),
    path("flags/<int:pk>", moderation.FlagViewSet.as_view({"get": "retrieve"})),
    path("flags/<int:pk>/decision", moderation.FlagViewSet.as_view({"put": "decide"})),
    path("reviews", reviews.ReviewView.as_view()),
    path("holds/<int:pk>", reviews.HoldViewSet.as_view({"get": "retrieve"})),
    path("holds/<int:pk>/decision", reviews.HoldViewSet.as_view({"put": "decide"})),
    path("appeals", reviews.AppealViewSet.as_view({"get": "list", "post": "create"})),
    path("appeals/<int:pk>", reviews.AppealViewSet.as_view({"get": "retrieve"})),
    path("appeals/<int:pk>/decision", reviews.AppealViewSet.as_view({"put": "decide"})),
    path("moderation/log", reviews.LogViewSet.as_view({"get": "list"})),
    path("trust", reviews.TrustView.as_view()),
    path("removals", moderation.RemovalViewSet.as_view({"post": "create"})),
    path(
        "removals/<int:pk>",
        moderation.RemovalViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
    ),
    path("tokens", account.TokenViewSet.as_view({"get": "list", "post": "create"})),
    path("tokens/<int:pk>", account.TokenViewSet.as_view({"delete": "destroy"})),
    path("role-grants", account.RoleGrantViewSet.as_view({"get": "list", "post": "create"})),
    path("role-grants/<int:pk>", account.RoleGrantViewSet.as_view({"delete": "destroy"})),
]
