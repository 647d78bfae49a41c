"""Room for Python's frames, so that no call on a page's way has to ask the system for memory.

CPython keeps frames in chunks of 16 kB and gives a chunk back as soon as its first frame ends
(3.11 to 3.14, `_PyThreadState_PopFrame`). Where a chunk happens to end amid the drawing of a page,
each call there maps memory and unmaps it, 20 µs instead of 0.1: one page of a thousand such calls
took half as long again. A frame too large for a chunk gets a larger one of its own, and what is
called from there finds room in the rest of it.
"""

from collections.abc import Callable
from typing import Any

SLOTS = 4_200  # of 8 bytes: 64 kB are the next chunk that holds them, and 30 kB are left


def with_room(call: Callable[..., Any], *given: Any) -> Any:
    """Return what the call returns."""
    return call(*given)


# Slots to calculate in, which it never touches: as variables they would be written to, 8 pages.
with_room.__code__ = with_room.__code__.replace(co_stacksize=SLOTS)
