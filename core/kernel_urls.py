"""Addresses of the kernel's own pages (core.urls is the frame's)."""

from django.conf import settings
from django.urls import URLPattern, path

from core import views

urlpatterns: list[URLPattern] = [
    path("health/live", views.live, name="health-live"),
    path("health/ready", views.ready, name="health-ready"),
    path("files/<uuid:key>/<str:name>", views.file, name="file"),
]
if not settings.PRODUCTION:
    urlpatterns.append(path("dev/outbox", views.outbox, name="outbox"))
