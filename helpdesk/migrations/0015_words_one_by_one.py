"""The words that stand in messages and subjects, on SQLite; on PostgreSQL, those of each text.

There the texts' words are kept beside them: to walk the newest ones and find the words of each
anew took 0.1 ms a text.
"""

from django.db import migrations

from core.operations import MakeBesideModels
from helpdesk.words import KEPT, POSTGRESQL


def make(apps, schema_editor):
    for table, column in KEPT:
        words = f"{table}_words"
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(
                f"CREATE VIRTUAL TABLE {words}_terms USING fts5vocab({words}, instance)"
            )
        else:
            vector = POSTGRESQL % f'"{column}"'
            schema_editor.execute(f"DROP INDEX {words}")
            schema_editor.execute(
                f"ALTER TABLE {table} ADD COLUMN words tsvector GENERATED ALWAYS AS ({vector}) STORED"
            )
            schema_editor.execute(f"CREATE INDEX {words} ON {table} USING gin (words)")


def take_away(apps, schema_editor):
    for table, column in KEPT:
        words = f"{table}_words"
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TABLE {words}_terms")
        else:
            vector = POSTGRESQL % f'"{column}"'
            schema_editor.execute(f"ALTER TABLE {table} DROP COLUMN words")
            schema_editor.execute(f"CREATE INDEX {words} ON {table} USING gin ({vector})")


class Migration(migrations.Migration):
    dependencies = [("helpdesk", "0014_credit_of_the_floor")]
    operations = [MakeBesideModels(make, take_away)]
