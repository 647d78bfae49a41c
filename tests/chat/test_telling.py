"""Browsers and mails tell what was missed in rooms: to whom it concerns, and never twice."""

import email
import email.policy
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat import actions
from chat.actions import telling
from chat.models import ChatMessage, Room, RoomMark
from chat.queries import SHOWN
from core.models import OutgoingMail
from helpdesk.actions import open_ticket
from people import actions as people
from people.models import OutgoingPush, Person
from people.stop_links import DIGESTS
from tests.cast import SECRET
from tests.push_service import Browser

EVENING = datetime(2026, 3, 9, 17, 0, tzinfo=ZoneInfo("Europe/Paris"))
MORNING = datetime(2026, 3, 10, 8, 5, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture
def clock():
    with time_machine.travel(EVENING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def cast(clock, cast):
    """Return the cast of those days: a role given later would not count yet."""
    return cast


@pytest.fixture
def browser(cast, push):
    """Return a browser of aminata's that listens."""
    made = Browser(push)
    people.subscribe(actor=cast.aminata, **made.facts)
    return made


@pytest.fixture
def room(cast, claim):
    """Return the room of bao and aminata, where both were."""
    made = actions.open_room(actor=cast.bao, kind="aid.claim", object_id=claim.pk)
    RoomMark.objects.create(room=made, person=cast.aminata)
    return made


@pytest.fixture
def say(cast, room, run_tasks):
    """Return a function that says something in the room, and lets follow what follows."""

    def do(*texts, by=None):
        for text in texts:
            last = actions.post_message(
                actor=by or cast.bao, room_id=room.pk, source=text, client_id=text
            )
        run_tasks()
        OutgoingMail.objects.all().delete()  # of the claim itself
        return last

    return do


@pytest.fixture
def pass_by(clock, run_tasks):
    """Return a function that lets minutes pass, and the worker find what was missed."""

    def do(minutes=3):
        clock.shift(timedelta(minutes=minutes))
        telling.tell_missed()
        run_tasks()

    return do


@pytest.fixture
def mails(clock, run_tasks):
    """Return a function that lets it become a time, and gives the digests mailed since."""

    def do(moment=MORNING):
        clock.move_to(moment)
        before = set(OutgoingMail.objects.values_list("pk", flat=True))
        people.send_digests()
        run_tasks()
        return list(OutgoingMail.objects.exclude(pk__in=before).order_by("to"))

    return do


def content_of(mail: OutgoingMail) -> tuple[Any, str]:
    parsed: Any = email.message_from_bytes(bytes(mail.raw or b""), policy=email.policy.default)
    return parsed, parsed.get_body(("plain",)).get_content()


# Browsers.


def test_what_was_missed_comes_in_one_push_a_room(cast, push, browser, say, pass_by, room, claim):
    push.received.clear()
    say("One", "Two", "Three")
    push.received.clear()

    pass_by()
    pass_by()

    (shown,) = push.shown_by(browser)
    label = telling._label(cast.aminata, room)
    assert shown == {
        "title": f"3 new messages in “\u2068{label}\u2069”",
        "url": f"/rooms/{room.pk}?at=1#message-1",
        "tag": f"room-{room.pk}",
    }
    assert RoomMark.objects.get(person=cast.aminata).told == 3


def test_push_leads_to_the_first_also_where_much_came_after(
    browse, cast, push, browser, say, pass_by
):
    say(*(f"Word {number}" for number in range(SHOWN + 10)))
    push.received.clear()

    pass_by()

    (shown,) = push.shown_by(browser)
    page = browse(cast.aminata).get(shown["url"].partition("#")[0]).content.decode()
    assert f'id="{shown["url"].partition("#")[2]}"' in page


def test_nobody_is_told_within_two_minutes(push, browser, say, pass_by):
    say("One")
    push.received.clear()

    pass_by(1)
    assert push.received == []

    pass_by(1)
    assert len(push.received) == 1


def test_later_messages_are_told_of_later(push, browser, say, pass_by):
    say("One")
    pass_by()
    say("Two")
    push.received.clear()

    pass_by()

    (shown,) = push.shown_by(browser)
    assert shown["title"].startswith("1 new message in")
    assert shown["url"].endswith("?at=2#message-2")


def quiet(cast, room, why):
    mark = RoomMark.objects.filter(room=room, person=cast.aminata)
    if why == "seen":
        mark.update(seen=1)
    elif why == "muted":
        mark.update(muted_at=timezone.now())
    elif why == "removed":
        ChatMessage.objects.filter(kind="message").update(visibility="removed")
    elif why == "kept out":
        room.delete()
    else:
        Person.objects.filter(pk=cast.aminata.pk).update(state=why)


QUIET = ["seen", "muted", "removed", "kept out", "suspended", "erased"]


@pytest.mark.parametrize("why", QUIET)
def test_no_push_for_who_has_seen_muted_or_is_gone(why, cast, push, browser, say, pass_by, room):
    say("One")
    push.received.clear()
    quiet(cast, room, why)

    pass_by()

    assert push.received == []


def test_nothing_comes_of_what_somebody_says_whom_one_keeps_away_from(
    cast, push, browser, say, pass_by, mails
):
    baos = Browser(push)
    people.subscribe(actor=cast.bao, **baos.facts)
    people.block(actor=cast.aminata, handle=cast.bao.handle)
    say(f"Words {SECRET}")
    say("Mine", by=cast.aminata)
    push.received.clear()

    pass_by()

    assert len(push.received) == 1
    assert len(push.shown_by(baos)) == 1  # who is kept away from is told as before
    (mail,) = mails()
    assert mail.to == "bao@people.example"
    assert SECRET not in str(content_of(mail))


def test_of_several_who_speak_those_one_keeps_away_from_are_left_out(
    cast, push, browser, say, pass_by, mails, room
):
    people.block(actor=cast.aminata, handle=cast.bao.handle)
    say(f"Words {SECRET}")
    ChatMessage.objects.create(
        room=room, number=2, author=cast.omar, client_id="o", source="Omar", html="<p>Omar</p>"
    )
    Room.objects.filter(pk=room.pk).update(head=2)
    say(f"More {SECRET}")
    push.received.clear()

    pass_by()

    (shown,) = push.shown_by(browser)
    assert shown["title"].startswith("1 new message in")
    assert shown["url"].endswith("#message-2")
    (mail,) = [one for one in mails() if one.to.startswith("aminata")]
    _parsed, text = content_of(mail)
    assert "Omar" in text
    assert SECRET not in text


def test_who_may_no_longer_enter_is_told_nothing(cast, push, browser, say, pass_by, mails, room):
    """Omar was there; the claim is not his to see."""
    made = Browser(push, "omar")
    people.subscribe(actor=cast.omar, **made.facts)
    RoomMark.objects.create(room=room, person=cast.omar)
    say(SECRET)

    pass_by()

    assert push.shown_by(made) == []
    assert {mail.to for mail in mails()} == {"aminata@people.example"}


def test_push_is_in_the_language_of_the_person(cast, push, browser, say, pass_by):
    Person.objects.filter(pk=cast.aminata.pk).update(interface_language="fr")
    say("Un", "Deux")
    push.received.clear()

    pass_by()

    (shown,) = push.shown_by(browser)
    assert shown["title"].startswith("2 nouveaux messages")


def test_push_whose_worker_died_before_sending_comes_never(push, browser, say, pass_by, run_tasks):
    say("One")
    push.received.clear()
    pass_by(0)
    with time_machine.travel(timezone.now() + timedelta(minutes=3), tick=False):
        telling.tell(
            person_id=Person.objects.get(handle="aminata").pk, room_id=Room.objects.get().pk
        )
    row = OutgoingPush.objects.get()
    OutgoingPush.objects.filter(pk=row.pk).update(tried_at=timezone.now())  # and there it died

    run_tasks()
    pass_by()

    assert push.received == []


# Mail.


def test_digest_comes_in_the_morning_once(cast, say, mails, room):
    say("First **words**", "Two", "Three", "Four")

    assert mails(EVENING + timedelta(hours=4)) == []
    (mail,) = mails()
    assert mail.to == "aminata@people.example"
    parsed, text = content_of(mail)
    label = telling._label(cast.aminata, room)
    assert parsed["Subject"] == f"4 new messages in “{label}”"
    assert "Bao, 03/09/2026 17:00" in text
    assert "First words" in text
    assert "Four" not in text
    assert "and 1 more" in text
    assert f"/rooms/{room.pk}?at=1#message-1" in text
    assert (
        parsed["List-Unsubscribe"].strip() == f"<http://localhost:8000{DIGESTS.path(cast.aminata)}>"
    )
    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    assert mails(MORNING + timedelta(minutes=10)) == []
    assert mails(MORNING + timedelta(days=1)) == []


def test_morning_is_the_persons(cast, say, mails):
    Person.objects.filter(pk=cast.aminata.pk).update(time_zone="America/Montreal")
    say("One")

    assert mails(MORNING) == []
    assert mails(MORNING + timedelta(hours=4)) == []  # 3 in the night there; summer time began
    (mail,) = mails(MORNING + timedelta(hours=5))
    assert "12:00" in content_of(mail)[1]


def test_digest_is_in_the_language_of_the_person(cast, say, mails):
    Person.objects.filter(pk=cast.aminata.pk).update(interface_language="fr")
    say("Un")

    (mail,) = mails()

    assert mail.subject.startswith("1 nouveau message")


def test_hourly_and_off_are_what_they_say(cast, say, mails):
    people.choose_digest(actor=cast.aminata, digest="hourly")
    say("One")
    (mail,) = mails(EVENING + timedelta(hours=1))
    assert mail.to == "aminata@people.example"

    people.choose_digest(actor=cast.aminata, digest="off")
    say("Two")
    assert mails() == []
    people.choose_digest(actor=cast.aminata, digest="daily")
    assert len(mails(MORNING + timedelta(minutes=1))) == 1


@pytest.mark.parametrize("why", QUIET)
def test_no_mail_for_who_has_seen_muted_or_is_gone(why, cast, say, mails, room):
    say("One")
    quiet(cast, room, why)

    assert mails() == []


def test_removed_message_is_not_in_the_mail(say, mails):
    away = say(f"Bad {SECRET}")
    say("Good")
    ChatMessage.objects.filter(pk=away.pk).update(visibility="removed")

    (mail,) = mails()

    assert "Good" in content_of(mail)[1]
    assert SECRET not in content_of(mail)[1]
    assert mail.subject.startswith("1 new message")


def test_digest_that_waits_loses_a_removed_message_and_tells_the_rest_once(
    cast, say, mails, clock, run_tasks, mailoutbox
):
    say("Good")
    away = say(f"Bad {SECRET}")
    clock.move_to(MORNING)
    people.send_digest(person_id=cast.aminata.pk, hints={"chat": [away.room_id]})
    (waiting,) = OutgoingMail.objects.all()
    assert SECRET in content_of(waiting)[1]
    mailoutbox.clear()

    ChatMessage.objects.filter(pk=away.pk).update(visibility="removed")
    run_tasks()

    (sent,) = mailoutbox
    assert sent.subject.startswith("1 new message")
    assert "Good" in sent.body
    assert SECRET not in sent.body
    assert mails(MORNING + timedelta(days=1)) == []


def test_one_mail_tells_of_all_rooms(cast, say, mails, levels, run_tasks):
    say("One")
    ticket = open_ticket(actor=cast.aminata, subject="It is down", source="Help", language="en")
    other = actions.open_room(actor=cast.aminata, kind="helpdesk.ticket", object_id=ticket.pk)
    actions.post_message(actor=cast.nadia, room_id=other.pk, source="Look", client_id="x")
    run_tasks()

    found = [mail for mail in mails() if mail.to == "aminata@people.example"]

    (mail,) = found
    text = content_of(mail)[1]
    assert mail.subject == "What you missed in live conversations"
    assert "It is down" in text
    assert "Look" in text


def test_finding_costs_the_same_for_few_and_many(cast, room, say, clock, levels, browser):
    def cost():
        with CaptureQueriesContext(connection) as found:
            telling._missed(Person.objects.active(), "told", timezone.now(), telling.TOLD_FOR)
            telling._missed(
                Person.objects.active(), "digested", timezone.now(), telling.DIGESTED_FOR
            )
        return len(found)

    def tickets(count):
        for number in range(count):
            ticket = open_ticket(
                actor=cast.aminata, subject="Down", source=f"{count}{number}", language="en"
            )
            made = actions.open_room(
                actor=cast.aminata, kind="helpdesk.ticket", object_id=ticket.pk
            )
            actions.post_message(actor=cast.nadia, room_id=made.pk, source="x", client_id="x")

    say("One")
    tickets(2)
    clock.shift(timedelta(minutes=3))
    few = cost()
    tickets(10)
    clock.shift(timedelta(minutes=3))

    assert cost() == few


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads small tables whole")
def test_sweep_of_each_minute_finds_messages_by_their_time(db):
    plan = telling._said(timezone.now(), telling.TOLD_FOR).order_by().explain()

    assert "chat_message_at (visibility=? AND at>? AND at<?)" in plan


@pytest.mark.django_db(transaction=True)
def test_digest_and_push_at_once_from_many_workers_are_one(cast, room, say, clock, browser, push):
    say("One")
    push.received.clear()
    clock.move_to(MORNING)
    ChatMessage.objects.update(at=MORNING - timedelta(minutes=30))
    facts = {"person_id": cast.aminata.pk}

    def both(_number):
        try:
            people.send_digest(hints={"chat": [room.pk]}, **facts)
            telling.tell(room_id=room.pk, **facts)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(both, range(12)))

    assert OutgoingMail.objects.count() == 1
    assert OutgoingPush.objects.count() == 1
