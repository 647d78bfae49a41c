"""Who is named in a room finds it on their bell: once, if it is theirs, and nowhere twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat import actions
from chat.actions import telling
from chat.models import ChatMessage, RoomMark
from core.models import JournalLine, OutgoingMail
from people import actions as people
from people.models import Notice
from people.queries import show_notices
from tests.cast import SECRET
from tests.chat.test_changing import edit
from tests.chat.test_messages import say as saying
from tests.faces import DONE, FACES
from tests.push_service import Browser

VERB = "chat.people_mentioned"


def told(person) -> list[str]:
    """Return what a person's bell says of being named."""
    rows = Notice.objects.filter(person=person, verb=VERB).select_related("line__actor")
    return [notice.url for notice in show_notices(person, list(rows.order_by("pk")))]


@pytest.fixture
def browser(cast, push):
    """Return a browser of aminata's that listens."""
    made = Browser(push)
    people.subscribe(actor=cast.aminata, **made.facts)
    return made


@pytest.fixture
def known(cast, room):
    """Return aminata's mark: the room is among her conversations."""
    return RoomMark.objects.get_or_create(room=room, person=cast.aminata)[0]


@pytest.fixture
def said(cast, room, say, run_tasks, push):
    """Return a function by which bao says something, and what follows is followed."""

    def do(text, **facts):
        message = say(cast.bao, room, text, **facts)
        run_tasks()
        return message

    run_tasks()
    push.received.clear()
    return do


@pytest.mark.parametrize("face", FACES)
def test_who_is_named_is_told_once_on_any_face(face, perform, cast, room, run_tasks, browse):
    text = "Look, @Aminata and @aminata: is it @nobody?"

    for _twice in range(2):
        assert perform(face, cast.bao, saying(text), room) == DONE
    run_tasks()

    assert told(cast.aminata) == [f"/rooms/{room.pk}?at=1#message-1"]
    assert told(cast.bao) == []
    page = browse(cast.aminata).get("/me/notices").content.decode()
    assert "Bao\u2069 mentioned you: \u2068" in page


def test_who_may_not_enter_is_told_nothing(cast, room, said):
    """Omar sees nothing of the claim; moira would, once someone flagged the message."""
    message = said(f"@omar @moira {SECRET}")
    people.flag(actor=cast.aminata, kind="chat.message", object_id=message.pk, reason="spam")
    said("@aminata")

    assert told(cast.omar) == told(cast.moira) == []
    assert not Notice.objects.filter(verb=VERB, person__in=[cast.omar, cast.moira]).exists()
    assert len(told(cast.aminata)) == 1


@pytest.mark.parametrize("why", ["muted", "read", "blocked", "blocks", "suspended", "erased"])
def test_who_wants_nothing_of_it_is_told_nothing(why, cast, room, said):
    mark, _is_new = RoomMark.objects.get_or_create(room=room, person=cast.aminata)
    if why == "muted":
        actions.mute(actor=cast.aminata, room_id=room.pk)
    elif why == "read":
        RoomMark.objects.filter(pk=mark.pk).update(seen=1)
    elif why == "blocked":
        people.block(actor=cast.aminata, handle="bao")
    elif why == "blocks":
        people.block(actor=cast.bao, handle="aminata")
    else:
        type(cast.aminata).objects.filter(pk=cast.aminata.pk).update(state=why)

    said("@aminata")

    assert Notice.objects.filter(verb=VERB).count() == 0


@pytest.mark.parametrize("face", FACES)
def test_edit_tells_who_is_named_only_now(face, perform, cast, room, say, run_tasks):
    message = say(cast.bao, room, "Who knows?")
    run_tasks()
    assert told(cast.aminata) == []

    assert perform(face, cast.bao, edit("@aminata knows"), message) == DONE
    run_tasks()
    assert perform(face, cast.bao, edit("@aminata knows it", revision=2), message) == DONE
    run_tasks()

    assert told(cast.aminata) == [f"/rooms/{room.pk}?at=1#message-1"]


def test_what_is_taken_away_is_told_of_no_more(cast, room, said):
    said(f"@aminata {SECRET}")
    actions.remove_message(actor=cast.bao, room_id=room.pk, number=1)

    assert told(cast.aminata) == []


def test_message_without_a_name_costs_nothing_more(cast, room, said):
    said("Nobody, but `@aminata` in code and a@aminata.example")

    assert not JournalLine.objects.filter(verb=VERB).exists()


def pass_by(run_tasks, minutes=3):
    ChatMessage.objects.update(at=timezone.now() - timedelta(minutes=minutes))
    telling.tell_missed()
    run_tasks()


def test_browser_is_told_of_it_once_and_of_the_rest_later(
    cast, known, room, said, push, browser, run_tasks
):
    said("First")
    said("@aminata, look")
    (shown,) = push.shown_by(browser)
    assert "mentioned you" in shown["title"]

    push.received.clear()
    pass_by(run_tasks)
    pass_by(run_tasks)

    (shown,) = push.shown_by(browser)
    assert shown["title"].startswith("1 new message in")
    assert shown["url"].endswith("#message-1")


def test_browser_is_not_told_again_of_a_mention_alone(
    cast, known, room, said, push, browser, run_tasks
):
    said("@aminata, look")
    push.received.clear()

    pass_by(run_tasks)

    assert push.received == []
    assert RoomMark.objects.get(room=room, person=cast.aminata).told == 1


@pytest.mark.parametrize("is_read", [True, False])
def test_mail_tells_of_it_unless_the_notice_was_read(is_read, cast, known, room, said, run_tasks):
    said("@aminata, look")
    OutgoingMail.objects.all().delete()
    ChatMessage.objects.update(at=timezone.now() - timedelta(days=2))
    if is_read:
        people.read_notice(actor=cast.aminata, notice_id=Notice.objects.get(verb=VERB).pk)

    people.send_digests()
    run_tasks()

    mails = OutgoingMail.objects.filter(to="aminata@people.example").count()
    assert mails == (0 if is_read else 1)


def test_who_reads_the_room_has_read_the_notice(cast, room, said):
    said("@aminata")
    said("@aminata again")

    actions.mark_seen(actor=cast.aminata, room_id=room.pk, number=1)

    read = Notice.objects.filter(verb=VERB).order_by("pk").values_list("read_at", flat=True)
    assert [at is not None for at in read] == [True, False]
