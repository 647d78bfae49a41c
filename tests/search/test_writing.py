"""Several workers write one index."""

import fcntl
import io
import json
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


def checked() -> tuple[dict, int]:
    """Return what the command says, and what it ends with."""
    said, status = io.StringIO(), 0
    try:
        call_command("check_index", json=True, stdout=said)
    except SystemExit as end:
        status = 1 if end.code else 0
    return json.loads(said.getvalue()), status


@pytest.mark.django_db
def test_what_differs_between_index_and_database_is_listed_and_rebuilt(cast):
    def asked(title: str) -> Question:
        return ask(
            actor=cast.aminata, title=title, source="Since noon.", language="en", tag_names=[]
        )

    kept, changed, gone = map(
        asked, ("A page that stays", "A page that changes", "A page that goes")
    )
    call_command("rebuild_index", stdout=io.StringIO())
    assert checked() == ({"documents": 3, "missing": [], "changed": [], "left_over": []}, 0)

    # Behind the actions' back: nobody is told.
    Question.objects.filter(pk=changed.pk).update(title="Another title")
    Question.objects.filter(pk=gone.pk).update(visibility="removed")
    Pending.objects.all().delete()
    new = asked("A page that nobody indexed")
    Pending.objects.all().delete()

    assert checked() == (
        {
            "documents": 3,
            "missing": [f"forum.question:{new.pk}"],
            "changed": [f"forum.question:{changed.pk}"],
            "left_over": [f"forum.question:{gone.pk}"],
        },
        1,
    )
    call_command("rebuild_index", stdout=io.StringIO())
    assert checked() == ({"documents": 3, "missing": [], "changed": [], "left_over": []}, 0)
    assert Question.objects.filter(pk=kept.pk).exists()
