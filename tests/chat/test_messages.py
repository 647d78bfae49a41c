import re

import pytest
import time_machine
from django.utils import timezone

from chat import actions, queries
from chat.models import ChatMessage, Room
from core.errors import NotSeen
from tests.cast import SECRET
from tests.chat.ears import MOUTHS
from tests.faces import (
    DONE,
    FACES,
    INVALID,
    NOT_ALLOWED,
    SIGN_IN,
    TOO_MANY,
    UNSEEN,
    WRONG_MOMENT,
    Act,
)


def say(text="Hello", client_id="c1") -> Act:
    body = {"source": text, "client_id": client_id}
    return Act(
        page=lambda room: (f"/rooms/{room.pk}/messages", body),
        api=lambda room: ("POST", f"/api/v1/rooms/{room.pk}/messages", body),
    )


@pytest.mark.parametrize("face", FACES)
def test_both_sides_speak_and_numbers_have_no_holes(face, perform, cast, room):
    assert perform(face, cast.bao, say("One", "a"), room) == DONE
    assert perform(face, cast.aminata, say("Two", "a"), room) == DONE

    said = list(ChatMessage.objects.order_by("number").values_list("number", "source"))
    assert said == [(1, "One"), (2, "Two")]


@pytest.mark.parametrize("face", FACES)
def test_same_send_twice_is_one_message(face, perform, cast, room):
    assert perform(face, cast.bao, say("One", "same"), room) == DONE
    assert perform(face, cast.bao, say("One", "same"), room) == DONE

    assert ChatMessage.objects.count() == 1
    room.refresh_from_db()
    assert room.head == 1


@pytest.mark.parametrize("face", FACES)
def test_other_words_under_a_used_name_are_refused_and_the_same_are_the_same(
    face, perform, cast, room
):
    first = say(" One\r\nand a half ", "same")
    assert perform(face, cast.bao, first, room) == DONE
    assert perform(face, cast.bao, say("Another", "same"), room) == WRONG_MOMENT
    assert perform(face, cast.aminata, say("Another", "same"), room) == DONE

    for revision, text in enumerate(("Two", "Three"), 1):
        actions.edit_message(
            actor=cast.bao, room_id=room.pk, number=1, revision=revision, source=text
        )
    assert perform(face, cast.bao, first, room) == DONE
    assert perform(face, cast.bao, say("Three", "same"), room) == WRONG_MOMENT

    said = ChatMessage.objects.filter(kind="message").order_by("number")
    assert list(said.values_list("source", flat=True)) == ["Three", "Another"]


def test_same_send_after_its_words_were_purged_is_the_same_message(cast, room):
    facts = {"actor": cast.bao, "room_id": room.pk, "client_id": "same"}
    first = actions.post_message(source=f"It is {SECRET}", **facts)
    on = {"kind": room.thing_kind, "object_id": room.thing_id}
    actions.purge_words(actor=cast.moira, clean=lambda text: text.replace(SECRET, "…"), **on)

    assert actions.post_message(source=f"It is {SECRET}", **facts) == first


def test_going_back_and_sending_other_words_without_javascript_keeps_them(browse, cast, room):
    client, path = browse(cast.bao), f"/rooms/{room.pk}/messages"
    assert client.post(path, {"source": "One", "client_id": "used"}).status_code == 303

    refused = client.post(path, {"source": "Other words", "client_id": "used"})

    page = refused.content.decode()
    assert refused.status_code == 409
    assert "Other words</textarea>" in page
    assert "Yours was not sent yet" in page
    (name,) = re.findall(r'name="client_id" value="(.+?)"', page)
    assert name != "used"
    assert client.post(path, {"source": "Other words", "client_id": name}).status_code == 303
    said = ChatMessage.objects.order_by("number").values_list("source", flat=True)
    assert list(said) == ["One", "Other words"]


