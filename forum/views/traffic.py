"""Counting visits, around pages that may be kept."""

import functools
from collections.abc import Callable
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

from forum import tasks
from forum.traffic import FLUSHED_SECONDS, tally

View = Callable[..., HttpResponse]


def counted(view: View) -> View:
    """Count a visit of a question's page that was shown; hand on what was counted now and then."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, question_id: int, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, question_id, *args, **kwargs)
        if response.status_code in (200, 304):
            tally.add(question_id)
            hand_on(after_seconds=FLUSHED_SECONDS)
        return response

    return wrapped


def hand_on(*, after_seconds: float = 0.0) -> None:
    """Let the worker add what was counted; a reader waits for no busy database."""
    counts = tally.take(after_seconds=after_seconds)
    if not counts:
        return
    try:
        tasks.add_views.enqueue({str(pk): count for pk, count in counts.items()})
    except OperationalError:
        tally.give_back(counts)
