"""What pages of the help desk fetch anew by themselves, and the talk beside a ticket."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.actions import close_room, mark_seen, post_message
from chat.models import ChatMessage, Room
from chat.queries import room_of
from helpdesk import actions
from people.models import Person, RoleGrant
from tests.cast import SECRET
from tests.helpdesk.conftest import opened


@pytest.fixture(autouse=True)
def staff(desk):
    """Here vera is paid: volunteers do not enter before they looked who asked (test_masking)."""
    RoleGrant.objects.filter(person=desk["vera"]).update(volunteer=False)


@pytest.fixture
def room(desk, ticket):
    room = room_of("helpdesk.ticket", ticket.pk)
    for number, (name, text) in enumerate(
        [("aminata", "It says 550.\nSince noon."), ("vera", "Your SPF is old."), ("aminata", "Ah")]
    ):
        post_message(actor=desk[name], room_id=room.pk, source=text, client_id=f"said-{number}")
    return room


def test_page_includes_what_its_fragment_shows(browse, desk, ticket):
    for name in ("nadia", "aminata"):
        client = browse(desk[name])
        fragment = client.get(f"{ticket.path}/thread").content.decode().strip()
        page = client.get(ticket.path).content.decode()
        assert fragment.startswith('<section id="thread"')
        assert f'data-live-fragment="{ticket.path}/thread"' in fragment
        parts = re.split(r'(?=<p class="row" id="ticket-state">|<div id="ticket-clocks")', fragment)
        assert len(parts) == 3  # what was said, how it stands, what is promised
        for part in parts:
            assert part.strip() in page


def test_thread_shows_notes_to_agents_alone_and_nothing_to_strangers(browse, desk, ticket):
    path = f"{ticket.path}/thread"

    assert f"NOTE{SECRET}" in browse(desk["vera"]).get(path).content.decode()
    for name in ("aminata", "farid", "olga"):
        assert f"NOTE{SECRET}" not in browse(desk[name]).get(path).content.decode()
    for name in ("odile", "omar", "mika", "moira"):
        assert browse(desk[name]).get(path).status_code == 404
    assert browse().get(path).status_code == 302


def test_agent_of_the_queue_closes_a_ticket_s_talk(browse, desk, ticket, room):
    close_room(actor=desk["vera"], room_id=room.pk, reason="Go on in the ticket.")

    page = browse(desk["aminata"]).get(ticket.path).content.decode()

    assert "Go on in the ticket." in page
    assert "Moderate this conversation" not in page
    assert "Open it again" in browse(desk["vera"]).get(ticket.path).content.decode()


def test_forms_beside_a_ticket_lead_back_to_it(browse, desk, ticket, room):
    client = browse(desk["aminata"])
    assert f'name="next" value="{ticket.path}"' in client.get(ticket.path).content.decode()

    answer = client.post(
        f"/rooms/{room.pk}/messages",
        {"source": "Yes", "client_id": "x", "next": ticket.path, "seen": 3},
    )

    assert answer.headers["Location"] == f"{ticket.path}#message-4"


def test_talk_costs_the_agent_s_page_one_query_and_its_menu_one(
    browse, desk, ticket, room, assert_asks
):
    client = browse(desk["vera"])
    client.get(ticket.path)

    with assert_asks(11):
        assert client.get(ticket.path).status_code == 200


def test_head_of_a_ticket_leads_to_its_talk_and_says_what_is_new(browse, desk, ticket, room):
    def at_the_head(name):
        page = browse(desk[name]).get(ticket.path).content.decode()
        head = page.partition("<h1")[2].partition("</header>")[0]
        return head if 'href="#chat"' in head else ""

    assert 'data-talk="3">3 new<' in at_the_head("nadia")  # she was never there
    head = room_of("helpdesk.ticket", ticket.pk).head
    mark_seen(actor=desk["vera"], room_id=room.pk, number=head)
    assert 'data-talk="0" hidden>' in at_the_head("vera")
    post_message(actor=desk["aminata"], room_id=room.pk, source="Now?", client_id="later")
    assert 'data-talk="1">1 new<' in at_the_head("vera")
    RoleGrant.objects.filter(person=desk["vera"]).update(volunteer=True)
    assert not at_the_head("vera")  # who does not enter, is not led there


@pytest.fixture
def twin(desk, ticket):
    """Another ticket of aminata's, into which the one with the talk was merged."""
    twin = opened(desk["aminata"], "The same once more")
    actions.merge(actor=desk["nadia"], ticket_id=ticket.pk, into_id=twin.pk)
    return twin


