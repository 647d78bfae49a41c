"""All addresses: each room's pages, and the API in one place."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("back-office/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("", include("frontend.urls")),
]
handler404 = "core.pages.not_found"
