import email
import email.policy
from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
import time_machine
from django.core import mail as django_mail
from django.core.mail import EmailMessage, send_mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from core import mail, tasks
from core.models import OutgoingMail, UndeliverableAddress
from core.worker import Worker

pytestmark = pytest.mark.django_db


class Refusing(BaseEmailBackend):
    """A server that answers every mail as `answers` says."""

    answers: list[Exception | None] = []

    def send_messages(self, email_messages):
        answer = self.answers.pop(0)
        if answer:
            raise answer
        return len(email_messages)


@pytest.fixture
def server(settings):
    settings.MAIL_TRANSPORT = f"{__name__}.Refusing"
    Refusing.answers = []
    return Refusing.answers


@pytest.fixture
def mailworker():
    return Worker("mailworker", queues=["mail"])


@pytest.fixture
def letters(settings, tmp_path):
    """Return a folder in which a test puts templates of mails."""
    folder = tmp_path / "mail"
    folder.mkdir()
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [tmp_path],
            "OPTIONS": {},
        }
    ]
    return folder


def test_mail_is_a_row_and_a_task_until_the_worker_sends_it(mailworker):
    send_mail("Hello", "Body\n", None, ["aminata@people.example"])

    row = OutgoingMail.objects.get()
    assert (row.to, row.subject, row.sent_at) == ("aminata@people.example", "Hello", None)
    assert django_mail.outbox == []

    assert mailworker.run_one()

    (sent,) = django_mail.outbox
    assert (sent.to, sent.subject) == (["aminata@people.example"], "Hello")
    assert sent.body.strip() == "Body"
    assert sent.extra_headers["Message-ID"] == row.message_id
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    row.refresh_from_db()
    assert row.sent_at is not None


def test_mail_of_a_transaction_that_fails_is_not_sent(mailworker):
    with transaction.atomic():
        send_mail("Hello", "Body", None, ["aminata@people.example"])
        transaction.set_rollback(True)

    assert not OutgoingMail.objects.exists()
    assert not mailworker.run_one()


def test_mail_to_several_goes_to_each_with_its_own_message_id(mailworker):
    EmailMessage(
        "Hello", "Body", to=["a@people.example", "B <b@people.example>"], bcc=["c@people.example"]
    ).send()

    while mailworker.run_one():
        pass

    assert [sent.to for sent in django_mail.outbox] == [
        ["a@people.example"],
        ["b@people.example"],
        ["c@people.example"],
    ]
    assert len({sent.extra_headers["Message-ID"] for sent in django_mail.outbox}) == 3
    assert b"c@people.example" not in b"".join(
        sent.message().as_bytes() for sent in django_mail.outbox
    )


def test_mail_sent_already_is_not_sent_again():
    send_mail("Hello", "Body", None, ["aminata@people.example"])
    row = OutgoingMail.objects.get()

    mail.send(row.pk)
    mail.send(row.pk)

    assert len(django_mail.outbox) == 1


def test_mail_a_server_cannot_take_now_is_tried_again_with_the_same_message_id(server, mailworker):
    server[:] = [SMTPServerDisconnected("Gone"), ConnectionRefusedError("No"), None]
    send_mail("Hello", "Body", None, ["aminata@people.example"])
    first_id = OutgoingMail.objects.get().message_id

    mailworker.run_one()
    assert OutgoingMail.objects.get().failure == "SMTPServerDisconnected: Gone"
    with time_machine.travel(timezone.now() + timedelta(seconds=10)):
        mailworker.run_one()
    assert OutgoingMail.objects.get().failure == "ConnectionRefusedError: No"
    with time_machine.travel(timezone.now() + timedelta(seconds=60)):
        mailworker.run_one()

    row = OutgoingMail.objects.get()
    assert (row.failure, row.message_id) == ("", first_id)
    assert row.sent_at is not None


@pytest.mark.parametrize(
    ("answer", "final"),
    [
        (SMTPRecipientsRefused({"a@people.example": (550, b"No such person")}), True),
        (SMTPRecipientsRefused({"a@people.example": (450, b"Later")}), False),
        (SMTPDataError(554, b"Unwanted"), True),
        (SMTPDataError(451, b"Later"), False),
    ],
)
def test_mail_a_server_refuses_for_good_is_not_tried_again(server, mailworker, answer, final):
    server[:] = [answer]
    send_mail("Hello", "Body", None, ["a@people.example"])

    mailworker.run_one()

    assert DBTaskResult.objects.get().status == ("SUCCESSFUL" if final else "READY")
    assert type(answer).__name__ in OutgoingMail.objects.get().failure
    assert OutgoingMail.objects.get().sent_at is None


