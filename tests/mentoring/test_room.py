"""What the two say to each other is theirs: a coordinator sees the pair, not the room."""

import pytest

from chat.actions import post_message
from chat.models import ChatMessage, Room
from core.errors import NotSeen
from people.actions import flag
from tests.cast import SECRET


def test_coordinator_sees_the_pair_and_nothing_of_its_room(cast, pair, call):
    room = Room.objects.get(thing_kind="mentoring.mentorship", thing_id=pair.pk)
    message = post_message(actor=pair.mentor, room_id=room.pk, source=SECRET, client_id="a")

    assert ChatMessage.objects.visible_to(pair.learner).filter(pk=message.pk).exists()
    assert not ChatMessage.objects.visible_to(cast.clara).exists()
    assert not Room.objects.visible_to(cast.clara).exists()
    assert call(cast.clara).get(f"/api/v1/rooms/{room.pk}/messages").status_code == 404
    with pytest.raises(NotSeen):
        flag(actor=cast.clara, kind="chat.message", object_id=message.pk, reason="other")
