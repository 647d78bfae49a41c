"""What a workshop is planned to be, as forms, the API and the actions hand it on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from workshops.clock import Slot

MAX_SESSIONS = 20
MAX_TRAINERS = 10
MAX_SEATS = 1000
LONGEST = timedelta(hours=12)


@dataclass(frozen=True)
class Plan:
    """All that trainers decide about a workshop.

    source: CommonMark, what people will be able to do after it. skills: names in any language or
    slugs. venue_id: None for one on the network alone, which goes by the clock of `zone` (IANA);
    at a venue, its own zone counts. trainers: handles, in order.
    """

    title: str
    source: str
    language: str
    skills: Sequence[str]
    venue_id: int | None
    online_url: str
    zone: str
    seats: int
    trainers: Sequence[str]
    slots: Sequence[Slot]
