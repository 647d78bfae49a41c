"""Rules the database keeps; tests/aid shows that they survive a table that SQLite remakes."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from core import triggers
from core.journal import record
from core.models import JournalLine
from core.triggers import Trigger, append_only, refusing_function
from people.models import Place


def test_names_of_triggers_are_read_from_their_statements():
    rule = append_only("core_thing")

    assert triggers._names(rule, "sqlite") == [
        "core_thing_append_only_update",
        "core_thing_append_only_delete",
    ]
    assert triggers._names(rule, "postgresql") == ["core_thing_append_only"]


@pytest.mark.django_db
def test_rule_with_a_condition_lets_the_other_rows_go(monkeypatch):
    """A PostgreSQL function that returned NEW alone would cancel these deletes without a word."""
    rule = Trigger(
        name="kept_town",
        table="people_place",
        sqlite=[
            "CREATE TRIGGER kept_town BEFORE DELETE ON people_place WHEN OLD.name = 'Kept' "
            "BEGIN SELECT RAISE(ABORT, 'kept'); END"
        ],
        postgresql=[
            refusing_function("kept_town", "kept", "OLD.name = 'Kept'"),
            "CREATE TRIGGER kept_town BEFORE DELETE ON people_place "
            "FOR EACH ROW EXECUTE FUNCTION kept_town()",
        ],
    )
    monkeypatch.setattr(triggers, "_triggers", [rule])
    triggers.create("default")
    for name in ("Kept", "Other"):
        Place.objects.create(name=name, country="FR")

    Place.objects.filter(name="Other").delete()
    with pytest.raises(DatabaseError, match="kept"), transaction.atomic():
        Place.objects.filter(name="Kept").delete()

    assert [place.name for place in Place.objects.all()] == ["Kept"]
    triggers.drop("default")
    Place.objects.all().delete()
    assert not Place.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_rules_are_there_again_after_a_flush(town):
    call_command("flush", verbosity=0, interactive=False)
    assert not JournalLine.objects.exists()

    again = Place.objects.create(name="Dakar", country="SN")
    with transaction.atomic():
        record("test.founded", actor=None, thing=again)
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_journalline")
