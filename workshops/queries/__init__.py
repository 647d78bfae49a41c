"""Reads that join workshops or feed a screen."""

from workshops.queries.ahead import Upcoming, seats_words, upcoming, upcoming_for
from workshops.queries.pages import (
    EARLIEST,
    LATEST,
    WorkshopPage,
    calendar_workshops,
    door,
    guests,
    line_of,
    listed_workshops,
    month_page,
    place_in_line,
    registration_of,
    shown_workshops,
    skill_names_of,
    venues,
    with_details,
    workshop_page,
)
from workshops.queries.taken import Conflict, conflicts, conflicts_of, people_by_handle

__all__ = [
    "EARLIEST",
    "LATEST",
    "Conflict",
    "Upcoming",
    "WorkshopPage",
    "calendar_workshops",
    "conflicts",
    "conflicts_of",
    "door",
    "guests",
    "line_of",
    "listed_workshops",
    "month_page",
    "people_by_handle",
    "place_in_line",
    "registration_of",
    "seats_words",
    "shown_workshops",
    "skill_names_of",
    "upcoming",
    "upcoming_for",
    "venues",
    "with_details",
    "workshop_page",
]
