"""Fields of a queue: typed, checked, shown to whom they are for."""

from datetime import date
from decimal import Decimal

import pytest

from core.errors import InvalidInput, WrongMoment
from core.models import JournalLine
from helpdesk import actions
from helpdesk.admin import TicketFieldForm
from helpdesk.field_values import NoValue, as_sent, value_of
from helpdesk.models import FieldValue, Ticket, TicketField
from people.actions import export_person
from tests.cast import SECRET
from tests.faces import DONE, FACES, INVALID, WRONG_MOMENT, Act
from tests.helpdesk.test_faces import NEW, act

SIZES = [{"key": "small", "labels": {"en": "Small", "fr": "Petit"}}]


@pytest.fixture
def fields(queue):
    """Make a field of each kind, seen by who asks, and one that agents alone see."""

    def make(key, kind, **facts):
        usual = {"labels": {"en": key.capitalize()}, "shown_to": "requester"}
        return TicketField.objects.create(queue=queue, key=key, kind=kind, **{**usual, **facts})

    return {
        "since": make("since", "date"),
        "users": make("users", "number"),
        "size": make("size", "choice", choices=SIZES),
        "urgent": make("urgent", "yes_no"),
        "page": make("page", "url"),
        "provider": make("provider", "text", required="open"),
        "cause": make("cause", "text", shown_to="agents", required="solve"),
    }


SENT = {
    "since": ("2026-11-02", date(2026, 11, 2)),
    "users": ("12,50", Decimal("12.5")),
    "size": ("small", "small"),
    "urgent": ("true", True),
    "page": ("https://example.org/a?b=1", "https://example.org/a?b=1"),
    "provider": ("  Ouest  ", "Ouest"),
}
WRONG = {
    "since": ["2026-13-01", "tomorrow", 20261102, True],
    "users": ["many", "1e30", "NaN", "Infinity", "9" * 50, True, [1]],
    "size": ["large", "", None],
    "urgent": ["perhaps", 2],
    "page": ["javascript:alert(1)", "ftp://example.org", "example.org", f"https://{'a' * 600}.org"],
    "provider": ["x" * 501, {"a": 1}, "a\x00b"],
}


def test_values_are_read_by_their_kind(fields):
    for key, (sent, value) in SENT.items():
        read = value_of(fields[key], sent)
        assert read == value
        assert value_of(fields[key], as_sent(read)) == value
    for key, values in WRONG.items():
        for sent in values:
            if sent in ("", None):
                assert value_of(fields[key], sent) is None
            else:
                with pytest.raises(NoValue):
                    value_of(fields[key], sent)


def filled(**values):
    data = {key: sent for key, (sent, _value) in SENT.items()} | values
    form = {**NEW, **{f"fields.{key}": value for key, value in data.items()}}
    return Act(
        page=lambda _: ("/tickets/new", form),
        api=lambda _: ("POST", "/api/v1/tickets", {**NEW, "fields": data}),
    )


@pytest.mark.parametrize("face", FACES)
def test_who_opens_a_ticket_fills_what_is_asked(face, perform, call, desk, fields):
    assert perform(face, desk["aminata"], filled(provider=""), None) == INVALID
    assert perform(face, desk["aminata"], filled(users="many"), None) == INVALID
    assert not Ticket.objects.exists()
    assert perform(face, desk["aminata"], filled(), None) == DONE

    ticket = Ticket.objects.get()
    stored = {row.field.key: row.value for row in FieldValue.objects.select_related("field").all()}
    assert stored == {key: value for key, (_sent, value) in SENT.items()}
    told = call(desk["aminata"]).get(f"/api/v1/tickets/{ticket.pk}").json()["fields"]
    assert told["users"] == "12.5"
    assert told["urgent"] is True
    line = JournalLine.objects.get(verb="helpdesk.ticket_opened")
    assert sorted(line.changes["fields"]) == sorted(SENT)


