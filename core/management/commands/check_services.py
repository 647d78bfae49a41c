"""Says plainly which service the settings name and cannot be reached."""

import os
import re
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

HERE = ("", "localhost", "127.0.0.1", "::1")  # where processes are ours to look at


def database_complaint() -> str:
    """Return why the database cannot be used, empty when it can.

    Asked past Django's pool, which would try again for 20 seconds.
    """
    if connection.vendor == "sqlite":
        return ""
    import psycopg

    facts = connection.settings_dict
    try:
        psycopg.connect(
            host=facts["HOST"],
            port=facts["PORT"] or None,
            user=facts["USER"],
            password=facts["PASSWORD"] or None,
            dbname=facts["NAME"],
            connect_timeout=5,
        ).close()
    except psycopg.OperationalError as error:
        return f"PostgreSQL cannot be used: {error}\nStart it, or say where it is in DATABASE_URL."
    return ""


def redis_complaint() -> str:
    """Return why Redis cannot be used, empty when it can (or is not asked for)."""
    if not settings.REDIS_URL:
        return ""
    import redis

    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=5) as client:
            client.ping()
    except redis.RedisError as error:
        return f"Redis cannot be used: {error}\nStart it, or say where it is in REDIS_URL."
    return ""


def orphans(names: Iterable[str]) -> list[str]:
    """Return the databases of tests (settings name them by process) whose process is no more."""
    found = []
    for name in names:
        match = re.fullmatch(r"test_entraide_(\d+)(?:_gw\d+)?", name)
        if match:
            try:
                os.kill(int(match[1]), 0)
            except (ProcessLookupError, OverflowError):
                found.append(name)
            except PermissionError:  # it lives, and is another's
                pass
    return found


def drop_orphans() -> list[str]:
    """Drop what killed tests left on this machine's PostgreSQL; return the names."""
    if connection.vendor != "postgresql" or connection.settings_dict["HOST"] not in HERE:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        names = orphans(row[0] for row in cursor.fetchall())
        for name in names:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
    return names


class Command(BaseCommand):
    help = "See that the services named by DATABASE_URL and REDIS_URL answer."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--tidy", action="store_true", help="drop the databases that killed tests left"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = [told for told in (database_complaint(), redis_complaint()) if told]
        if wrong:
            raise CommandError("\n".join(wrong))
        if options["tidy"]:
            for name in drop_orphans():
                self.stdout.write(f"Dropped {name}, which killed tests had left.")
        self.stdout.write("The services answer.")
