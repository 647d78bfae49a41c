"""Closed rooms and slow ones, on all faces."""

import pytest
import time_machine
from django.utils import timezone

from chat import actions, rooms
from chat.models import RoomClosure
from core.models import JournalLine
from people.actions import flag
from people.models import LogLine
from tests.cast import SECRET
from tests.chat.test_messages import say as saying
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


def act(noun, body, method="PUT", undo="") -> Act:
    return Act(
        page=lambda room: (f"/rooms/{room.pk}/{noun}{undo}", body or {}),
        api=lambda room: (method, f"/api/v1/rooms/{room.pk}/{noun}", body),
    )


CLOSE = act("closure", {"reason": "It is solved.", "rule": "dispute"})
REOPEN = act("closure", None, "DELETE", "/undo")
SLOW = act("pace", {"seconds": 30})


@pytest.mark.parametrize("face", FACES)
def test_moderator_closes_and_opens_again(face, perform, cast, working_room, stream):
    assert perform(face, cast.moira, REOPEN, working_room) == WRONG_MOMENT
    assert perform(face, cast.moira, CLOSE, working_room) == DONE
    assert perform(face, cast.moira, CLOSE, working_room) == WRONG_MOMENT
    assert perform(face, cast.moira, REOPEN, working_room) == DONE
    assert perform(face, cast.moira, CLOSE, working_room) == DONE

    assert stream(working_room) == [(1, "closed"), (2, "reopened"), (3, "closed")]
    assert RoomClosure.objects.filter(undone_at=None).count() == 1


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("deed", [CLOSE, REOPEN, SLOW])
def test_others_do_not_moderate(face, deed, perform, cast, room, working_room):
    assert perform(face, cast.bao, deed, working_room) == NOT_ALLOWED
    assert perform(face, cast.aminata, deed, room) == NOT_ALLOWED
    assert perform(face, cast.moira, deed, room) == UNSEEN
    assert perform(face, cast.omar, deed, room) == UNSEEN
    assert perform(face, None, deed, room) == SIGN_IN


@pytest.mark.parametrize("face", FACES)
def test_moderator_whom_a_flag_brought_closes_a_room_they_may_not_enter(
    face, perform, browse, call, cast, room, say, stream, run_tasks
):
    message = say(cast.bao, room, "flagged words")
    say(cast.aminata, room, f"private {SECRET}")
    for deed in (CLOSE, SLOW, REOPEN):
        assert perform(face, cast.moira, deed, room) == UNSEEN
    flag(actor=cast.aminata, kind="chat.message", object_id=message.pk, reason="unkind")

    assert perform(face, cast.moira, CLOSE, room) == DONE
    assert perform(face, cast.moira, CLOSE, room) == WRONG_MOMENT
    assert perform(face, cast.bao, saying("More"), room) == WRONG_MOMENT
    assert "It is solved." in browse(cast.bao).get(f"/rooms/{room.pk}").content.decode()
    assert perform(face, cast.bao, REOPEN, room) == NOT_ALLOWED
    assert perform(face, cast.omar, REOPEN, room) == UNSEEN
    assert perform(face, cast.moira, REOPEN, room) == DONE
    assert perform(face, cast.bao, saying("More"), room) == DONE
    assert perform(face, cast.moira, SLOW, room) == DONE

    assert [kind for _number, kind in stream(room)][2:] == [
        "closed",
        "reopened",
        "message",
        "slowed",
    ]
    assert browse(cast.moira).get(f"/rooms/{room.pk}").status_code == 404
    assert call(cast.moira).get(f"/api/v1/rooms/{room.pk}").status_code == 404
    run_tasks()
    shown = call().get("/api/v1/moderation/log").json()["results"]
    assert [(row["text"], row["thing"]) for row in shown] == [
        (text, "a conversation") for text in ("Pace changed", "Opened again", "Closed")
    ]


def test_page_of_a_flagged_message_offers_to_close_its_room_and_comes_back(
    browse, call, cast, room, say
):
    message = say(cast.bao, room, "flagged words")
    say(cast.aminata, room, f"private {SECRET}")
    flag(actor=cast.aminata, kind="chat.message", object_id=message.pk, reason="unkind")
    here, moderator = f"/rooms/{room.pk}?at=1", browse(cast.moira)
    assert "Close it" in moderator.get(here).content.decode()

    closed = moderator.post(f"/rooms/{room.pk}/closure", {"reason": "Be kind.", "next": here})

    assert closed.headers["Location"].startswith(here)
    page = moderator.get(here).content.decode()
    assert "Be kind." in page
    assert "Open it again" in page
    assert SECRET not in page
    by_program = call(cast.moira).delete(f"/api/v1/rooms/{room.pk}/closure")
    assert (by_program.status_code, by_program.content) == (204, b"")


@pytest.mark.parametrize("face", FACES)
def test_reason_and_pace_are_checked(face, perform, cast, working_room):
    assert perform(face, cast.moira, act("closure", {"reason": " "}), working_room) == INVALID
    unknown = act("closure", {"reason": "It is solved.", "rule": "whim"})
    assert perform(face, cast.moira, unknown, working_room) == INVALID
    for seconds in (-1, 3601):
        assert perform(face, cast.moira, act("pace", {"seconds": seconds}), working_room) == INVALID


