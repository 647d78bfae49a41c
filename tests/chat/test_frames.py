"""What goes up a socket, against what is documented of it."""

import json

import pytest
from jsonschema import Draft202012Validator

from chat.frames import FRAME_BYTES, UP, parsed
from tests.chat.ears import SCHEMA

SHAPE = Draft202012Validator({"$ref": "#/$defs/up", "$defs": SCHEMA["$defs"]})
GOOD = [
    {"type": "subscribe", "room": 7, "since": 12},
    {"type": "subscribe", "room": 7},
    {"type": "unsubscribe", "room": 7},
    {"type": "seen", "room": 7, "number": 13},
    {"type": "typing", "room": 7},
    {"type": "ping"},
    {"type": "ping", "of": "a version to come"},
    {"type": "seen", "room": 7, "number": 2**53 - 1},
]
BAD = [
    [],
    {},
    "ping",
    {"type": "event"},
    {"type": ["ping"]},
    {"type": "subscribe"},
    {"type": "subscribe", "room": "7"},
    {"type": "subscribe", "room": 7, "since": None},
    {"type": "subscribe", "room": True},
    {"type": "seen", "room": 7},
    {"type": "seen", "room": 7, "number": -1},
    {"type": "seen", "room": 7, "number": 2**53},
    {"type": "typing", "room": 7.5},
]


@pytest.mark.parametrize("frame", GOOD)
def test_documented_frame_is_taken(frame):
    assert SHAPE.is_valid(frame)

    taken = parsed(json.dumps(frame))

    assert taken == {key: frame.get(key, 0) for key in ("type", *UP[frame["type"]])}


@pytest.mark.parametrize("frame", BAD)
def test_any_other_frame_is_refused(frame):
    assert not SHAPE.is_valid(frame)

    assert parsed(json.dumps(frame)) is None


def test_large_frame_is_refused():
    ping = json.dumps({"type": "ping", "more": "é" * (FRAME_BYTES // 2)}, ensure_ascii=False)

    assert parsed(ping) is None
