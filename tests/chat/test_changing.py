"""What becomes of a message, on all faces, and what nobody else may read of it."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from chat import actions, queries
from chat.models import EMOJI, ChatMessage, Reaction
from core.errors import StaleRevision
from core.models import JournalLine
from people.actions import decide_flag, flag, remove_post
from people.models import Flag, Removal
from tests.cast import SECRET
from tests.faces import (
    DONE,
    FACES,
    INVALID,
    NOT_ALLOWED,
    SIGN_IN,
    UNSEEN,
    WRONG_MOMENT,
    Act,
)


def at(message, noun=""):
    return f"/rooms/{message.room_id}/messages/{message.number}{noun}"


def edit(text="Changed", revision=1) -> Act:
    body = {"source": text, "revision": revision}
    return Act(
        page=lambda m: (at(m, "/edit"), body),
        api=lambda m: ("PATCH", f"/api/v1{at(m)}", body),
    )


def removing(**facts) -> Act:
    return Act(
        page=lambda m: (at(m, "/removal"), facts),
        api=lambda m: ("PUT", f"/api/v1{at(m, '/removal')}", facts),
    )


REMOVE = removing()
TAKE_AWAY = removing(rule="unkind", reason="Be kind.")
RESTORE = Act(
    page=lambda m: (at(m, "/removal/undo"), {}),
    api=lambda m: ("DELETE", f"/api/v1{at(m, '/removal')}", None),
)


def react(emoji="🎉") -> Act:
    return Act(
        page=lambda m: (at(m, "/reactions"), {"emoji": emoji}),
        api=lambda m: ("PUT", f"/api/v1{at(m, '/reactions/')}{emoji}", None),
    )


UNREACT = Act(
    page=lambda m: (at(m, "/reactions/undo"), {"emoji": "🎉"}),
    api=lambda m: ("DELETE", f"/api/v1{at(m, '/reactions/')}🎉", None),
)


@pytest.fixture
def message(cast, room, say):
    return say(cast.bao, room)


@pytest.fixture
def public(cast, working_room, say):
    return say(cast.bao, working_room)


@pytest.fixture
def closed(cast, public):
    actions.close_room(actor=cast.moira, room_id=public.room_id, reason="Enough.")
    return public


# Editing


@pytest.mark.parametrize("face", FACES)
def test_author_edits_and_the_stream_keeps_what_it_said(face, perform, cast, message, stream):
    assert perform(face, cast.bao, edit(), message) == DONE

    message.refresh_from_db()
    assert (message.source, message.revision) == ("Changed", 2)
    assert message.edited_at is not None
    row = ChatMessage.objects.get(kind="edited")
    assert (row.number, row.about, row.source, row.html) == (2, message, "Hello", "")
    assert stream(message.room) == [(1, "message"), (2, "edited")]
    assert JournalLine.objects.filter(verb="chat.message_edited").count() == 1


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("text", ["a" * 8192, "ߒ" * 4096], ids=["ascii", "nko"])
def test_eight_kib_are_taken_and_a_byte_more_is_not(face, text, perform, cast, message):
    assert perform(face, cast.bao, edit(f"{text}a"), message) == INVALID
    assert perform(face, cast.bao, edit(text), message) == DONE

    message.refresh_from_db()
    assert message.source == text


@pytest.mark.parametrize("face", FACES)
def test_editing_to_the_same_text_changes_nothing(face, perform, cast, message, stream):
    assert perform(face, cast.bao, edit("Hello"), message) == DONE

    assert stream(message.room) == [(1, "message")]


@pytest.mark.parametrize("face", FACES)
def test_others_do_not_edit(face, perform, cast, public, message):
    assert perform(face, cast.aminata, edit(), message) == NOT_ALLOWED
    assert perform(face, cast.moira, edit(), public) == NOT_ALLOWED
    assert perform(face, cast.omar, edit(), message) == UNSEEN
    assert perform(face, None, edit(), message) == SIGN_IN


@pytest.mark.parametrize("face", FACES)
def test_stale_edit_gets_the_newer_text_and_loses_nothing(face, perform, cast, message):
    assert perform(face, cast.bao, edit("First"), message) == DONE
    assert perform(face, cast.bao, edit("Second"), message) == WRONG_MOMENT

    message.refresh_from_db()
    assert message.source == "First"


def test_stale_edit_says_the_newer_text_on_each_face(browse, call, cast, message):
    actions.edit_message(
        actor=cast.bao, room_id=message.room_id, number=1, revision=1, source="Newer words"
    )
    form = {"source": "My own words", "revision": 1}

    page = browse(cast.bao).post(at(message, "/edit"), form).content.decode()
    api = call(cast.bao).patch(f"/api/v1{at(message)}", form, format="json").json()

    assert "Newer words" in page
    assert "My own words" in page
    assert (api["code"], api["source"], api["revision"]) == ("stale_revision", "Newer words", 2)
    with pytest.raises(StaleRevision):
        actions.edit_message(
            actor=cast.bao, room_id=message.room_id, number=1, revision=1, source="x"
        )


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("text", ["", "  ", "é" * 5000])
def test_editing_to_nothing_or_too_much_is_refused(face, text, perform, cast, message):
    assert perform(face, cast.bao, edit(text), message) == INVALID


def test_words_are_asked_for_unless_files_were_sent(browse, cast, room, message, say):
    with_file = say(cast.bao, room, "Look", uploads=[SimpleUploadedFile("a.txt", b"a")])
    client = browse(cast.bao)

    pages = [client.get(at(one, "/edit")).content.decode() for one in (message, with_file)]

    assert ["optional" in page for page in pages] == [False, True]
    emptied = {"source": "", "revision": 1}
    assert client.post(at(with_file, "/edit"), emptied).status_code == 303
    refused = client.post(at(message, "/edit"), emptied)
    assert (refused.status_code, "Write something first." in refused.content.decode()) == (
        422,
        True,
    )


@pytest.mark.parametrize("face", FACES)
def test_what_is_away_or_closed_is_not_edited(face, perform, cast, message, closed):
    actions.remove_message(actor=cast.bao, room_id=message.room_id, number=1)

    assert perform(face, cast.bao, edit(), message) == WRONG_MOMENT
    assert perform(face, cast.bao, edit(), closed) == WRONG_MOMENT


def test_what_it_said_before_is_moderators_alone(browse, call, cast, working_room, say):
    message = say(cast.bao, working_room, f"My key is {SECRET}")
    actions.edit_message(
        actor=cast.bao, room_id=working_room.pk, number=1, revision=1, source="My key is gone"
    )

    for person in (cast.aminata, cast.omar, cast.bao):
        client, api = browse(person), call(person)
        paths = (
            f"/rooms/{working_room.pk}",
            f"/questions/{working_room.thing_id}",
            f"/rooms?q={SECRET}&everywhere=1",
            "/rooms",
            at(message, "/revisions"),
        )
        told = [client.get(path, follow=True).content.decode() for path in paths]
        told += [
            api.get(f"/api/v1{path}").content.decode()
            for path in (
                f"/rooms/{working_room.pk}/messages",
                at(message),
                f"/messages?q={SECRET}&everywhere=1",
                "/rooms",
            )
        ]
        told.append(str(queries.events_since(working_room.pk, 0)))
        # A search says again what it was asked for.
        assert not [text for text in told if f"My key is {SECRET}" in text]
        assert client.get(at(message, "/revisions")).status_code == 403
        assert api.get(f"/api/v1{at(message, '/revisions')}").status_code == 403
    assert SECRET in browse(cast.moira).get(at(message, "/revisions")).content.decode()


def test_api_lists_what_a_message_said_before_newest_first(call, cast, working_room, say):
    message = say(cast.bao, working_room, "first")
    for revision, text in enumerate(["second", "third"], start=1):
        actions.edit_message(
            actor=cast.bao, room_id=working_room.pk, number=1, revision=revision, source=text
        )
    path = f"/api/v1{at(message, '/revisions')}"

    told = call(cast.moira).get(path).json()["results"]

    assert [(row["number"], row["source"]) for row in told] == [(3, "second"), (2, "first")]
    assert told[0]["until"] > told[1]["until"]
    assert call(cast.moira).get(path.replace("/1/", "/9/")).status_code == 404


def test_mark_of_an_edit_stands_on_the_page(browse, cast, room, message):
    assert "edited" not in browse(cast.aminata).get(f"/rooms/{room.pk}").content.decode()

    actions.edit_message(actor=cast.bao, room_id=room.pk, number=1, revision=1, source="New")

    assert "edited" in browse(cast.aminata).get(f"/rooms/{room.pk}").content.decode()


# Taking away


@pytest.mark.parametrize("face", FACES)
def test_author_removes_and_brings_back(face, perform, cast, message, stream):
    assert perform(face, cast.bao, REMOVE, message) == DONE
    message.refresh_from_db()
    assert message.visibility == "removed"
    assert perform(face, cast.bao, REMOVE, message) == WRONG_MOMENT
    assert perform(face, cast.bao, RESTORE, message) == DONE
    assert perform(face, cast.bao, RESTORE, message) == WRONG_MOMENT

    message.refresh_from_db()
    assert message.visibility == "visible"
    assert stream(message.room) == [(1, "message"), (2, "removed"), (3, "restored")]
    assert Removal.objects.get().rule == "author"


@pytest.mark.parametrize("face", FACES)
def test_moderator_takes_away_by_a_rule(face, perform, cast, public, stream):
    assert perform(face, cast.moira, REMOVE, public) == NOT_ALLOWED  # it is not hers
    assert perform(face, cast.moira, TAKE_AWAY, public) == DONE
    assert perform(face, cast.bao, RESTORE, public) == NOT_ALLOWED
    assert perform(face, cast.moira, RESTORE, public) == DONE

    assert stream(public.room) == [(1, "message"), (2, "removed"), (3, "restored")]


@pytest.mark.parametrize("face", FACES)
def test_others_take_nothing_away(face, perform, cast, message, public):
    assert perform(face, cast.aminata, REMOVE, message) == NOT_ALLOWED
    assert perform(face, cast.aminata, TAKE_AWAY, message) == NOT_ALLOWED
    assert perform(face, cast.omar, REMOVE, message) == UNSEEN
    assert perform(face, cast.moira, TAKE_AWAY, message) == UNSEEN
    assert perform(face, None, REMOVE, message) == SIGN_IN
    actions.remove_message(actor=cast.bao, room_id=public.room_id, number=1)
    assert perform(face, cast.omar, RESTORE, public) == UNSEEN


def test_removed_words_are_nowhere_but_for_author_and_moderators(
    browse, call, cast, working_room, say
):
    message = say(cast.bao, working_room, f"Rude {SECRET}")
    say(cast.aminata, working_room, "I heard that", reply_to=1)
    actions.remove_message(actor=cast.bao, room_id=working_room.pk, number=1)

    for person in (cast.aminata, cast.omar):
        client, api = browse(person), call(person)
        for path in (f"/rooms/{working_room.pk}", "/rooms", f"/rooms?q={SECRET}&everywhere=1"):
            assert f"Rude {SECRET}" not in client.get(path).content.decode()
        trace = client.get(at(message), headers={"HX-Request": "true"}).content.decode()
        assert "Message removed by its author." in trace
        assert SECRET not in trace
        for path in (f"/rooms/{working_room.pk}/messages", f"/messages?q={SECRET}&everywhere=1"):
            assert SECRET not in api.get(f"/api/v1{path}").content.decode()
        assert api.get(f"/api/v1{at(message)}").status_code == 404
    assert SECRET not in str(queries.events_since(working_room.pk, 0))
    page = browse(cast.aminata).get(f"/rooms/{working_room.pk}").content.decode()
    assert "Message removed by its author." in page
    for person in (cast.bao, cast.moira):
        assert SECRET in browse(person).get(f"/rooms/{working_room.pk}").content.decode()


def test_page_says_that_a_moderator_removed_it(browse, cast, public):
    actions.remove_message(
        actor=cast.moira, room_id=public.room_id, number=1, rule="unkind", reason="Be kind."
    )

    page = browse(cast.aminata).get(f"/rooms/{public.room_id}").content.decode()

    assert "Message removed by a moderator." in page


def test_moderator_sees_the_flagged_message_of_a_private_room_and_nothing_around_it(
    browse, call, cast, claim, room
):
    said = [
        actions.post_message(actor=cast.bao, room_id=room.pk, source=text, client_id=text)
        for text in (f"before {SECRET}", "flagged words", f"after {SECRET}")
    ]
    page, moderator = f"/rooms/{room.pk}?at=2", browse(cast.moira)
    assert moderator.get(page).status_code == 404

    raised = flag(actor=cast.aminata, kind="chat.message", object_id=said[1].pk, reason="unkind")

    html = moderator.get(page).content.decode()
    assert "flagged words" in html
    assert SECRET not in html
    for path in (f"/rooms/{room.pk}", f"/rooms/{room.pk}?at=1", f"/rooms/{room.pk}/messages/2"):
        assert moderator.get(path).status_code == 404
    assert browse(cast.omar).get(page).status_code == 404
    assert "flagged words" not in moderator.get("/rooms?q=flagged&everywhere=1").content.decode()
    assert call(cast.moira).get(f"/api/v1/rooms/{room.pk}/messages").status_code == 404
    for path in ("/moderation", f"/flags/{raised.pk}"):
        html = moderator.get(path).content.decode()
        assert "a message" in html
        assert str(claim) not in html
    decide_flag(
        actor=cast.moira,
        flag_id=raised.pk,
        decision="agreed",
        answer="Yes.",
        to_author="No.",
        remove=True,
    )
    said[1].refresh_from_db()
    assert said[1].visibility == "removed"


def test_api_shows_who_judges_a_flag_its_message_alone(call, cast, room, say):
    said = [say(cast.bao, room, text) for text in (f"before {SECRET}", "flagged words")]
    raised = flag(actor=cast.aminata, kind="chat.message", object_id=said[1].pk, reason="unkind")
    facts = {"thing_id": said[1].pk, "reason": "unkind"}
    other = Flag.objects.create(person=cast.aminata, thing_kind="forum.answer", **facts)
    path = f"/api/v1/flags/{raised.pk}/message"

    answer = call(cast.moira).get(path)

    told = answer.json()
    assert (told["room"], told["number"], told["source"]) == (room.pk, 2, "flagged words")
    assert told["author"]["handle"] == cast.bao.handle
    assert SECRET not in answer.content.decode()
    assert call(cast.moira).get(f"/api/v1{at(said[1])}").status_code == 404
    assert call(cast.aminata).get(path).json()["number"] == 2  # who raised it, and is in the room
    for person in (cast.bao, cast.omar):  # whose flag it is not
        assert call(person).get(path).status_code == 404
    assert call(cast.moira).get(f"/api/v1/flags/{other.pk}/message").status_code == 404
    decide_flag(
        actor=cast.moira,
        flag_id=raised.pk,
        decision="agreed",
        answer="Yes.",
        to_author="N",
        remove=True,
    )
    assert call(cast.moira).get(path).json()["source"] == "flagged words"
    assert call(cast.aminata).get(path).status_code == 404


def test_flag_and_its_decision_take_a_message_away_and_the_room_hears_it(
    cast, public, run_tasks, stream
):
    raised = flag(actor=cast.aminata, kind="chat.message", object_id=public.pk, reason="unkind")
    decide_flag(
        actor=cast.moira,
        flag_id=raised.pk,
        decision="agreed",
        answer="Yes.",
        to_author="Be kind.",
        remove=True,
    )
    assert stream(public.room) == [(1, "message")]

    run_tasks()

    assert stream(public.room) == [(1, "message"), (2, "removed")]
    assert ChatMessage.objects.get(kind="removed").author == cast.moira


def test_follower_says_nothing_twice(cast, public, run_tasks, stream):
    actions.remove_message(actor=cast.bao, room_id=public.room_id, number=1)
    actions.restore_message(actor=cast.bao, room_id=public.room_id, number=1)
    remove_post(
        actor=cast.moira, kind="chat.message", object_id=public.pk, rule="spam", reason="Spam."
    )

    run_tasks()

    expected = [(1, "message"), (2, "removed"), (3, "restored"), (4, "removed")]
    assert stream(public.room) == expected


# Reacting


@pytest.mark.parametrize("face", FACES)
def test_reactions_are_once_a_person_and_taken_back(face, perform, cast, message, stream):
    assert perform(face, cast.aminata, react(), message) == DONE
    assert perform(face, cast.aminata, react(), message) == DONE
    assert perform(face, cast.bao, react(), message) == DONE
    assert perform(face, cast.aminata, UNREACT, message) == DONE
    assert perform(face, cast.aminata, UNREACT, message) == DONE

    assert [row.person for row in Reaction.objects.all()] == [cast.bao]
    kinds = [kind for _number, kind in stream(message.room)]
    assert kinds == ["message", "reacted", "reacted", "unreacted"]
    assert ChatMessage.objects.get(number=2).detail == {"emoji": "🎉"}


@pytest.mark.parametrize("face", FACES)
def test_reactions_are_refused(face, perform, cast, message, closed):
    assert perform(face, cast.bao, react("🧨"), message) == INVALID
    assert perform(face, cast.omar, react(), message) == UNSEEN
    assert perform(face, None, react(), message) == SIGN_IN
    assert perform(face, cast.omar, react(), closed) == WRONG_MOMENT
    actions.remove_message(actor=cast.bao, room_id=message.room_id, number=1)
    assert perform(face, cast.aminata, react(), message) == UNSEEN
    assert perform(face, cast.bao, react(), message) == WRONG_MOMENT
    cast.aminata.state = "suspended"
    cast.aminata.save()
    assert perform(face, cast.aminata, react(), message) == NOT_ALLOWED


def test_counts_of_reactions_and_ones_own_are_shown(browse, call, cast, message):
    for person in (cast.bao, cast.aminata):
        actions.react(actor=person, room_id=message.room_id, number=1, emoji="👍")
    actions.react(actor=cast.bao, room_id=message.room_id, number=1, emoji="✅")

    page = browse(cast.aminata).get(f"/rooms/{message.room_id}").content.decode()
    told = call(cast.aminata).get(f"/api/v1{at(message)}").json()["reactions"]

    assert told == [
        {"emoji": "👍", "count": 2, "is_mine": True},
        {"emoji": "✅", "count": 1, "is_mine": False},
    ]
    assert 'aria-pressed="true">👍 2</button>' in page
    assert 'aria-pressed="false">✅ 1</button>' in page


def test_fragment_shows_the_message_as_it_is_now(browse, cast, message):
    client = browse(cast.aminata)

    answer = client.post(
        at(message, "/reactions"), {"emoji": "👍"}, headers={"HX-Request": "true"}
    ).content.decode()
    again = client.get(at(message), headers={"HX-Request": "true"}).content.decode()

    secret = re.compile('(?<=value=")[^"]{64}(?=">)|(?<=name="next" value=")[^"]*')
    assert secret.sub("", answer) == secret.sub("", again)
    assert answer.startswith('<li id="message-1" data-number="1"')
    assert "👍 1" in answer
    # The template names them itself: a loop for each message costs more than its words.
    assert re.findall('name="emoji" value="([^"]*)" class="reaction">', answer) == list(EMOJI)


def test_row_of_the_stream_is_no_message(cast, message, call):
    actions.react(actor=cast.aminata, room_id=message.room_id, number=1, emoji="👍")

    for number in (2, 99):
        path = f"/api/v1/rooms/{message.room_id}/messages/{number}"
        assert call(cast.bao).get(path).status_code == 404
        assert call(cast.bao).put(f"{path}/reactions/👍").status_code == 404
