"""How far one is in a room, one's conversations, and the search of what was said."""

import re
from html import unescape
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat import actions, queries
from chat.models import ChatMessage, RoomMark
from chat.queries import SHOWN
from tests.cast import SECRET
from tests.faces import DONE, FACES, INVALID, SIGN_IN, UNSEEN, Act


def seeing(number) -> Act:
    body = {"number": number}
    return Act(
        page=lambda room: (f"/rooms/{room.pk}/mark", body),
        api=lambda room: ("PUT", f"/api/v1/rooms/{room.pk}/mark", body),
    )


MUTE = Act(
    page=lambda room: (f"/rooms/{room.pk}/mute", {}),
    api=lambda room: ("PUT", f"/api/v1/rooms/{room.pk}/mute", None),
)
UNMUTE = Act(
    page=lambda room: (f"/rooms/{room.pk}/mute/undo", {}),
    api=lambda room: ("DELETE", f"/api/v1/rooms/{room.pk}/mute", None),
)


def seen_by(person, room):
    return RoomMark.objects.get(person=person, room=room).seen


@pytest.mark.parametrize("face", FACES)
def test_mark_moves_forward_alone_and_never_beyond_the_head(face, perform, cast, room, say):
    for _ in range(3):
        say(cast.aminata, room)

    for asked, kept in ((2, 2), (1, 2), (99, 3)):
        assert perform(face, cast.bao, seeing(asked), room) == DONE
        assert seen_by(cast.bao, room) == kept


@pytest.mark.parametrize("face", FACES)
def test_strangers_mark_and_mute_nothing(face, perform, cast, room):
    for deed in (seeing(1), MUTE, UNMUTE):
        assert perform(face, cast.omar, deed, room) == UNSEEN
        assert perform(face, None, deed, room) == SIGN_IN
    assert perform(face, cast.bao, seeing(-1), room) == INVALID
    assert not RoomMark.objects.filter(person=cast.omar).exists()


@pytest.mark.parametrize("face", FACES)
def test_muting_twice_is_once_and_is_taken_back(face, perform, cast, room):
    assert perform(face, cast.bao, MUTE, room) == DONE
    first = RoomMark.objects.get(person=cast.bao).muted_at
    assert perform(face, cast.bao, MUTE, room) == DONE
    assert RoomMark.objects.get(person=cast.bao).muted_at == first
    assert perform(face, cast.bao, UNMUTE, room) == DONE
    assert perform(face, cast.bao, UNMUTE, room) == DONE

    assert RoomMark.objects.get(person=cast.bao).muted_at is None


def unread(person):
    return {room.pk: room.unread for room in queries.own_rooms(person)}


def test_unread_counts_what_others_said_above_the_mark(cast, room, say):
    say(cast.bao, room)
    say(cast.aminata, room)
    third = say(cast.bao, room)
    actions.react(actor=cast.bao, room_id=room.pk, number=2, emoji="👍")
    say(cast.bao, room)

    assert unread(cast.aminata) == {room.pk: 3}
    actions.mark_seen(actor=cast.aminata, room_id=room.pk, number=1)
    assert unread(cast.aminata) == {room.pk: 2}
    actions.remove_message(actor=cast.bao, room_id=room.pk, number=third.number)
    assert unread(cast.aminata) == {room.pk: 1}
    assert unread(cast.omar) == {}


def test_answering_on_the_page_is_having_read_it(browse, cast, room, say):
    say(cast.aminata, room)
    client = browse(cast.bao)

    client.post(f"/rooms/{room.pk}/messages", {"source": "Yes", "client_id": "a", "seen": 1})

    assert seen_by(cast.bao, room) == 1
    assert unread(cast.bao) == {room.pk: 0}


def test_room_of_a_thing_lost_from_sight_is_ones_own_no_more(cast, question, working_room, say):
    say(cast.bao, working_room)
    say(cast.omar, working_room)
    assert unread(cast.omar) == {working_room.pk: 1}

    question.visibility = "removed"
    question.save()

    assert unread(cast.omar) == {}
    assert unread(cast.moira) == {}


