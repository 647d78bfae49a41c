"""On what a question's answers work, for who reads them: their sites, and what they said."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from core.prepared import Prepared
from forum.freshness import Facts, default_of, explained, facts_of, fits
from forum.models import Answer, Attestation, PlatformVersion, Question
from forum.ranking import Place
from people.models import HostedSite, Person
from people.queries import own_sites

MOST_SITES = 50
NO_SITE = 0  # asked for by who wants to see a question as everyone does


@dataclass(frozen=True)
class SetupPanel:
    """What who is signed in may choose and say; nothing for visitors, who are asked nothing.

    mine: fact → whether one said that it works, by answer id. at_once: the versions that "this
    worked for me" means without choosing: those of one's site, else those asked about.
    """

    sites: list[HostedSite] = field(default_factory=list)
    site: HostedSite | None = None
    offered: list[PlatformVersion] = field(default_factory=list)
    at_once: list[PlatformVersion] = field(default_factory=list)
    mine: dict[int, list[str]] = field(default_factory=dict)

    @property
    def labels(self) -> str:
        """What the one click says: "PHP 8.4, WordPress"."""
        return ", ".join(version.label for version in self.at_once)


def placed_for(
    person: Any, question: Question, rows: Iterable[Answer], accepted_id: int | None, site_id: Any
) -> tuple[SetupPanel, list[Place]]:
    """Return what the reader may choose, and the answers in their places for them.

    site_id: one of the reader's sites, NO_SITE, or None for the first of them. Each answer gets
    `fits` (labels confirmed for the reader's site) and `mine` (labels the reader said). Three
    queries, for visitors none: what all see stands on the rows.
    """
    panel = _panel(person, question, site_id) if person.is_authenticated else SetupPanel()
    facts: Facts = panel.site.platform if panel.site else {}
    answers = list(rows)
    for answer in answers:
        answer.fits = fits(answer.works_on, facts)
        answer.mine = panel.mine.get(answer.pk, [])
    places = explained(
        answers,
        accepted_id=accepted_id,
        stale={answer.pk for answer in answers if answer.rechecks},
        fitting={answer.pk: len(answer.fits) for answer in answers if answer.fits},
    )
    return panel, places


def _panel(person: Any, question: Question, site_id: Any) -> SetupPanel:
    sites = _sites_of(person.pk)
    first = sites[0] if sites and site_id != NO_SITE else None
    site = next((row for row in sites if row.pk == site_id), first)
    offered = offered_versions(timezone.localdate())
    facts = {**facts_of(question.facts), **(site.platform if site else {})}
    mine: dict[int, list[str]] = {}
    for row in _said_of(person.pk, question.pk):
        mine.setdefault(row.answer_id, []).append(row.version.label)
    return SetupPanel(
        sites=sites,
        site=site,
        offered=offered,
        at_once=[row for row in offered if facts.get(row.platform.key) == row.value],
        mine=mine,
    )


def _sites(person_id: int) -> QuerySet[HostedSite]:
    return own_sites(Person(pk=person_id)).order_by("domain", "pk")[:MOST_SITES]


def _said(person_id: int, question_id: int) -> QuerySet[Attestation]:
    rows = Attestation.objects.filter(person=person_id, answer__question=question_id)
    return rows.select_related("version__platform").order_by("version__platform__key", "pk")


_sites_of: Prepared[HostedSite] = Prepared(_sites)
_said_of: Prepared[Attestation] = Prepared(_said)


@lru_cache(maxsize=2)
def _offered_on(day: date) -> Prepared[PlatformVersion]:
    return Prepared(lambda: PlatformVersion.objects.offered(day).select_related("platform"))


def offered_versions(day: date) -> list[PlatformVersion]:
    """Return what sites can run on a day, by platform, the default and then the newest first."""
    rows = _offered_on(day)()
    by_platform: dict[int, list[PlatformVersion]] = {}
    for row in rows:
        by_platform.setdefault(row.platform_id, []).append(row)
    defaults = {default_of(some, day) for some in by_platform.values()}
    return sorted(
        rows,
        key=lambda row: (row.platform.key, row not in defaults, -row.since.toordinal(), -row.pk),
    )
