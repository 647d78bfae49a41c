"""Where programs find tickets: by id or number; and where they are told what they made is found."""

import pytest

from helpdesk.models import Ticket

NEW = {"subject": "Mail lands in spam", "source": "Since Monday.", "language": "en"}


@pytest.mark.parametrize("rest", ["", "/messages", "/clocks"])
def test_ticket_is_found_by_id_and_number_by_the_same_people(rest, call, desk, ticket):
    by_id, by_number = (f"/api/v1/tickets/{way}{rest}" for way in (ticket.pk, ticket.number))

    for who in ("aminata", "nadia", "omar", "odile"):
        client = call(desk[who])
        answers = [client.get(address) for address in (by_id, by_number, by_number.lower())]
        assert [answer.json() for answer in answers] == [answers[0].json()] * 3
    assert call(desk["aminata"]).get(f"/api/v1/tickets/{ticket.number}").status_code == 200
    assert call(desk["omar"]).get(f"/api/v1/tickets/{ticket.number}").status_code == 404


def test_number_with_a_slip_leads_nowhere(call, desk, ticket):
    last = "0" if ticket.number[-1] != "0" else "1"

    answer = call(desk["aminata"]).get(f"/api/v1/tickets/{ticket.number[:-1]}{last}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_ticket_is_written_to_by_its_number(call, desk, ticket):
    answer = call(desk["nadia"]).put(
        f"/api/v1/tickets/{ticket.number}/state", {"state": "solved"}, format="json"
    )

    assert answer.status_code == 200
    ticket.refresh_from_db()
    assert ticket.state == "solved"


def test_what_is_made_has_its_address_in_the_answer_and_again_when_it_is_repeated(call, desk):
    client = call(desk["aminata"])

    made = [
        client.post("/api/v1/tickets", NEW, format="json", headers={"idempotency-key": "one"})
        for _time in range(2)
    ]
    plain = client.post("/api/v1/tickets", NEW, format="json")

    first, second = Ticket.objects.order_by("pk")
    assert [answer["Location"] for answer in made] == [f"/api/v1/tickets/{first.pk}"] * 2
    assert plain["Location"] == f"/api/v1/tickets/{second.pk}"
    assert client.get(plain["Location"]).json()["id"] == second.pk


def test_what_stands_elsewhere_is_found_there_and_what_has_no_address_has_none(
    call, desk, a_question, ticket
):
    comment = call(desk["omar"]).post(
        f"/api/v1/questions/{a_question.pk}/comments",
        {"source": "Which host is it?", "language": "en"},
        format="json",
    )
    time = call(desk["nadia"]).post(
        f"/api/v1/tickets/{ticket.number}/times", {"minutes": 5}, format="json"
    )
    note = call(desk["nadia"]).post(
        f"/api/v1/tickets/{ticket.pk}/notes", {"source": "Told them."}, format="json"
    )

    assert comment["Location"] == f"/api/v1/comments/{comment.json()['id']}"
    assert time["Location"] == f"/api/v1/tickets/{ticket.number}/times/{time.json()['id']}"
    assert note.status_code == 201
    assert "Location" not in note
