"""The conditions of a rule: what they may be, kept as JSON. Pure: no database.

    {"subject": ["spam", "dns"], "queues": ["help"], "levels": ["free"], "languages": ["fr"],
     "states": ["new"], "tags": ["dns"], "unassigned": true, "waiting_minutes": 2880,
     "due_within_minutes": 60}

All that are given hold together; of a list, one is enough.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from helpdesk.states import State

MOST: Final = 20
LONGEST_WAIT: Final = 366 * 24 * 60
LEAST: Final = {"waiting_minutes": 1, "due_within_minutes": 0}  # the least of each number
LISTS: Final = ("subject", "queues", "levels", "languages", "states", "tags")


@dataclass(frozen=True)
class Conditions:
    """What must hold of a ticket. subject: words, compared without case and accents.

    due_within_minutes: a promise that runs falls due within so many, by the clock on the wall; 0:
    it is late already.
    """

    subject: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    unassigned: bool = False
    waiting_minutes: int | None = None
    due_within_minutes: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what is kept: only what is asked."""
        asked = asdict(self).items()
        kept = {name: value for name, value in asked if value or (name in LEAST and value == 0)}
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in kept.items()
        }


def read_conditions(data: Mapping[str, Any]) -> Conditions:
    """Return conditions from JSON or a form's values. Raises InvalidInput (with the name)."""
    unknown = set(data) - {field.name for field in fields(Conditions)}
    if unknown:
        raise InvalidInput.of("conditions", "unknown_condition", ", ".join(sorted(unknown))[:100])
    lists: dict[str, Any] = {name: _texts(data, name) for name in LISTS}
    if set(lists["states"]) - set(State.values):
        raise InvalidInput.of("states", "invalid_choice", _("Choose one of the states."))
    minutes: dict[str, Any] = {name: _minutes(data, name) for name in LEAST}
    unassigned = data.get("unassigned", False)
    if not isinstance(unassigned, bool):
        raise InvalidInput.of("unassigned", "invalid", _("Write true or false."))
    return Conditions(**lists, **minutes, unassigned=unassigned)


def _minutes(data: Mapping[str, Any], name: str) -> int | None:
    minutes = data.get(name)
    is_number = isinstance(minutes, int) and not isinstance(minutes, bool)
    if minutes is not None and not (is_number and LEAST[name] <= minutes <= LONGEST_WAIT):
        raise InvalidInput.of(name, "invalid", _("In minutes, up to a year."))
    return minutes


def _texts(data: Mapping[str, Any], name: str) -> tuple[str, ...]:
    values = data.get(name) or ()
    fits = isinstance(values, list | tuple) and len(values) <= MOST
    if not fits or not all(isinstance(value, str) and len(value) <= 60 for value in values):
        raise InvalidInput.of(name, "invalid", _("At most 20 words, of at most 60 letters each."))
    return tuple(dict.fromkeys(value.strip() for value in values if value.strip()))
