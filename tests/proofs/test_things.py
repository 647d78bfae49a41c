"""What every kind declares to the other rooms holds for all kinds alike."""

import pytest

from core import things
from people.queries import seen_things

# Named by the thing they belong to, whatever its kind; no list of notices holds them.
BORROWED = {"chat.room", "chat.message"}
KINDS = [thing.kind for thing in things.all_things() if thing.kind not in BORROWED]
WORKERS = ("aminata", "bao", "nadia", "clara", "moira", "mika", "root")


@pytest.mark.parametrize("kind", KINDS)
def test_rows_of_a_kind_are_named_in_one_query(kind, world, django_assert_max_num_queries):
    """As lists of notices do: label and url read nothing that was not fetched with the row."""
    model = things.thing_of(kind).model
    pairs = [(kind, pk) for pk in model._base_manager.values_list("pk", flat=True)]
    named = {}

    for name in WORKERS:
        person = type(world.omar).objects.get(pk=world.people[name].pk)
        # Asked for once a request:
        assert person.roles is not None
        assert person.level is not None
        with django_assert_max_num_queries(1):
            for key, row in seen_things(person, pairs).items():
                named[key] = (things.label_of(row), things.url_of(row))

    assert named, "nothing of this kind is planted"
    assert all(label and url.startswith("/") for label, url in named.values())
