"""Replies, files and what is kept of a talk."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from chat import actions, queries
from chat.models import ChatMessage, Reaction, Room, RoomMark
from core.errors import TooMany
from core.files import files_of
from core.models import WaitingFile
from core.things import thing_of
from tests.cast import SECRET
from tests.chat.test_messages import say as saying
from tests.faces import DONE, FACES, INVALID, Act


def text_file(name="notes.txt", text="Some notes."):
    return SimpleUploadedFile(name, text.encode(), "text/plain")


def replying(number) -> Act:
    body = {"source": "I agree", "client_id": "r", "reply_to": number}
    return Act(
        page=lambda room: (f"/rooms/{room.pk}/messages", body),
        api=lambda room: ("POST", f"/api/v1/rooms/{room.pk}/messages", body),
    )


@pytest.mark.parametrize("face", FACES)
def test_reply_names_what_it_replies_to(face, perform, browse, call, cast, room, say):
    say(cast.bao, room, "Shall we meet?")

    assert perform(face, cast.aminata, replying(1), room) == DONE

    assert ChatMessage.objects.get(number=2).reply_to.number == 1
    page = browse(cast.bao).get(f"/rooms/{room.pk}").content.decode()
    assert f'href="/rooms/{room.pk}?at=1#message-1"><bdi>Bao</bdi>' in page
    rows = call(cast.bao).get(f"/api/v1/rooms/{room.pk}/messages").json()["results"]
    assert [row["reply_to"] for row in rows] == [None, 1]
    assert queries.events_since(room.pk, 1)[0]["reply_to"] == 1


@pytest.mark.parametrize("face", FACES)
def test_reply_to_what_is_not_there_is_refused(face, perform, cast, room, working_room, say):
    say(cast.bao, room)
    actions.react(actor=cast.aminata, room_id=room.pk, number=1, emoji="👍")
    actions.remove_message(actor=cast.bao, room_id=room.pk, number=1)
    for _ in range(5):
        say(cast.bao, working_room)

    for number in (1, 2, 3, 5, 99):
        assert perform(face, cast.bao, replying(number), room) == INVALID


def test_page_puts_the_reply_into_the_form(browse, cast, room, say):
    say(cast.bao, room, "Shall we meet?")

    page = browse(cast.aminata).get(f"/rooms/{room.pk}?at=1&reply=1").content.decode()

    assert '<input type="hidden" name="reply_to" value="1">' in page
    for other in ("9", "x", "1" * 30):
        page = browse(cast.aminata).get(f"/rooms/{room.pk}?reply={other}").content.decode()
        assert '<input type="hidden" name="reply_to" value="">' in page


def test_files_are_kept_and_served_to_who_may_enter(browse, call, cast, room):
    form = {"source": "Look", "client_id": "a", "attachments": [text_file(text=SECRET)]}
    assert browse(cast.bao).post(f"/rooms/{room.pk}/messages", form).status_code == 303
    form = {"client_id": "b", "attachments": [text_file("b.txt"), text_file("c.txt")]}
    answer = call(cast.bao).post(f"/api/v1/rooms/{room.pk}/messages", form, format="multipart")
    assert answer.status_code == 201
    sent = answer.json()["attachments"]
    assert [file["name"] for file in sent] == ["b.txt", "c.txt"]
    assert call(cast.aminata).get(sent[0]["url"]).status_code == 200
    assert call(cast.omar).get(sent[0]["url"]).status_code == 404

    first, second = ChatMessage.objects.order_by("number")
    assert (first.file_count, second.file_count) == (1, 2)
    (file,) = files_of(first)
    url = file.get_absolute_url()
    assert SECRET in browse(cast.aminata).get(url).content.decode()
    for person in (cast.omar, cast.moira):
        assert browse(person).get(url).status_code == 404
    assert browse().get(url).status_code in (302, 404)
    assert "notes.txt" in browse(cast.aminata).get(f"/rooms/{room.pk}").content.decode()
    actions.remove_message(actor=cast.bao, room_id=room.pk, number=1)
    assert browse(cast.aminata).get(url).status_code == 404
    assert "notes.txt" not in browse(cast.aminata).get(f"/rooms/{room.pk}").content.decode()


def test_bad_file_says_nothing_and_takes_no_number(browse, call, cast, room):
    bad = SimpleUploadedFile("x.exe", b"MZ\x00\x01", "application/octet-stream")
    form = {"source": "Look", "client_id": "a", "attachments": [bad]}

    answer = browse(cast.bao).post(f"/rooms/{room.pk}/messages", form)

    assert answer.status_code == 422
    assert "Look" in answer.content.decode()
    room.refresh_from_db()
    assert (room.head, ChatMessage.objects.count()) == (0, 0)


def refusals(monkeypatch, room):
    """Yield what a form with a file is refused for, each with what makes it fit again."""
    yield {"source": "é" * 5000}, lambda: None
    counts = actions.count_message
    monkeypatch.setattr(actions, "count_message", _too_fast)
    yield {"source": "Look"}, lambda: monkeypatch.setattr(actions, "count_message", counts)
    Room.objects.filter(pk=room.pk).update(slow_seconds=3600)
    yield {"source": "Look"}, lambda: Room.objects.update(slow_seconds=0)
    bad = SimpleUploadedFile("x.exe", b"MZ\x00\x01", "application/octet-stream")
    yield {"source": "Look", "attachments": [bad]}, lambda: None


def _too_fast(*, actor):
    raise TooMany(retry_after=1)


def test_files_of_a_refused_form_wait_and_go_with_the_next(browse, cast, room, monkeypatch):
    client, path = browse(cast.bao), f"/rooms/{room.pk}/messages"
    for number, (wrong, mend) in enumerate(refusals(monkeypatch, room), start=1):
        files = [text_file(f"{number}.txt"), *wrong.pop("attachments", ())]
        form = {**wrong, "client_id": f"c{number}", "attachments": files}

        refused = client.post(path, form)
        html = refused.content.decode()
        keys = re.findall(r'name="waiting" value="([^"]+)"', html)
        mend()

        assert (refused.status_code in (422, 429), len(keys)) == (True, 1)
        assert f"{number}.txt" in html
        assert "not kept" not in html.partition('id="say"')[2]
        again = {"source": "Now", "client_id": f"c{number}", "waiting": keys}
        assert browse(cast.aminata).post(path, {**again, "source": ""}).status_code == 422
        for _time in range(2):
            assert client.post(path, again).status_code == 303
        said = ChatMessage.objects.get(client_id=f"c{number}")
        assert [file.name for file in files_of(said)] == [f"{number}.txt"]
    assert not WaitingFile.objects.exists()


def test_file_that_waits_is_taken_out_again(browse, cast, room):
    client, path = browse(cast.bao), f"/rooms/{room.pk}/messages"
    form = {"source": "é" * 5000, "client_id": "a", "attachments": [text_file()]}
    (key,) = re.findall(r'name="waiting" value="([^"]+)"', client.post(path, form).content.decode())

    client.post(path, {"source": "Now", "client_id": "a", "waiting": key, "drop": key})

    assert ChatMessage.objects.get().file_count == 0
    assert not WaitingFile.objects.exists()


def test_without_words_and_files_nothing_is_said(perform, cast, room):
    assert perform("page", cast.bao, saying(""), room) == INVALID


def test_those_who_take_part_have_the_room_from_its_opening(cast, room):
    people = {mark.person.handle for mark in RoomMark.objects.filter(room=room)}

    assert {"bao"} <= people <= {"bao", "aminata"}


def test_export_holds_what_one_said_and_erasing_what_is_taken_out(cast, room, say):
    say(cast.bao, room, f"First words {SECRET}")
    actions.edit_message(
        actor=cast.bao, room_id=room.pk, number=1, revision=1, source="Second words"
    )
    actions.react(actor=cast.bao, room_id=room.pk, number=1, emoji="🎉")

    told = thing_of("chat.message").export(cast.bao)
    assert [row.get("source") for row in told] == ["Second words", None, None]
    assert [row.get("said_before") for row in told] == [None, f"First words {SECRET}", None]
    assert told[2]["emoji"] == "🎉"
    assert thing_of("chat.room").export(cast.bao)[0]["room"] == room.pk
    assert SECRET not in str(thing_of("chat.message").export(cast.aminata))

    thing_of("chat.message").erase(cast.bao)
    thing_of("chat.room").erase(cast.bao)

    assert not ChatMessage.objects.filter(source__contains=SECRET).exists()
    assert ChatMessage.objects.get(number=1).source == "Second words"
    assert not Reaction.objects.filter(person=cast.bao).exists()
    assert not RoomMark.objects.filter(person=cast.bao).exists()


@pytest.mark.parametrize("count", [3, 30])
def test_panel_costs_the_same_with_files_reactions_and_replies(
    count, browse, cast, room, say, assert_asks
):
    for number in range(count):
        say(cast.aminata, room, reply_to=1 if number else None, uploads=[text_file()])
        actions.react(actor=cast.bao, room_id=room.pk, number=2 * number + 1, emoji="🎉")
    for number in (1, 3):
        actions.remove_message(actor=cast.aminata, room_id=room.pk, number=number)
    client = browse(cast.bao)

    with assert_asks(9):
        assert client.get(f"/rooms/{room.pk}").status_code == 200
