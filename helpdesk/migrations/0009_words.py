"""The words of messages and subjects, for each database in its own way."""

from django.db import migrations

from core.operations import MakeBesideModels
from helpdesk.words import KEPT, POSTGRESQL


def make(apps, schema_editor):
    for table, column in KEPT:
        words = f"{table}_words"
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(
                f"CREATE VIRTUAL TABLE {words} USING fts5"
                "(words, tokenize = 'unicode61 remove_diacritics 2')"
            )
            schema_editor.execute(
                f"INSERT INTO {words}(rowid, words) SELECT id, {column} FROM {table}"  # noqa: S608
            )
        else:
            vector = POSTGRESQL % f'"{column}"'
            schema_editor.execute(f"CREATE INDEX {words} ON {table} USING gin ({vector})")


def take_away(apps, schema_editor):
    kind = "TABLE" if schema_editor.connection.vendor == "sqlite" else "INDEX"
    for table, _column in KEPT:
        schema_editor.execute(f"DROP {kind} {table}_words")


class Migration(migrations.Migration):
    dependencies = [("helpdesk", "0008_participants")]
    operations = [MakeBesideModels(make, take_away)]