def test_agents_fields_are_never_filled_or_seen_by_who_asks(browse, call, perform, desk, fields):
    assert perform("api", desk["aminata"], filled(cause="me"), None) == INVALID
    assert perform("api", desk["aminata"], filled(provider=f"Ouest {SECRET}"), None) == DONE
    ticket = Ticket.objects.get()
    cause = {"cause": f"CAUSE{SECRET}"}
    actions.fill_fields(actor=desk["vera"], ticket_id=ticket.pk, values=cause)

    for name in ("aminata", "vera"):
        page = browse(desk[name]).get(ticket.path).content.decode()
        told = call(desk[name]).get(f"/api/v1/tickets/{ticket.pk}").content.decode()
        new = browse(desk[name]).get("/tickets/new").content.decode()
        for text in (page, told):
            assert f"Ouest {SECRET}" in text
            assert (f"CAUSE{SECRET}" in text) == (name == "vera")
        assert "fields.cause" not in new
        assert "fields.provider" in new
    assert call(desk["aminata"]).get(f"/api/v1/tickets/{ticket.pk}/fields").status_code == 403
    lines = JournalLine.objects.filter(verb="helpdesk.fields_changed")
    assert [(line.audience, line.changes) for line in lines] == [("staff", {"fields": ["cause"]})]
    assert f"CAUSE{SECRET}" not in repr(export_person(actor=desk["aminata"]))
    assert f"Ouest {SECRET}" in repr(export_person(actor=desk["aminata"]))


@pytest.mark.parametrize("face", FACES)
def test_agents_solve_when_what_is_needed_is_filled(face, perform, desk, fields, open_ticket):
    ticket = open_ticket()
    solve = act("state", {"state": "solved"})
    answer = act("replies", {"source": "Done.", "revision": 99, "then": "solved"}, method="POST")
    fill = act(
        "fields",
        {"fields.cause": "DNS", "fields.provider": "Ouest"},
        api_data={"fields": {"cause": "DNS", "provider": "Ouest"}},
    )

    assert perform(face, desk["vera"], solve, ticket) == WRONG_MOMENT
    assert perform(face, desk["vera"], answer, ticket) == WRONG_MOMENT
    assert perform(face, desk["vera"], fill, ticket) == DONE
    assert perform(face, desk["vera"], solve, ticket) == DONE


def test_who_asked_may_always_say_it_is_solved(desk, fields, open_ticket):
    ticket = open_ticket()

    done = actions.set_state(actor=desk["aminata"], ticket_id=ticket.pk, state="solved")

    assert done.state == "solved"


def test_refused_values_stand_beside_their_field(browse, desk, fields, ticket):
    page = browse(desk["vera"]).post(f"{ticket.path}/fields", {"fields.users": "many"})

    assert page.status_code == 422
    assert 'value="many"' in page.content.decode()
    assert "Write a number" in page.content.decode()


def test_emptied_fields_are_empty_and_the_same_is_no_change(desk, fields, ticket):
    for sent in ({"users": 3}, {"users": "3"}, {"users": 3.0}):
        actions.fill_fields(actor=desk["vera"], ticket_id=ticket.pk, values=sent)
    assert JournalLine.objects.filter(verb="helpdesk.fields_changed").count() == 1

    actions.fill_fields(actor=desk["vera"], ticket_id=ticket.pk, values={"users": None})

    assert not FieldValue.objects.exists()
    with pytest.raises(InvalidInput):
        actions.fill_fields(actor=desk["vera"], ticket_id=ticket.pk, values={"none": 1})
    with pytest.raises(WrongMoment):
        actions.set_state(actor=desk["vera"], ticket_id=ticket.pk, state="solved")


def test_erased_requesters_take_their_values_along(desk, fields, ticket):
    from core.things import thing_of

    actions.fill_fields(actor=desk["vera"], ticket_id=ticket.pk, values={"provider": SECRET})
    actions.add_to_checklist(actor=desk["vera"], ticket_id=ticket.pk, items=[f"Call {SECRET}"])

    thing_of("helpdesk.ticket").erase(desk["aminata"])

    assert not FieldValue.objects.exists()
    assert not ticket.checklist.exists()


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        ({}, set()),
        ({"labels": {}}, {"labels"}),
        ({"labels": ["Budget"]}, {"labels"}),
        ({"kind": "choice"}, {"choices"}),
        ({"kind": "choice", "choices": SIZES}, set()),
        ({"kind": "choice", "choices": SIZES * 2}, {"choices"}),
        ({"kind": "choice", "choices": [{"key": "A b", "labels": {"en": "A"}}]}, {"choices"}),
        ({"choices": SIZES}, {"choices"}),
        ({"required": "open", "shown_to": "agents"}, {"__all__"}),
    ],
)
def test_back_office_checks_a_field(facts, wrong, queue):
    usual = {
        "queue": queue.pk,
        "key": "budget",
        "kind": "text",
        "labels": {"en": "Budget"},
        "hints": {},
        "choices": [],
        "required": "never",
        "shown_to": "requester",
        "position": 0,
    }
    form = TicketFieldForm({**usual, **facts})

    assert set(form.errors) == wrong
