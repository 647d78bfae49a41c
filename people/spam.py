"""How likely a post is spam, from what is known here, and what speaks for it.

Pure: no database, no clock. Each sign adds points (log-odds in natural units); a post without any
sign has BASE. Source: the words' part is naive Bayes over presence with Laplace's smoothing, as in
P. Graham, A Plan for Spam (2002), over what moderators decided here.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

BASE = -3.0
THRESHOLD = 0.5  # at this score and above a post waits for a moderator
FIRST_POSTS = 3  # of these it counts how fast they were typed
FAST_SIGNS_A_SECOND = 15  # twice what a fast typist reaches
FEW_SECONDS = 4.0
LINKS_AT_ONCE = 2  # more of them in a beginner's post are a sign
POSTS_LATELY, LATELY_MINUTES = 3, 10
SAME_LINK = 2  # posts it may stand in
MOST_POINTS = 4.0  # of links that return, and of words
MOST_OF_PACE = 2.5  # writing much is no spam by itself
WORDS_JUDGED = 15
LEAST_DECIDED = 5  # of spam and of fine posts, before words count
MOST_LINKS, MOST_WORDS = 20, 300

_LINK = re.compile(r"https?://[^\s<>()\[\]\"']+", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3,30}")


@dataclass(frozen=True)
class Facts:
    """What is known of a post.

    posts_before: how many its author has; posts_lately: of them in the last ten minutes.
    typed_seconds: from the form to its sending, None where there is no form. repeats: in how many
    posts of the last month the most frequent of its links stands. words: by word, in how many
    posts that were spam and that were fine it stood; decided: how many posts of each.
    """

    signs: int
    posts_before: int
    posts_lately: int = 0
    typed_seconds: float | None = None
    links: int = 0
    repeats: int = 0
    may_link: bool = False
    words: Mapping[str, tuple[int, int]] | None = None
    decided: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Reason:
    """What speaks for spam: a stable key, its points, and a number or words that explain it."""

    key: str
    points: float
    detail: str


@dataclass(frozen=True)
class Verdict:
    """score: 0 to 1, 1 is spam. reasons: the heaviest first."""

    score: float
    reasons: tuple[Reason, ...]

    @property
    def is_held(self) -> bool:
        return self.score >= THRESHOLD

    @property
    def kept(self) -> list[list[Any]]:
        """The reasons as rows keep them: key, points, detail."""
        return [[one.key, round(one.points, 2), one.detail] for one in self.reasons]


def judge(facts: Facts) -> Verdict:
    """Return how likely a post is spam, and why."""
    found = (_typed(facts), _linked(facts), _repeated(facts), _pace(facts), _worded(facts))
    reasons = sorted((one for one in found if one), key=lambda one: (-one.points, one.key))
    total = BASE + sum(one.points for one in reasons)
    return Verdict(1 / (1 + math.exp(-total)), tuple(reasons))


def links_of(text: str) -> list[str]:
    """Return the different links of a text as they are compared: host and path in lower case."""
    found = (match[0].rstrip(".,;:!?") for match in _LINK.finditer(text))
    plain = (re.sub("^https?://(www[.])?", "", link.lower()).rstrip("/") for link in found)
    return list(dict.fromkeys(plain))[:MOST_LINKS]


def words_of(text: str) -> list[str]:
    """Return the different words of a text without case, in their order; links are none."""
    plain = unicodedata.normalize("NFKC", _LINK.sub(" ", text)).casefold()
    return list(dict.fromkeys(_WORD.findall(plain)))[:MOST_WORDS]


def added_to(before: str, after: str) -> str:
    """Return the words that a text has beyond those it had before, in their order."""
    kept, added = Counter(before.split()), []
    for word in after.split():
        if kept[word]:
            kept[word] -= 1
        else:
            added.append(word)
    return " ".join(added)


def links_added(before: str, after: str) -> list[str]:
    """Return the different links that a text has and had not before."""
    known = set(links_of(before))
    return [link for link in links_of(added_to(before, after)) if link not in known]


def digest(text: str) -> str:
    """Return what a word or link is kept by."""
    return sha256(text.encode()).hexdigest()[:16]


def _typed(facts: Facts) -> Reason | None:
    if facts.typed_seconds is None or facts.posts_before >= FIRST_POSTS:
        return None
    if facts.typed_seconds < FEW_SECONDS:
        return Reason("typed_at_once", 2.5, f"{max(facts.typed_seconds, 0):.0f}")
    if facts.typed_seconds * FAST_SIGNS_A_SECOND < facts.signs:
        return Reason("typed_fast", 1.5, f"{facts.typed_seconds:.0f}")
    return None


def _linked(facts: Facts) -> Reason | None:
    if facts.may_link or facts.links <= LINKS_AT_ONCE:
        return None
    return Reason("links", 3.5, str(facts.links))


def _repeated(facts: Facts) -> Reason | None:
    more = facts.repeats - SAME_LINK
    return (
        Reason("same_link", min(more * 1.5, MOST_POINTS), str(facts.repeats)) if more > 0 else None
    )


def _pace(facts: Facts) -> Reason | None:
    more = facts.posts_lately - POSTS_LATELY
    points = min(more * 0.5, MOST_OF_PACE)
    return Reason("pace", points, str(facts.posts_lately)) if more > 0 else None


def _worded(facts: Facts) -> Reason | None:
    spam, fine = facts.decided
    if not facts.words or min(spam, fine) < LEAST_DECIDED:
        return None
    odds = {
        word: math.log((in_spam + 1) / (spam + 2)) - math.log((in_fine + 1) / (fine + 2))
        for word, (in_spam, in_fine) in facts.words.items()
        if in_spam + in_fine
    }
    telling = sorted(odds, key=lambda word: (-abs(odds[word]), word))[:WORDS_JUDGED]
    points = max(-MOST_POINTS, min(sum(odds[word] for word in telling), MOST_POINTS))
    if not telling or abs(points) < 0.1:
        return None
    shown = [word for word in telling if (odds[word] > 0) == (points > 0)][:5]
    return Reason("words" if points > 0 else "good_words", points, ", ".join(shown))
