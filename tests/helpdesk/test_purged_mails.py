"""Mails that wait when a secret is purged: about its ticket, its question, or many things."""

import email
import email.policy
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from core.mail import DIGEST, send_mail_to
from core.models import OutgoingMail
from forum.actions import answer, render_post
from helpdesk import actions
from people.actions import follow, send_digests
from people.models import MailChoice
from tests.helpdesk.test_purging import SECRET, places, published, words

__all__ = ["published"]


def test_a_waiting_mail_of_many_things_loses_a_purged_title(
    desk, published, run_tasks, monkeypatch
):
    question = published.question
    follow(actor=desk["bao"], kind="forum.question", object_id=question.pk)
    MailChoice.objects.create(person=desk["bao"], kind="forum.question", way="daily")
    answer(actor=desk["farid"], question_id=question.pk, source="Try another.")
    run_tasks()
    morning = timezone.now() + timedelta(days=2)
    monkeypatch.setattr("people.actions.digests.timezone.now", lambda: morning)
    send_digests()
    run_tasks()
    monkeypatch.undo()
    digests = OutgoingMail.objects.filter(thing_kind=DIGEST, to__startswith="bao")
    assert SECRET.lower() in words(digests.get().raw)
    digests.update(sent_at=None)

    actions.purge_secret(actor=desk["nadia"], ticket_id=published.ticket_id, texts=[SECRET])
    run_tasks()

    assert "[removed by Nadia".lower() in words(digests.get().raw)
    assert places() == set()


def test_mails_about_the_ticket_wait_without_the_words_and_lead_where_they_led(
    desk, ticket, run_tasks, settings
):
    """The host has the word too; a mail that proves an address has it as well, and stays."""
    settings.PUBLIC_URL = "https://entraide.example"
    actions.reply(actor=desk["nadia"], ticket_id=ticket.pk, source="Use entraide.", revision=99)
    run_tasks()
    EmailMessage("Code", "Your entraide code", to=["aminata@people.example"]).send()
    code, mail = OutgoingMail.objects.filter(to__startswith="aminata").order_by("-pk")[:2]
    OutgoingMail.objects.update(sent_at=None)
    before = bytes(code.raw)

    actions.purge_secret(actor=desk["nadia"], ticket_id=ticket.pk, texts=["entraide"])

    for row in (mail, code):
        row.refresh_from_db()
    said = words(mail.raw)
    assert "use [removed by nadia" in said
    assert f"https://entraide.example{ticket.path.lower()}" in said
    assert bytes(code.raw) == before


def test_the_question_for_consent_waits_without_the_words(desk, ticket, run_tasks):
    actions.set_state(actor=desk["nadia"], ticket_id=ticket.pk, state="solved")
    actions.propose_answer(actor=desk["nadia"], ticket_id=ticket.pk)
    text = actions.Text(
        title="Mail lands in spam", question="Why?", answer="Ask Zanzibar.", language="en", tags=()
    )
    actions.write_public_text(actor=desk["nadia"], ticket_id=ticket.pk, text=text)
    actions.ask_consent(actor=desk["nadia"], ticket_id=ticket.pk)
    run_tasks()
    OutgoingMail.objects.update(sent_at=None)
    asking = OutgoingMail.objects.get(subject__contains="May we publish")
    assert "zanzibar" in words(asking.raw)

    actions.purge_secret(actor=desk["nadia"], ticket_id=ticket.pk, texts=["Zanzibar"])

    asking.refresh_from_db()
    assert "zanzibar" not in words(asking.raw)
    assert "ask [removed by nadia" in words(asking.raw)


def test_mails_about_a_translation_of_a_purged_question_are_forgotten(desk, published, run_tasks):
    row = published.question
    rendition = {"kind": "forum.question", "object_id": row.pk, "from_revision": 1}
    made = render_post(
        actor=desk["mika"], **rendition, language="fr", title=f"Avec {SECRET}", source="Changez."
    )
    send_mail_to(
        to="mika@people.example",
        language="en",
        template="people/notice",
        context={"notice": {"text": f"Avec {SECRET}"}, "url": ""},
        thing=made,
    )

    actions.purge_secret(actor=desk["nadia"], ticket_id=published.ticket_id, texts=[SECRET])
    run_tasks()

    assert places() == set()


def test_words_that_html_has_in_pieces_leave_the_mails_that_wait(desk, ticket, run_tasks):
    secret = "my_pass*word*1"
    said = f"Use {secret} there."
    actions.reply(actor=desk["nadia"], ticket_id=ticket.pk, source=said, revision=99)
    run_tasks()
    waiting = OutgoingMail.objects.filter(to__startswith="aminata").order_by("-pk")[0]
    assert "my_pass<em>word</em>1" in bytes(waiting.raw).decode()
    OutgoingMail.objects.update(sent_at=None)

    actions.purge_secret(actor=desk["nadia"], ticket_id=ticket.pk, texts=[secret])
    run_tasks()

    waiting.refresh_from_db()
    mail = email.message_from_bytes(bytes(waiting.raw), policy=email.policy.default)
    html = mail.get_body(("html",)).get_content()
    assert "Use [removed by Nadia" in html
    assert '<html lang="en" dir="ltr">' in html
    assert not any(part in waiting.raw.decode() for part in ("my_pass", "word</em>", "*word*"))


@pytest.mark.parametrize("where", ["there", "here"])
def test_the_mail_of_a_merger_waits_without_what_is_purged_in_either_ticket(
    where, desk, ticket, open_ticket, run_tasks
):
    """It quotes what stands in both, under the one that goes on."""
    other = open_ticket(source="The key is Rose!Moon7.")
    run_tasks()
    OutgoingMail.objects.all().delete()
    purged = ticket if where == "there" else other
    actions.merge(actor=desk["nadia"], ticket_id=other.pk, into_id=ticket.pk)
    run_tasks()
    waiting = OutgoingMail.objects.filter(to__startswith="aminata")
    waiting.update(sent_at=None)
    assert (waiting.get().thing_id, "rose!moon7" in words(waiting.get().raw)) == (ticket.pk, True)

    actions.purge_secret(actor=desk["nadia"], ticket_id=purged.pk, texts=["Rose!Moon7"])

    assert "rose!moon7" not in words(waiting.get().raw)


def test_the_mail_of_a_split_waits_without_what_is_purged_in_the_new_ticket(
    desk, ticket, run_tasks
):
    said = "The key is Rose!Moon7."
    facts = {"actor": desk["aminata"], "ticket_id": ticket.pk, "revision": 99}
    message = actions.reply(source=said, **facts)
    run_tasks()
    OutgoingMail.objects.all().delete()
    new = actions.split(actor=desk["nadia"], ticket_id=ticket.pk, message_ids=[message.pk])
    run_tasks()
    waiting = OutgoingMail.objects.filter(to__startswith="aminata")
    waiting.update(sent_at=None)
    assert "rose!moon7" in words(waiting.get().raw)

    actions.purge_secret(actor=desk["nadia"], ticket_id=new.pk, texts=["Rose!Moon7"])

    assert "rose!moon7" not in words(waiting.get().raw)
