"""What the database keeps of people's tables: what a level promised is never changed."""

from core.triggers import append_only, declare


def declare_all() -> None:
    """Declare the rule of this room."""
    declare(append_only("people_guaranteelevelversion"))