def test_other_words_with_a_secret_under_a_used_name_are_refused_too(browse, cast, room):
    client, path = browse(cast.bao), f"/rooms/{room.pk}/messages"
    assert client.post(path, {"source": "One", "client_id": "used"}).status_code == 303
    words = "The password is: password: hunter2hunter2X"

    refused = client.post(path, {"source": words, "client_id": "used"})

    assert refused.status_code == 409
    assert words in refused.content.decode()


@pytest.mark.parametrize("face", FACES)
def test_outsider_and_visitor_find_no_room(face, perform, cast, room):
    assert perform(face, cast.omar, say(), room) == UNSEEN
    assert perform(face, cast.moira, say(), room) == UNSEEN
    assert perform(face, None, say(), room) == SIGN_IN
    assert not ChatMessage.objects.exists()


@pytest.mark.parametrize("face", FACES)
def test_suspended_person_reads_and_does_not_speak(face, perform, cast, room):
    cast.bao.state = "suspended"
    cast.bao.save()

    assert perform(face, cast.bao, say(), room) == NOT_ALLOWED


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("text", ["", "   ", "é" * 5000])
def test_empty_and_too_long_are_refused(face, text, perform, cast, room):
    assert perform(face, cast.bao, say(text), room) == INVALID


@pytest.mark.parametrize("mouth", MOUTHS)
@pytest.mark.parametrize("text", ["a" * 8192, "ߒ" * 4096], ids=["ascii", "nko"])
def test_eight_kib_are_taken_and_a_byte_more_is_not(mouth, text, cast, room):
    assert MOUTHS[mouth](cast.bao, room, text, "all")
    assert not MOUTHS[mouth](cast.bao, room, f"{text}a", "more")

    said = ChatMessage.objects.filter(room=room, kind="message")
    assert [row.source for row in said] == [text]


def test_field_of_the_page_takes_eight_kib(browse, cast, room):
    page = browse(cast.bao).get(f"/rooms/{room.pk}").content.decode()

    assert 'name="source" maxlength="8192"' in page


@pytest.mark.parametrize("face", FACES)
def test_twenty_may_be_said_at_once_and_then_five_a_second(face, perform, cast, room):
    def said(count: int, start: int) -> list[str]:
        ids = [str(number) for number in range(start, start + count)]
        return [perform(face, cast.bao, say("Hello", name), room) for name in ids]

    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert said(21, 0) == [DONE] * 20 + [TOO_MANY]
        assert perform(face, cast.aminata, say("Hello", "hers"), room) == DONE
        clock.shift(0.4)
        assert said(3, 30) == [DONE] * 2 + [TOO_MANY]


def test_what_was_typed_is_kept_when_refused(browse, cast, room):
    text = "é" * 5000

    answer = browse(cast.bao).post(f"/rooms/{room.pk}/messages", {"source": text, "client_id": "a"})

    assert answer.status_code == 422
    assert text in answer.content.decode()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_outsider_is_told_of_no_room_before_a_word_about_the_form(headers, browse, cast, room):
    wrong = {"source": "é" * 9000, "client_id": ""}

    answers = {
        person: browse(person).post(f"/rooms/{room.pk}/messages", wrong, headers=headers)
        for person in (cast.omar, cast.bao)
    }

    assert [answer.status_code for answer in answers.values()] == [404, 422]


def test_answer_to_who_speaks_is_the_message_as_the_rooms_page_shows_it(
    browse, cast, room, assert_asks
):
    client = browse(cast.bao)
    client.get(f"/rooms/{room.pk}")  # which kind of thing it belongs to is known from now on
    actions.post_message(actor=cast.aminata, room_id=room.pk, source="Hello", client_id="a")

    # Four are read, one for the rule, one that is replied to; three written, in a savepoint.
    with assert_asks(11):
        answer = client.post(
            f"/rooms/{room.pk}/messages",
            {"source": "**Good** morning", "client_id": "b", "reply_to": 1},
            headers={"HX-Request": "true"},
        )

    shown = answer.content.decode().strip()
    assert "<strong>Good</strong>" in shown
    assert shown in client.get(f"/rooms/{room.pk}").content.decode()


