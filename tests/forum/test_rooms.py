"""The working room of a question."""

import pytest

from chat.actions import open_room, post_message
from chat.models import ChatMessage, Room, RoomMark
from chat.queries import own_rooms, room_of
from forum import actions
from people.actions import remove_post


@pytest.fixture
def asked(cast, run_tasks):
    question = actions.ask(
        actor=cast.aminata,
        title="Why does my mail land in spam?",
        source="It is.",
        language="en",
        tag_names=[],
    )

    run_tasks()
    return question


@pytest.fixture
def heard(run_tasks):
    def verbs(room):
        run_tasks()
        rows = ChatMessage.objects.filter(room=room).order_by("number")
        return [row.detail["verb"] for row in rows]

    return verbs


def test_room_hears_of_answers_comments_edits_and_acceptance(cast, asked, heard):
    room = room_of("forum.question", asked.pk)
    answer = actions.answer(actor=cast.bao, question_id=asked.pk, source="So.", language="en")
    actions.comment(actor=cast.omar, question_id=asked.pk, source="Thank you.")
    actions.edit_answer(actor=cast.bao, answer_id=answer.pk, revision=1, source="So there.")
    actions.accept_answer(actor=cast.aminata, question_id=asked.pk, answer_id=answer.pk)

    assert sorted(heard(room)) == [
        "forum.answer_accepted",
        "forum.answer_edited",
        "forum.answer_posted",
        "forum.comment_posted",
        "forum.question_asked",
    ]


def test_room_hears_of_what_is_taken_away_and_not_of_what_was_never_seen(cast, asked, heard):
    room = open_room(actor=cast.omar, kind="forum.question", object_id=asked.pk)
    answer = actions.answer(actor=cast.bao, question_id=asked.pk, source="So.", language="en")
    type(answer).objects.filter(pk=answer.pk).update(visibility="pending")
    assert heard(room) == ["forum.question_asked"]

    remove_post(
        actor=cast.moira, kind="forum.answer", object_id=answer.pk, rule="spam", reason="Spam."
    )

    assert heard(room) == ["forum.question_asked", "people.post_removed"]


def test_everyone_signed_in_enters_and_nobody_a_removed_question(browse, cast, asked):
    room = open_room(actor=cast.omar, kind="forum.question", object_id=asked.pk)
    assert browse(cast.panel).get(f"/rooms/{room.pk}").status_code == 200
    assert browse().get(f"/rooms/{room.pk}").status_code == 302

    remove_post(
        actor=cast.moira, kind="forum.question", object_id=asked.pk, rule="spam", reason="Spam."
    )

    assert browse(cast.omar).get(f"/rooms/{room.pk}").status_code == 404
    assert browse(cast.moira).get(f"/rooms/{room.pk}").status_code == 200


def test_page_says_how_many_answers_are_newer(browse, cast, asked):
    first = actions.answer(actor=cast.bao, question_id=asked.pk, source="So.", language="en")
    client = browse(cast.aminata)
    page = client.get(asked.path).content.decode()
    path = f"/questions/{asked.pk}/newer?since="
    assert f'data-live-fragment="/questions/{asked.pk}/newer" data-since="{first.pk}"' in page
    assert "new answer" not in client.get(f"{path}{first.pk}").content.decode()

    ids = [
        actions.answer(actor=who, question_id=asked.pk, source="Or so.", language="en").pk
        for who in (cast.omar, cast.nadia)
    ]
    bar = client.get(f"{path}{first.pk}").content.decode()

    assert "2 new answers" in bar
    assert f'href="/answers/{ids[0]}"' in bar
    found = client.get(f"/answers/{ids[0]}")
    assert found.headers["Location"] == f"{asked.path}#answer-{ids[0]}"
    remove_post(actor=cast.moira, kind="forum.answer", object_id=ids[0], rule="spam", reason="No.")
    assert "1 new answer" in client.get(f"{path}{first.pk}").content.decode()
    for odd in ("x", "9" * 40, "%00"):
        assert client.get(f"{path}{odd}").status_code == 200
    assert browse().get(f"{path}0").status_code == 302


