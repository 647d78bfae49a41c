"""What the host runs, and which answers wait to be checked again."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, FloatField, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from core.models import Visibility
from core.pagination import Page, keyset_page
from forum.freshness import default_of
from forum.models import Answer, Attestation, Platform, PlatformVersion, Recheck


@dataclass(frozen=True)
class ShownVersion:
    """A version as the list shows it. state: `default`, `offered`, `coming` or `retired`."""

    row: PlatformVersion
    state: str


@dataclass(frozen=True)
class ShownPlatform:
    row: Platform
    versions: list[ShownVersion]


def platforms(day: date | None = None) -> list[ShownPlatform]:
    """Return what the host runs, by name, each platform's newest version first. Two queries."""
    today = day or timezone.localdate()
    shown = []
    for row in Platform.objects.prefetch_related("versions").order_by("key"):
        versions = list(row.versions.all())
        for version in versions:
            version.platform = row
        default = default_of(versions, today)
        versions.sort(key=lambda version: (version.since, version.pk), reverse=True)
        shown.append(
            ShownPlatform(row, [ShownVersion(one, _state(one, default, today)) for one in versions])
        )
    return shown


def _state(version: PlatformVersion, default: PlatformVersion | None, day: date) -> str:
    if version == default:
        return "default"
    if version.since > day:
        return "coming"
    return "offered" if version.is_offered(day) else "retired"


def waiting_rechecks(person: Any) -> QuerySet[Recheck]:
    """Return the answers that wait, with `views`: how much their question is read.

    Those of a locked question wait until it is open again.
    """
    # Joins rather than Exists: the order needs the question's row anyway, and what is not for all
    # to see is not for helpers to check.
    views = Coalesce(F("answer__question__traffic__views"), Value(0.0), output_field=FloatField())
    return (
        Recheck.objects.filter(
            outcome="",
            answer__visibility=Visibility.VISIBLE,
            answer__question__visibility=Visibility.VISIBLE,
            answer__question__lock=None,
        )
        .select_related("answer__question", "answer__author", "version__platform")
        .annotate(views=views)
    )


def recheck_page(person: Any, cursor: str | None) -> Page[Recheck]:
    """Return one page of the queue: what is read most comes first."""
    return keyset_page(waiting_rechecks(person), ("-views", "pk"), cursor)


def attestations_of(answer: Answer) -> QuerySet[Attestation]:
    """Return who said on what an answer works, newest first."""
    rows = Attestation.objects.filter(answer=answer)
    return rows.select_related("person", "version__platform").order_by("-pk")
