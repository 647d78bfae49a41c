"""Beside the words of each text the block of ids it is of, on PostgreSQL: see helpdesk.words.

The index is built while people write on, and takes the place of the one of the words alone.
"""

from django.db import migrations, transaction

from core.operations import MakeBesideModels

TABLES = ("helpdesk_message", "helpdesk_ticket")
BLOCK = "ARRAY[%s.id >> 12]"  # 4,096 ids in a row


def rebuild(schema_editor, columns):
    if schema_editor.connection.vendor == "sqlite":
        return
    # A new database's tables are made in one transaction, and nobody writes yet.
    meanwhile = "" if schema_editor.connection.in_atomic_block else "CONCURRENTLY"
    for table in TABLES:
        words = f"{table}_words"
        schema_editor.execute(f"DROP INDEX IF EXISTS {words}_new")  # of a run that was broken off
        schema_editor.execute(
            f"CREATE INDEX {meanwhile} {words}_new ON {table} USING gin ({columns(table)})"
        )
        with transaction.atomic():  # a run broken off leaves the old one or the new one
            schema_editor.execute(f"DROP INDEX IF EXISTS {words}")
            schema_editor.execute(f"ALTER INDEX {words}_new RENAME TO {words}")


def make(apps, schema_editor):
    rebuild(schema_editor, lambda table: f"words, ({BLOCK % table})")


def take_away(apps, schema_editor):
    rebuild(schema_editor, lambda _table: "words")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("helpdesk", "0016_what_a_pick_gave")]
    operations = [MakeBesideModels(make, take_away)]