def test_news_of_answers_bring_how_the_question_stands_along(browse, cast, asked):
    client, path = browse(cast.aminata), f"/questions/{asked.pk}/newer?since=0"
    page = client.get(asked.path).content.decode()
    assert '<h2 id="answer-count">0 answers</h2>' in page
    assert "Waiting for an answer" in page.partition('id="question-state"')[2].partition("</p>")[0]
    assert "Waiting for an answer" in client.get(path).content.decode()

    actions.lock_question(actor=cast.moira, question_id=asked.pk, reason="dispute")
    for waits_no_more in (path, asked.path):
        assert "Waiting for an answer" not in client.get(waits_no_more).content.decode()
    actions.unlock_question(actor=cast.moira, question_id=asked.pk)

    row = actions.answer(actor=cast.bao, question_id=asked.pk, source="So.", language="en")
    part = client.get(path).content.decode()
    assert "1 new answer" in part
    assert '<h2 id="answer-count">1 answer</h2>' in part
    assert '<span id="question-state"></span>' in part

    actions.accept_answer(actor=cast.aminata, question_id=asked.pk, answer_id=row.pk)
    part = client.get(path).content.decode()
    assert "Solved" in part.partition('id="question-state"')[2]


def test_page_is_told_of_news_also_where_nobody_talks(browse, cast, asked, heard):
    page = browse(cast.bao).get(asked.path).content.decode()
    room = room_of("forum.question", asked.pk)
    actions.answer(actor=cast.omar, question_id=asked.pk, source="So.", language="en")

    assert f'data-live-rooms="{room.pk}:1"' in page
    assert "Open the live conversation" in page
    assert 'data-room="' not in page
    assert heard(room) == ["forum.question_asked", "forum.answer_posted"]
    assert list(own_rooms(cast.omar)) == list(own_rooms(cast.aminata)) == []
    assert "data-live-rooms" not in browse().get(asked.path).content.decode()


def test_question_from_before_is_told_of_from_its_next_news_on(browse, cast, asked, heard):
    Room.objects.all().delete()
    path = f'data-live-fragment="/questions/{asked.pk}/newer"'
    page = browse(cast.bao).get(asked.path).content.decode()
    assert path in page
    assert "data-live-rooms" not in page

    actions.comment(actor=cast.omar, question_id=asked.pk, source="Thank you.")
    heard(None)

    room = room_of("forum.question", asked.pk)
    page = browse(cast.bao).get(asked.path).content.decode()
    assert f'data-live-rooms="{room.pk}:1"' in page


def test_talk_is_there_from_the_first_who_opens_it_or_speaks(browse, cast, asked):
    room = room_of("forum.question", asked.pk)
    assert not RoomMark.objects.exists()

    same = open_room(actor=cast.omar, kind="forum.question", object_id=asked.pk)

    assert same == room
    people = RoomMark.objects.filter(room=room).values_list("person__handle", flat=True)
    assert set(people) == {"omar", "aminata"}
    RoomMark.objects.all().delete()
    assert 'data-room="' not in browse(cast.bao).get(asked.path).content.decode()
    post_message(actor=cast.omar, room_id=room.pk, source="Hello", client_id="1")
    assert 'data-room="' in browse(cast.bao).get(asked.path).content.decode()


def test_room_is_opened_from_the_question_and_visitors_see_none(browse, cast, asked):
    client = browse(cast.bao)
    assert "Open the live conversation" in client.get(asked.path).content.decode()
    assert "conversation" not in browse().get(asked.path).content.decode()

    form = {"kind": "forum.question", "id": asked.pk, "next": asked.path}
    answer = client.post("/rooms", form)

    assert answer.headers["Location"] == f"{asked.path}#chat"
    assert 'data-room="' in client.get(asked.path).content.decode()
    assert 'data-room="' not in browse().get(asked.path).content.decode()
