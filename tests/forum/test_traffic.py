"""How much a question is read, without a write per visit."""

import time

from forum import actions
from forum.models import Traffic
from forum.traffic import Tally
from forum.views import traffic as views


def test_visits_are_counted_in_memory_and_handed_on_together(
    browse, question, run_tasks, django_assert_max_num_queries, monkeypatch
):
    monkeypatch.setattr(views, "tally", Tally())
    visitor = browse()
    for _visit in range(3):
        with django_assert_max_num_queries(6):
            visitor.get(question.path)
    visitor.get(f"/questions/{question.pk}")  # leads on, shows nothing
    visitor.get("/questions/999999/none")
    assert not Traffic.objects.exists()

    views.hand_on()
    run_tasks()

    assert Traffic.objects.get().views == 3
    views.hand_on()
    run_tasks()
    assert Traffic.objects.get().views == 3


def test_kept_pages_are_counted_too(browse, question, kept_pages, monkeypatch):
    tally = Tally()
    monkeypatch.setattr(views, "tally", tally)
    for _visit in range(2):
        browse().get(question.path)

    assert tally.take() == {question.pk: 2}


def test_tally_waits_until_its_time():
    tally = Tally()
    tally.add(1)

    assert tally.take(after_seconds=60) == {}
    time.sleep(0.02)
    assert tally.take(after_seconds=0.01) == {1: 1}
    tally.give_back({1: 1})
    tally.add(1)
    assert tally.take() == {1: 2}


def test_what_was_counted_before_weighs_less(question):
    actions.add_views({question.pk: 100})

    for _day in range(30):
        actions.cool_traffic()

    assert 45 < Traffic.objects.get().views < 55
