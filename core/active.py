"""The language and the time zone of now, found in one step.

A page asks a hundred times which language is active. Django keeps it in asgiref's Local, which
goes through five functions of Python each time to a variable of the context; here it is that
variable itself, so that threads and tasks inherit it as before.
"""

from contextvars import ContextVar
from typing import Any

from django.utils import timezone
from django.utils.translation import trans_real


class Active:
    """Holds one value, as `Local().value` does: not there at all until it is set."""

    def __init__(self, name: str) -> None:
        self._held: ContextVar[Any] = ContextVar(name)

    @property
    def value(self) -> Any:
        try:
            return self._held.get()[0]
        except (LookupError, IndexError):
            raise AttributeError("value") from None

    @value.setter
    def value(self, value: Any) -> None:
        self._held.set((value,))

    @value.deleter
    def value(self) -> None:
        self._held.set(())


def keep_in_one_step() -> None:
    """Let Django keep them so; called when nothing is active yet."""
    modules: Any = (trans_real, timezone)
    for module in modules:
        module._active = Active(f"active of {module.__name__}")
