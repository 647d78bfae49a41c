"""Files of replies go along with their mails, through a real SMTP server."""

import io
import zipfile
from datetime import timedelta
from smtplib import SMTPDataError

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core import mail as mails_out
from core.models import MailedFile, OutgoingMail, StoredFile
from helpdesk import actions
from tests.helpdesk.mail_servers import last_to
from tests.helpdesk.mails import received

PDF = b"%PDF-1.7 how to set the records"
GUEST = "guest@elsewhere.example"


def archive():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("plugin.js", "alert(1)")
    return out.getvalue()


def replied(ticket, actor, *files, source="See the file."):
    """Reply with files, each a name and its bytes."""
    uploads = [SimpleUploadedFile(*pair, "application/octet-stream") for pair in files]
    return actions.reply(
        actor=actor, ticket_id=ticket.pk, source=source, revision=99, uploads=uploads
    )


def attached(mail):
    return [
        (part.get_filename(), part.get_payload(decode=True)) for part in mail.iter_attachments()
    ]


def text_of(mail):
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def address_of(name):
    """Where a mail leads for a file: its reader may not be signed in."""
    return f"/accounts/login/?next={StoredFile.objects.get(name=name).get_absolute_url()}"


def test_who_wrote_by_mail_gets_the_files_of_an_answer(desk, sink, run_tasks):
    long_id = f"<{'a' * 120}@outside.example>"
    ticket = received(message_id=long_id).ticket
    text = "Réglages: été".encode("windows-1252")

    replied(ticket, desk["nadia"], ("marche à suivre.pdf", PDF), ("réglages.txt", text))
    run_tasks()

    mail = last_to(sink, "zoe@outside.example")
    assert attached(mail) == [("marche à suivre.pdf", PDF), ("réglages.txt", text)]
    kinds = [part.get_content_type() for part in mail.iter_attachments()]
    assert kinds == ["application/pdf", "text/plain"]
    assert list(mail.iter_attachments())[1].get_content() == "Réglages: été"
    assert "See the file." in text_of(mail)
    assert "See the file." in mail.get_body(("html",)).get_content()
    assert mail["In-Reply-To"].strip() == long_id
    assert mail["References"].split()[-1] == long_id
    assert "/files/" not in text_of(mail)


def test_what_is_too_large_or_refused_is_named_and_linked_to(
    browse, desk, sink, settings, run_tasks
):
    settings.MAIL_FILES_BYTES = 100
    ticket = received().ticket
    files = ("small.pdf", PDF), ("large.txt", b"words " * 20), ("site.zip", archive())

    replied(ticket, desk["nadia"], *files, ("last.txt", b"few words"))
    run_tasks()

    mail = last_to(sink, "zoe@outside.example")
    assert attached(mail) == [("small.pdf", PDF), ("last.txt", b"few words")]
    html = mail.get_body(("html",)).get_content()
    for name in ("large.txt", "site.zip"):
        path = address_of(name)
        assert f"- {name}: {settings.PUBLIC_URL}{path}\n" in text_of(mail)
        assert f'<li><a href="{settings.PUBLIC_URL}{path}">{name}</a></li>' in html
        sent = browse(ticket.requester).get(path, follow=True)
        assert sent.status_code == 200
        assert name in sent["Content-Disposition"]
        assert browse(None).get(path).status_code == 200  # to sign in, and then there
    assert "small.pdf" not in text_of(mail)


def test_a_guest_gets_them_too(desk, ticket, sink, settings, run_tasks):
    settings.MAIL_FILES_BYTES = 100
    actions.invite(actor=desk["nadia"], ticket_id=ticket.pk, address=GUEST)

    replied(ticket, desk["nadia"], ("how.pdf", PDF), ("large.txt", b"words " * 20))
    run_tasks()

    mail = last_to(sink, GUEST)
    assert attached(mail) == [("how.pdf", PDF)]
    linked = settings.PUBLIC_URL + address_of("large.txt")
    assert f"- large.txt: {linked}\n" in text_of(mail)


def test_a_volunteer_gets_them_under_masked_names(desk, ticket, sink, settings, run_tasks):
    settings.MAIL_FILES_BYTES = 100
    actions.assign(actor=desk["nadia"], ticket_id=ticket.pk, assignee=desk["vera"])

    names = ("Aminata_2026.pdf", PDF), ("Aminata.txt", b"words " * 20)
    replied(ticket, desk["aminata"], *names)
    run_tasks()

    mail = last_to(sink, "vera@people.example")
    assert attached(mail) == [("(name)_2026.pdf", PDF)]
    assert "- (name).txt: http" in text_of(mail)
    assert "aminata" not in mail.as_string().lower()
    assert attached(last_to(sink, "farid@people.example")) == [("Aminata_2026.pdf", PDF)]


def test_files_of_a_note_go_to_its_agents_alone(desk, ticket, sink, run_tasks):
    actions.assign(actor=desk["nadia"], ticket_id=ticket.pk, assignee=desk["nadia"])
    upload = SimpleUploadedFile("trace.pdf", PDF)

    actions.write_note(
        actor=desk["vera"], ticket_id=ticket.pk, source="The trace.", uploads=[upload]
    )
    run_tasks()

    assert attached(last_to(sink, "nadia@people.example")) == [("trace.pdf", PDF)]
    to_others = {to for _sender, tos, raw in sink.mails for to in tos if b"trace.pdf" in raw}
    assert to_others == {"nadia@people.example"}


def test_a_mail_tried_again_has_them_too(desk, sink, run_tasks, monkeypatch):
    ticket = received().ticket
    run_tasks()
    replied(ticket, desk["nadia"], ("how.pdf", PDF))

    async def away(*args):
        return "451 Try again later"

    with monkeypatch.context() as patch:
        patch.setattr(sink, "handle_DATA", away)
        with pytest.raises(SMTPDataError):
            run_tasks()
    row = OutgoingMail.objects.get(to="zoe@outside.example", sent_at=None)
    assert "451" in row.failure
    mails_out.send(row.pk)

    assert attached(last_to(sink, "zoe@outside.example")) == [("how.pdf", PDF)]


def test_a_file_taken_away_before_the_mail_goes_stays_here(desk, sink, run_tasks, settings):
    settings.MAILS_TO_ADDRESS_PER_HOUR = 1
    ticket = received().ticket
    run_tasks()
    replied(ticket, desk["nadia"], ("key.pdf", PDF))
    run_tasks()
    waits = OutgoingMail.objects.get(to="zoe@outside.example", sent_at=None)
    assert [one.name for one in waits.files.all()] == ["key.pdf"]

    key = str(StoredFile.objects.get().key)
    actions.purge_secret(actor=desk["nadia"], ticket_id=ticket.pk, files=[key])
    mails_out.send(waits.pk)

    mail = last_to(sink, "zoe@outside.example")
    assert attached(mail) == []
    assert "See the file." in text_of(mail)


def test_which_files_went_is_forgotten_with_the_bodies(desk, sink, run_tasks):
    ticket = received().ticket
    replied(ticket, desk["nadia"], ("how.pdf", PDF))
    run_tasks()
    assert MailedFile.objects.count() == 1

    OutgoingMail.objects.update(sent_at=timezone.now() - timedelta(days=2))
    mails_out.purge()

    assert MailedFile.objects.count() == 0
    assert StoredFile.objects.count() == 1
