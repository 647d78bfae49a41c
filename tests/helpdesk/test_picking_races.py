"""Fifty agents ask for the next ticket at once: none gets another's, and the floor holds."""

import random

import pytest

from helpdesk import actions
from helpdesk.models import Fairness, Pick, Ticket
from people.models import HostedSite
from tests.cast import make_levels, make_person
from tests.helpdesk.test_races import together

pytestmark = pytest.mark.django_db(transaction=True)
AGENTS = 50


@pytest.fixture
def agents():
    return [make_person(f"agent{number}", role="agent") for number in range(AGENTS)]


@pytest.fixture
def tickets():
    """Forty free and forty paid tickets."""
    levels = make_levels()
    asker = make_person("asker")
    site = HostedSite.objects.create(
        external_id="a", domain="asker.example", owner=asker, level=levels["guaranteed"]
    )
    facts = {"source": "Help.", "language": "en", "actor": asker}
    for number in range(40):
        actions.open_ticket(subject=f"Free {number}", **facts)
        actions.open_ticket(subject=f"Paid {number}", site_id=site.pk, **facts)
    return list(Ticket.objects.order_by("pk"))


def kinds_in_order():
    return list(Pick.objects.counted().order_by("pk").values_list("kind", flat=True))


def test_fifty_agents_at_once_never_get_the_same_and_the_floor_holds(tickets, agents):
    taken = together(lambda agent: actions.take_next(actor=agent), agents, at_once=AGENTS)

    assert None not in taken
    assert len({row.pk for row in taken}) == AGENTS
    for agent, row in zip(agents, taken, strict=True):
        assert Ticket.objects.get(pk=row.pk).assignee == agent
    assert Pick.objects.count() == AGENTS
    kinds = kinds_in_order()
    for count in range(AGENTS + 1):
        assert kinds[:count].count("free") >= 40 * count // 100
    free = kinds.count("free")
    assert Fairness.objects.get().credit == free * 60 - (AGENTS - free) * 40


def test_next_passes_over_what_is_answered_or_taken_by_hand_at_that_moment(tickets, agents):
    """Half of the agents take tickets by hand or answer them while the others ask for the next."""
    dice = random.Random(4)
    chosen = [dice.choice(tickets[:12]).pk for _agent in agents]

    def work(one):
        number, agent = one
        if number % 2:
            return actions.take_next(actor=agent)
        if number % 4:
            actions.assign(actor=agent, ticket_id=chosen[number], assignee=agent)
        else:
            actions.reply(
                actor=agent, ticket_id=chosen[number], source="Hi.", revision=0, send_anyway=True
            )
        return None

    taken = together(work, list(enumerate(agents)), at_once=16)

    given = [row.pk for row in taken if row is not None]
    assert len(given) == len(set(given)) == AGENTS // 2
    open_rows = Ticket.objects.exclude(assignee=None)
    assert open_rows.filter(assignments__ended_at=None).count() == open_rows.count()
