"""What our own loader of moments reads is what Django's reads; and how a connection is set up."""

import pytest
from django.db import DataError, connection

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="of PostgreSQL"),
]
MOMENTS = [
    "2026-11-27 16:28:11.36+00",
    "2026-03-29 02:30:00+01",
    "2026-07-01 12:00:00.000001+05:30",
    "0001-01-01 00:00:00+00",
    "9999-12-31 23:59:59.999999+00",
]


def read(moment):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [moment])
        return cursor.fetchone()[0]


@pytest.mark.parametrize("moment", MOMENTS)
def test_moments_are_read_as_django_reads_them(moment):
    from django.db.backends.postgresql.psycopg_any import get_adapters_template
    from psycopg.pq import Format

    loader = get_adapters_template(True, connection.timezone).get_loader(1184, Format.TEXT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT (%s::timestamptz)::text", [moment])
        text = cursor.fetchone()[0]

    found = read(moment)

    assert found == loader(1184, connection.connection).load(text.encode())
    assert found.tzinfo == connection.timezone


@pytest.mark.parametrize("moment", ["infinity", "0044-03-15 12:00:00+00 BC"])
def test_what_is_no_moment_of_python_is_refused_as_ever(moment):
    with pytest.raises(DataError):
        read(moment)


@pytest.mark.parametrize(
    ("name", "value"), [("jit", "off"), ("max_parallel_workers_per_gather", "0")]
)
def test_no_statement_is_compiled_or_shared_out(name, value):
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        assert cursor.fetchone() == (value,)
