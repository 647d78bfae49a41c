"""What the rooms of tickets and queues hear, and what they must not."""

import pytest

from chat.models import ChatMessage, Room, RoomMark
from chat.queries import own_rooms, room_of
from helpdesk import actions
from people.models import RoleGrant


@pytest.fixture(autouse=True)
def staff(desk):
    """Here vera is paid: volunteers do not enter before they looked who asked (test_masking)."""
    RoleGrant.objects.filter(person=desk["vera"]).update(volunteer=False)


@pytest.fixture
def heard(run_tasks):
    """Return a function that says which news a room has had since it was asked last."""
    last = {}

    def verbs(kind, object_id):
        run_tasks()
        room = room_of(kind, object_id)
        if room is None:
            return []
        rows = ChatMessage.objects.filter(room=room, number__gt=last.get(room.pk, 0))
        last[room.pk] = room.head
        return [row.detail["verb"] for row in rows.order_by("number")]

    return verbs


def test_rooms_hear_what_happens_and_the_ticket_s_nothing_of_notes(desk, open_ticket, heard, queue):
    ticket = open_ticket()
    here, there = ("helpdesk.ticket", ticket.pk), ("helpdesk.queue", queue.pk)
    assert (heard(*here), heard(*there)) == ([], ["helpdesk.ticket_opened"])

    actions.assign(actor=desk["nadia"], ticket_id=ticket.pk, assignee=desk["vera"])
    moved = ["helpdesk.ticket_assigned", "helpdesk.state_changed"]
    assert (sorted(heard(*here)), sorted(heard(*there))) == (sorted(moved), sorted(moved))

    actions.reply(actor=desk["vera"], ticket_id=ticket.pk, source="Try again.", revision=9)
    assert "helpdesk.reply_posted" in heard(*here)
    assert "helpdesk.reply_posted" in heard(*there)

    actions.write_note(actor=desk["vera"], ticket_id=ticket.pk, source="Odd one.")
    assert (heard(*here), heard(*there)) == ([], ["helpdesk.note_written"])

    actions.set_state(actor=desk["vera"], ticket_id=ticket.pk, state="solved")
    assert (heard(*here), heard(*there)) == (["helpdesk.state_changed"],) * 2


def test_number_of_the_ticket_s_room_shows_no_note(desk, ticket, run_tasks):
    run_tasks()
    before = room_of("helpdesk.ticket", ticket.pk).head

    actions.write_note(actor=desk["nadia"], ticket_id=ticket.pk, source="Odd one.")
    run_tasks()

    assert room_of("helpdesk.ticket", ticket.pk).head == before


def test_queue_s_room_is_its_agents_alone(browse, call, desk, open_ticket, queue, run_tasks):
    open_ticket()
    run_tasks()
    room = Room.objects.get(thing_kind="helpdesk.queue", thing_id=queue.pk)

    for name in ("nadia", "vera"):
        assert browse(desk[name]).get(f"/rooms/{room.pk}").status_code == 200
    for name in ("odile", "aminata", "olga", "moira", "clara"):
        assert browse(desk[name]).get(f"/rooms/{room.pk}").status_code == 404
        assert call(desk[name]).get(f"/api/v1/rooms/{room.pk}/messages").status_code == 404


def test_who_gets_a_ticket_or_a_share_has_its_talk_among_their_own(desk, ticket, run_tasks):
    actions.assign(actor=desk["nadia"], ticket_id=ticket.pk, assignee=desk["vera"])

    run_tasks()

    room = room_of("helpdesk.ticket", ticket.pk)
    for name in ("aminata", "vera", "farid"):
        assert [row.pk for row in own_rooms(desk[name])] == [room.pk]
    assert not RoomMark.objects.filter(person=desk["odile"]).exists()
