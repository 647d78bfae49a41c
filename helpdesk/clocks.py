"""When an answer is due. Pure: no database, no clock of its own.

Minutes on the clock, day and night: hours of service come with the service calendars.
"""

from datetime import datetime, timedelta
from typing import Final

# A ticket whose level promises nothing takes its turn as if a week had been promised: nobody
# waits for ever behind those who were promised hours.
TURN_WITHOUT_PROMISE_MINUTES: Final = 7 * 24 * 60


def due_at(since: datetime, minutes: int | None) -> datetime | None:
    """Return when a promise of so many minutes falls due, None when there is none; aware UTC."""
    return None if minutes is None else since + timedelta(minutes=minutes)


def turn_at(since: datetime, minutes: int | None) -> datetime:
    """Return the place in the queue of what waits for us since then; aware UTC."""
    return since + timedelta(minutes=TURN_WITHOUT_PROMISE_MINUTES if minutes is None else minutes)
