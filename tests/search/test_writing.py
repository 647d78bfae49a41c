"""Several workers write one index."""

import fcntl
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connections

from forum.actions import ask
from forum.models import Question
from search.actions import index_thing, write_pending
from search.models import Pending


@contextmanager
def another_worker_writing(folder):
    """Hold the writer's lock."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def write() -> int:
    try:
        return write_pending()
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_worker_that_waited_for_another_writes_what_is_true_by_then(cast, settings):
    question = ask(
        actor=cast.aminata,
        title="White page after an update",
        source="Since noon.",
        language="en",
        tag_names=[],
    )
    index_thing("forum.question", question.pk)

    with ThreadPoolExecutor(1) as workers:
        with another_worker_writing(settings.SEARCH_INDEX):
            written = workers.submit(write)
            time.sleep(0.5)  # it has read what waits, and stands at the lock
            Question.objects.filter(pk=question.pk).update(title="Black page after an update")
        assert written.result() == 1

    call_command("check_index")
    assert not Pending.objects.exists()
