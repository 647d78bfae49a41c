"""Many at once: each agent gets another ticket, each message another number."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from helpdesk import actions
from helpdesk.models import Message, Ticket
from tests.cast import make_levels, make_person

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8


def together(work, arguments, at_once=AT_ONCE):
    """Return what the work gives for each argument, all begun at once on connections of their own.

    A refusal is returned, not raised.
    """

    def one(argument):
        try:
            return work(argument)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=at_once) as pool:
        return list(pool.map(one, arguments))


@pytest.fixture
def tickets():
    make_levels()
    asker = make_person("asker")
    return [
        actions.open_ticket(actor=asker, subject=f"No {n}", source="Help.", language="en")
        for n in range(AT_ONCE - 2)
    ]


def test_agents_who_ask_at_once_never_get_the_same_ticket(tickets):
    agents = [make_person(f"agent{number}", role="agent") for number in range(AT_ONCE)]

    taken = together(lambda agent: actions.take_next(actor=agent), agents)

    assert taken.count(None) == 2
    assert {row.pk for row in taken if row} == {row.pk for row in tickets}
    for agent, row in zip(agents, taken, strict=True):
        if row is not None:
            assert Ticket.objects.get(pk=row.pk).assignee == agent


def test_messages_sent_at_once_are_numbered_without_holes(tickets):
    agents = [make_person(f"agent{number}", role="agent") for number in range(AT_ONCE)]
    ticket = tickets[0]

    together(
        lambda agent: actions.reply(
            actor=agent, ticket_id=ticket.pk, source=f"By {agent}", revision=99
        ),
        agents,
    )

    rows = Message.objects.filter(ticket=ticket).order_by("pk")
    assert [row.number for row in rows] == list(range(1, AT_ONCE + 2))
    assert Ticket.objects.get(pk=ticket.pk).message_count == AT_ONCE + 1


def test_replies_on_one_revision_at_once_one_is_sent_the_others_are_told(tickets):
    agents = [make_person(f"agent{number}", role="agent") for number in range(AT_ONCE)]

    def send(agent):
        try:
            return actions.reply(actor=agent, ticket_id=tickets[0].pk, source="Hi", revision=1)
        except actions.Overtaken as overtaken:
            return overtaken

    answers = together(send, agents)

    assert sum(isinstance(answer, Message) for answer in answers) == 1
    assert Message.objects.filter(ticket=tickets[0]).count() == 2
