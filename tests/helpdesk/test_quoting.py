"""An agent makes a reply of what was said live, on the page and by the API; nobody else does."""

import re
from html import unescape
from urllib.parse import parse_qs

import pytest

from chat.actions import post_message, remove_message
from chat.queries import room_of
from helpdesk import actions
from helpdesk.models import Message
from tests.cast import SECRET
from tests.faces import DONE, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT
from tests.helpdesk.conftest import opened

REFUSED = {
    401: SIGN_IN,
    302: SIGN_IN,
    403: NOT_ALLOWED,
    404: UNSEEN,
    409: WRONG_MOMENT,
    422: INVALID,
    200: DONE,
}
BOTH = "&".join(f"line={line}" for line in (2, 1, 99))
QUOTED = "> Aminata:\n> It says 550.\n> Since noon.\n\n> Vera:\n> Your SPF is old.\n\n"


@pytest.fixture
def room(desk, ticket):
    # Who sees the requester masked is not in the room.
    desk["vera"].role_grants.update(volunteer=False)
    vars(desk["vera"]).pop("grants", None)
    room = room_of("helpdesk.ticket", ticket.pk)
    for number, (name, text) in enumerate(
        [("aminata", "It says 550.\nSince noon."), ("vera", "Your SPF is old."), ("aminata", "Ah")]
    ):
        post_message(actor=desk[name], room_id=room.pk, source=text, client_id=f"said-{number}")
    return room


@pytest.fixture(params=["page", "api"])
def quote(request, browse, call):
    """Return a function by which a person takes lines; gives the outcome and the reply begun."""

    def by_page(person, ticket, lines):
        facts = {"insert": "lines", "line": parse_qs(lines)["line"]}
        answer = browse(person).post(f"{ticket.path}/composer", facts)
        begun = re.search(r">(&gt; [^<]*)</textarea>", answer.content.decode())
        return REFUSED[answer.status_code], unescape(begun[1]) if begun else ""

    def by_api(person, ticket, lines):
        answer = call(person).get(f"/api/v1/tickets/{ticket.pk}/quotation?{lines}")
        return REFUSED[answer.status_code], answer.json().get("source", "")

    return by_page if request.param == "page" else by_api


@pytest.mark.parametrize("name", ["vera", "nadia"])
def test_agent_takes_chosen_lines_into_a_reply_as_often_as_wanted(name, quote, desk, ticket, room):
    for _twice in range(2):
        assert quote(desk[name], ticket, BOTH) == (DONE, QUOTED)


@pytest.mark.parametrize("name", ["aminata", "farid", "olga"])
def test_who_asks_takes_nothing(name, quote, desk, ticket, room):
    outcome, text = quote(desk[name], ticket, "line=1")

    assert (outcome, "550" in text) == (NOT_ALLOWED, False)


def test_agent_takes_nothing_of_a_ticket_of_their_own(quote, desk):
    own = opened(desk["vera"])

    assert quote(desk["vera"], own, "line=1")[0] == NOT_ALLOWED


@pytest.mark.parametrize("name", ["odile", "omar", "mika", "moira"])
def test_who_does_not_see_the_ticket_takes_nothing(name, quote, desk, ticket, room):
    outcome, text = quote(desk[name], ticket, BOTH)

    assert (outcome, SECRET in text) == (UNSEEN, False)


def test_who_is_not_signed_in_takes_nothing(quote, ticket, room):
    assert quote(None, ticket, BOTH)[0] == SIGN_IN


def test_nothing_is_taken_from_the_talk_of_a_merged_ticket(quote, desk, ticket, room):
    twin = opened(desk["aminata"], "The same once more")
    actions.merge(actor=desk["nadia"], ticket_id=ticket.pk, into_id=twin.pk)

    outcome, text = quote(desk["nadia"], ticket, BOTH)

    assert (outcome, "550" in text) == (WRONG_MOMENT, False)


def test_lines_come_after_what_was_typed_and_are_chosen_in_its_form(browse, desk, ticket, room):
    page = browse(desk["vera"])
    shown = page.get(ticket.path).content.decode()
    assert shown.count('name="line" value=') == 3
    assert shown.count('name="line"') == shown.count('form="composer"') - 1  # the button's

    sent = {"source": "Hello, \n", "insert": "lines", "line": ["2"]}
    filled = page.post(f"{ticket.path}/composer", sent).content.decode()

    assert "Hello,\n\n&gt; Vera:\n&gt; Your SPF is old.\n\n</textarea>" in filled
    none = page.post(f"{ticket.path}/composer", {"source": "Hello", "insert": "lines"})
    assert ">Hello</textarea>" in none.content.decode()


def test_button_is_drawn_where_nobody_spoke_yet_and_a_reply_can_be_written(browse, desk, ticket):
    def offered(name, query=""):
        return "data-quoting" in browse(desk[name]).get(f"{ticket.path}{query}").content.decode()

    assert "<p data-quoting hidden>" in browse(desk["nadia"]).get(ticket.path).content.decode()
    assert (offered("aminata"), offered("nadia", "?before=1")) == (False, False)


def test_who_sees_the_requester_masked_takes_nothing(quote, desk, ticket, room):
    desk["vera"].role_grants.update(volunteer=True)
    vars(desk["vera"]).pop("grants", None)

    outcome, text = quote(desk["vera"], ticket, BOTH)

    assert (outcome, "Aminata" in text) == (NOT_ALLOWED, False)


def test_removed_lines_are_taken_into_no_reply(quote, desk, ticket, room):
    remove_message(actor=desk["aminata"], room_id=room.pk, number=1)

    assert quote(desk["vera"], ticket, "line=1&line=3") == (DONE, "> Aminata:\n> Ah\n\n")


def test_program_sends_what_it_took_as_a_reply(call, desk, ticket, room):
    client = call(desk["vera"])
    taken = client.get(f"/api/v1/tickets/{ticket.pk}/quotation?line=2").json()

    body = {**taken, "source": taken["source"] + "So renew it."}
    answer = client.post(f"/api/v1/tickets/{ticket.pk}/replies", body, format="json")

    assert answer.status_code == 201
    assert "<blockquote" in Message.objects.latest("pk").html


@pytest.mark.parametrize("lines", ["", "line=x", "line=0", "&".join(["line=1"] * 51)])
def test_program_that_chooses_no_lines_learns_it(lines, call, desk, ticket, room):
    path = f"/api/v1/tickets/{ticket.pk}/quotation?{lines}"

    assert call(desk["vera"]).get(path).status_code == 422
