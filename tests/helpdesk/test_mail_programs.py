"""Tickets that agents opened with a program's mail: nothing that happens by itself is mailed."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from core.models import OutgoingMail
from helpdesk import actions
from helpdesk.models import Apology, AutomaticMessage, Ticket
from tests.conftest import drain_tasks
from tests.helpdesk.desk_acts import made_macro, made_rule
from tests.helpdesk.mails import received, sent_to

PROGRAM, ZOE = "noreply@shop.example", "zoe@outside.example"


@pytest.fixture
def rules(desk, run_tasks):
    """Rules that answer what is opened, and solve what is about SPF."""
    macro = made_macro(desk["nadia"], texts={"en": "We have it.", "fr": "Reçu."})
    site_down = {"subject": ["site"]}
    for steps in ({"reply": macro.pk}, {"state": "solved"}):
        when = "opened" if "reply" in steps else "changed"
        made_rule(desk["clara"], desk["nadia"], when=when, conditions=site_down, steps=steps)
    run_tasks()


def life_of(ticket, desk):
    """Let rules answer it, two days go by, and a change solve it."""
    drain_tasks()
    with time_machine.travel(timezone.now() + timedelta(days=4), tick=False):
        assert actions.apologise() == 1
        drain_tasks()
        actions.change_queue(actor=desk["nadia"], ticket_id=ticket.pk, queue_slug="domains")
        drain_tasks()
    ticket = Ticket.objects.get(pk=ticket.pk)
    assert (Apology.objects.count(), AutomaticMessage.objects.count()) == (1, 1)
    assert ticket.state == "solved"


def test_program_is_mailed_nothing_that_happens_by_itself(desk, rules):
    waiting = received(PROGRAM)
    mail = actions.open_mail(actor=desk["nadia"], mail_id=waiting.pk)

    life_of(mail.ticket, desk)

    assert not OutgoingMail.objects.filter(to=PROGRAM).exists()


def test_program_is_answered_by_people(desk, run_tasks):
    mail = actions.open_mail(actor=desk["nadia"], mail_id=received(PROGRAM).pk)
    actions.reply(actor=desk["nadia"], ticket_id=mail.ticket_id, source="Which?", revision=99)
    run_tasks()

    (sent,) = sent_to(PROGRAM)
    assert sent["Auto-Submitted"] == "no"


def test_person_is_mailed_all_of_it(desk, rules):
    life_of(received().ticket, desk)

    assert len(sent_to(ZOE)) == 4  # the receipt, the rule's answer, the apology, the solution


@pytest.mark.parametrize("how", ["by a merger", "by an answer"])
def test_person_whose_program_wrote_first_is_mailed_once_they_speak(how, desk, run_tasks):
    away = received(body="I am away.", Auto_Submitted="auto-replied")
    ticket = actions.open_mail(actor=desk["nadia"], mail_id=away.pk).ticket
    if how == "by a merger":
        own = received().ticket
        actions.merge(actor=desk["nadia"], ticket_id=ticket.pk, into_id=own.pk)
    else:
        assert received(subject=f"Re: [{ticket.number}]").outcome == "replied"
    run_tasks()
    before = len(sent_to(ZOE))

    with time_machine.travel(timezone.now() + timedelta(days=4), tick=False):
        assert actions.apologise() == 1
        run_tasks()

    assert len(sent_to(ZOE)) == before + 1
