"""Planting the whole world, through the actions people use."""

import pickle
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings
from django.utils import translation

from people.models import Notice
from search.actions import rebuild_index
from tests.conftest import drain_tasks
from tests.proofs import plants_forum, plants_people, plants_rooms
from tests.proofs.world import World


def build_world() -> World:
    """Plant every room, let the worker do what follows, and index all there is to find."""
    world = World()
    plants_people.plant_people(world)
    plants_people.plant_organisation(world)
    plants_rooms.plant_forum(world)
    plants_forum.plant_curated(world)
    plants_forum.plant_under_hidden_posts(world)
    plants_forum.plant_unsent(world)
    plants_forum.plant_waiting_file(world)
    plants_forum.plant_held_renditions(world)
    plants_forum.plant_unnamed(world)
    plants_people.plant_moderation(world)
    plants_people.plant_aid(world)
    plants_rooms.plant_tickets(world)
    plants_rooms.plant_public_answers(world)
    plants_rooms.plant_mentoring(world)
    plants_rooms.plant_learning_need(world)
    plants_rooms.plant_workshops(world)
    drain_tasks()
    plants_people.plant_browser(world)
    world.rows["notice"] = Notice.objects.filter(person=world.vera).order_by("pk").first()
    rebuild_index()
    return world


@contextmanager
def planted_for_a_while(index: Path) -> Iterator[World]:
    """Plant the world, and take all of it back in the end; index: folder of its search index.

    On SQLite a process plants once, and has a copy each time: that takes 0.1 s, planting 6.
    """
    with ExitStack() as stack:
        stack.enter_context(translation.override("en"))
        kept = _kept_world() if connection.vendor == "sqlite" else None
        if kept:
            stack.enter_context(_speaking_to_a_copy(kept.database))
        stack.enter_context(transaction.atomic())
        stack.enter_context(override_settings(SEARCH_INDEX=index))
        world = _copy(kept, index) if kept else build_world()
        world.index = index
        yield world
        transaction.set_rollback(True)


@dataclass(frozen=True)
class _Kept:
    """A planted world as it was before any test.

    database: all of SQLite's file. world: pickled facts of World. index: the folder of its search
    index. files: what is in each file below MEDIA_ROOT.
    """

    database: bytes
    world: bytes
    index: Path
    files: dict[Path, bytes]


@cache
def _kept_world() -> _Kept:
    """Plant once in this process, keep a copy, and take it back."""
    index, before = settings.VAR / "planted", _files()
    with transaction.atomic(), override_settings(SEARCH_INDEX=index):
        world = build_world()
        sqlite: Any = connection.connection
        database = bytearray(sqlite.serialize())
        transaction.set_rollback(True)
    # A database in memory has no write-ahead log; these say that it had one.
    # Source: https://www.sqlite.org/fileformat2.html#file_format_version_numbers
    database[18:20] = b"\x01\x01"
    files = {path: path.read_bytes() for path in _files() - before}
    return _Kept(bytes(database), pickle.dumps(vars(world)), index, files)


def _files() -> set[Path]:
    return {path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()}


def _copy(kept: _Kept, index: Path) -> World:
    shutil.copytree(kept.index, index, dirs_exist_ok=True)
    for path, content in kept.files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return World(**pickle.loads(kept.world))


@contextmanager
def _speaking_to_a_copy(database: bytes) -> Iterator[None]:
    """Have this thread's connection speak to a database in memory."""
    connection.close()  # else its statements may be of the file
    connection.ensure_connection()
    sqlite: Any = connection.connection
    sqlite.deserialize(database)
    yield
    connection.close()  # the next one opens the file, where nothing is planted