@pytest.mark.parametrize("name", ["nadia", "vera", "aminata"])
def test_talk_of_a_merged_ticket_is_read_from_where_it_goes_on(
    browse, call, desk, ticket, room, twin, name
):
    link = f'<a href="/rooms/{room.pk}">What was said live in <bdi class="number">{ticket.number}'
    assert link in browse(desk[name]).get(twin.path).content.decode()
    told = call(desk[name]).get(f"/api/v1/tickets/{twin.pk}").json()
    assert told["merged_talks"] == [{"room": room.pk, "number": ticket.number}]

    page = browse(desk[name]).get(f"/rooms/{room.pk}").content.decode()
    read = call(desk[name]).get(f"/api/v1/rooms/{room.pk}/messages").json()["results"]
    shown = call(desk[name]).get(f"/api/v1/rooms/{room.pk}").json()

    assert "It says 550." in page
    assert "Your message, live" not in page
    assert "Moderate this conversation" not in page
    assert "This ticket was merged into another one" in page
    assert [row["source"][:7] for row in read] == ["It says", "Your SP", "Ah"]
    assert (shown["is_closed"], "merged" in shown["closed_for"]) == (True, True)


def test_talk_of_a_merged_ticket_is_theirs_who_see_where_it_goes_on(
    browse, call, desk, ticket, room, twin
):
    sees_the_old_one, sees_the_new_one = desk["farid"], desk["omar"]
    assert browse(sees_the_old_one).get(ticket.path).status_code == 200
    actions.share(actor=desk["aminata"], ticket_id=twin.pk, person=sees_the_new_one)

    for name in ("farid", "odile", "moira"):
        assert browse(desk[name]).get(f"/rooms/{room.pk}").status_code == 404
        assert call(desk[name]).get("/api/v1/messages?q=550&everywhere=1").json()["results"] == []
    page = browse(sees_the_new_one).get(twin.path).content.decode()
    assert "What was said live in a ticket that was merged into this one" in page
    assert ticket.number not in page
    talk = browse(sees_the_new_one).get(f"/rooms/{room.pk}")
    assert (talk.status_code, "It says 550." in talk.content.decode()) == (200, True)
    assert ticket.number not in talk.content.decode()
    found = browse(sees_the_new_one).get("/rooms?q=550&everywhere=1").content.decode()
    assert f"/rooms/{room.pk}?at=1#message-1" in found
    assert ticket.number not in found


def test_unseen_talks_cost_the_same_for_one_and_for_many(browse, desk, ticket, room, twin):
    reader, path = desk["omar"], "/rooms?q=550&everywhere=1"
    actions.share(actor=desk["aminata"], ticket_id=twin.pk, person=reader)
    client = browse(reader)
    client.get(path)
    with CaptureQueriesContext(connection) as few:
        client.get(path)

    for number in range(3):
        another = opened(desk["aminata"], f"Again {number}")
        talk = room_of("helpdesk.ticket", another.pk)
        post_message(actor=desk["vera"], room_id=talk.pk, source="550 too", client_id="too")
        actions.merge(actor=desk["nadia"], ticket_id=another.pk, into_id=twin.pk)

    with CaptureQueriesContext(connection) as many:
        page = client.get(path).content.decode()
    assert page.count("#message-1") == 4
    assert page.count(twin.subject) == 4  # each is said to stand where it goes on
    assert len(many) == len(few)


