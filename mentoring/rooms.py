"""Who talks in a pair's room: the two, nobody else."""

from chat import rooms
from mentoring import rules
from mentoring.models import Mentorship


def declare_all() -> None:
    """Give every mentorship a room."""
    rooms.declare(
        "mentoring.mentorship",
        lambda person, mentorship: rules.side_of(person, mentorship) is not None,
        Mentorship.objects.of,
    )