def test_conversations_stand_in_the_list_on_page_and_api(browse, call, cast, room, say):
    say(cast.aminata, room, f"Hello {SECRET}")

    page = browse(cast.bao).get("/rooms").content.decode()
    rows = call(cast.bao).get("/api/v1/rooms?unread=true").json()["results"]

    assert f"Hello {SECRET}" in page
    assert "1 unread" in page
    assert [(row["id"], row["unread"], row["seen"]) for row in rows] == [(room.pk, 1, 0)]
    actions.mark_seen(actor=cast.bao, room_id=room.pk, number=1)
    assert call(cast.bao).get("/api/v1/rooms?unread=true").json()["results"] == []
    assert "No conversation here" in browse(cast.bao).get("/rooms?unread=1").content.decode()
    for path in ("/rooms", f"/rooms?q={SECRET[:5]}", f"/rooms?q={SECRET[:5]}&everywhere=1"):
        assert f"Hello {SECRET}" not in browse(cast.omar).get(path).content.decode()
    assert call(cast.omar).get("/api/v1/rooms").json()["results"] == []


def test_new_line_stands_above_what_others_said_since(browse, cast, room, say):
    say(cast.aminata, room, "Old")
    actions.mark_seen(actor=cast.bao, room_id=room.pk, number=1)
    say(cast.bao, room, "Mine")
    for text in ("New", "Newer"):
        say(cast.aminata, room, text)

    page = browse(cast.bao).get(f"/rooms/{room.pk}").content.decode()

    assert page.index("Mine") < page.index('id="chat-new"') < page.index(">New<")
    assert "2 new" in page
    assert 'data-head="4" data-seen="1" data-me="bao"' in page
    assert 'id="chat-new"' not in browse(cast.moira).get("/rooms").content.decode()


@pytest.fixture
def said_many(cast, room, say):
    """Return a function by which aminata says so many things."""

    def do(count):
        for number in range(count):
            say(cast.aminata, room, f"Many {number}")

    return do


def test_new_line_counts_what_is_not_shown_and_leads_to_the_first(
    browse, cast, room, say, said_many
):
    say(cast.aminata, room, "Old")
    actions.mark_seen(actor=cast.bao, room_id=room.pk, number=1)
    say(cast.bao, room, "Mine")
    said_many(SHOWN + 20)
    for number in (5, SHOWN + 10):
        actions.remove_message(actor=cast.aminata, room_id=room.pk, number=number)
    count = SHOWN + 18

    page = browse(cast.bao).get(f"/rooms/{room.pk}").content.decode()
    link = f'<a href="/rooms/{room.pk}?at=3#message-3">'

    assert f"{count} new" in page
    assert page.index('id="chat-new"') < page.index(link) < page.index(">Many 20<")
    assert ">Many 19<" not in page
    assert ">Many 0<" in browse(cast.bao).get(f"/rooms/{room.pk}?at=3").content.decode()
    assert f"{count} unread" in browse(cast.bao).get("/rooms").content.decode()


def test_new_line_asks_no_more_where_all_of_it_is_shown(browse, cast, room, said_many):
    said_many(SHOWN + 1)
    client = browse(cast.bao)

    def asked(seen):
        RoomMark.objects.filter(person=cast.bao).update(seen=seen)
        with CaptureQueriesContext(connection) as found:
            page = client.get(f"/rooms/{room.pk}").content.decode()
        return len(found), "#message-1" in page, 'id="chat-new"' in page

    asked(1)
    few, has_link, has_line = asked(1)

    assert (has_link, has_line) == (False, True)
    assert asked(0) == (few + 1, True, True)
    assert asked(SHOWN + 1) == (few - 1, False, False)  # nor in the menu: all is read


