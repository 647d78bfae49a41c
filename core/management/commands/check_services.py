"""Says plainly which service the settings name and cannot be reached."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection


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


class Command(BaseCommand):
    help = "See that the services named by DATABASE_URL and REDIS_URL answer."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = [told for told in (database_complaint(), redis_complaint()) if told]
        if wrong:
            raise CommandError("\n".join(wrong))
        self.stdout.write("The services answer.")
