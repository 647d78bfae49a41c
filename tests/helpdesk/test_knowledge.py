"""What an agent may lean on: past answers, similar tickets, and one click that puts them in."""

import pytest

from forum.actions import accept_answer, answer
from helpdesk import actions, queries
from helpdesk.models import Ticket
from search.actions import rebuild_index
from tests.cast import SECRET


@pytest.fixture
def past(desk, a_question, open_ticket, ticket):
    """An answered question, and a solved ticket of omar's that says the same."""
    best = answer(actor=desk["bao"], question_id=a_question.pk, source="Best words.", language="en")
    accept_answer(actor=desk["bao"], question_id=a_question.pk, answer_id=best.pk)
    rebuild_index()
    other = open_ticket("omar", subject="All my mail lands in the spam")
    for source in ("Which host?", f"Change your SPF record. PAST{SECRET}"):
        actions.reply(
            actor=desk["nadia"], ticket_id=other.pk, source=source, revision=9, then="solved"
        )
    actions.write_note(actor=desk["nadia"], ticket_id=other.pk, source=f"NOTE{SECRET}")
    return other


def test_agents_see_similar_tickets_and_askers_none(browse, call, desk, ticket, past):
    agent = browse(desk["vera"]).get(f"{ticket.path}/past", headers={"HX-Request": "true"})
    asker = browse(desk["aminata"]).get(f"{ticket.path}/past", headers={"HX-Request": "true"})

    assert past.number in agent.content.decode()
    assert "Insert the answer" in agent.content.decode()
    for words in (past.number, past.subject, "Insert the answer"):
        assert words not in asker.content.decode()
    told = call(desk["vera"]).get(f"/api/v1/tickets/{ticket.pk}/knowledge").json()
    assert [row["number"] for row in told["tickets"]] == [past.number]
    told = call(desk["aminata"]).get(f"/api/v1/tickets/{ticket.pk}/knowledge").json()
    assert told["tickets"] == []
    assert "<html" in browse(desk["vera"]).get(f"{ticket.path}/past").content.decode()


def test_tickets_of_other_queues_are_not_suggested(desk, ticket, past, other_queue):
    Ticket.objects.filter(pk=past.pk).update(queue=other_queue)

    assert queries.similar_tickets(desk["vera"], ticket) == []
    assert [row.id for row in queries.similar_tickets(desk["nadia"], ticket)] == [past.pk]


def test_only_done_tickets_that_say_the_same_are_suggested(desk, ticket, past, open_ticket):
    open_ticket("omar", subject="All my mail lands in the spam")  # nobody solved it
    strange = open_ticket("omar", subject="Where is the invoice?")
    actions.set_state(actor=desk["nadia"], ticket_id=strange.pk, state="closed")

    assert [row.id for row in queries.similar_tickets(desk["nadia"], ticket)] == [past.pk]


def test_similar_tickets_are_found_whatever_their_accents(desk, open_ticket):
    past = open_ticket("omar", subject="ÉCHEC RÉPÉTÉ")
    actions.set_state(actor=desk["nadia"], ticket_id=past.pk, state="closed")
    for subject in ("Échec répété", "echec repete"):
        asked = open_ticket("aminata", subject=subject)

        assert [row.id for row in queries.similar_tickets(desk["nadia"], asked)] == [past.pk]


def test_one_click_puts_in_a_link_or_the_text(desk, ticket, past, a_question, settings):
    def put(what):
        return queries.insertion(desk["vera"], ticket, what)

    address = f"{settings.PUBLIC_URL}{a_question.path}"
    title = "Mail lands in spam after moving servers"
    assert put(f"link:forum.question:{a_question.pk}") == f"[{title}]({address})"
    assert put(f"text:forum.question:{a_question.pk}") == "Best words."
    assert put(f"text:helpdesk.ticket:{past.pk}") == f"Change your SPF record. PAST{SECRET}"


def test_nothing_is_put_in_of_what_one_may_not_see(browse, desk, ticket, past, other_queue):
    Ticket.objects.filter(pk=past.pk).update(queue=other_queue)

    sent = {"source": "", "insert": f"text:helpdesk.ticket:{past.pk}"}
    refused = browse(desk["vera"]).post(f"{ticket.path}/composer", sent)

    assert refused.status_code == 404
    assert f"PAST{SECRET}" not in refused.content.decode()
    nadia = browse(desk["nadia"]).post(f"{ticket.path}/composer", sent).content.decode()
    assert f"PAST{SECRET}" in nadia
    assert f"NOTE{SECRET}" not in nadia.split("reply-source")[1]
