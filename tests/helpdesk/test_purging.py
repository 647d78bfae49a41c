"""A secret is planted wherever words of a ticket are kept, and after its purge it is nowhere."""

import email
import email.policy
from base64 import b64encode

import pytest
from django.db import connection

from chat.actions import edit_message, post_message
from chat.queries import room_of
from core.models import JournalLine, OutgoingMail
from helpdesk import actions
from helpdesk.models import InboundMail, PublicAnswer, Rating, Ticket
from people.models import RoleGrant
from tests.helpdesk.mails import written

SECRET = "Zq7xTrombone94"
SAID = f"The key is {SECRET}, please."
FORMS = (SECRET.lower(), b64encode(SAID.encode()).decode().lower()[:20])


@pytest.fixture
def planted(desk, run_tasks):
    """A ticket of aminata that came by mail, with the secret in all that is kept of it."""
    mail = written(
        "Aminata <aminata@people.example>", subject=f"Help {SECRET}", body=f"{SAID}\n\n> {SAID}"
    )
    mail.add_attachment(SAID.encode(), maintype="text", subtype="plain", filename="key.txt")
    actions.receive_mail(raw=mail.as_bytes())
    ticket = Ticket.objects.get()
    facts = {"ticket_id": ticket.pk}
    RoleGrant.objects.filter(person=desk["vera"]).update(volunteer=False)
    actions.assign(actor=desk["nadia"], **facts, assignee=desk["nadia"])
    actions.write_note(actor=desk["vera"], **facts, source=f"@nadia {SAID}")
    actions.reply(actor=desk["nadia"], **facts, source=f"> {SAID}\n\nThanks.", revision=99)
    actions.add_to_checklist(actor=desk["nadia"], **facts, items=[f"Change {SECRET}"])
    Rating.objects.create(
        ticket=ticket, person=desk["aminata"], solution=1, grade="fair", comment=SAID
    )
    PublicAnswer.objects.create(
        ticket=ticket,
        proposed_by=desk["nadia"],
        title="Keys",
        question_source=SAID,
        answer_source="Never send them.",
        language="en",
    )
    room = room_of("helpdesk.ticket", ticket.pk)
    for number, who in enumerate(("aminata", "nadia")):
        post_message(actor=desk[who], room_id=room.pk, source=SAID, client_id=f"said-{number}")
    edit_message(actor=desk["nadia"], room_id=room.pk, number=2, revision=1, source="Oh.")
    run_tasks()
    OutgoingMail.objects.filter(to__startswith="nadia").update(sent_at=None)
    return ticket


def places():
    """Return every table and column of the database in which the secret can be read."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.endswith(("_data", "_idx", "_docsize", "_config")):
                continue  # of SQLite's index of words: asked by a search
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    if any(form in words(value) for form in FORMS):
                        found.add(f"{table}.{name}")
    return found


def words(value):
    """Return what a value says, mails decoded."""
    if not isinstance(value, (bytes, memoryview)):
        return str(value).lower()
    raw = bytes(value)
    parts = [raw.decode("latin-1")]
    for part in email.message_from_bytes(raw, policy=email.policy.default).walk():
        if part.get_content_maintype() == "text":
            parts += [str(part["Subject"]), part.get_content()]
    return "\n".join(parts).lower()


def test_a_purged_secret_is_nowhere_at_all(desk, planted, browse, run_tasks):
    before = places()
    expected = {
        "chat_chatmessage.html",
        "chat_chatmessage.source",
        "core_outgoingmail.raw",
        "helpdesk_checklistitem.words",
        "helpdesk_inboundmail.folded_text",
        "helpdesk_inboundmail.raw",
        "helpdesk_inboundmail.subject",
        "helpdesk_message.html",
        "helpdesk_message.source",
        "helpdesk_publicanswer.question_source",
        "helpdesk_rating.comment",
        "helpdesk_ticket.subject",
    }
    assert expected <= before
    search = f"/queue?q={SECRET}&waits_for="
    client = browse(desk["nadia"])
    assert planted.number in client.get(search).content.decode()

    actions.purge_secret(actor=desk["nadia"], ticket_id=planted.pk, text=SECRET)
    run_tasks()

    assert places() == set()
    assert planted.number not in client.get(search).content.decode()
    line = JournalLine.objects.get(verb="helpdesk.secret_purged")
    mail = InboundMail.objects.get()
    assert line.changes["mails"] == [mail.pk]
    assert len(line.changes["talk"]) == 2
    assert mail.raw is None


def test_what_waits_for_a_decision_keeps_its_mail_without_the_words(desk, planted):
    InboundMail.objects.update(outcome="quarantined", queue=planted.queue_id)

    actions.purge_secret(actor=desk["nadia"], ticket_id=planted.pk, text=SECRET)

    mail = InboundMail.objects.get()
    assert SECRET.lower() not in words(mail.raw)
    assert "removed by nadia" in words(mail.raw)
    assert places() == set()


def test_secret_in_the_talk_alone_is_found(desk, ticket):
    room = room_of("helpdesk.ticket", ticket.pk)
    post_message(actor=desk["aminata"], room_id=room.pk, source=SAID, client_id="said")

    purged = actions.purge_secret(actor=desk["nadia"], ticket_id=ticket.pk, text=SECRET)

    assert purged == {"messages": 0, "files": 0}
    assert places() == set()
