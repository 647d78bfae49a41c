"""What an answer is known to work on, and what that means for its place. Pure: rows in, order out.

A reader with a site sees first what others confirmed for a setup like theirs. An answer that the
platform moved away from, and nobody has confirmed since, stands behind all others. The rule is
written on the page.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Protocol, TypeVar

from forum import ranking
from forum.ranking import Place

Facts = Mapping[str, str]
Shown = Sequence[Mapping[str, Any]]  # as Question.facts, Answer.works_on


class Ranked(Protocol):
    pk: int
    up: int
    down: int


class Version(Protocol):
    pk: int
    since: date
    until: date | None
    default_since: date | None


R = TypeVar("R", bound=Ranked)
V = TypeVar("V", bound=Version)


def placed(order: Sequence[R], *, stale: Collection[int], fitting: Mapping[int, int]) -> list[R]:
    """Return ranked answers in the places they have for this reader; ties keep their order.

    stale: ids of those that wait to be confirmed. fitting: id → how much of the reader's setup
    others confirmed it for; those stand first, whatever waits.
    """

    def place(row: R) -> tuple[int, int]:
        if fitting.get(row.pk):
            return 0, -fitting[row.pk]
        return (2 if row.pk in stale else 1), 0

    if not stale and not fitting:
        return list(order)
    return sorted(order, key=place)


def explained(
    answers: Iterable[R],
    *,
    accepted_id: int | None,
    stale: Collection[int],
    fitting: Mapping[int, int],
) -> list[Place]:
    """Return the order of `placed`, of answers in any order, with what put each in its place.

    Two rules more than in forum.ranking: `fits` (the reader's site) and `waits` (to be confirmed).
    """
    places = {place.answer.pk: place for place in ranking.explained(answers, accepted_id)}
    order = placed(
        [place.answer for place in places.values()],
        stale=stale,
        fitting=fitting,
    )

    def rule(place: Place, furthest: int) -> str:
        if fitting.get(place.answer.pk):
            return "fits"
        waits = place.answer.pk in stale and furthest > place.number  # some passed it
        return "waits" if waits else place.rule

    found = []
    furthest = 0  # place by votes of those before that fit nobody's site
    for number, row in enumerate(order, 1):
        place = places[row.pk]
        found.append(replace(place, number=number, rule=rule(place, furthest)))
        if row.pk not in fitting:
            furthest = max(furthest, place.number)
    return found


def facts_of(shown: Shown) -> dict[str, str]:
    """Return facts by key: {"php": "8.4"}."""
    return dict(fact.split("=", 1) for row in shown for fact in [row["fact"]])


def fits(works_on: Shown, site: Facts) -> list[str]:
    """Return the labels of what others confirmed an answer for and a site has.

    Nothing where it is confirmed for another version alone of something the site has: an answer
    for WordPress on PHP 8.2 does not fit WordPress on PHP 8.4.
    """
    confirmed: dict[str, dict[str, str]] = {}
    for row in works_on:
        if row["confirmed"]:
            key, value = row["fact"].split("=", 1)
            confirmed.setdefault(key, {})[value] = row["label"]
    both = [(found, site[key]) for key, found in confirmed.items() if key in site]
    if any(value not in found for found, value in both):
        return []
    return [found[value] for found, value in both]


def default_of(versions: Iterable[V], day: date) -> V | None:
    """Return the version that new sites get on a day; None where versions are alternatives, such
    as one CMS or another: those do not follow each other, and nothing moves."""
    offered = [
        one
        for one in versions
        if one.default_since is not None
        and one.default_since <= day
        and one.since <= day
        and (one.until is None or one.until > day)
    ]
    return max(offered, key=lambda one: (one.default_since, one.pk), default=None)
