from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.signals import post_init
from django.utils import timezone

from core.models import JournalLine
from core.prepared import Prepared, PreparedByIds, insert, insert_unless_there, new, update
from forum.actions import ask
from forum.models import Question
from people.models import Follow, Person
from tests.cast import make_person


def test_prepared_query_finds_what_the_built_one_finds(cast, django_assert_num_queries):
    prepared = Prepared(
        lambda low, high: Person.objects.filter(pk__gte=low, pk__lte=high).order_by("-pk")
    )
    people = sorted((cast.aminata, cast.bao, cast.clara), key=lambda person: person.pk)

    for first, last in ((people[0], people[2]), (people[1], people[1]), (people[2], people[0])):
        with django_assert_num_queries(1):
            found = prepared(first.pk, last.pk)
        wanted = Person.objects.filter(pk__gte=first.pk, pk__lte=last.pk).order_by("-pk")
        assert found == list(wanted)


def test_row_of_a_kept_statement_is_what_django_would_make(cast):
    prepared = Prepared(lambda person_id: Person.objects.filter(pk=person_id).only("handle"))

    (found,) = prepared(cast.bao.pk)
    djangos = Person.objects.only("handle").get(pk=cast.bao.pk)

    assert found == djangos
    assert vars(found) | {"_state": None} == vars(djangos) | {"_state": None}
    state = vars(djangos._state)
    state.pop("fetch_mode", None)  # Django 6.1 says it of each row, though it is the same unsaid
    assert vars(found._state) == state
    assert found.get_deferred_fields() == djangos.get_deferred_fields()
    found.display_name = "Bao the Second"
    found.save(update_fields=["display_name"])
    assert Person.objects.get(pk=cast.bao.pk).display_name == "Bao the Second"


def test_who_hears_of_rows_being_made_hears_of_these(cast):
    heard = []

    def hear(sender, instance, **_more):
        heard.append(instance.pk)

    post_init.connect(hear, sender=Person)
    try:
        Prepared(lambda person_id: Person.objects.filter(pk=person_id))(cast.bao.pk)
    finally:
        post_init.disconnect(hear, sender=Person)

    assert heard == [cast.bao.pk]


def test_new_row_is_what_django_would_make(cast):
    at = timezone.now()
    given = {"person": cast.bao, "kind": "forum.question", "object_id": 7, "at": at}

    row, djangos = new(Follow, **given), Follow(**given)

    assert vars(row) | {"_state": None} == vars(djangos) | {"_state": None}
    assert row._state.adding
    assert row._state.fields_cache == djangos._state.fields_cache == {"person": cast.bao}
    assert new(Follow, person_id=cast.bao.pk).person == cast.bao
    with pytest.raises(TypeError):
        new(Follow, nobody=cast.bao)


def test_what_is_not_said_of_a_new_row_is_made_for_it_alone(cast):
    first, second = (new(JournalLine, actor=None) for _row in range(2))

    assert first.changes == {}
    first.changes["seen"] = 1
    assert second.changes == {}
    assert (first.actor_id, first.on_behalf_of_id, first.verb) == (None, None, "")


def test_prepared_query_keeps_what_it_was_built_with(cast, town):
    make_person("later")
    prepared = Prepared(
        lambda pk: (
            JournalLine.objects.filter(thing_id=pk, verb__in=["a.one", "a.two"])
            .only("verb")
            .order_by("pk")[:2]
        )
    )
    for verb in ("a.one", "a.three", "a.two", "a.one"):
        JournalLine.objects.create(
            face="task", verb=verb, thing_kind="a", thing_id=town.pk, audience="system"
        )

    assert [line.verb for line in prepared(town.pk)] == ["a.one", "a.two"]
    assert prepared(town.pk + 1) == []


def test_prepared_query_takes_texts_and_brings_related_rows(cast, django_assert_num_queries):
    def build(handle: str, least: int) -> Any:
        rows = Person.objects.filter(handle=handle, pk__gte=least).select_related("place")
        return rows.annotate(twice=F("pk") * 2)

    prepared = Prepared(build)
    prepared("bao", cast.bao.pk)

    with django_assert_num_queries(1):
        [found] = prepared("bao", cast.bao.pk)
        assert (found, found.place, found.twice) == (cast.bao, cast.bao.place, cast.bao.pk * 2)
    assert prepared("bao", cast.bao.pk + 1) == prepared("ba' OR 'a'='a", 0) == []


