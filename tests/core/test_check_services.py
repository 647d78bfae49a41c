import io
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from core.management.commands.check_services import orphans

NOBODY = 2**22 + 7  # above any process id


def test_databases_of_processes_that_are_no_more_are_orphans():
    names = [
        f"test_entraide_{NOBODY}",
        f"test_entraide_{NOBODY}_gw1",
        f"test_entraide_{os.getpid()}",
        "test_entraide_1_gw0",
        "entraide",
        f"test_entraide_{NOBODY}_kept",
    ]

    assert orphans(names) == names[:2]


def test_services_that_are_there_answer(db):
    said = io.StringIO()

    call_command("check_services", stdout=said)

    assert said.getvalue() == "The services answer.\n"


def test_redis_that_is_not_there_is_named(db, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    with pytest.raises(CommandError, match="REDIS_URL"):
        call_command("check_services")


def test_postgresql_that_is_not_there_is_named():
    """As `make test-services` begins, where nothing listens."""
    env = {**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}

    asked = [sys.executable, "manage.py", "check_services"]
    said = subprocess.run(
        asked, check=False, env=env, capture_output=True, text=True, cwd=settings.BASE_DIR
    )

    assert said.returncode == 1
    assert "PostgreSQL cannot be used" in said.stderr
    assert "DATABASE_URL" in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL alone")
@pytest.mark.django_db(transaction=True)
def test_tidy_drops_what_killed_tests_left():
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE test_entraide_{NOBODY}")

    call_command("check_services", tidy=True, stdout=io.StringIO())

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname ~ %s", [str(NOBODY)])
        assert cursor.fetchone() == (0,)