@pytest.mark.parametrize("face", FACES)
def test_closed_room_is_read_not_written(face, perform, browse, cast, working_room, say):
    say(cast.bao, working_room, "Said before")
    actions.close_room(actor=cast.moira, room_id=working_room.pk, reason="It is solved.")

    for person in (cast.bao, cast.moira):
        assert perform(face, person, saying(), working_room) == WRONG_MOMENT
    page = browse(cast.bao).get(f"/rooms/{working_room.pk}").content.decode()
    assert "It is solved." in page
    assert "Said before" in page
    assert "<textarea" not in page


def test_why_a_room_is_closed_stands_in_room_and_list(call, browse, cast, working_room, say):
    say(cast.bao, working_room)
    api, path = call(cast.bao), f"/api/v1/rooms/{working_room.pk}"

    def told():
        [listed] = api.get("/api/v1/rooms").json()["results"]
        return api.get(path).json()["closed_for"], listed["closed_for"]

    assert told() == ("", "")
    actions.close_room(actor=cast.moira, room_id=working_room.pk, reason="It is said.")
    assert told() == ("It is said.", "It is said.")
    assert "It is said." in browse(cast.bao).get(f"/rooms/{working_room.pk}").content.decode()
    actions.reopen_room(actor=cast.moira, room_id=working_room.pk)
    assert told() == ("", "")


def test_what_was_typed_into_a_closed_room_is_kept(browse, cast, working_room):
    actions.close_room(actor=cast.moira, room_id=working_room.pk, reason="It is solved.")

    answer = browse(cast.bao).post(
        f"/rooms/{working_room.pk}/messages", {"source": "My long words", "client_id": "a"}
    )

    assert answer.status_code == 409
    assert "My long words" in answer.content.decode()


def test_repeated_send_after_closing_is_still_the_same_message(cast, working_room, say):
    first = say(cast.bao, working_room, client_id="same")
    actions.close_room(actor=cast.moira, room_id=working_room.pk, reason="It is solved.")

    assert say(cast.bao, working_room, client_id="same") == first


@pytest.mark.parametrize("face", FACES)
def test_slow_room_lets_each_person_wait_but_moderators(face, perform, cast, working_room, stream):
    assert perform(face, cast.moira, SLOW, working_room) == DONE
    assert perform(face, cast.moira, SLOW, working_room) == DONE
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        assert perform(face, cast.bao, saying("One", "1"), working_room) == DONE
        assert perform(face, cast.bao, saying("Two", "2"), working_room) == TOO_MANY
        assert perform(face, cast.aminata, saying("Three", "3"), working_room) == DONE
        assert perform(face, cast.moira, saying("Four", "4"), working_room) == DONE
        assert perform(face, cast.moira, saying("Five", "5"), working_room) == DONE
    with time_machine.travel(now + timezone.timedelta(seconds=31), tick=False):
        assert perform(face, cast.bao, saying("Two", "2"), working_room) == DONE

    kinds = [kind for _number, kind in stream(working_room)]
    assert kinds == ["slowed", *["message"] * 5]


def test_refusal_of_a_slow_room_says_how_long(call, cast, working_room, say):
    actions.slow_room(actor=cast.moira, room_id=working_room.pk, seconds=30)
    say(cast.bao, working_room)

    answer = call(cast.bao).post(
        f"/api/v1/rooms/{working_room.pk}/messages",
        {"source": "x", "client_id": "y"},
        format="json",
    )

    assert (answer.status_code, answer.json()["code"]) == (429, "room_slow")
    assert 0 < int(answer["Retry-After"]) <= 31


@pytest.mark.parametrize("face", ["page", "api"])
def test_flood_of_one_person_is_refused_and_others_speak(face, perform, cast, room):
    with time_machine.travel("2026-03-01T10:00:00Z", tick=False):
        said = [perform(face, cast.bao, saying("x", str(n)), room) for n in range(22)]
        other = perform(face, cast.aminata, saying("y", "1"), room)

    assert said == [DONE] * 20 + [TOO_MANY] * 2
    assert other == DONE


# The public log


@pytest.mark.parametrize("face", FACES)
def test_public_log_tells_what_moderators_did_and_not_why_in_words(
    face, perform, cast, working_room, run_tasks, call, browse
):
    for deed in (SLOW, SLOW, CLOSE, REOPEN):
        assert perform(face, cast.moira, deed, working_room) == DONE
    run_tasks()

    shown = call().get("/api/v1/moderation/log").json()["results"]
    page = browse().get("/moderation/log").content.decode()

    rule = "The talk became a dispute"
    assert [(row["text"], row["thing"], row["rule"], row["is_automatic"]) for row in shown] == [
        (text, "a conversation", rule, False)
        for text, rule in (("Opened again", rule), ("Closed", rule), ("Pace changed", ""))
    ]
    assert page.count(" · a conversation") == 3
    assert page.count(rule) == 2
    for word in ("It is solved.", "moira", "spam"):
        assert word not in page
        assert word not in str(shown)


def test_public_log_is_silent_of_hosts_in_their_own_room(cast, room, run_tasks, monkeypatch):
    monkeypatch.setitem(rooms._moderators, "aid.claim", lambda person, thing: True)
    actions.close_room(actor=cast.bao, room_id=room.pk, reason="It is solved.")
    run_tasks()

    assert JournalLine.objects.filter(verb="chat.room_closed").exists()
    assert not LogLine.objects.exists()