def test_prepared_query_wants_all_of_its_arguments(cast):
    with pytest.raises(TypeError):
        Prepared(lambda one, two: Person.objects.filter(pk__in=[one, two]))(1)


@pytest.mark.parametrize("count", [0, 1, 4, 5, 300])
def test_people_by_any_number_of_ids(cast, count, django_assert_num_queries):
    people = PreparedByIds(lambda ids: Person.objects.filter(pk__in=ids))
    ids = {cast.bao.pk + number * 1000 for number in range(count)}

    with django_assert_num_queries(1 if count else 0):
        found = people(ids)

    assert found == ({cast.bao.pk: cast.bao} if count else {})


@pytest.mark.django_db
def test_row_inserted_by_a_kept_statement_is_what_save_would_have_written(cast):
    facts = {
        "actor": cast.aminata,
        "face": "page",
        "verb": "room.done",
        "thing_kind": "room.thing",
        "thing_id": 7,
        "audience": "staff",
        "changes": {"state": ["new", "open"], "n": 3},
    }

    made = [insert(JournalLine(**facts)), insert(JournalLine(**facts))]
    saved = JournalLine.objects.create(**facts)

    columns = [field.attname for field in JournalLine._meta.concrete_fields]
    compared = [name for name in columns if name not in ("id", "at")]
    kept = JournalLine.objects.filter(pk__in=[row.pk for row in made]).values(*compared)
    assert list(kept) == [JournalLine.objects.filter(pk=saved.pk).values(*compared).get()] * 2
    assert made[0].pk < made[1].pk < saved.pk
    assert not made[0]._state.adding


@pytest.mark.django_db
def test_inserted_row_that_breaks_a_rule_is_refused(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(JournalLine(actor_id=cast.aminata.pk, verb=None))


def test_row_is_inserted_unless_one_like_it_is_there(cast):
    facts = {"person": cast.bao, "kind": "forum.question", "object_id": 1}

    first, second = Follow(reason="asked", **facts), Follow(reason="answered", **facts)

    assert insert_unless_there(first)
    assert not insert_unless_there(second)
    assert [(row.pk, row.reason) for row in Follow.objects.all()] == [(first.pk, "asked")]
    assert second.pk is None


def test_what_never_changes_is_written_into_the_statement(cast, django_assert_num_queries):
    def build(person_id: int, handle: str):
        rows = Person.objects.filter(pk=person_id, handle=handle).annotate(
            does_follow=Exists(Follow.objects.filter(person=OuterRef("pk"), kind="forum.question"))
        )
        return rows.filter(state__in=["active", "erased"]).exclude(display_name__contains="100%")

    prepared = Prepared(build)

    with django_assert_num_queries(1) as asked:
        (found,) = prepared(cast.bao.pk, cast.bao.handle)

    assert found == cast.bao
    assert found.does_follow is False
    assert "'forum.question'" in asked[0]["sql"]
    assert "'active'" in asked[0]["sql"]
    assert prepared(cast.bao.pk, "o'hara; --") == []
    assert prepared(cast.bao.pk, "100%") == []


def test_related_row_of_a_kept_statement_is_what_django_would_make(cast, town):
    Person.objects.filter(pk=cast.bao.pk).update(place=town)
    build = Person.objects.select_related("place").filter
    prepared = Prepared(lambda pk: build(pk=pk))

    (found,), djangos = prepared(cast.bao.pk), build(pk=cast.bao.pk).get()

    assert vars(found.place) | {"_state": None} == vars(djangos.place) | {"_state": None}
    assert prepared(cast.clara.pk)[0].place is None


def test_columns_written_by_a_kept_statement_are_what_save_would_have_written(cast):
    question = ask(
        actor=cast.aminata,
        title="How do I renew a certificate?",
        source="It ends soon.",
        language="en",
        tag_names=["tls"],
    )
    moment = timezone.now()

    for _again in range(2):
        update(question, add={"answer_count": 3}, active_at=moment, title='Bao\'s "%s" title')

    there = Question.objects.get(pk=question.pk)
    assert (there.answer_count, there.active_at) == (question.answer_count + 6, moment)
    assert there.title == question.title == 'Bao\'s "%s" title'
    assert there.source == question.source
