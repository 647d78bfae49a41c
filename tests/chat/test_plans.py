"""How SQLite goes about what is said: the rooms that others have cost nothing (tests/plans.py)."""

import pytest
from django.db import connection

from chat.actions import post_message
from chat.models import ChatMessage
from chat.queries import messages_found
from tests.plans import unbounded

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite tells its plan so")


@pytest.mark.parametrize("who", ["aminata", "moira"])
def test_what_is_said_is_reached_by_ones_own_rooms_and_by_its_id(who, cast, room):
    said = post_message(actor=cast.aminata, room_id=room.pk, source="A white page", client_id="a")
    person = getattr(cast, who)

    def search():
        return list(messages_found(person, "white").order_by("-place")[:25])

    assert unbounded(search) == []
    plan = ChatMessage.objects.visible_to(person).filter(pk=said.pk).explain()
    assert "SCAN" not in plan.replace("SCAN ahead", ""), "a whole table, for one message"
