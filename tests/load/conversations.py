"""The live part of the large site: what is said in the rooms of tickets."""

import random
from datetime import timedelta
from typing import Any

from tests.load.tickets import AGENTS, CHUNK, RARE_WORD, SEEN_WORD

OWN_ROOMS = 50  # that the person who is measured took part in, on a small site as on a large one
OWN_LINES = 20  # in each
RARE_LINES = 3  # in one of them


def generate_conversations(
    dice: random.Random, count: int, people: list[int], bodies: list[tuple[str, str]]
) -> int:
    """Say so many lines in the rooms there are, and OWN_LINES in OWN_ROOMS; return how many."""
    from django.db.models import Count, OuterRef, Subquery

    from chat.models import ChatMessage, Room, RoomMark
    from tests.load.writing import write

    me = people[AGENTS - 1]  # as staff: a volunteer enters where they looked behind the mask
    others = [pk for pk in people if pk != me]
    rooms = list(Room.objects.order_by("pk"))
    own, rest = rooms[:OWN_ROOMS], rooms[OWN_ROOMS:]
    planned = [room for room in own for _line in range(OWN_LINES)] + dice.choices(rest, k=count)
    for start in range(0, len(planned), CHUNK):
        _say(dice, planned[start : start + CHUNK], own, others, bodies)
    said = ChatMessage.objects.filter(room=OuterRef("pk")).order_by().values("room")
    head = Subquery(said.values(head=Count("pk")))
    spoken_in = Room.objects.filter(pk__in=ChatMessage.objects.values("room"))
    spoken_in.update(head=head, said=head)
    marks = [
        RoomMark(room=room, person_id=me, seen=room.head - place % 3)
        for place, room in enumerate(own)
    ]
    marks += [RoomMark(room=room, person_id=dice.choice(others), seen=room.head) for room in rest]
    write(RoomMark, marks)
    return len(planned)


def _say(
    dice: random.Random,
    planned: list[Any],
    own: list[Any],
    people: list[int],
    bodies: list[tuple[str, str]],
) -> None:
    from django.utils import timezone

    from chat.models import ChatMessage
    from core.markup import RENDERER_VERSION
    from tests.load.writing import write

    rows = []
    for room in planned:
        room.head += 1
        source, html = dice.choice(bodies)
        if dice.random() < 1 / 100:
            source = f"{SEEN_WORD}: {source}"
        if room.pk == own[0].pk and room.head <= RARE_LINES:
            source = f"{RARE_WORD}: {source}"
        rows.append(
            ChatMessage(
                room=room,
                number=room.head,
                author_id=dice.choice(people),
                client_id=f"load-{room.head}",
                at=timezone.now() - timedelta(minutes=dice.randrange(500_000)),
                source=source,
                html=html,
                language="en",
                renderer_version=RENDERER_VERSION,
            )
        )
    write(ChatMessage, rows)


def a_room() -> str:
    """Return the path of a room of the person who is measured."""
    from chat.models import Room

    return f"/rooms/{Room.objects.order_by('pk')[0].pk}"
