"""What a tag says of its questions is what one counts, after whatever was done."""

import importlib
import threading
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Refusal
from core.faces import PAGE, coming_from
from forum import actions, tags
from forum.actions import counting
from forum.models import Question, Relocation, Tag, TagMerge
from people import actions as people
from people.models import Hold
from tests.cast import make_person

SPAM = "Buy here: https://a.example https://b.example https://c.example"
NAMES = ("a", "b", "c")


def counts() -> dict[str, int]:
    return dict(Tag.objects.values_list("name", "question_count"))


def ask(person, *names: str, source: str = "x") -> Question:
    return actions.ask(
        actor=person,
        title="Which of these tags is it?",
        source=source,
        language="en",
        tag_names=names,
    )


def retag(person, question: Question, *names: str) -> None:
    question.refresh_from_db()
    actions.edit_question(
        actor=person,
        question_id=question.pk,
        revision=question.revision,
        title=question.title,
        source=question.source,
        tag_names=names,
    )


def test_count_follows_what_is_done(cast):
    one, two = ask(cast.omar, "a", "b"), ask(cast.omar, "a")
    assert counts() == {"a": 2, "b": 1}

    retag(cast.omar, one, "b", "c")
    assert counts() == {"a": 1, "b": 1, "c": 1}

    away = {"actor": cast.moira, "kind": "forum.question", "object_id": one.pk}
    people.remove_post(**away, rule="spam", reason="Advertising.")
    assert counts() == {"a": 1, "b": 0, "c": 0}
    retag(cast.moira, one, "a", "c")
    assert counts() == {"a": 1, "b": 0, "c": 0}
    people.restore_post(**away)
    assert counts() == {"a": 2, "b": 0, "c": 1}

    merge = actions.merge_tags(
        actor=cast.moira, tag_id=tags.find("c").pk, into_id=tags.find("a").pk
    )
    assert counts() == {"a": 2, "b": 0, "c": 0}
    actions.undo_tag_merge(actor=cast.moira, merge_id=merge.pk)
    assert counts() == {"a": 2, "b": 0, "c": 1}

    actions.close_question(actor=cast.moira, question_id=two.pk, reason="unclear")
    assert counts() == {"a": 2, "b": 0, "c": 1}

    actions.publish_agreed(
        actor=None,
        title="Published from a ticket",
        source="x",
        answer_source="y",
        language="en",
        tag_names=["b"],
    )
    assert counts() == {"a": 2, "b": 1, "c": 1}
    people.withdraw_post(
        actor=None, kind="forum.question", object_id=Question.objects.latest("pk").pk
    )
    assert counts() == {"a": 2, "b": 0, "c": 1}


def test_question_that_is_held_counts_once_it_is_published(cast):
    with coming_from(PAGE):
        ask(make_person("nina"), "a", source=SPAM)
    assert counts() == {"a": 0}

    people.decide_hold(actor=cast.moira, hold_id=Hold.objects.get().pk, decision="published")

    assert counts() == {"a": 1}


def test_question_that_is_split_off_counts_until_it_is_taken_back(cast):
    question = ask(cast.omar, "a", "b")
    said = actions.answer(
        actor=cast.bao, question_id=question.pk, source="Try this.", language="en"
    )
    split = actions.split_question(
        actor=cast.moira,
        question_id=question.pk,
        title="A question of its own",
        source="x",
        reason="strayed",
        answer_ids=[said.pk],
    )
    assert counts() == {"a": 2, "b": 2}

    actions.undo_split(actor=cast.moira, question_id=split.into_id)

    assert counts() == {"a": 1, "b": 1}


def test_tag_merged_meanwhile_stands_for_what_it_is_part_of(cast):
    question, (old, into) = ask(cast.omar, "c"), tags.resolve(["a", "b"])
    actions.merge_tags(actor=cast.moira, tag_id=old.pk, into_id=into.pk)

    actions.counting.put_under(question, [old])

    assert list(question.tags.names()) == ["b"]
    assert counts() == {"a": 0, "b": 1, "c": 0}


