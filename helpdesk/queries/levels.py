"""Which guarantee level a ticket is opened under."""

from collections.abc import Iterable
from datetime import datetime
from math import inf

from django.db.models import Q

from people.models import GuaranteeLevelVersion, HostedSite, LevelGrant, Person


def level_in_force(
    person: Person, site: HostedSite | None, now: datetime
) -> GuaranteeLevelVersion | None:
    """Return the best of what is promised now to a person who asks about a site, or about none.

    What all have; what the site has; what the person holds; and what the site's organisation
    holds or, without a site, the organisations the person is in. The best is the one with the
    soonest first answer, then the soonest solution, then the highest price.
    None where no level is written yet. Three queries at most.
    """
    of_all = Q(level__is_default=True)
    levels = _held(person, site, now) | ({site.level_id} if site else set())
    wanted = of_all | Q(level__in=levels) if levels else of_all
    versions = GuaranteeLevelVersion.objects.filter(wanted, since__lte=now)
    newest = {row.level_id: row for row in versions.order_by("since", "pk")}
    return best_of(newest.values())


def _held(person: Person, site: HostedSite | None, now: datetime) -> set[int]:
    """Return the levels that the person or an organisation holds now, by id."""
    if site is None:
        organisations = Q(organisation__memberships__person=person)
    else:
        organisations = Q(organisation__isnull=False, organisation=site.organisation_id)
    grants = LevelGrant.objects.filter(Q(person=person) | organisations, since__lte=now)
    current = grants.filter(Q(until=None) | Q(until__gt=now))
    return set(current.values_list("level_id", flat=True))


def best_of(versions: Iterable[GuaranteeLevelVersion]) -> GuaranteeLevelVersion | None:
    """Return what promises most; None of none."""

    def promised(version: GuaranteeLevelVersion) -> tuple[float, float, int]:
        first, solution = version.first_response_minutes, version.resolution_minutes
        return (
            inf if first is None else first,
            inf if solution is None else solution,
            -version.yearly_price_cents,
        )

    return min(versions, key=promised, default=None)
