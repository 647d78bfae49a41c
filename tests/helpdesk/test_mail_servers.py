"""Mail through real servers: a full circle, what a server refuses, the commands."""

import imaplib
import io
import re
import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from core.models import OutgoingMail, UndeliverableAddress
from helpdesk import actions, mailbox
from helpdesk.models import InboundMail, Ticket
from tests.helpdesk.mail_servers import dovecot, imap_server, last_to
from tests.helpdesk.mails import answering, received, written

pytestmark = pytest.mark.once


@pytest.fixture
def inbox(settings):
    """A mailbox on a real IMAP server: how to reach it, and a function that delivers to it."""
    if dovecot() is None:
        pytest.skip("Dovecot is not installed (Debian: apt-get install dovecot-imapd).")
    with imap_server() as url:
        settings.INBOUND_MAIL_URL = url

        def deliver(raw):
            found = re.search(r"@([\d.]+):(\d+)/", url)
            client = imaplib.IMAP4(found[1], int(found[2]))
            client.login("desk", "plum")
            client.append("INBOX", None, None, raw)
            client.logout()

        yield SimpleNamespace(url=url, deliver=deliver)


def test_full_circle_through_imap_and_smtp(browse, desk, inbox, sink, run_tasks):
    inbox.deliver(written(message_id="<first@outside.example>").as_bytes())
    call_command("fetch_mail", stdout=io.StringIO())
    run_tasks()

    ticket = Ticket.objects.get()
    acknowledgement = last_to(sink, "zoe@outside.example")
    assert ticket.number in acknowledgement["Subject"]
    assert acknowledgement["Auto-Submitted"] == "auto-replied"

    browse(desk["nadia"]).post(
        f"{ticket.path}/replies", {"source": "Which **page**?", "revision": 1}
    )
    run_tasks()
    answer = last_to(sink, "zoe@outside.example")
    assert answer["Auto-Submitted"] == "no"
    assert answer["List-Id"] == "Entraide <entraide.localhost>"
    assert answer["In-Reply-To"] == "<first@outside.example>"
    text = answer.get_body(("plain",)).get_content()
    assert "Which **page**?" in text
    assert text.index("Which **page**?") < text.index("> Bonjour, mon site")
    html = answer.get_body(("html",)).get_content()
    assert "<strong>page</strong>" in html
    assert 'lang="fr"' in html

    inbox.deliver(answering(answer, "La première page.").as_bytes())
    call_command("fetch_mail", stdout=io.StringIO())

    ticket.refresh_from_db()
    message = ticket.messages.order_by("-pk")[0]
    assert (message.source, message.author) == ("La première page.", ticket.requester)
    assert ticket.state == "waiting_us"
    assert "La première page." in browse(desk["nadia"]).get(ticket.path).content.decode()


def test_mails_are_fetched_once_as_they_came_and_stay_in_the_mailbox(desk, inbox):
    raw = b"From: a@x.example\r\nSubject: =?broken\r\n\r\nH\xe9llo\r\n.\r\n"
    inbox.deliver(raw)
    inbox.deliver(written("b@x.example").as_bytes())

    assert mailbox.fetch(inbox.url) == 2
    assert mailbox.fetch(inbox.url) == 0

    assert bytes(InboundMail.objects.get(from_email="a@x.example").raw) == raw
    assert InboundMail.objects.count() == 2


def test_store_that_is_away_leaves_mails_unseen(desk, inbox, monkeypatch):
    inbox.deliver(written().as_bytes())

    def away(*, raw):
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(mailbox, "receive_mail", away)
        with pytest.raises(OperationalError):
            mailbox.fetch(inbox.url)
    assert mailbox.fetch(inbox.url) == 1
    assert Ticket.objects.count() == 1


