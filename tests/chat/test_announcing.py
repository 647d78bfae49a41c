"""A thing's room says that its thing has news."""

from chat import queries
from chat.actions import announce_change, join_room
from chat.models import ChatMessage, Room, RoomMark


def announced(claim, key="line-1", **facts):
    return announce_change(
        kind="aid.claim", object_id=claim.pk, verb="aid.confirmed", key=key, **facts
    )


def test_news_are_a_row_of_the_stream_by_nobody(room, claim):
    row = announced(claim)

    assert (row.number, row.kind, row.author, row.detail) == (
        1,
        "changed",
        None,
        {"verb": "aid.confirmed"},
    )
    (event,) = queries.events_since(room.pk, 0)
    assert (event["kind"], event["author"], event["detail"]) == (
        "changed",
        None,
        {"verb": "aid.confirmed"},
    )


def test_the_same_news_are_said_once(room, claim):
    assert announced(claim) == announced(claim)
    assert announced(claim, "line-2").number == 2


def test_member_cannot_keep_news_from_others_by_their_own_client_id(cast, room, claim, say):
    say(cast.bao, room, client_id="line-1")

    assert announced(claim).number == 2


def test_news_of_a_thing_without_a_room_are_nobodys_unless_it_opens(claim):
    assert announced(claim) is None
    assert not Room.objects.exists()

    assert announced(claim, opens=True).number == 1


def test_news_count_for_nobody_as_unread(cast, room, claim):
    announced(claim)

    assert [row.unread for row in queries.own_rooms(cast.bao)] == [0]


def test_who_joins_has_nothing_unread_and_who_may_not_joins_nothing(cast, room, claim, say):
    say(cast.bao, room)
    RoomMark.objects.filter(person=cast.aminata).delete()

    mark = join_room(person=cast.aminata, kind="aid.claim", object_id=claim.pk)

    assert mark is not None
    assert mark.seen == 1
    assert join_room(person=cast.aminata, kind="aid.claim", object_id=claim.pk) == mark
    assert ChatMessage.objects.count() == 1
