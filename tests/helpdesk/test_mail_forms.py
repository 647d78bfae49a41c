"""Mails that a form sends for who filled it in, from an address that nobody reads."""

from core.models import OutgoingMail
from helpdesk import actions
from helpdesk.models import Message
from tests.helpdesk.mails import answering, received, sent_to

AMINATA = "aminata@people.example"
FORM = "Contact <noreply@forms.example>"


def test_writer_of_a_form_is_who_asked_and_is_answered(desk, run_tasks):
    mail = received(FORM, Reply_To="noreply@forms.example, Zoé <zoe@outside.example>")
    run_tasks()

    assert (mail.outcome, mail.from_email, mail.from_name) == (
        "opened",
        "zoe@outside.example",
        "Zoé",
    )
    assert mail.ticket.requester.display_name == "Zoé"
    assert list(OutgoingMail.objects.values_list("to", flat=True)) == ["zoe@outside.example"]
    assert received("zoe@outside.example", body="More.").ticket.requester == mail.person


def test_agent_opens_a_forms_mail_for_its_writer(desk, settings, run_tasks):
    settings.MAILS_FROM_ADDRESS_PER_HOUR = 0
    mail = received(FORM, Reply_To="zoe@outside.example")
    assert (mail.outcome, mail.reason) == ("quarantined", "too_many")

    actions.open_mail(actor=desk["nadia"], mail_id=mail.pk)
    run_tasks()

    assert list(OutgoingMail.objects.values_list("to", flat=True)) == ["zoe@outside.example"]


def test_name_in_a_form_adds_to_nobodys_ticket(desk, ticket, run_tasks):
    run_tasks()
    (acknowledged,) = sent_to(AMINATA)
    facts = {"Reply_To": AMINATA, "body": "Let me in."}
    by_number = received(FORM, subject=f"Re: [{ticket.number}]", **facts)
    token = answering(acknowledged, "Let me in.", sender=FORM, Reply_To=AMINATA)
    by_token = actions.receive_mail(raw=token.as_bytes())

    assert (by_number.outcome, by_number.reason) == ("quarantined", "not_a_participant")
    assert (by_token.outcome, by_token.reason) == ("quarantined", "another_address")
    assert not Message.objects.filter(source="Let me in.").exists()


def test_form_that_names_our_own_address_is_not_answered(desk, run_tasks):
    mail = received(FORM, Reply_To="reply@entraide.example")
    run_tasks()

    assert (mail.outcome, mail.reason) == ("quarantined", "own_mail")
    assert not OutgoingMail.objects.exists()
