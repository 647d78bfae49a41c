"""PostgreSQL refuses to book a venue or a trainer twice; SQLite does in workshops/triggers.py."""

from django.db import migrations

from core.operations import MakeBesideModels

CONSTRAINTS = {"booking_venue_free": "venue_id", "booking_person_free": "person_id"}


def add(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    # Trusted since PostgreSQL 13: the owner of the database may add it.
    schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    for name, column in CONSTRAINTS.items():
        schema_editor.execute(
            f"ALTER TABLE workshops_booking ADD CONSTRAINT {name} EXCLUDE USING gist "
            f"({column} WITH =, tstzrange(start_at, end_at, '[)') WITH &&) "
            f"WHERE ({column} IS NOT NULL)"
        )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for name in CONSTRAINTS:
        schema_editor.execute(f"ALTER TABLE workshops_booking DROP CONSTRAINT {name}")


class Migration(migrations.Migration):
    dependencies = [("workshops", "0001_first")]
    operations = [MakeBesideModels(add, remove)]
