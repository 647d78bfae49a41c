"""A room on something two people see and others do not: a claim of help."""

import itertools

import pytest
from channels.layers import channel_layers
from django.utils import timezone

from aid.actions import claim_help
from aid.models import Kind
from chat import rooms
from chat.actions import open_room, post_message
from chat.models import ChatMessage, Room
from chat.queries import lists
from forum.actions import ask


@pytest.fixture(autouse=True)
def layer_of_this_loop():
    """Let each test have a layer of its own: one of Redis is received from in one loop alone."""
    channel_layers.backends.clear()


@pytest.fixture
def claim(cast, monkeypatch):
    monkeypatch.setitem(rooms._rules, "aid.claim", lambda person, thing: True)
    lists._rooms_unread.cache_clear()  # kept for the kinds that were declared when it was made
    return claim_help(
        actor=cast.bao,
        givers=[cast.bao],
        receivers=[cast.aminata],
        minutes=10,
        kind=Kind.OTHER,
        happened_at=timezone.now(),
    )


@pytest.fixture
def room(cast, claim):
    return open_room(actor=cast.bao, kind="aid.claim", object_id=claim.pk)


@pytest.fixture
def question(cast, run_tasks):
    asked = ask(
        actor=cast.aminata,
        title="Why does my mail land in spam?",
        source="It did not before.",
        language="en",
        tag_names=[],
    )
    run_tasks()
    # It told of the asking: numbers begin with what a test does.
    Room.objects.filter(thing_kind="forum.question").delete()
    return asked


@pytest.fixture
def working_room(cast, question):
    """A room everyone signed in may enter, moderators too."""
    return open_room(actor=cast.bao, kind="forum.question", object_id=question.pk)


@pytest.fixture
def say():
    """Return a function that says something in a room, and returns the message."""
    ids = itertools.count(1)

    def do(person, room, text="Hello", **facts):
        facts.setdefault("client_id", f"said-{next(ids)}")
        return post_message(actor=person, room_id=room.pk, source=text, **facts)

    return do


@pytest.fixture
def stream():
    """Return a function that lists the kinds of a room's rows after a number, in order."""

    def listed(room, since=0):
        rows = ChatMessage.objects.filter(room=room, number__gt=since).order_by("number")
        return [(row.number, row.kind) for row in rows]

    return listed
