"""On SQLite, what PostgreSQL has as an exclusion constraint: no venue or trainer booked twice."""

from core.triggers import Trigger, declare

TABLE = "workshops_booking"
# A column without a value equals nothing, so it takes nothing.
TAKEN = {
    "booking_venue_free": (
        "EXISTS (SELECT 1 FROM workshops_booking WHERE venue_id = NEW.venue_id "
        "AND start_at < NEW.end_at AND end_at > NEW.start_at AND id IS NOT NEW.id)"
    ),
    "booking_person_free": (
        "EXISTS (SELECT 1 FROM workshops_booking WHERE person_id = NEW.person_id "
        "AND start_at < NEW.end_at AND end_at > NEW.start_at AND id IS NOT NEW.id)"
    ),
}


def _refuse(name: str, taken: str, verb: str) -> str:
    return (
        f"CREATE TRIGGER {name}_{verb.lower()} BEFORE {verb} ON {TABLE} WHEN {taken} "
        f"BEGIN SELECT RAISE(ABORT, '{name}: booked twice'); END"
    )


def declare_all() -> None:
    """Declare both rules. Moments are stored as text in UTC, whose order is that of time."""
    for name, taken in TAKEN.items():
        declare(
            Trigger(
                name=name,
                table=TABLE,
                sqlite=[_refuse(name, taken, verb) for verb in ("INSERT", "UPDATE")],
                postgresql=[],
            )
        )
