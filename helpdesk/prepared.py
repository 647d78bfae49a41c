"""Steps prepared in a macro or a rule: what they may be, kept as JSON. Pure: no database.

{"state": "solved", "assign": "me", "queue": "domains", "tags": ["dns"], "note": "…",
 "checklist": ["Ask the registrar"], "reply": 7, "notify": ["nadia"]}
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from helpdesk.states import State

ME, NOBODY = "me", "nobody"
STATES: Final = tuple(str(state) for state in State if state not in (State.NEW, State.MERGED))
LONGEST: Final = {"assign": 40, "queue": 40, "note": 5000, "tags": 40, "checklist": 200}
MOST: Final = 20  # tags, items of a checklist, people told


@dataclass(frozen=True)
class Steps:
    """Changes of one ticket, each left out where it is empty.

    state: to leave it in. assign: `me`, `nobody` or an agent's handle. queue: a slug. note: an
    internal note. checklist: things to be done. Of rules alone: reply, the id of the macro whose
    text is sent; notify, handles of agents to be told.
    """

    state: str = ""
    assign: str = ""
    queue: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""
    checklist: tuple[str, ...] = ()
    reply: int | None = None
    notify: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return self == Steps()

    def as_json(self) -> dict[str, Any]:
        """Return what is kept: only what is to be done."""
        kept = {name: value for name, value in asdict(self).items() if value}
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in kept.items()
        }


def read_steps(data: Mapping[str, Any]) -> Steps:
    """Return steps from JSON or a form's values. Raises InvalidInput (with the step's name)."""
    unknown = set(data) - {field.name for field in fields(Steps)}
    if unknown:
        raise InvalidInput.of("steps", "unknown_step", ", ".join(sorted(unknown))[:100])
    reply = data.get("reply")
    if reply is not None and (isinstance(reply, bool) or not isinstance(reply, int)):
        raise InvalidInput.of("reply", "invalid", _("Choose one of the macros."))
    state = _text(data, "state")
    if state and state not in STATES:
        raise InvalidInput.of("state", "invalid_choice", _("Choose one of the states."))
    return Steps(
        state=state,
        assign=_text(data, "assign").removeprefix("@"),
        queue=_text(data, "queue"),
        tags=_texts(data, "tags"),
        note=_text(data, "note"),
        checklist=_texts(data, "checklist"),
        reply=reply,
        notify=tuple(handle.removeprefix("@") for handle in _texts(data, "notify")),
    )


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name) or ""
    if not isinstance(value, str) or len(value) > LONGEST.get(name, 40):
        raise InvalidInput.of(name, "invalid", _("This is too long, or no text."))
    return value.strip()


def _texts(data: Mapping[str, Any], name: str) -> tuple[str, ...]:
    values = data.get(name) or ()
    if not isinstance(values, list | tuple) or len(values) > MOST:
        raise InvalidInput.of(name, "too_many", _("At most 20, as a list."))
    found = [_text({name: value}, name) for value in values]
    return tuple(dict.fromkeys(text for text in found if text))
