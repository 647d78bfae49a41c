"""What mentoring tells people of confirmed help: sessions that both sides say took place."""

from collections.abc import Collection

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from mentoring.models import MentoringSession
from people import deeds


def confirmed_sessions(givers: Collection[int] | None) -> list[tuple[int, int, int]]:
    """Return (mentor, learner, how many)."""
    rows = MentoringSession.objects.filter(
        confirmed_by_mentor_at__isnull=False,
        confirmed_by_learner_at__isnull=False,
        cancelled_at=None,
    )
    if givers is not None:
        rows = rows.filter(mentorship__mentor__in=givers)
    pairs = rows.order_by().values_list("mentorship__mentor", "mentorship__learner")
    return list(pairs.annotate(n=Count("pk")))


def declare_all() -> None:
    """Declare mentoring sessions as help."""
    deeds.declare("sessions", _("mentoring sessions"), confirmed_sessions)
