"""Fixtures every test may use."""

import gc
import time
import uuid
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any
from unittest import mock

import pytest
import redis
from _pytest.runner import runtestprotocol
from asgiref.sync import SyncToAsync
from django.conf import settings
from django.core.cache import cache, caches
from django.core.management.commands import flush as flush_command
from django.db import connection, connections, transaction
from django.test import Client, TransactionTestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from chat.herald import herald
from chat.queries.rooms import kept_kind
from core import lanes
from core.cache import RedisCache
from core.frames import with_room
from core.management.commands.prepare import compile_messages
from forum.traffic import tally
from people.models import ApiToken
from tests import faces, push_service
from tests.cast import Cast, make_cast, make_levels, session_of

MORE_OF_COMMITS = 4
MADE_AFTER_MIGRATIONS = {"django_content_type", "auth_permission"}


def pytest_addoption(parser):
    parser.addoption(
        "--database-only",
        action="store_true",
        help="leave out the tests that ask no database, that are marked as of none (once), or ask"
        " it the same by another face, and of a test of many cases all but --few-cases",
    )
    parser.addoption(
        "--few-cases",
        type=int,
        default=4,
        help=f"how many of a test (4); {MORE_OF_COMMITS} times as many of one that commits",
    )


def pytest_collection_modifyitems(config, items):
    if config.getoption("--database-only"):
        asking = _by_one_face([item for item in items if _asks_the_database(item)])
        wanted = _a_few_of_each(asking, config.getoption("--few-cases"))
        chosen = set(wanted)
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = wanted


def _by_one_face(items):
    """Return each case of a test by one face: its others do the same action."""
    found = {}
    for item in items:
        params = dict(item.callspec.params) if hasattr(item, "callspec") else {}
        face = params.pop("face", "")
        case = item.nodeid.replace(face, "") if face else item.nodeid
        found.setdefault(case, item)
    return list(found.values())


def _a_few_of_each(items, few):
    """Return a few cases of each test, first to last; more of one that waits for commits."""
    tests = {}
    for item in items:
        tests.setdefault(item.nodeid.partition("[")[0], []).append(item)
    found = []
    for cases in tests.values():
        most = MORE_OF_COMMITS * few if _commits(cases[0]) else few
        step = -(-len(cases) // most)
        found += cases[::step]
    return found


def _asks_the_database(item):
    if item.get_closest_marker("once"):
        return False
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or {"db", "transactional_db"} & fixtures)


