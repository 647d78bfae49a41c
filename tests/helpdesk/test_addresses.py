"""Where programs find tickets: by id or number; and where they are told what they made is found."""

import pytest

from core.models import KeptAnswer
from helpdesk import actions
from helpdesk.models import Ticket

NEW = {"subject": "Mail lands in spam", "source": "Since Monday.", "language": "en"}


@pytest.mark.parametrize("rest", ["", "/messages", "/clocks"])
def test_ticket_is_found_by_id_and_number_by_the_same_people(rest, call, desk, ticket):
    by_id, by_number = (f"/api/v1/tickets/{way}{rest}" for way in (ticket.pk, ticket.number))

    for who in ("aminata", "nadia", "omar", "odile"):
        client = call(desk[who])
        answers = [client.get(address) for address in (by_id, by_number)]
        assert [answer.json() for answer in answers] == [answers[0].json()] * 2
    assert call(desk["aminata"]).get(f"/api/v1/tickets/{ticket.number}").status_code == 200
    assert call(desk["omar"]).get(f"/api/v1/tickets/{ticket.number}").status_code == 404


def test_number_with_a_slip_leads_nowhere(call, desk, ticket):
    last = "0" if ticket.number[-1] != "0" else "1"

    answer = call(desk["aminata"]).get(f"/api/v1/tickets/{ticket.number[:-1]}{last}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_id_and_number_are_written_one_way_only(call, desk, ticket):
    """What is kept of a request for a repeated send is found by its address."""
    number, client = ticket.number, call(desk["aminata"])
    misread = {number.lower(), number.replace("1", "L"), number.replace("0", "O")} - {number}

    for way in (*misread, f"0{ticket.pk}", str(32**6)):
        assert client.get(f"/api/v1/tickets/{way}").status_code == 404
    for way in (number, ticket.pk):
        assert client.get(f"/api/v1/tickets/{way}").status_code == 200


@pytest.mark.parametrize("ways", [("pk", "number"), ("number", "pk")])
def test_same_key_by_id_and_by_number_writes_once(ways, call, desk, ticket):
    headers = {"Idempotency-Key": "one"}
    client, body = call(desk["nadia"]), {"source": "Told them."}

    answers = [
        client.post(
            f"/api/v1/tickets/{getattr(ticket, way)}/notes", body, format="json", headers=headers
        )
        for way in ways
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[1]["Idempotent-Replayed"] == "true"
    assert ticket.messages.filter(source="Told them.").count() == 1


@pytest.mark.parametrize("way", ["pk", "number"])
def test_what_is_kept_of_a_request_is_emptied_by_a_purge(way, call, desk, ticket):
    address = f"/api/v1/tickets/{getattr(ticket, way)}"
    client = call(desk["nadia"])
    for noun, body in (("notes", {"source": "It is Rose!Moon7."}), ("times", {"minutes": 5})):
        headers = {"Idempotency-Key": noun}
        made = client.post(f"{address}/{noun}", body, format="json", headers=headers)
        assert made.status_code == 201
    KeptAnswer.objects.filter(key="times").update(path="/elsewhere")

    actions.purge_secret(actor=desk["nadia"], ticket_id=ticket.pk, texts=["Rose!Moon7"])

    kept = KeptAnswer.objects.order_by("pk")
    assert [bytes(row.body) for row in kept] == [b"{}"] * 2
    assert kept.get(key="times").headers["Location"] == address


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
