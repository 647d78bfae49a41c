"""People, organisations, sites, moderation and tokens for programs."""

from django.urls import path

from people.api import account, moderation, notices, profile, sites

urlpatterns = [
    path("people/me", profile.MeView.as_view()),
    path("people/me/data", profile.MyDataView.as_view()),
    path("people/me/erasure", profile.ErasureView.as_view()),
    path("people/<str:handle>", profile.PersonView.as_view()),
    path("people/<str:handle>/block", profile.BlockView.as_view()),
    path("people/<str:handle>/suspension", moderation.SuspensionView.as_view()),
    path("blocks", profile.BlockViewSet.as_view({"get": "list"})),
    path("skills", profile.SkillViewSet.as_view({"get": "list"})),
    path("levels", sites.LevelViewSet.as_view({"get": "list"})),
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
    path("notices/<int:pk>/reading", notices.NoticeViewSet.as_view({"put": "read"})),
    path("flags", moderation.FlagViewSet.as_view({"get": "list", "post": "create"})),
    path("flags/<int:pk>", moderation.FlagViewSet.as_view({"get": "retrieve"})),
    path("flags/<int:pk>/decision", moderation.FlagViewSet.as_view({"put": "decide"})),
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