@pytest.mark.parametrize(
    ("code", "text", "status"),
    [
        (550, b"5.1.1 No such person\n5.1.1 Sorry", "5.1.1"),
        (554, b"5.4.1 Recipient address rejected", "5.4.1"),
        (552, b"5.2.2 Mailbox full", None),
        (550, b"5.1.8 Sender address rejected", None),
        (554, b"5.7.1 Blocked", None),
        (550, b"Blocked: your address stands on a list", None),
        (450, b"4.1.1 Later", None),
    ],
)
def test_address_a_server_refuses_for_good_is_sent_nothing_more(
    server, mailworker, code, text, status
):
    server[:] = [SMTPRecipientsRefused({"A@people.example": (code, text)})]
    send_mail("Hello", "Body", None, ["A@people.example"])

    mailworker.run_one()

    dead = list(UndeliverableAddress.objects.values_list("address", "status"))
    assert dead == ([("a@people.example", status)] if status else [])


def test_bytes_that_go_out_are_those_that_were_kept(mailworker):
    send_mail("Été à Dakar", "Ligne\n.\nفقرة\n", None, ["aminata@people.example"])

    mailworker.run_one()

    raw = bytes(OutgoingMail.objects.get().raw or b"")
    sent: Any = django_mail.outbox[0]
    assert sent.message().as_bytes() == raw
    wire = sent.message().as_bytes(linesep="\r\n")
    assert sent.message(policy=email.policy.SMTP).as_bytes() == wire
    assert wire.replace(b"\r\n", b"\n") == raw
    assert wire.count(b"\n") == wire.count(b"\r\n")


def test_mail_is_written_in_the_readers_language_and_zone(letters, mailworker):
    (letters / "note.txt").write_text(
        "{% load i18n tz %}{% get_current_language as code %}"
        "Ticket of {{ name }} ({{ code }})\n\nAt {{ at|date:'H:i' }}, {{ public_url }}/t <b>\n"
    )
    row = mail.send_mail_to(
        to="bao@people.example",
        language="fr",
        template="note",
        context={"name": "Bao & Co", "at": timezone.now().replace(hour=12, minute=0)},
        headers={"In-Reply-To": "<a@b>", "References": "<a@b>", "Reply-To": "t@help.example"},
        time_zone="America/Martinique",
    )
    mailworker.run_one()

    (sent,) = django_mail.outbox
    assert row.subject == sent.subject == "Ticket of Bao & Co (fr)"
    assert sent.body == "At 08:00, http://localhost:8000/t <b>\n"
    assert sent.extra_headers["In-Reply-To"] == "<a@b>"
    assert sent.extra_headers["Reply-To"] == "t@help.example"
    assert sent.extra_headers["List-Id"] == "Entraide <entraide.localhost>"
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    page = email.message_from_bytes(sent.message().as_bytes(), policy=email.policy.default)
    html = page.get_body(("html",)).get_content()
    assert '<html lang="fr" dir="ltr">' in html
    assert '<p>At 08:00, <a href="http://localhost:8000/t">http://localhost:8000/t</a>' in html
    assert "&lt;b&gt;" in html


def test_subject_cannot_add_a_header(letters):
    (letters / "note.txt").write_text("{{ subject }}\n\nBody\n")

    row = mail.send_mail_to(
        to="bao@people.example",
        language="en",
        template="note",
        context={"subject": "Hello\r\nBcc: omar@people.example"},
    )

    assert OutgoingMail.objects.count() == 1
    headers, _blank, body = bytes(row.raw or b"").partition(b"\n\n")
    assert b"Bcc" not in headers
    assert b"Bcc" in body


def test_text_becomes_paragraphs_lists_and_links_of_words(letters):
    (letters / "note.txt").write_text(
        "Hello\n\nOne\ntwo.\n\n- first\n  of it\n\n- second\nAfter\n-- \n"
        "No more: {{ public_url }}/stop\nNot ours: https://x.example/y.\n"
    )

    row = mail.send_mail_to(to="bao@people.example", language="en", template="note", context={})

    parsed = email.message_from_bytes(bytes(row.raw or b""), policy=email.policy.default)
    html = parsed.get_body(("html",)).get_content()
    assert html.partition("<body>\n")[2] == (
        "<p>One<br>two.</p>\n<ul><li>first<br>of it</li><li>second</li></ul>\n<p>After</p>\n<hr>\n"
        '<p><a href="http://localhost:8000/stop">No more</a><br>'
        'Not ours: <a href="https://x.example/y">https://x.example/y</a>.</p>\n</body></html>\n'
    )


