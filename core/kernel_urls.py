"""Addresses of the kernel's own pages (core.urls is the frame's)."""

from django.conf import settings
from django.urls import URLPattern, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularSwaggerSplitView

from core import views

urlpatterns: list[URLPattern] = [
    path("health/live", views.live, name="health-live"),
    path("health/ready", views.ready, name="health-ready"),
    path("files/<uuid:key>/<str:name>", views.file, name="file"),
    path("api/v1/files/<uuid:key>", views.FileView.as_view(), name="api-file"),
    path("api/v1/", RedirectView.as_view(pattern_name="api-docs"), name="api-root"),
    path("api/v1/openapi.yaml", views.openapi, name="openapi"),
    path(
        "api/v1/docs",
        SpectacularSwaggerSplitView.as_view(url="/api/v1/openapi.yaml"),
        name="api-docs",
    ),
]
if not settings.PRODUCTION:
    urlpatterns.append(path("dev/outbox", views.outbox, name="outbox"))