class Walk:
    """Things done in any order; what is refused is left."""

    def __init__(self, cast) -> None:
        self.cast = cast
        self.stranger = make_person("stranger")

    def question(self, data) -> Question:
        return data.draw(st.sampled_from(list(Question.objects.order_by("pk"))))

    def words(self, data) -> Any:
        return data.draw(st.sets(st.sampled_from(NAMES)).map(sorted))

    def asks(self, data) -> None:
        ask(self.cast.omar, *self.words(data))

    def asks_oddly(self, data) -> None:
        with coming_from(PAGE):
            ask(self.stranger, *self.words(data), source=SPAM)

    def publishes(self, data) -> None:
        for held in Hold.objects.waiting():
            people.decide_hold(actor=self.cast.moira, hold_id=held.pk, decision="published")

    def retags(self, data) -> None:
        retag(self.cast.moira, self.question(data), *self.words(data))

    def reverts(self, data) -> None:
        row = self.question(data)
        number = data.draw(st.sampled_from(list(row.revisions.values_list("number", flat=True))))
        actions.revert(
            actor=self.cast.moira,
            kind="forum.question",
            object_id=row.pk,
            number=number,
            revision=row.revision,
        )

    def hides(self, data) -> None:
        people.remove_post(
            actor=self.cast.moira,
            kind="forum.question",
            object_id=self.question(data).pk,
            rule="spam",
            reason="Advertising.",
        )

    def shows(self, data) -> None:
        people.restore_post(
            actor=self.cast.moira, kind="forum.question", object_id=self.question(data).pk
        )

    def merges(self, data) -> None:
        pair = data.draw(st.permutations(list(Tag.objects.values_list("pk", flat=True))))
        actions.merge_tags(actor=self.cast.moira, tag_id=pair[0], into_id=pair[-1])

    def parts(self, data) -> None:
        last = TagMerge.objects.filter(undone_at=None).order_by("pk").last()
        if last is not None:
            actions.undo_tag_merge(actor=self.cast.moira, merge_id=last.pk)

    def splits(self, data) -> None:
        row = self.question(data)
        said = actions.answer(
            actor=self.cast.bao, question_id=row.pk, source="Try this.", language="en"
        )
        actions.split_question(
            actor=self.cast.moira,
            question_id=row.pk,
            title="A question of its own",
            source="x",
            reason="strayed",
            answer_ids=[said.pk],
        )

    def joins(self, data) -> None:
        for move in Relocation.objects.in_force():
            actions.undo_split(actor=self.cast.moira, question_id=move.into_id)

    def purges(self, data) -> None:
        actions.purge_words(
            question_id=self.question(data).pk, clean=lambda text: text.replace("x", "")
        )


DEEDS = [name for name, deed in vars(Walk).items() if name[0] != "_" and name[-1] == "s"]


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_kept_is_counted_after_whatever_was_done(data, cast):
    with transaction.atomic():
        walk = Walk(cast)
        ask(cast.omar, *NAMES)
        for name in data.draw(st.lists(st.sampled_from(DEEDS), max_size=12)):
            try:
                with transaction.atomic():
                    getattr(walk, name)(data)
            except Refusal:
                pass
            assert actions.wrong_counts(Tag.objects.all()) == {}, name
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_each_is_counted(cast):
    """Some put questions under the same tags in every order, others move the tags meanwhile."""
    tags.resolve(NAMES)
    first = ask(cast.omar, *NAMES)
    askers = [make_person(f"asker{number}") for number in range(4)]
    start, failures = threading.Barrier(len(askers) + 2), []

    def at_once(deed):
        close_old_connections()
        try:
            start.wait(timeout=30)
            for turn in range(3):
                deed(turn)
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    def merge(turn):
        row = actions.merge_tags(
            actor=cast.moira, tag_id=tags.find("c").pk, into_id=tags.find("a").pk
        )
        actions.undo_tag_merge(actor=cast.moira, merge_id=row.pk)

    def hide(turn):
        facts = {"actor": cast.moira, "kind": "forum.question", "object_id": first.pk}
        people.remove_post(**facts, rule="spam", reason="Advertising.")
        people.restore_post(**facts)

    deeds = [
        lambda turn, person=person, names=NAMES[number % 3 :] + NAMES[: number % 3]: ask(
            person, *names
        )
        for number, person in enumerate(askers)
    ]
    threads = [threading.Thread(target=at_once, args=[deed]) for deed in (*deeds, merge, hide)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)

    assert failures == []
    assert actions.wrong_counts(Tag.objects.all()) == {}
    assert counts()["b"] == 13


def test_most_used_stand_first(browse, call, cast):
    for number in range(3):
        ask(cast.omar, *NAMES[: number + 1])

    html = browse().get("/tags").content.decode()
    listed = call(None).get("/api/v1/tags").json()["results"]

    places = [html.index(f'href="/tags/{name}"') for name in NAMES]
    assert places == sorted(places)
    assert {one["name"]: one["questions"] for one in listed} == {"a": 3, "b": 2, "c": 1}


def test_command_finds_and_mends_what_is_wrong(cast):
    ask(cast.omar, "a", "b")
    call_command("recount_tags", stdout=StringIO())
    Tag.objects.filter(name="a").update(question_count=7)

    out = StringIO()
    with pytest.raises(CommandError):
        call_command("recount_tags", stdout=out)
    assert out.getvalue() == "a: 7, counted 1\n"
    call_command("recount_tags", "--repair", stdout=out)

    assert "1 tags repaired." in out.getvalue()
    assert counts() == {"a": 1, "b": 1}


def test_many_tags_are_counted_a_few_at_a_time(cast, monkeypatch, assert_asks):
    ask(cast.omar, "a", "b", "c", "d")
    ask(cast.omar, "a", "e")
    right = counts()
    monkeypatch.setattr(counting, "CHUNK", 2)
    Tag.objects.exclude(name="c").update(question_count=9)
    known = list(Tag.objects.order_by("-pk"))

    with assert_asks(3):
        wrong = actions.wrong_counts(known)

    assert wrong == {tag.pk: right[tag.name] for tag in known if tag.name != "c"}
    assert actions.recount_tags(tag.pk for tag in known) == 4
    assert counts() == right


def test_upgrade_counts_what_is_there(cast):
    ask(cast.omar, "a", "b")
    tags.resolve(["c"])
    Tag.objects.update(question_count=0)

    importlib.import_module("forum.migrations.0014_counted_tags").count(apps, None)

    assert counts() == {"a": 1, "b": 1, "c": 0}