def test_history_is_read_forward_page_by_page_to_the_newest(browse, cast, room, say, said_many):
    """What happened to messages has numbers too: no message is passed over."""
    client = browse(cast.bao)
    for _ in range(3):
        said_many(SHOWN - 10)
        actions.react(actor=cast.bao, room_id=room.pk, number=1, emoji="👍")
        actions.unreact(actor=cast.bao, room_id=room.pk, number=1, emoji="👍")
    actions.remove_message(actor=cast.aminata, room_id=room.pk, number=SHOWN + 3)
    rows = ChatMessage.objects.filter(kind="message").order_by("number")
    numbers = list(rows.values_list("number", flat=True))
    pages, path = [], f"/rooms/{room.pk}?before=4"

    while path:
        page = client.get(path.partition("#")[0]).content.decode()
        pages.append([int(number) for number in re.findall(r'<li id="message-(\d+)"', page)])
        assert "#" not in path or f'id="{path.partition("#")[2]}"' in page
        link = re.search(r'<a href="([^"]*)">Later messages</a>', page)
        path = unescape(link[1]) if link else ""

    assert pages[:3] == [numbers[:3], numbers[3 : SHOWN + 3], numbers[SHOWN + 3 : 2 * SHOWN + 3]]
    assert pages[3:] == [numbers[-SHOWN:]]
    assert "Newest messages" not in page


def test_page_after_which_nothing_comes_has_none_later(browse, cast, room, said_many):
    said_many(2)
    client = browse(cast.bao)

    assert "Later messages" not in client.get(f"/rooms/{room.pk}?before=9").content.decode()
    assert "Later messages" in client.get(f"/rooms/{room.pk}?before=2").content.decode()
    assert "Newest messages" not in client.get(f"/rooms/{room.pk}?from=9").content.decode()


def test_own_words_are_nothing_new(browse, cast, room, say, said_many):
    """Nor are they counted with those of others that stand before them."""
    for number in range(SHOWN + 2):
        say(cast.bao, room, f"Mine {number}")
    client = browse(cast.bao)
    assert 'id="chat-new"' not in client.get(f"/rooms/{room.pk}").content.decode()

    actions.mark_seen(actor=cast.bao, room_id=room.pk, number=SHOWN + 2)
    said_many(2)
    for number in range(SHOWN):
        say(cast.bao, room, f"Mine again {number}")
    page = client.get(f"/rooms/{room.pk}").content.decode()

    assert "2 new" in page
    assert f"?at={SHOWN + 3}#message-{SHOWN + 3}" in page


@pytest.mark.parametrize("words", [SECRET, SECRET.lower(), f"hello {SECRET}"])
def test_search_finds_in_the_rooms_one_took_part_in(words, browse, call, cast, room, say):
    say(cast.aminata, room, f"Hello {SECRET} & <b>all</b>")
    say(cast.aminata, room, "Something else")

    page = browse(cast.bao).get("/rooms", {"q": words}).content.decode()
    found = call(cast.bao).get("/api/v1/messages", {"q": words}).json()["results"]

    assert [row["number"] for row in found] == [1]
    assert "<mark>" in page
    assert "&amp; &lt;b&gt;all&lt;/b&gt;" in page
    assert f"/rooms/{room.pk}?at=1#message-1" in page
    for person, more in product((cast.omar, cast.moira), ({}, {"everywhere": "1"})):
        asked = {"q": words, **more}
        assert call(person).get("/api/v1/messages", asked).json()["results"] == []
        assert "Nothing found" in browse(person).get("/rooms", asked).content.decode()


def test_search_goes_on_where_one_may_enter_and_never_was(browse, call, cast, working_room, say):
    say(cast.bao, working_room, f"Hello {SECRET}")
    asked = {"q": SECRET}

    page = browse(cast.omar).get("/rooms", asked).content.decode()

    assert "Nothing found" in page
    assert call(cast.omar).get("/api/v1/messages", asked).json()["results"] == []
    (link,) = re.findall(r'href="([^"]*)">Lately, wherever I may enter<', page)
    page = browse(cast.omar).get(unescape(link)).content.decode()
    assert f"/rooms/{working_room.pk}?at=1#message-1" in page
    found = call(cast.omar).get("/api/v1/messages", {**asked, "everywhere": True}).json()
    assert [row["number"] for row in found["results"]] == [1]