def test_talk_of_a_merged_ticket_follows_it_through_further_mergers(
    browse, call, desk, ticket, room, twin
):
    third = opened(desk["aminata"], "And again")
    actions.merge(actor=desk["nadia"], ticket_id=twin.pk, into_id=third.pk)

    assert f'href="/rooms/{room.pk}"' in browse(desk["nadia"]).get(third.path).content.decode()
    assert browse(desk["aminata"]).get(f"/rooms/{room.pk}").status_code == 200
    assert browse(desk["farid"]).get(f"/rooms/{room.pk}").status_code == 404


def test_talk_of_a_merged_ticket_is_not_continued(browse, call, desk, ticket, room, twin):
    api = call(desk["nadia"])
    address = f"/api/v1/rooms/{room.pk}"
    said = {"source": "One more", "client_id": "more"}

    answers = [
        api.post(f"{address}/messages", said, format="json"),
        api.put(f"{address}/messages/1/reactions/👍"),
        api.put(f"{address}/closure", {"reason": "Twice over"}, format="json"),
        api.delete(f"{address}/closure"),
        api.put(f"{address}/pace", {"seconds": 30}, format="json"),
    ]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [
        (409, "room_over")
    ] * len(answers)


def test_no_talk_begins_about_a_merged_ticket(call, desk):
    ticket, twin = opened(desk["aminata"], "Mail"), opened(desk["aminata"], "Mail again")
    actions.merge(actor=desk["nadia"], ticket_id=ticket.pk, into_id=twin.pk)
    Room.objects.all().delete()

    asked = {"kind": "helpdesk.ticket", "id": ticket.pk}
    answer = call(desk["aminata"]).post("/api/v1/rooms", asked, format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "room_over")
    assert not Room.objects.exists()


def test_undoing_a_merger_brings_the_talk_back_as_it_was(browse, desk, ticket, room, twin):
    actions.undo_merge(actor=desk["nadia"], ticket_id=ticket.pk)

    said = post_message(actor=desk["farid"], room_id=room.pk, source="Me too", client_id="back")

    assert said.number == 4
    assert "550" in browse(desk["aminata"]).get(ticket.path).content.decode()
    assert f"/rooms/{room.pk}" not in browse(desk["aminata"]).get(twin.path).content.decode()


def test_volunteer_reads_a_merged_talk_once_they_looked_who_asked(browse, desk, ticket, room, twin):
    RoleGrant.objects.filter(person=desk["vera"]).update(volunteer=True)
    assert browse(desk["vera"]).get(f"/rooms/{room.pk}").status_code == 404
    assert f"/rooms/{room.pk}" not in browse(desk["vera"]).get(twin.path).content.decode()

    vera = Person.objects.get(pk=desk["vera"].pk)  # her roles were read
    actions.unmask(actor=vera, ticket_id=twin.pk, reason="To ring them back")

    assert browse(desk["vera"]).get(f"/rooms/{room.pk}").status_code == 200
    assert f'href="/rooms/{room.pk}"' in browse(desk["vera"]).get(twin.path).content.decode()


def test_rows_of_the_queue_are_the_page_s_by_the_same_filters(browse, desk, open_ticket, run_tasks):
    open_ticket()
    run_tasks()
    room = room_of("helpdesk.queue", open_ticket("omar").queue_id)
    client = browse(desk["vera"])

    rows = client.get("/queue/rows?waits_for=us&assigned=nobody").content.decode().strip()
    page = client.get("/queue?waits_for=us&assigned=nobody").content.decode()

    assert rows.startswith('<section id="queue"')
    assert rows in page
    assert f'data-live-rooms="{room.pk}:{room.head}"' in rows
    assert 'data-live-rooms=""' in browse(desk["odile"]).get("/queue/rows").content.decode()
    assert browse(desk["aminata"]).get("/queue/rows").status_code == 403


def test_secret_said_in_a_merged_talk_is_taken_out_where_it_is_read(desk, ticket, room, twin):
    actions.purge_secret(actor=desk["nadia"], ticket_id=twin.pk, texts=["It says 550"])

    said = ChatMessage.objects.filter(room=room).values_list("source", flat=True)
    assert not any("It says 550" in source for source in said)
