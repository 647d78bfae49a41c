"""What an asker says of their platform, and when a version is offered: values that forms, the API
and actions hand on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Setup:
    """What an asker says of their platform.

    facts: {"php": "8.4"}. site_id: one of their own, whose facts fill what they left open.
    shows_site: its domain stands on the page too; without site_id, what stands there stays.
    """

    facts: Mapping[str, str] = field(default_factory=dict)
    site_id: int | None = None
    shows_site: bool = False


@dataclass(frozen=True)
class Dates:
    """From when until when a version is offered, and since when it is the default."""

    since: date
    until: date | None = None
    default_since: date | None = None


NO_SETUP = Setup()