def test_words_alone_are_dressed_when_django_sends_them_and_files_left(mailworker):
    send_mail("Hello", "One\n\n<two>", None, ["a@people.example"])
    with_file = EmailMessage("Hello", "Body", to=["b@people.example"])
    with_file.attach("notes.txt", "Notes", "text/plain")
    with_file.send()

    first, second = OutgoingMail.objects.order_by("pk")

    assert b"<p>&lt;two&gt;</p>" in bytes(first.raw or b"")
    assert b"text/html" not in bytes(second.raw or b"")


def test_each_hour_so_many_mails_go_to_one_address_and_codes_at_once(letters, mailworker, settings):
    settings.MAILS_TO_ADDRESS_PER_HOUR = 2
    (letters / "note.txt").write_text("{{ subject }}\n\nWords.")
    start = timezone.now()

    def at(**later):
        return time_machine.travel(start + timedelta(**later), tick=False)

    def write(subject, to="bao@people.example"):
        context = {"subject": subject}
        mail.send_mail_to(to=to, language="en", template="note", context=context)

    def sent():
        while mailworker.run_one():
            pass
        rows = OutgoingMail.objects.filter(to="bao@people.example").exclude(sent_at=None)
        return [row.subject for row in rows.order_by("sent_at", "pk")]

    with at(hours=0):
        for number in range(5):
            write(f"{number}")
        write("other", to="omar@people.example")
        assert sent() == ["0", "1"]
        assert OutgoingMail.objects.get(to="omar@people.example").sent_at == start
    with at(minutes=30):
        send_mail("code", "1234", None, ["bao@people.example"])
        assert sent() == ["0", "1", "code"]
    with at(minutes=59):
        assert sent() == ["0", "1", "code"]
    with at(hours=1):
        assert sent() == ["0", "1", "code", "2"]
    with at(hours=1, minutes=59):
        write("5")  # there is room, and two wait for it already
        assert sent() == ["0", "1", "code", "2"]
    with at(hours=2):
        assert sent() == ["0", "1", "code", "2", "3", "4"]
    with at(hours=3):
        assert sent() == ["0", "1", "code", "2", "3", "4", "5"]


def test_bodies_are_forgotten_after_a_day_and_addresses_after_a_month():
    now = timezone.now()
    for hours, sent in [(1, True), (25, True), (25, False), (24 * 8, False), (24 * 31, True)]:
        at = now - timedelta(hours=hours)
        OutgoingMail.objects.create(
            message_id=f"{hours}{sent}",
            to="a@people.example",
            subject="Hello",
            raw=b"Body",
            created_at=at,
            sent_at=at if sent else None,
        )

    tasks.prune.call()

    kept = OutgoingMail.objects.exclude(raw=None).values_list("message_id", flat=True)
    assert set(kept) == {"1True", "25False"}
    assert OutgoingMail.objects.filter(to="", subject="").get().message_id == "744True"


@pytest.fixture
def back_office(cast, browse):
    cast.clara.is_superuser = True
    cast.clara.save()
    return browse(cast.clara)


def test_administrator_sees_a_refused_mail_without_its_body_and_sends_it_again(
    server, mailworker, back_office
):
    server[:] = [SMTPDataError(554, b"Unwanted"), None]
    send_mail("Hello", "SECRETPLUM", None, ["a@people.example"])
    mailworker.run_one()
    row = OutgoingMail.objects.get()
    listed = reverse("admin:core_outgoingmail_changelist")

    page = back_office.get(listed, {"situation": "refused"}).content.decode()
    detail = back_office.get(reverse("admin:core_outgoingmail_change", args=[row.pk]))
    back_office.post(listed, {"action": "send_again", "_selected_action": [row.pk]})
    mailworker.run_one()

    assert "Unwanted" in page
    assert "SECRETPLUM" not in page + detail.content.decode()
    assert OutgoingMail.objects.get().sent_at is not None


def test_developer_reads_what_was_mailed(browse):
    send_mail("Été", "Open https://localhost/confirm/42 ✓", None, ["a@people.example"])

    page = browse().get("/dev/outbox").content.decode()

    assert "Été" in page
    assert 'href="https://localhost/confirm/42"' in page