def test_answer_to_who_sends_again_is_the_message_as_it_is_now(browse, cast, room):
    words = {"source": SECRET, "client_id": "a"}
    client = browse(cast.bao)
    first = client.post(f"/rooms/{room.pk}/messages", words, headers={"HX-Request": "true"})
    actions.edit_message(actor=cast.bao, room_id=room.pk, number=1, revision=1, source="Fine now")

    again = client.post(f"/rooms/{room.pk}/messages", words, headers={"HX-Request": "true"})

    assert SECRET in first.content.decode()
    assert "Fine now" in again.content.decode()
    assert SECRET not in again.content.decode()


def test_outsider_reads_nothing_by_page_and_api(browse, call, cast, room):
    actions.post_message(actor=cast.bao, room_id=room.pk, source=SECRET, client_id="a")

    for person in (cast.omar, cast.clara):
        for path in (f"/rooms/{room.pk}", f"/rooms/{room.pk}/messages"):
            answer = browse(person).get(path)
            assert answer.status_code in (404, 405)
            assert SECRET not in answer.content.decode()
        for path in ("", "/messages"):
            assert call(person).get(f"/api/v1/rooms/{room.pk}{path}").status_code == 404
    assert SECRET in browse(cast.aminata).get(f"/rooms/{room.pk}").content.decode()


def test_room_of_a_thing_without_rooms_is_not_there(cast, room):
    with pytest.raises(NotSeen):
        actions.open_room(actor=cast.bao, kind="forum.question", object_id=1)


def test_opening_twice_is_one_room(cast, claim, room):
    again = actions.open_room(actor=cast.aminata, kind="aid.claim", object_id=claim.pk)

    assert again == room
    assert Room.objects.count() == 1


def test_removed_message_keeps_its_number_and_loses_its_words(cast, room):
    message = actions.post_message(actor=cast.bao, room_id=room.pk, source=SECRET, client_id="a")
    ChatMessage.objects.filter(pk=message.pk).update(visibility="removed")

    events = queries.events_since(room.pk, 0)

    assert [event["number"] for event in events] == [1]
    assert SECRET not in str(events)


def test_api_names_what_was_said_as_its_sender_did(call, cast, room, say):
    say(cast.bao, room, client_id="mine-7")
    api = call(cast.bao)

    listed = api.get(f"/api/v1/rooms/{room.pk}/messages").json()["results"]
    again = api.post(
        f"/api/v1/rooms/{room.pk}/messages", {"source": "Hello", "client_id": "mine-7"}
    ).json()

    assert [row["client_id"] for row in listed] == ["mine-7"]
    assert (again["number"], again["client_id"]) == (1, "mine-7")


def test_api_reads_from_a_number_on(call, cast, room):
    for number in range(1, 6):
        actions.post_message(
            actor=cast.bao, room_id=room.pk, source=f"n{number}", client_id=str(number)
        )

    answer = call(cast.aminata).get(f"/api/v1/rooms/{room.pk}/messages?since=3")

    assert [row["number"] for row in answer.json()["results"]] == [4, 5]


@pytest.mark.parametrize("count", [3, 30])
def test_room_costs_the_same_with_more_messages(
    count, browse, call, cast, room, django_assert_max_num_queries
):
    for number in range(count):
        actions.post_message(actor=cast.bao, room_id=room.pk, source="x", client_id=str(number))
    client, api = browse(cast.aminata), call(cast.aminata)

    with django_assert_max_num_queries(9):
        assert client.get(f"/rooms/{room.pk}").status_code == 200
    with django_assert_max_num_queries(7):
        assert api.get(f"/api/v1/rooms/{room.pk}/messages").status_code == 200
