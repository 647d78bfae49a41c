"""The pages of the help desk, as a browser without JavaScript has them, and their fragments."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.models import StoredFile
from forum.actions import ask
from helpdesk import actions
from helpdesk.models import Message, Suggestion, Ticket
from search.actions import rebuild_index
from tests.cast import SECRET

FRAGMENT = {"HX-Request": "true"}


def text_of(response):
    return response.content.decode()


@pytest.fixture
def indexed(a_question):
    rebuild_index()
    return a_question


NEW = {
    "subject": "Mail lands in spam",
    "source": "Since Monday all our mail lands in spam.",
    "language": "en",
}


def test_visitors_are_asked_to_sign_in_first_and_come_back(browse, db):
    response = browse().get("/tickets/new?subject=Mail")

    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/tickets/new%3Fsubject%3DMail"


def test_first_send_shows_past_answers_and_the_second_opens_the_ticket(browse, desk, indexed):
    client = browse(desk["aminata"])

    shown = client.post("/tickets/new", NEW)

    looked = f"forum.question:{indexed.pk}"
    assert shown.status_code == 200
    assert f'name="looked" value="{looked}"' in text_of(shown)
    assert NEW["source"] in text_of(shown)
    assert "open my ticket all the same" in text_of(shown)
    assert "Not open yet:" in text_of(shown)
    assert "Not open yet:" not in text_of(client.get(f"/tickets/new?subject={NEW['subject']}"))
    assert not Ticket.objects.exists()

    opened = client.post("/tickets/new", {**NEW, "looked": [looked]}, follow=True)

    ticket = Ticket.objects.get()
    assert opened.redirect_chain == [(ticket.path, 303)]
    assert ticket.number in text_of(opened)
    assert ticket.suggestions.get().thing_id == indexed.pk


def test_this_solved_it_ends_well_and_opens_nothing(browse, desk, indexed):
    client = browse(desk["aminata"])

    response = client.post(
        "/tickets/solved-by-answer", {"answer": f"forum.question:{indexed.pk}"}, follow=True
    )

    assert response.redirect_chain == [(indexed.path, 303)]
    assert "Good to hear" in text_of(response)
    assert (Suggestion.objects.count(), Ticket.objects.count()) == (1, 0)


@pytest.mark.parametrize("answer", ["", "forum.question", "forum.question:x", "nothing:1"])
def test_answers_that_are_none_are_refused(browse, desk, answer):
    client = browse(desk["aminata"])

    response = client.post("/tickets/solved-by-answer", {"answer": answer})

    assert response.status_code in (404, 422)
    assert not Suggestion.objects.exists()


def test_suggestions_come_while_typing(browse, desk, indexed):
    client = browse(desk["aminata"])

    close = client.get("/tickets/similar", {"subject": "Mail in spam"}, headers=FRAGMENT)
    short = client.get("/tickets/similar", {"subject": "Ma"}, headers=FRAGMENT)

    assert indexed.path in text_of(close)
    assert "This solved it" in text_of(close)
    assert text_of(short).strip() == ""


def test_wrong_input_is_said_beside_its_field_and_what_was_typed_is_kept(browse, desk, site):
    client = browse(desk["aminata"])

    response = client.post(
        "/tickets/new", {"subject": "", "source": "Kept & whole", "language": "en", "site": "77"}
    )

    page = text_of(response)
    assert response.status_code == 422
    assert "Kept &amp; whole" in page
    assert page.count('class="error"') == 2
    assert 'aria-invalid="true"' in page


def test_own_sites_alone_can_be_chosen(browse, desk, site):
    assert site.domain in text_of(browse(desk["aminata"]).get("/tickets/new"))
    for name in ("omar", "nadia", "panel"):
        assert site.domain not in text_of(browse(desk[name]).get("/tickets/new"))


def test_the_file_of_a_ticket_is_for_those_who_see_it(browse, desk):
    upload = SimpleUploadedFile("headers.txt", f"Received: {SECRET}".encode(), "text/plain")

    response = browse(desk["aminata"]).post(
        "/tickets/new", {**NEW, "attachments": [upload]}, follow=True
    )

    path = StoredFile.objects.get().get_absolute_url()
    assert path in text_of(response)
    for name in ("aminata", "nadia", "vera"):
        assert browse(desk[name]).get(path).status_code == 200
    for name in ("omar", "odile", "moira"):
        assert browse(desk[name]).get(path).status_code == 404
    assert browse().get(path).status_code == 404


def test_forbidden_file_is_refused_with_everything_typed_kept(browse, desk):
    upload = SimpleUploadedFile("tool.exe", b"MZ\x90\x00" + b"\0" * 64)

    response = browse(desk["aminata"]).post("/tickets/new", {**NEW, "attachments": [upload]})

    assert response.status_code == 422
    assert NEW["source"] in text_of(response)
    assert "tool.exe" in text_of(response)
    assert not Ticket.objects.exists()


def test_ticket_is_found_by_its_number_however_it_is_spelled(browse, desk, ticket):
    client = browse(desk["aminata"])
    plain = ticket.number.replace("-", "").lower()

    response = client.get(f"/tickets/{plain}")

    assert (response.status_code, response["Location"]) == (301, ticket.path)
    assert client.get("/tickets/000-000-1").status_code == 404


def test_requester_reads_the_conversation_without_notes(browse, desk, ticket):
    page = text_of(browse(desk["aminata"]).get(ticket.path))

    assert f"Since Monday. {SECRET}" in page
    assert f"NOTE{SECRET}" not in page
    assert "Internal note" not in page
    assert "New, nobody has it yet" in page


def composer(page, name):
    """Return the form of this id, or nothing."""
    _before, found, rest = page.partition(f'id="{name}"')
    return rest.partition("</form>")[0] if found else ""


def test_agent_cannot_mistake_a_note_for_a_reply(browse, desk, ticket):
    page = text_of(browse(desk["vera"]).get(ticket.path))

    reply, note = composer(page, "composer"), composer(page, "note")
    assert f'action="{ticket.path}/replies"' in reply
    assert "Send, wait for them" in reply
    assert "Goes by mail too." in reply
    assert 'class="composer internal other"' in note
    assert f'action="{ticket.path}/notes"' in note
    assert "Keep the internal note" in note
    assert "Only agents read this." in note
    assert "Send" not in note
    member = text_of(browse(desk["aminata"]).get(ticket.path))
    assert composer(member, "composer")
    assert not composer(member, "note")


def test_refused_note_stays_in_front_with_what_was_typed(browse, desk, ticket):
    bad = SimpleUploadedFile("tool.exe", b"MZ\x90\x00" + b"\0" * 64)

    response = browse(desk["vera"]).post(
        f"{ticket.path}/notes", {"source": "Seen at the registrar.", "attachments": [bad]}
    )

    note = composer(text_of(response), "note")
    assert response.status_code == 422
    assert 'class="composer internal other open"' in note
    assert "Seen at the registrar." in note
    assert "Seen at the registrar." not in composer(text_of(response), "composer")


def test_reply_written_on_an_old_page_meets_the_new_messages_and_loses_nothing(
    browse, desk, ticket
):
    actions.reply(actor=desk["nadia"], ticket_id=ticket.pk, source="Which registrar?", revision=2)
    client = browse(desk["aminata"])

    stale = client.post(f"{ticket.path}/replies", {"source": "Hello there?", "revision": 1})

    page = text_of(stale)
    assert stale.status_code == 409
    assert "Which registrar?" in page
    assert "Hello there?" in page
    assert "Send all the same" in page
    (revision,) = re.findall(r'name="revision" value="(\d+)"', page)
    again = client.post(f"{ticket.path}/replies", {"source": "Hello there?", "revision": revision})
    assert again.status_code == 303
    assert Message.objects.filter(author=desk["aminata"]).count() == 2


def test_fragment_of_a_reply_is_the_changed_ticket_with_its_facts(browse, desk, ticket):
    response = browse(desk["nadia"]).post(
        f"{ticket.path}/replies",
        {"source": "Try the new record.", "revision": 2},
        headers=FRAGMENT,
    )

    page = text_of(response)
    assert response.status_code == 200
    assert page.strip().startswith('<article id="ticket"')
    assert "Try the new record." in page
    (facts,) = re.findall(r'<div id="ticket-facts"[^>]*>', page)
    assert 'hx-swap-oob="true"' in facts
    assert "<html" not in page


def test_own_list_has_what_one_opened_what_is_shared_and_ones_organisations(
    browse, desk, ticket, open_ticket
):
    open_ticket("omar", "Omar's own")

    for name in ("aminata", "farid", "olga"):
        page = text_of(browse(desk[name]).get("/tickets"))
        assert ticket.number in page
        assert "Omar" not in page
    for name in ("mika", "nadia", "panel"):
        assert ticket.number not in text_of(browse(desk[name]).get("/tickets"))


def test_own_list_parts_what_is_done(browse, desk, ticket):
    client = browse(desk["aminata"])
    client.post(f"{ticket.path}/state", {"state": "solved"})

    assert ticket.number not in text_of(client.get("/tickets"))
    assert ticket.number in text_of(client.get("/tickets?done=1"))


def test_queue_is_the_agents_room(browse, desk, ticket):
    assert ticket.number in text_of(browse(desk["nadia"]).get("/queue"))
    assert ticket.number not in text_of(browse(desk["odile"]).get("/queue"))
    assert browse(desk["aminata"]).get("/queue").status_code == 403
    assert browse(desk["aminata"]).post("/queue/next").status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"paid", "free", "taken"}),
        ("queue=domains", set()),
        ("assigned=me", {"taken"}),
        ("assigned=nobody", {"paid", "free"}),
        ("level=guaranteed", {"paid"}),
        ("language=fr", {"free"}),
        ("waits_for=them", {"asked"}),
        ("waits_for=nobody", {"done"}),
        ("waits_for=&level=free", {"free", "taken", "asked", "done"}),
        ("level=nonsense&queue=nonsense&cursor=", {"paid", "free", "taken"}),
    ],
)
def test_queue_is_filtered(browse, desk, site, open_ticket, query, found):
    nadia = desk["nadia"]
    rows = {
        "paid": open_ticket(site_id=site.pk),
        "free": open_ticket(language="fr"),
        "taken": open_ticket(),
        "asked": open_ticket(),
        "done": open_ticket(),
    }
    actions.assign(actor=nadia, ticket_id=rows["taken"].pk, assignee=nadia)
    actions.set_state(actor=nadia, ticket_id=rows["asked"].pk, state="waiting_requester")
    actions.set_state(actor=nadia, ticket_id=rows["done"].pk, state="solved")

    page = text_of(browse(nadia).get(f"/queue?{query}"))

    assert {name for name, row in rows.items() if row.number in page} == found


@pytest.mark.parametrize("address", ["/queue", "/me"])
def test_queue_is_in_the_order_of_turns_and_says_what_is_late(
    address, browse, desk, site, open_ticket, time_machine
):
    time_machine.move_to("2027-03-02T08:00:00Z", tick=False)
    free = open_ticket("omar")
    paid = open_ticket(site_id=site.pk)

    time_machine.move_to("2027-03-02T13:30:00Z", tick=False)
    page = text_of(browse(desk["nadia"]).get(address))

    assert page.index(paid.number) < page.index(free.number)
    assert "1\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}30\N{NO-BREAK SPACE}min late" in page
    assert re.search(r">by <time [^>]*>Thu 4 Mar, 09:00</time>", page)


def test_filtered_queue_comes_as_a_fragment(browse, desk, ticket):
    response = browse(desk["nadia"]).get("/queue?waits_for=us", headers=FRAGMENT)

    assert text_of(response).strip().startswith('<section id="queue"')


def test_taking_the_next_one_leads_to_it_and_says_when_none_is_left(browse, desk, ticket):
    client = browse(desk["vera"])

    taken = client.post("/queue/next")
    nothing = client.post("/queue/next", follow=True)

    assert (taken.status_code, taken["Location"]) == (303, ticket.path)
    assert "Nothing waits" in text_of(nothing)


def test_what_happened_stands_between_what_was_said(browse, desk, ticket):
    nadia = browse(desk["nadia"])
    nadia.post(f"{ticket.path}/assignment")
    nadia.post(f"{ticket.path}/assignment", {"assignee": "@vera"})
    nadia.post(f"{ticket.path}/state", {"state": "solved"})

    ours, theirs = text_of(nadia.get(ticket.path)), text_of(browse(desk["farid"]).get(ticket.path))

    assert "Nadia took it" in ours
    assert "has it in hand" not in ours
    assert "Nadia gave it to Vera" in ours
    assert "Nadia: it is solved" in ours
    assert "gave it to" not in theirs
    assert "Nadia has it in hand" in theirs
    assert "Nadia: it is solved" in theirs


def test_long_ticket_is_read_in_pieces(browse, desk, ticket, monkeypatch):
    monkeypatch.setattr("helpdesk.queries.tickets.MOST_MESSAGES", 3)
    for number in range(4):
        actions.reply(
            actor=desk["aminata"], ticket_id=ticket.pk, source=f"Piece {number}.", revision=99
        )
    client = browse(desk["aminata"])

    newest = text_of(client.get(ticket.path))
    (before,) = re.findall(r"\?before=(\d+)", newest)
    older = text_of(client.get(f"{ticket.path}?before={before}"))

    assert "Piece 3." in newest
    assert "Piece 0." not in newest
    assert "Piece 0." in older
    assert "Piece 3." not in older
    assert 'id="composer"' not in older


def test_past_answers_stand_beside_a_ticket_once_it_is_shown(browse, desk, ticket, indexed):
    response = browse(desk["nadia"]).get(f"{ticket.path}/past", headers=FRAGMENT)

    assert indexed.path in text_of(response)
    assert browse(desk["omar"]).get(f"{ticket.path}/past").status_code == 404


def test_leaving_a_shared_ticket_leads_home(browse, desk, ticket):
    response = browse(desk["farid"]).post(f"{ticket.path}/shares/undo", {"person": "farid"})

    assert (response.status_code, response["Location"]) == (303, "/tickets")


@pytest.mark.parametrize(
    ("noun", "data"),
    [
        ("state", {"state": "flying"}),
        ("assignment", {"assignee": "nobody-at-all"}),
        ("merger", {"into": "not a number"}),
        ("replies", {"source": " ", "revision": 2}),
        ("notes", {"source": "", "revision": 2}),
        ("replies", {"source": "x", "revision": "abc"}),
        ("replies", {"source": "x", "revision": 2, "then": "flying"}),
    ],
)
def test_bad_input_is_422_and_never_more(browse, desk, ticket, noun, data):
    client = browse(desk["nadia"])

    assert client.post(f"{ticket.path}/{noun}", data).status_code == 422
    assert client.post(f"{ticket.path}/{noun}", data, headers=FRAGMENT).status_code == 422
    assert browse(desk["omar"]).post(f"{ticket.path}/{noun}", data).status_code == 404


def test_merged_tickets_lead_to_each_other_for_those_who_see_both(
    browse, desk, ticket, open_ticket
):
    twin = open_ticket()
    actions.merge(actor=desk["nadia"], ticket_id=twin.pk, into_id=ticket.pk)

    for name in ("aminata", "nadia"):
        client = browse(desk[name])
        assert twin.number in text_of(client.get(ticket.path))
        assert client.get(twin.path).headers["Location"] == ticket.path
    assert twin.number not in text_of(browse(desk["farid"]).get(ticket.path))


def test_question_without_an_answer_is_not_offered_as_one(browse, desk, run_tasks):
    ask(
        actor=desk["bao"],
        title="Mail lands in spam after moving servers",
        source="Who knows?",
        language="en",
        tag_names=["mail"],
    )
    run_tasks()

    shown = browse(desk["aminata"]).get("/tickets/similar", {"subject": "Mail lands in spam"})

    assert shown.status_code == 200
    assert "moving servers" not in shown.content.decode()


def test_the_boxes_of_a_ticket_have_labels_that_are_seen(browse, desk, ticket):
    html = text_of(browse(desk["farid"]).get(ticket.path))

    assert '<label for="reply-source">Your reply</label>' in html
    assert re.search(r'<label for="say-\d+">Your message, live</label>', html)


def test_facts_of_the_site_and_the_two_places_to_write_are_named_as_people_name_them(
    browse, desk, site, open_ticket
):
    site.platform = {"php": "8.4", "cms": "spip", "node": "22"}
    site.save()
    ticket = open_ticket(site_id=site.pk)

    for name in ("aminata", "nadia"):
        page = text_of(browse(desk[name]).get(ticket.path))
        for label, value in (("PHP", "8.4"), ("Software", "SPIP"), ("node", "22")):
            assert f"<dt><bdi>{label}</bdi></dt><dd><bdi>{value}</bdi></dd>" in page
        assert "An answer to the ticket is written under its messages." in page
        assert "Send live" in page
