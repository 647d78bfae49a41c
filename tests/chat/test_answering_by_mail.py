"""Saying something in a room by mail: what comes to the signed address in a digest."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image

from chat import actions
from chat.models import ChatMessage, RoomMark
from core import replies
from core.files import files_of
from core.models import UndeliverableAddress
from helpdesk.actions import open_ticket, receive_mail
from helpdesk.models import InboundMail, Queue
from people import actions as people
from people.models import Person
from tests.cast import SECRET
from tests.helpdesk.mails import answering, sent_to, written
from tests.helpdesk.test_races import together

AMINATA, BAO = "aminata@people.example", "bao@people.example"


@pytest.fixture
def room(cast, room):
    """The room of bao and aminata, both of whom read English and were there."""
    Person.objects.update(interface_language="en")
    RoomMark.objects.get_or_create(room=room, person=cast.aminata)
    people.choose_digest(actor=cast.aminata, digest="hourly")
    return room


@pytest.fixture
def digest(cast, room, say, run_tasks):
    """The digest that aminata has of what bao said: "Shall we call?"."""
    return digest_of(cast.aminata, [room], lambda: say(cast.bao, room, "Shall we call?"), run_tasks)


def digest_of(person, rooms, speak, run_tasks):
    speak()
    run_tasks()
    ChatMessage.objects.update(at=timezone.now() - timedelta(hours=2))
    assert people.send_digest(person_id=person.pk, hints={"chat": [room.pk for room in rooms]})
    return sent_to(f"{person.handle}@people.example")[-1]


def sent(mail):
    return receive_mail(raw=mail.as_bytes())


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def said_by(person):
    return list(ChatMessage.objects.filter(author=person, kind="message").order_by("number"))


def picture():
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    return out.getvalue()


def test_answer_to_a_digest_is_said_in_the_room(cast, room, digest):
    assert "Answer this mail" in text_of(digest)

    mail = sent(answering(digest, "Yes, at **five**.", message_id="<1@here.example>"))

    (message,) = said_by(cast.aminata)
    assert (mail.outcome, mail.thing_kind, mail.thing_id) == (
        "answered",
        "chat.message",
        message.pk,
    )
    assert (message.room, message.number, message.source) == (room, 2, "Yes, at **five**.")
    assert "<strong>five</strong>" in message.html


def test_answer_whose_address_was_lost_finds_the_room_by_what_it_refers_to(cast, digest):
    mail = answering(digest, "Yes.")
    mail.replace_header("To", "help@entraide.example")

    assert sent(mail).outcome == "answered"
    assert [message.source for message in said_by(cast.aminata)] == ["Yes."]


@pytest.mark.django_db(transaction=True)
def test_same_mail_ten_times_at_once_is_one_message(cast, room):
    address = replies.reply_address(replies.token_of("chat.room", room.pk, cast.aminata.pk))
    raw = written(AMINATA, body="Yes.", to=address, message_id="<same@here.example>").as_bytes()

    together(lambda _time: receive_mail(raw=raw), range(10), at_once=10)

    assert [(row.number, row.source) for row in said_by(cast.aminata)] == [(1, "Yes.")]
    assert [row.outcome for row in InboundMail.objects.all()] == ["answered"]


def test_same_mail_twice_and_its_copy_by_another_way_are_one_message(cast, digest):
    mail = answering(digest, "Yes.", message_id="<1@here.example>")
    copy = answering(digest, "Yes.\n\nvia a list", message_id="<1@here.example>")

    rows = [sent(one) for one in (mail, mail, copy)]

    (message,) = said_by(cast.aminata)
    assert {row.thing_id for row in rows} == {message.pk}
    assert InboundMail.objects.count() == 2


def test_same_words_in_two_mails_are_two_messages(cast, digest):
    for number in (1, 2):
        sent(answering(digest, "Yes.", message_id=f"<{number}@here.example>"))

    assert len(said_by(cast.aminata)) == 2


def test_what_was_said_is_kept_in_the_room_alone(cast, levels, digest):
    mail = sent(answering(digest, f"It is {SECRET}"))

    mail.refresh_from_db()
    assert mail.outcome == "answered"
    assert (mail.raw, mail.folded_text, mail.subject, mail.queue) == (None, "", "", None)


def test_files_come_along_and_may_be_all_there_is(cast, digest):
    for body in ("Look", ""):
        mail = answering(digest, body)
        mail.add_attachment(picture(), "image", "png", filename="screen.png")
        assert sent(mail).outcome == "answered"

    first, second = said_by(cast.aminata)
    assert (first.source, second.source) == ("Look", "")
    assert [[file.name for file in files_of(one)] for one in (first, second)] == [
        ["screen.png"],
        ["screen.png"],
    ]


def test_digest_of_several_rooms_has_an_address_for_each(cast, room, say, levels, run_tasks):
    ticket = open_ticket(actor=cast.aminata, subject="It is down", source="Help", language="en")
    other = actions.open_room(actor=cast.aminata, kind="helpdesk.ticket", object_id=ticket.pk)

    def speak():
        say(cast.bao, room, "One")
        say(cast.nadia, other, "Two")

    digest = digest_of(cast.aminata, [room, other], speak, run_tasks)

    assert digest["Reply-To"] is None
    for one in (room, other):
        address = replies.reply_address(replies.token_of("chat.room", one.pk, cast.aminata.pk))
        assert address in text_of(digest)
        sent(written(AMINATA, subject="Hm", body=f"In {one.pk}", to=address))
    assert [(row.room_id, row.source) for row in said_by(cast.aminata)] == [
        (one.pk, f"In {one.pk}") for one in sorted((room, other), key=lambda row: row.pk)
    ]


def closed(cast, room):
    actions.close_room(actor=cast.moira, room_id=room.pk, reason="Enough.")


def slowed(cast, room):
    actions.slow_room(actor=cast.moira, room_id=room.pk, seconds=600)
    actions.post_message(actor=cast.aminata, room_id=room.pk, source="First", client_id="first")


def left(cast, room):
    room.delete()


def sanctioned(cast, room):
    people.sanction(actor=cast.moira, handle="aminata", reason="Be kind to each other.", days=7)


@pytest.mark.parametrize(
    ("body", "change", "headers", "sender", "reason", "told"),
    [
        ("Yes.", closed, {}, "", "refused_room_closed", "A moderator closed this conversation"),
        ("Yes.", slowed, {}, "", "refused_room_slow", "one message every 600 seconds"),
        ("Yes.", left, {}, "", "refused_not_found", "you may not see it"),
        ("Yes.", sanctioned, {}, "", "refused_suspended", "suspended"),
        ("Yes.", None, {}, "omar@people.example", "refused_another_address", "another address"),
        ("", None, {}, "", "refused_invalid_input", "nothing above"),
        ("y" * 9000, None, {}, "", "refused_invalid_input", "too long for one message"),
        ("The password is: hunter2-Tr0ub4dor", None, {}, "", "refused_secrets_found", "a password"),
        ("I am away.", None, {"Auto-Submitted": "auto-replied"}, "", "automatic", ""),
    ],
)
def test_what_cannot_be_said_is_kept_with_why_and_told_to_its_writer(
    body, change, headers, sender, reason, told, cast, working_room, say, run_tasks
):
    Person.objects.update(interface_language="en")
    RoomMark.objects.get_or_create(room=working_room, person=cast.aminata)
    people.choose_digest(actor=cast.aminata, digest="hourly")
    digest = digest_of(
        cast.aminata, [working_room], lambda: say(cast.bao, working_room, "Well?"), run_tasks
    )
    if change is not None:
        change(cast, working_room)
    before, had = len(said_by(cast.aminata)), len(sent_to(AMINATA))

    mail = sent(answering(digest, body, sender=sender, **headers))

    assert (mail.outcome, mail.reason) == ("discarded", reason)
    assert mail.queue is None
    assert len(said_by(cast.aminata)) == before
    answers = sent_to(AMINATA)[had:]
    assert len(answers) == bool(told)
    for answer in answers:
        assert told in " ".join(text_of(answer).split())
        assert "hunter2" not in text_of(answer)


def bounce_of(mail):
    return (
        f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nTo: reply@entraide.example\n"
        f"Subject: Undeliverable: {mail['Subject']}\nMessage-ID: <b@mx.example>\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        "--b\n\nIt did not arrive.\n--b\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; {mail['To']}\n"
        f"Action: failed\nStatus: 5.1.1\n--b\nContent-Type: message/rfc822\n\n"
        f"{mail.as_string()}\n--b--\n"
    )


@pytest.mark.parametrize("is_of_many", [False, True])
def test_a_digest_that_comes_back_is_read_by_no_agent(
    is_of_many, cast, room, working_room, say, run_tasks, call
):
    Queue.objects.create(slug="hosting", names={"en": "Hosting"}, is_default=True)
    rooms = [room, working_room] if is_of_many else [room]

    def speak():
        for one in rooms:
            RoomMark.objects.get_or_create(room=one, person=cast.aminata)
            say(cast.bao, one, "The key lies under the stone.")

    digest = digest_of(cast.aminata, rooms, speak, run_tasks)
    assert "under the stone" in text_of(digest)
    assert ("." in digest["Message-ID"].partition("@")[0]) != is_of_many  # a token

    mail = receive_mail(raw=bounce_of(digest).encode())

    mail.refresh_from_db()
    assert (mail.outcome, mail.reason) == ("bounced", "not_ours" if is_of_many else "ours")
    assert (mail.queue, mail.raw, mail.subject) == (None, None, "")
    assert UndeliverableAddress.objects.exists() != is_of_many
    assert call(cast.nadia).get(f"/api/v1/mails/{mail.pk}").status_code == 404


def test_closed_room_is_not_said_to_be_answerable_in_a_digest(cast, working_room, say, run_tasks):
    Person.objects.update(interface_language="en")
    people.choose_digest(actor=cast.aminata, digest="hourly")

    def speak():
        say(cast.bao, working_room, "Well?")
        actions.close_room(actor=cast.moira, room_id=working_room.pk, reason="Enough.")

    digest = digest_of(cast.aminata, [working_room], speak, run_tasks)

    assert digest["Reply-To"] is None
    assert "reply+" not in text_of(digest)


def test_refusal_is_in_the_language_of_who_wrote(cast, working_room, say, run_tasks):
    people.choose_digest(actor=cast.aminata, digest="hourly")
    Person.objects.update(interface_language="fr")
    digest = digest_of(
        cast.aminata, [working_room], lambda: say(cast.bao, working_room, "Alors ?"), run_tasks
    )
    closed(cast, working_room)

    sent(answering(digest, "Oui."))

    assert "conversation" in text_of(sent_to(AMINATA)[-1])
    assert "A moderator" not in text_of(sent_to(AMINATA)[-1])
