"""When a mail of many things goes out: pure, on the wall of who reads it."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

MORNING = time(8)


def is_due(digest: str, since: datetime, now: datetime, time_zone: str) -> bool:
    """Whether a mail tells now of what was missed since then.

    digest: off, never, hourly, daily or weekly. Hourly: once a full hour passed since it was said;
    daily: once eight in the morning did, on the reader's wall; weekly: eight on a Monday. What is
    told is marked, so that no other note is needed of when the last mail went.
    """
    if digest == "hourly":
        return since < now.replace(minute=0, second=0, microsecond=0)
    if digest == "weekly":
        return since < last_monday(now, time_zone)
    return digest == "daily" and since < last_morning(now, time_zone)


def last_morning(now: datetime, time_zone: str) -> datetime:
    """Return the last eight o'clock in this zone, as aware UTC; now itself when it is eight."""
    zone = ZoneInfo(time_zone)
    local = now.astimezone(zone)
    day = local.date() if local.time() >= MORNING else local.date() - timedelta(days=1)
    return datetime.combine(day, MORNING, zone).astimezone(UTC)


def last_monday(now: datetime, time_zone: str) -> datetime:
    """Return the last eight o'clock of a Monday in this zone, as aware UTC."""
    zone = ZoneInfo(time_zone)
    day = last_morning(now, time_zone).astimezone(zone).date()
    monday = day - timedelta(days=day.weekday())
    return datetime.combine(monday, MORNING, zone).astimezone(UTC)