def test_mail_that_the_server_does_not_hand_over_stays_unseen(desk, inbox, monkeypatch):
    inbox.deliver(written("a@outside.example").as_bytes())
    inbox.deliver(written("b@outside.example").as_bytes())
    handed_over = imaplib.IMAP4.uid

    def out_of_order(client, command, uid, *rest):
        if (command, uid) == ("fetch", "1"):
            return "NO", [b"[SERVERBUG] The disk is in the way."]
        return handed_over(client, command, uid, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(imaplib.IMAP4, "uid", out_of_order)
        with pytest.raises(CommandError, match="The disk is in the way"):
            call_command("fetch_mail")
    assert InboundMail.objects.get().from_email == "b@outside.example"

    assert mailbox.fetch(inbox.url) == 1
    assert InboundMail.objects.filter(from_email="a@outside.example").exists()


def test_worker_fetches_by_itself(desk, inbox):
    from helpdesk.tasks import fetch_mail

    inbox.deliver(written().as_bytes())

    fetch_mail.call()

    assert Ticket.objects.count() == 1


def test_mail_that_came_before_the_waiting_is_not_waited_for(desk, inbox):
    mailbox.fetch(inbox.url)
    inbox.deliver(written().as_bytes())

    assert mailbox.wait_for_mail(inbox.url, seconds=60) is True
    assert mailbox.fetch(inbox.url) == 1


def test_waiting_for_mail_ends_when_none_comes(inbox):
    assert mailbox.wait_for_mail(inbox.url, seconds=0.2) is False


@pytest.mark.parametrize(("idle", "taken_in"), [(["--idle", "30"], 2), ([], 1)])
def test_command_waits_for_a_mail_and_takes_it_in(idle, taken_in, desk, inbox, monkeypatch):
    inbox.deliver(written("a@outside.example").as_bytes())
    waits, send = threading.Event(), imaplib.IMAP4.send

    def sent(client, data):
        send(client, data)
        if data.endswith(b" IDLE\r\n"):
            waits.set()

    def deliver_meanwhile():
        if waits.wait(60):
            inbox.deliver(written("b@outside.example").as_bytes())

    monkeypatch.setattr(imaplib.IMAP4, "send", sent)
    out, other = io.StringIO(), threading.Thread(target=deliver_meanwhile)
    other.start()
    call_command("fetch_mail", *idle, stdout=out)
    was_waiting = waits.is_set()
    waits.set()
    other.join()

    assert was_waiting == bool(idle)
    assert out.getvalue() == f"Mails taken in: {taken_in}.\n"
    assert InboundMail.objects.count() == taken_in


def test_wrong_password_and_address_are_said_without_the_secret(inbox, settings):
    settings.INBOUND_MAIL_URL = inbox.url.replace("plum", "apple")
    with pytest.raises(CommandError) as refused:
        call_command("fetch_mail")
    assert "apple" not in str(refused.value)

    settings.INBOUND_MAIL_URL = "pop3://desk:plum@127.0.0.1"
    with pytest.raises(CommandError, match="imaps://"):
        call_command("fetch_mail")
    settings.INBOUND_MAIL_URL = ""
    with pytest.raises(CommandError, match="no mailbox"):
        call_command("fetch_mail")


def test_refusal_of_a_server_shows_on_the_ticket(browse, desk, sink, run_tasks):
    sink.refused.add("zoe@outside.example")
    ticket = received().ticket
    run_tasks()

    row = OutgoingMail.objects.get()
    assert row.sent_at is None
    assert "550" in row.failure
    assert "not delivered" in browse(desk["nadia"]).get(ticket.path).content.decode()
    dead = UndeliverableAddress.objects.get()
    assert (dead.address, dead.status) == ("zoe@outside.example", "5.1.1")
    stub = ticket.requester
    assert "not delivered" not in browse(stub).get(ticket.path).content.decode()


def piped(raw, monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    out = io.StringIO()
    call_command("receive_mail", stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_mail_server_pipes_a_mail(desk, monkeypatch):
    assert piped(written().as_bytes(), monkeypatch).startswith("opened ")
    assert Ticket.objects.count() == 1


def test_pipe_tells_the_server_to_keep_the_mail_while_the_store_is_away(desk, monkeypatch):
    from helpdesk.actions import receiving

    def away(*, raw):
        raise OperationalError

    monkeypatch.setattr(receiving, "store_mail", away)
    with pytest.raises(SystemExit) as ended:
        piped(written().as_bytes(), monkeypatch)
    assert ended.value.code == 75
    with pytest.raises(SystemExit) as ended:
        piped(b"\n", monkeypatch)
    assert ended.value.code == 66


def test_pipe_of_an_installation_without_a_database_says_try_again(tmp_path, settings):
    environment = {
        "ENTRAIDE_VAR": str(tmp_path),
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
        "PATH": "/usr/bin:/bin",
    }
    ended = subprocess.run(
        [sys.executable, "manage.py", "receive_mail"],
        input=written().as_bytes(),
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert ended.returncode == 75, ended.stderr.decode()[-500:]


def test_office_tries_failed_mails_again(desk, browse, monkeypatch):
    from helpdesk.actions import receiving

    def broken(mail):
        raise RuntimeError("The moon is in the way.")

    with monkeypatch.context() as patch:
        patch.setattr(receiving, "settle", broken)
        mail = received()
        out = io.StringIO()
        call_command("retry_mail", stdout=out)
    assert "Still failing: 1" in out.getvalue()
    desk["clara"].is_superuser = True
    desk["clara"].save()
    listed = "/back-office/helpdesk/inboundmail/"
    client = browse(desk["clara"])

    assert "moon" in client.get(listed).content.decode()
    client.post(listed, {"action": "try_again", "_selected_action": [mail.pk]})

    mail.refresh_from_db()
    assert mail.outcome == "opened"
    shown = client.get(f"{listed}{mail.pk}/change/").content.decode()
    assert "Bonjour" not in shown
    call_command("retry_mail", stdout=out)
    assert "Settled: 0" in out.getvalue()


def test_many_mails_to_one_address_wait(desk, settings, run_tasks):
    from django_tasks_db.models import DBTaskResult

    settings.MAILS_TO_ADDRESS_PER_HOUR = 2
    for number in range(4):
        received(subject=f"Number {number}")
    run_tasks()

    assert OutgoingMail.objects.filter(sent_at=None).count() == 2
    waiting = DBTaskResult.objects.filter(status="READY", task_path="core.tasks.send_mail")
    assert waiting.count() == 2
    assert all(row.run_after is not None for row in waiting)


def test_notes_never_stand_in_mails_to_who_asked(desk, ticket, run_tasks):
    actions.write_note(actor=desk["vera"], ticket_id=ticket.pk, source="NOTHINGFORTHEM")
    actions.reply(actor=desk["nadia"], ticket_id=ticket.pk, source="An answer", revision=99)
    run_tasks()

    for row in OutgoingMail.objects.exclude(to__in=["nadia@people.example", "vera@people.example"]):
        assert b"NOTHINGFORTHEM" not in bytes(row.raw)
        assert b"Reply-To: reply+" in bytes(row.raw)
