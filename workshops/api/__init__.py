"""Workshops for programs."""

from workshops.api.views import urlpatterns

__all__ = ["urlpatterns"]
