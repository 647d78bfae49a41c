"""'I am on it': one person at a time, for ten minutes, given back by hand or by answering."""

import threading
from datetime import timedelta

import pytest
from django.db import close_old_connections, connection
from django.utils import timezone

from core.errors import WrongMoment
from forum import actions
from forum.models import Lease
from tests.cast import make_person
from tests.faces import DONE, FACES, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT, Act
from tests.forum.test_faces import ANSWER

TAKE = Act(
    page=lambda q: (f"/questions/{q.pk}/lease", {}),
    api=lambda q: ("PUT", f"/api/v1/questions/{q.pk}/lease", None),
)
RELEASE = Act(
    page=lambda q: (f"/questions/{q.pk}/lease/undo", {}),
    api=lambda q: ("DELETE", f"/api/v1/questions/{q.pk}/lease", None),
)


@pytest.mark.parametrize("face", FACES)
def test_one_is_on_it_others_see_so_until_it_is_given_back(face, perform, browse, cast, question):
    assert perform(face, cast.bao, TAKE, question) == DONE
    assert perform(face, cast.bao, TAKE, question) == DONE
    assert perform(face, cast.omar, TAKE, question) == WRONG_MOMENT

    assert "is writing an answer" in browse(cast.omar).get(question.path).content.decode()
    assert "You are on it until" in browse(cast.bao).get(question.path).content.decode()

    assert perform(face, cast.omar, RELEASE, question) == DONE
    assert Lease.objects.count() == 1
    assert perform(face, cast.bao, RELEASE, question) == DONE
    assert perform(face, cast.bao, RELEASE, question) == DONE
    assert perform(face, cast.omar, TAKE, question) == DONE


@pytest.mark.parametrize("face", FACES)
def test_lease_ends_by_itself_and_by_answering(face, perform, browse, cast, question):
    assert perform(face, cast.bao, TAKE, question) == DONE
    left = Lease.objects.get().until - timezone.now()
    assert timedelta(minutes=9) < left <= timedelta(minutes=10)

    Lease.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert "is writing an answer" not in browse(cast.omar).get(question.path).content.decode()
    assert perform(face, cast.omar, TAKE, question) == DONE
    assert perform(face, cast.omar, ANSWER, question) == DONE
    assert not Lease.objects.exists()


@pytest.mark.parametrize("face", FACES)
def test_who_may_be_on_it(face, perform, cast, question):
    assert perform(face, None, TAKE, question) == SIGN_IN
    assert perform(face, cast.aminata, TAKE, question) == NOT_ALLOWED
    actions.close_question(actor=cast.moira, question_id=question.pk, reason="unclear")
    assert perform(face, cast.bao, TAKE, question) == WRONG_MOMENT
    type(question).objects.filter(pk=question.pk).update(visibility="removed")
    assert perform(face, cast.bao, TAKE, question) == UNSEEN
    assert perform(face, cast.bao, RELEASE, question) == UNSEEN


def test_one_question_at_a_time(cast, question, ask_many):
    [other] = ask_many(1)
    actions.take_lease(actor=cast.bao, question_id=question.pk)
    actions.take_lease(actor=cast.bao, question_id=other.pk)

    assert Lease.objects.get().question == other


@pytest.mark.django_db(transaction=True)
def test_of_twenty_at_once_one_is_on_it(cast, question):
    people = [make_person(f"helper{number}") for number in range(20)]
    start, outcomes = threading.Barrier(len(people)), []

    def take(person):
        close_old_connections()
        try:
            start.wait(timeout=30)
            actions.take_lease(actor=person, question_id=question.pk)
            outcomes.append("on it")
        except WrongMoment as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert sorted(outcomes) == ["leased"] * 19 + ["on it"]
    assert Lease.objects.count() == 1
