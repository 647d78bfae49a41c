"""Whether past answers spare tickets: who is held out, and how sure the difference is. Pure."""

import hashlib
import math
from dataclasses import dataclass
from typing import Final

SALT: Final = "entraide.helpdesk.hold-out.1"  # another one draws other people: never change it
Z_95: Final = 1.959963984540054  # the normal quantile of 0.975
# Names that nobody can have (RFC 2606, RFC 6761): who writes from there is invented.
RESERVED_ENDS: Final = (".example", ".test", ".invalid", ".localhost")
RESERVED_NAMES: Final = ("example.com", "example.net", "example.org")


def is_drawn(person_id: int, percent: float, *, salt: str = SALT) -> bool:
    """Whether this person is among the so many percent, always the same ones."""
    digest = hashlib.sha256(f"{salt}:{person_id}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64 < percent / 100


def is_invented(address: str) -> bool:
    """Whether a mail address is one of a demo or a test: its domain is reserved for such."""
    domain = "." + address.rpartition("@")[2].casefold()
    return domain.endswith(RESERVED_ENDS + tuple(f".{name}" for name in RESERVED_NAMES))


@dataclass(frozen=True)
class Interval:
    """A share or a difference of shares, with the ends of its 95 % confidence interval."""

    value: float
    low: float
    high: float


def share(count: int, total: int) -> Interval:
    """Return count of total, 0–1, with Wilson's score interval. Raises ValueError for none.

    Source: E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference,
    Journal of the American Statistical Association 22 (1927), 209–212.
    """
    if not 0 <= count <= total or total == 0:
        raise ValueError("A share is of something.")
    part = count / total
    z2 = Z_95**2
    middle = part + z2 / (2 * total)
    half = Z_95 * math.sqrt(part * (1 - part) / total + z2 / (4 * total**2))
    below, above = (middle - half) / (1 + z2 / total), (middle + half) / (1 + z2 / total)
    return Interval(part, max(0.0, below), min(1.0, above))


def difference(first: Interval, second: Interval) -> Interval:
    """Return first minus second, of independent groups, with Newcombe's interval.

    first, second: as share() returns them.
    Source: R. G. Newcombe, Interval Estimation for the Difference between Independent Proportions:
    Comparison of Eleven Methods, Statistics in Medicine 17 (1998), 873–890, method 10.
    """
    value = first.value - second.value
    down = math.hypot(first.value - first.low, second.high - second.value)
    up = math.hypot(first.high - first.value, second.value - second.low)
    return Interval(value, value - down, value + up)
