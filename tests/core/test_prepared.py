from core.models import JournalLine
from core.prepared import Prepared
from people.models import Person
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
