"""Mails of ours that did not arrive: which they were, what agents see of it, and what ends."""

import pytest

from core.models import OutgoingMail
from helpdesk import actions
from tests.helpdesk.mails import answering, bounce, sent_to
from tests.helpdesk.test_learning import skills
from tests.helpdesk.test_publishing import asked, solved

__all__ = ["asked", "skills", "solved"]
AMINATA = "aminata@people.example"


@pytest.fixture
def question(asked, run_tasks):
    """The mail that asks aminata whether her ticket may be published."""
    run_tasks()
    return next(one for one in sent_to(AMINATA) if "May we publish" in one["Subject"])


def test_question_for_consent_that_did_not_arrive_shows_on_the_ticket(
    browse, desk, ticket, question
):
    row = actions.receive_mail(raw=bounce(question))

    assert (row.outcome, row.reason, row.ticket) == ("bounced", "ours", ticket)
    page = browse(desk["nadia"]).get(ticket.path).content.decode()
    assert "came back" in page
    assert f"{AMINATA} takes no mail" in page


def test_question_for_consent_is_answered_in_the_ticket(desk, ticket, question):
    assert question["References"] == sent_to(AMINATA)[0]["References"]

    mail = actions.receive_mail(raw=answering(question, "May I think about it?").as_bytes())

    assert (mail.outcome, mail.ticket, mail.proof) == ("replied", ticket, "token")
    assert ticket.public_answers.get().state == "asked"


def test_learning_need_that_did_not_arrive_shows_on_the_ticket(
    browse, desk, ticket, skills, run_tasks
):
    actions.note_learning_need(actor=desk["nadia"], ticket_id=ticket.pk)
    run_tasks()
    told = next(one for one in sent_to(AMINATA) if "learn" in one["Subject"])

    row = actions.receive_mail(raw=bounce(told))

    assert (row.reason, row.ticket) == ("ours", ticket)
    assert OutgoingMail.objects.get(message_id=told["Message-ID"]).failure == "5.1.1 failed"
    assert "came back" in browse(desk["nadia"]).get(ticket.path).content.decode()


def test_warning_of_a_delay_is_no_failure(browse, desk, ticket, run_tasks):
    run_tasks()
    (receipt,) = sent_to(AMINATA)

    late = actions.receive_mail(raw=bounce(receipt, "4.4.1", action="delayed"))

    assert (late.outcome, late.ticket) == ("bounced", ticket)
    assert OutgoingMail.objects.get(message_id=receipt["Message-ID"]).failure == ""
    page = browse(desk["nadia"]).get(ticket.path).content.decode()
    assert "A mail to Aminata is late; its server goes on trying (4.4.1)" in page
    assert "came back" not in page

    actions.receive_mail(raw=bounce(receipt, "4.4.7"))

    assert OutgoingMail.objects.get(message_id=receipt["Message-ID"]).failure == "4.4.7 failed"
    page = browse(desk["nadia"]).get(ticket.path).content.decode()
    assert "came back" in page
    assert "A mail to Aminata did not arrive (4.4.7)" in page
