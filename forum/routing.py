"""Who is asked to help with a question, and why. Pure: facts in, order out; nothing is read.

score = skill in the tags × language × availability × (1 − load), each from 0 to 1 but skill, which
has no upper end; higher is better. The same function serves the asks that go out, the numbers of
`Why here?`, and `manage.py evaluate_routing`, which replays a dump with it. `Questions for me` says
why by the same facts, and stands newest first: a score that falls by the hour has no pages that can
be turned. How the constants were chosen, on the first 70 % of a replayed dump, and what they do on
the last 30 %: docs/measurements.md, Routing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Tag = int | str
Reason = dict[str, Any]

WEEK = timedelta(days=7)
MOST_ASKS = 5  # a helper and week, where the helper chose nothing smaller
SKILL_HALF_LIFE_DAYS = 90
SEEN_HALF_LIFE_DAYS = 45
OFF_TAGS = 20  # so many answers under none of the question's tags count as one under all of them
CONFIRMED = 2  # an answer that was accepted, or that others found to work, counts twice
DECLARED = 0.5  # answers that a level (1 to 3) of a skill on the profile stands for, each
LATER_LANGUAGE = 0.15  # taken off for each language one reads better


@dataclass(frozen=True)
class ScoreRule:
    """What pages say of the score, in numbers."""

    off_tags: int = OFF_TAGS
    skill_days: int = SKILL_HALF_LIFE_DAYS
    seen_days: int = SEEN_HALF_LIFE_DAYS


SCORE_RULE = ScoreRule()


@dataclass(frozen=True)
class Deed:
    """An answer someone gave. tags: of its question; confirmed_at: when it was accepted, or someone
    else first said that it works."""

    at: datetime
    tags: frozenset[Tag]
    confirmed_at: datetime | None = None

    def is_confirmed(self, now: datetime) -> bool:
        return self.confirmed_at is not None and self.confirmed_at <= now


@dataclass(frozen=True)
class Helper:
    """What is known of someone who may be asked.

    languages: BCP 47, best first; empty when unknown, and then all are taken for read. declared:
    levels of skills by tag, 1 to 3. seen_at: when they last did anything here. asked: how often
    in the last week. is_away: wants no asks now.
    """

    id: int
    deeds: Sequence[Deed] = ()
    languages: Sequence[str] = ()
    declared: tuple[tuple[Tag, int], ...] = ()
    seen_at: datetime | None = None
    asked: int = 0
    most_asks: int = MOST_ASKS
    is_away: bool = False


@dataclass(frozen=True)
class Wanted:
    """What a question asks of a helper. language: BCP 47 or `und`."""

    tags: frozenset[Tag]
    language: str = "und"


@dataclass(frozen=True)
class Fit:
    """How well a helper fits a question, in its four factors."""

    helper: Helper
    skill: float
    language: float
    availability: float
    load: float

    @property
    def score(self) -> float:
        return self.skill * self.language * self.availability * (1 - self.load)


Score = Callable[[Helper, Wanted, datetime], float]


def fit(helper: Helper, wanted: Wanted, now: datetime) -> Fit:
    """Return how well a helper fits a question at this moment."""
    return Fit(
        helper=helper,
        skill=skill_in(helper, wanted.tags, now),
        language=language_of(helper, wanted.language),
        availability=availability_of(helper, now),
        load=min(1.0, helper.asked / helper.most_asks) if helper.most_asks else 1.0,
    )


def best(helpers: Iterable[Helper], wanted: Wanted, now: datetime, count: int) -> list[Fit]:
    """Return the best `count`, best first; nobody whose score is 0. Ties go to the older member."""
    fits = [fit(helper, wanted, now) for helper in helpers]
    found = [one for one in fits if one.score > 0]
    return sorted(found, key=lambda one: (-one.score, one.helper.id))[:count]


def skill_in(helper: Helper, tags: frozenset[Tag], now: datetime) -> float:
    """Return the skill: answers under the tags asked for, decayed, and what the profile says.

    An answer under a part of the tags counts that part. Those under none count a little, so that a
    question under new tags, or none, finds somebody too.
    """
    points = sum(
        (CONFIRMED if deed.is_confirmed(now) else 1)
        * max(shared(deed.tags, tags), 1 / OFF_TAGS)
        * decay(deed.at, now, SKILL_HALF_LIFE_DAYS)
        for deed in helper.deeds
    )
    return points + sum(DECLARED * level for tag, level in helper.declared if tag in tags)


def shared(mine: frozenset[Tag], wanted: frozenset[Tag]) -> float:
    """Return which share of the wanted tags is here, 0 to 1."""
    return len(mine & wanted) / len(wanted) if wanted else 0.0


def language_of(helper: Helper, language: str) -> float:
    """Return 1 for one's best language, less for each that one reads better, 0 for none."""
    if language == "und" or not helper.languages:
        return 1.0
    if language not in helper.languages:
        return 0.0
    return max(0.25, 1 - LATER_LANGUAGE * list(helper.languages).index(language))


def availability_of(helper: Helper, now: datetime) -> float:
    """Return how likely the helper is here: halved with every 45 days of silence; 0 when away."""
    if helper.is_away or helper.seen_at is None:
        return 0.0
    return decay(helper.seen_at, now, SEEN_HALF_LIFE_DAYS)


def decay(at: datetime, now: datetime, half_life_days: float) -> float:
    """Return 1 for now, a half for each half-life that has passed since."""
    age_days = (now - at).total_seconds() / 86400
    return float(0.5 ** (max(0.0, age_days) / half_life_days))


def why(helper: Helper, wanted: Wanted, now: datetime) -> list[Reason]:
    """Return why this helper is asked, as stable keys, ids and numbers; the strongest first."""
    reasons: list[Reason] = []
    for tag in sorted(wanted.tags, key=str):
        under = [deed for deed in helper.deeds if tag in deed.tags]
        if under:
            confirmed = sum(deed.is_confirmed(now) for deed in under)
            reasons.append(
                {"key": "answered", "tag": tag, "count": len(under), "confirmed": confirmed}
            )
    reasons.sort(key=lambda reason: (-reason["confirmed"], -reason["count"], str(reason["tag"])))
    helped = {reason["tag"] for reason in reasons}
    reasons += [
        {"key": "declared", "tag": tag, "level": level}
        for tag, level in helper.declared
        if tag in wanted.tags - helped
    ]
    if not reasons and helper.deeds:
        reasons.append({"key": "active", "count": len(helper.deeds)})
    if wanted.language in helper.languages:
        reasons.append({"key": "language", "language": wanted.language})
    return reasons
