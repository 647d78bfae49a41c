"""Planting the whole world, through the actions people use."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import transaction
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
    """Plant the world, and take all of it back in the end; index: folder of its search index."""
    with (
        transaction.atomic(),
        override_settings(SEARCH_INDEX=index),
        translation.override("en"),
    ):
        world = build_world()
        world.index = index
        yield world
        transaction.set_rollback(True)
