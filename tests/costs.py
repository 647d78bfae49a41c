"""What something costs, as a multiple of a fixed piece of work done beside it."""

import gc
import time
from collections.abc import Callable
from typing import Any

TURNS = 200_000  # about 27 ms of a core of 2024
A_SECOND = 40  # multiples: about a second of such a core
TRIES = 3


def multiple(do: Callable[..., Any], *arguments: Any) -> float:
    """Return the processor time it takes in multiples of the fixed work.

    Neither what others do on the machine counts, nor how fast it is, nor what the garbage
    collector does for tests before. A figure over A_SECOND is measured again, the best one counts:
    a core shared with another thread is slower for a while, and what truly costs costs each time.
    """
    best = _once(do, *arguments)
    for _time in range(TRIES - 1):
        if best < A_SECOND:
            break
        best = min(best, _once(do, *arguments))
    return best


def _once(do: Callable[..., Any], *arguments: Any) -> float:
    gc.disable()
    try:
        work = min(_seconds(_fixed_work) for _time in range(2))
        return _seconds(do, *arguments) / work
    finally:
        gc.enable()


def _seconds(do: Callable[..., Any], *arguments: Any) -> float:
    start = time.process_time()
    do(*arguments)
    return time.process_time() - start


def _fixed_work() -> None:
    seen = {}
    for turn in range(TURNS):
        seen[turn % 100] = str(turn)