def test_search_goes_as_far_back_in_ones_own_rooms_alone(
    call, cast, working_room, say, monkeypatch
):
    monkeypatch.setattr("chat.queries.lists.LATELY", 2)
    for number in range(1, 4):
        say(cast.bao, working_room, f"Hello {SECRET} {number}")

    for person, everywhere, numbers in (
        (cast.bao, False, [3, 2, 1]),
        (cast.bao, True, [3, 2]),
        (cast.omar, True, [3, 2]),
    ):
        asked = {"q": SECRET, "everywhere": everywhere}
        found = call(person).get("/api/v1/messages", asked).json()["results"]
        assert [row["number"] for row in found] == numbers


def test_search_takes_wildcards_for_what_they_are(call, cast, room, say):
    say(cast.aminata, room, "100 %_ sure")
    say(cast.aminata, room, "abc")

    found = call(cast.bao).get("/api/v1/messages", {"q": "%_"}).json()["results"]

    assert [row["number"] for row in found] == [1]
    assert call(cast.bao).get("/api/v1/messages", {"q": "a"}).status_code == 422


@pytest.mark.parametrize(
    "words", ["échec", "ECHEC", "important tres", "très important", "e\u0301chec"]
)
def test_search_finds_each_word_whatever_its_accents(words, browse, call, cast, room, say):
    say(cast.aminata, room, "Échec, très **important** !")
    say(cast.aminata, room, "Very important, and a succès")

    page = browse(cast.bao).get("/rooms", {"q": words}).content.decode()
    found = call(cast.bao).get("/api/v1/messages", {"q": words}).json()["results"]

    assert [row["number"] for row in found] == [1]
    marked = re.findall("<mark>(.*?)</mark>", page)
    assert marked in (["Échec"], ["très", "important"])


@pytest.mark.parametrize("more", [{}, {"everywhere": "1"}])
def test_search_for_next_to_nothing_finds_nothing(browse, call, cast, room, say, more):
    say(cast.aminata, room, "a word")

    page = browse(cast.bao).get("/rooms", {"q": "a", **more})
    found = call(cast.bao).get("/api/v1/messages", {"q": "a a", **more})

    assert (page.status_code, found.status_code) == (200, 200)
    assert "Nothing found" in page.content.decode()
    assert found.json()["results"] == []


def test_search_shows_the_words_around_the_first_that_was_found(browse, cast, room, say):
    say(cast.aminata, room, f"{'before ' * 40}éCHEC {'after ' * 40} échec")

    page = browse(cast.bao).get("/rooms", {"q": "echec"}).content.decode()

    assert re.findall("<mark>(.*?)</mark>", page) == ["éCHEC"]
    assert re.search(r"…\w* (before )+<mark>éCHEC</mark>( after)+ \w*…", page)


def test_search_is_paged(call, cast, room, say):
    for number in range(30):
        say(cast.aminata, room, f"word {number}")

    first = call(cast.bao).get("/api/v1/messages", {"q": "word"}).json()
    second = call(cast.bao).get(first["next"]).json()

    numbers = [row["number"] for page in (first, second) for row in page["results"]]
    assert numbers == list(range(30, 0, -1))


@pytest.mark.parametrize("count", [2, 20])
def test_lists_cost_the_same_however_long(count, browse, call, cast, room, say, assert_asks):
    for number in range(count):
        say(cast.aminata, room, f"word {number}")
    client, api = browse(cast.bao), call(cast.bao)

    with assert_asks(5):
        assert client.get("/rooms").status_code == 200
    with assert_asks(4):
        assert client.get("/rooms?q=word").status_code == 200
    with assert_asks(3):
        assert api.get("/api/v1/rooms").status_code == 200
    with assert_asks(4):
        assert api.get("/api/v1/messages?q=word").status_code == 200