def _commits(item):
    mark = item.get_closest_marker("django_db")
    return "transactional_db" in item.fixturenames or bool(mark and mark.kwargs.get("transaction"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    """Run each test, its fixtures too, where frames have room: it takes a fifth less time."""
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    with_room(partial(runtestprotocol, item, nextitem=nextitem))
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def pytest_sessionstart(session):
    """Compile the translations, which git does not keep."""
    compile_messages()


def pytest_collection_finish(session):
    """Leave out of every collection of garbage what stays until the end, and collect less often.

    Half a million objects of code and tests were gone through again and again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_make_parametrize_id(config, val, argname):
    """Name no test after bytes: an archive holds the time it was made, and two processes that
    test together must find the same names."""
    return argname if isinstance(val, bytes) else None


def forget_everything_cached():
    """Empty the cache: on Redis only what this process wrote, since others may test beside it."""
    kept_kind.cache_clear()  # SQLite gives ids anew after a test
    tally.take()
    if not settings.REDIS_URL:
        cache.clear()
        return
    RedisCache.away_until.clear()  # a Redis that was late once keeps nothing for a second
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        for key in client.scan_iter(f"{settings.REDIS_PREFIX}:*", count=1000):
            client.delete(key)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Before the test database goes, wait until the last who used it have left.

    PostgreSQL drops no database in use, and what served a process that was killed, or a thread of
    a live server, takes a moment to end. Who stays longer is named, by the last thing asked.
    """
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock():
            # The live layer's threads keep theirs.
            lanes.close_all()
            # Under Channels' communicators for tests, asynchronous code closes no connection.
            SyncToAsync.single_thread_executor.submit(connections.close_all).result()
            connection.close()
            connection.close_pool()
            end = time.monotonic() + 20
            while (left := sessions_of_the_database()) and time.monotonic() < end:
                time.sleep(0.1)
        assert not left, left


def sessions_of_the_database() -> list[tuple[int, str]]:
    """Return process and last statement of every session of the test database."""
    name = connection.settings_dict["NAME"]
    with connection._nodb_cursor() as cursor:  # from another one
        cursor.execute("select pid, query from pg_stat_activity where datname = %s", [name])
        return list(cursor.fetchall())


@pytest.fixture(autouse=True)
def fresh_cache():
    """Start every test with nothing counted and nothing cached."""
    forget_everything_cached()


@pytest.fixture(scope="session", autouse=True)
def nothing_left_in_redis():
    yield
    herald.close()
    forget_everything_cached()


@pytest.fixture
def kept_pages(settings):
    """Keep visitors' pages as the site does; for tests that commit."""
    memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "kept"}
    settings.CACHES = {**settings.CACHES, "pages": memory}
    yield
    caches["pages"].clear()


@pytest.fixture(autouse=True)
def fresh_index(settings, tmp_path_factory):
    """Give every test a search index of its own, made when first written to."""
    settings.SEARCH_INDEX = tmp_path_factory.getbasetemp() / "index" / uuid.uuid4().hex


@pytest.fixture(autouse=True)
def queued_mail(settings):
    """Queue mail as on the site (Django's test set-up would send it by itself).

    After run_tasks(), what went out stands in django.core.mail.outbox.
    """
    settings.EMAIL_BACKEND = "core.mail.QueueBackend"


@pytest.fixture(autouse=True, scope="session")
def flush_without_triggers():
    """Let the tests' own flush empty append-only tables: on SQLite it is a DELETE.

    So it is on PostgreSQL, for who may: TRUNCATE makes some 700 files anew, which takes seconds.
    """
    operations: Any = type(connection.ops)
    flush, statements = operations.execute_sql_flush, operations.sql_flush
    if connection.vendor == "sqlite":
        operations.execute_sql_flush = _flushing_without_triggers(flush)
    else:
        operations.sql_flush = _deleting(statements)
    yield
    operations.execute_sql_flush, operations.sql_flush = flush, statements


def _flushing_without_triggers(flush):
    from core import triggers

    def without_triggers(self, sql_list):
        with transaction.atomic(using=self.connection.alias):  # else each is written to the disk
            triggers.drop(self.connection.alias)
            flush(self, sql_list)
            triggers.create(self.connection.alias)

    return without_triggers


@pytest.fixture(autouse=True, scope="session")
def flush_what_tests_wrote(flush_without_triggers):
    """After a test that commits, leave what is the same for all: Django's kinds and permissions.

    To write both anew, which is what post_migrate is for, took longer than most such tests.
    """
    teardown = TransactionTestCase._fixture_teardown

    def leaving_what_migrating_made(self):
        operations: Any = type(connection.ops)
        statements = operations.sql_flush

        def of_the_others(self, style, tables, **options):
            others = [name for name in tables if name not in MADE_AFTER_MIGRATIONS]
            return statements(self, style, others, **options)

        with (
            mock.patch.object(operations, "sql_flush", of_the_others),
            mock.patch.object(flush_command, "emit_post_migrate_signal"),
        ):
            teardown(self)

    TransactionTestCase._fixture_teardown = leaving_what_migrating_made
    yield
    TransactionTestCase._fixture_teardown = teardown


def _deleting(statements):
    def deleting(self, style, tables, *, reset_sequences=False, allow_cascade=False):
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            may = cursor.fetchone()[0]
        if reset_sequences or not may:
            return statements(
                self, style, tables, reset_sequences=reset_sequences, allow_cascade=allow_cascade
            )
        return [
            "SET LOCAL session_replication_role = replica",
            *(f"DELETE FROM {self.quote_name(table)}" for table in tables),
        ]

    return deleting


@pytest.fixture
def cast(db) -> Cast:
    return make_cast()


@pytest.fixture
def levels(db):
    return make_levels()


@pytest.fixture
def browse():
    """Return a browser without JavaScript, signed in as a person or, for None, signed out."""

    def open_browser(person=None, **options) -> Client:
        client = Client(headers={"accept-language": "en"}, **options)
        if person is not None:
            client.cookies[settings.SESSION_COOKIE_NAME] = session_of(person)
        return client

    return open_browser


@pytest.fixture
def call():
    """Return a client of the API, with a real token of a person or, for None, without."""

    def open_client(person=None, scopes=("read", "write", "import")) -> APIClient:
        client = APIClient(headers={"accept-language": "en"})
        if person is not None:
            _row, token = ApiToken.issue(
                person,
                name="test",
                scopes=list(scopes),
                expiry=timezone.now() + timedelta(days=1),
            )
            client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
        return client

    return open_client


@pytest.fixture
def perform(browse, call):
    """Return a function that does an act on a face as a person, and says how it went."""

    def do(face: str, person, act: faces.Act, thing) -> str:
        client = call(person) if face == "api" else browse(person)
        return faces.outcome(face, faces.send(face, client, act, thing))

    return do


def drain_tasks(limit: int = 500) -> int:
    """Do what the worker would do now, followers included; return how many tasks there were."""
    from django_tasks_db.models import DBTaskResult

    for count in range(limit):
        row = DBTaskResult.objects.ready().order_by("enqueued_at").first()
        if row is None:
            return count
        row.claim("test")
        row.task.call(*row.task_result.args, **row.task_result.kwargs)
        row.set_successful(None)
    raise AssertionError("The tasks never end.")


def asked_of(captured: list[dict[str, str]]) -> list[str]:
    """Return the statements of a page; one finds the session with its person.

    Without those that write a session: flashes do, on whatever page comes next.
    """
    asked = [row["sql"] for row in captured]
    return [sql for sql in asked if "people_session" not in sql or sql.startswith("SELECT")]


@pytest.fixture
def assert_asks():
    """Return a context in which so many statements are made; see asked_of."""

    @contextmanager
    def asking(number):
        with CaptureQueriesContext(connection) as found:
            yield
        asked = asked_of(found.captured_queries)
        assert len(asked) == number, "\n".join(asked)

    return asking


@pytest.fixture
def run_tasks(db):
    """Return a function that does what the worker would do now."""
    return drain_tasks


@pytest.fixture
def push(settings):
    """Return a push service on this machine, which is allowed here alone."""
    settings.PUSH_TO_LOOPBACK = True
    with push_service.running() as service:
        yield service
