"""Volunteers see a stand-in for who asked, on every face, until they look, with a reason."""

from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from aid.models import AidClaim
from chat.models import Room
from core.models import JournalLine, OutgoingMail
from helpdesk import actions, rules
from helpdesk.models import Message, Ticket, Unmasking
from people.actions import export_person
from people.models import Notice, RoleGrant
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, Act

REASON = "I have to call them about their site."
# What would say who they are: names, handles, addresses, organisation, site, phone.
FACTS = (
    "aminata",
    "farid",
    "olga",
    "collectif",
    "port.example",
    "people.example",
    "06 12 34 56 78",
)


def unmasking(reason=REASON):
    return Act(
        page=lambda t: (f"{t.path}/unmasking", {"reason": reason}),
        api=lambda t: ("PUT", f"/api/v1/tickets/{t.pk}/unmasking", {"reason": reason}),
    )


UNMASK = unmasking()


@pytest.fixture
def said(desk, ticket):
    """Aminata's ticket with her private facts in subject, messages and talk; vera has it."""
    Ticket.objects.filter(pk=ticket.pk).update(subject="Aminata: collectif-du-port.example is down")
    actions.assign(actor=desk["nadia"], ticket_id=ticket.pk, assignee=desk["vera"])
    actions.reply(
        actor=desk["aminata"],
        ticket_id=ticket.pk,
        source="I am *Aminata* (aminata@people.example), **06 12 34 56 78**, of Collectif du Port."
        " See https://collectif-du-port.example/x and PHP 8.4.",
        revision=99,
    )
    actions.reply(actor=desk["farid"], ticket_id=ticket.pk, source="Farid here too.", revision=99)
    actions.write_note(actor=desk["nadia"], ticket_id=ticket.pk, source="@vera Aminata called.")
    ticket.refresh_from_db()
    return ticket


def everywhere(ticket):
    api = f"/api/v1/tickets/{ticket.pk}"
    pages = [
        "/",
        "/queue",
        "/queue?waits_for=",
        "/queue/rows",
        ticket.path,
        f"{ticket.path}/thread",
        f"{ticket.path}/past",
        f"{ticket.path}/public",
        "/me/notices",
        "/rooms",
        "/rooms?q=site",
        "/rooms?q=site&everywhere=1",
        "/commons/claims",
        "/search?q=site",
    ]
    calls = [
        api,
        f"{api}/messages",
        f"{api}/events",
        f"{api}/shares",
        "/api/v1/tickets",
        "/api/v1/queue",
        "/api/v1/notices",
        "/api/v1/rooms",
        "/api/v1/aid/claims",
        "/api/v1/search?q=site",
    ]
    return pages, calls


def leaks(client, paths, facts=FACTS):
    found = []
    for path in paths:
        shown = client.get(path).content.decode().lower()
        found += [(path, fact) for fact in facts if fact in shown]
    return found


def test_a_volunteer_learns_nowhere_who_asked(browse, call, desk, said, run_tasks):
    run_tasks()
    pages, calls = everywhere(said)

    assert leaks(browse(desk["vera"]), pages) == []
    assert leaks(call(desk["vera"]), calls) == []
    page = browse(desk["vera"]).get(said.path).content.decode()
    assert f"Requester {said.number}" in page
    assert "<em>(name)</em>" in page
    assert "PHP 8.4" in page
    assert "8.4</bdi>" in page  # of the site, what helps to help
    shown = call(desk["vera"]).get(f"/api/v1/tickets/{said.pk}").json()
    assert (shown["requester"], shown["organisation"], shown["site"]) == (None, None, None)
    assert shown["masked"] is True


def test_a_volunteer_reads_names_of_files_masked_and_saves_them_so(browse, call, desk, said):
    names = [
        "contract_Aminata_2026.pdf",
        "collectif-du-port.example.log",
        "AMINATA2.txt",
        "CVAminata.pdf",
    ]
    contents = [b"%PDF-1.7 words", b"words", b"words", b"%PDF-1.7 words"]
    uploads = [
        SimpleUploadedFile(*pair, "text/plain") for pair in zip(names, contents, strict=True)
    ]
    actions.reply(
        actor=desk["aminata"], ticket_id=said.pk, source="Here.", revision=99, uploads=uploads
    )

    def told(person):
        rows = call(person).get(f"/api/v1/tickets/{said.pk}/messages").json()["results"]
        return [file for row in rows for file in row["attachments"]]

    shown = told(desk["vera"])
    vera = browse(desk["vera"])
    masked = ["contract_(name)_2026.pdf", "example.org.log", "(name)2.txt", "CV(name).pdf"]
    assert [file["name"] for file in shown] == masked
    page = vera.get(said.path).content.decode()
    assert all(name in page for name in masked)
    purge = f"{said.path}/purge"
    assert leaks(vera, [said.path, purge]) == []
    for file in shown:
        sent = vera.get(file["url"])
        assert sent.status_code == 200
        assert leaks(vera, [file["url"]]) == []
        header = unquote(sent["Content-Disposition"])
        assert file["name"] in header
        assert not [fact for fact in FACTS if fact in header.lower()]
    assert [file["name"] for file in told(desk["nadia"])] == names
    sent = browse(desk["nadia"]).get(shown[0]["url"])
    assert names[0] in sent["Content-Disposition"]
    actions.unmask(actor=desk["vera"], ticket_id=said.pk, reason=REASON)
    assert [file["name"] for file in told(desk["vera"])] == names
    assert names[0] in vera.get(shown[0]["url"])["Content-Disposition"]


def test_staff_and_the_requesters_side_see_it_all(browse, call, desk, said):
    for name in ("nadia", "aminata", "farid"):
        page = browse(desk[name]).get(said.path).content.decode()
        assert "06 12 34 56 78" in page
        assert "Aminata" in page
    assert call(desk["nadia"]).get(f"/api/v1/tickets/{said.pk}").json()["requester"] == "aminata"


def test_mails_and_notices_to_a_volunteer_are_masked(browse, desk, said, run_tasks):
    run_tasks()

    mails = OutgoingMail.objects.filter(to="vera@people.example")
    assert mails.count() >= 3
    for mail in mails:
        text = decoded(mail).lower()
        assert [fact for fact in FACTS if fact in text] == []
    to_nadia_side = OutgoingMail.objects.filter(to="farid@people.example")
    assert any("06 12 34 56 78" in decoded(mail) for mail in to_nadia_side)


def decoded(mail):
    import email
    import email.policy

    parsed = email.message_from_bytes(bytes(mail.raw or b""), policy=email.policy.default)
    body = parsed.get_body(("plain",)).get_content()
    return f"{parsed['Subject']}\n{body}"


def test_what_came_meanwhile_is_masked_too(call, browse, desk, said):
    body = {"source": "Try again.", "revision": 0}

    answer = call(desk["vera"]).post(f"/api/v1/tickets/{said.pk}/replies", body, format="json")
    page = browse(desk["vera"]).post(f"{said.path}/replies", body)

    assert (answer.status_code, page.status_code) == (409, 409)
    for shown in (answer, page):
        text = shown.content.decode().lower()
        assert [fact for fact in FACTS if fact in text] == []


@pytest.mark.parametrize("face", FACES)
def test_who_looks_behind_a_mask(face, perform, desk, said):
    def does(who, act=UNMASK):
        return perform(face, desk[who] if who else None, act, said)

    assert does(None) == SIGN_IN
    assert {who: does(who) for who in ("omar", "odile", "moira")} == dict.fromkeys(
        ("omar", "odile", "moira"), UNSEEN
    )
    assert {who: does(who) for who in ("aminata", "farid", "nadia")} == dict.fromkeys(
        ("aminata", "farid", "nadia"), NOT_ALLOWED
    )
    assert does("vera", unmasking("why")) == INVALID
    assert does("vera") == DONE
    assert does("vera") == DONE  # twice is once
    assert Unmasking.objects.count() == 1


def test_looking_is_for_one_ticket_for_a_while_and_the_requester_reads_it(
    browse, call, desk, said, open_ticket
):
    other = open_ticket("aminata", "Aminata again")
    vera = browse(desk["vera"])

    row = actions.unmask(actor=desk["vera"], ticket_id=said.pk, reason=REASON)

    assert row.until - row.at == timedelta(hours=2)
    page = vera.get(said.path).content.decode()
    assert "06 12 34 56 78" in page
    assert "Aminata" in page
    assert call(desk["vera"]).get(f"/api/v1/tickets/{said.pk}").json()["requester"] == "aminata"
    assert "Aminata" not in vera.get(other.path).content.decode()
    assert "Aminata" not in vera.get("/queue").content.decode()
    read = browse(desk["aminata"]).get(said.path).content.decode()
    assert REASON in read
    assert "Vera looked who asked" in read
    line = JournalLine.objects.get(verb="helpdesk.requester_unmasked")
    assert (line.actor, line.changes["minutes"]) == (desk["vera"], 120)
    assert REASON not in repr(line.changes)
    assert REASON not in browse(desk["farid"]).get(said.path).content.decode()

    Unmasking.objects.update(until=timezone.now() - timedelta(seconds=5))

    assert leaks(vera, [said.path, f"{said.path}/thread"]) == []
    assert rules.is_masked(desk["vera"], said)


def test_who_mails_alone_learns_of_each_looking_once_in_their_language(
    call, desk, said, run_tasks, mailoutbox
):
    desk["aminata"].interface_language = "fr"
    desk["aminata"].save()
    run_tasks()
    mailoutbox.clear()

    for _twice in range(2):
        actions.unmask(actor=desk["vera"], ticket_id=said.pk, reason=REASON)
    run_tasks()

    (mail,) = mailoutbox
    assert mail.to == ["aminata@people.example"]
    assert "a regardé qui vous êtes" in mail.subject
    assert said.number in mail.subject
    assert "Vera" in mail.body
    assert REASON in mail.body
    assert "reply+" in mail.extra_headers["Reply-To"]
    bell = Notice.objects.get(verb="helpdesk.requester_unmasked")
    assert bell.person == desk["aminata"]

    Unmasking.objects.update(until=timezone.now() - timedelta(seconds=5))
    actions.unmask(actor=desk["vera"], ticket_id=said.pk, reason="Once more, for the invoice.")
    run_tasks()

    assert len(mailoutbox) == 2
    path = f"/api/v1/tickets/{said.pk}/unmaskings"
    for name in ("aminata", "nadia", "vera"):
        rows = call(desk[name]).get(path).json()
        assert [(row["person"], row["reason"]) for row in rows] == [
            ("vera", REASON),
            ("vera", "Once more, for the invoice."),
        ]
    assert call(desk["farid"]).get(path).status_code == 403
    assert call(desk["omar"]).get(path).status_code == 404
    assert call(None).get(path).status_code == 401


def test_a_volunteer_enters_the_room_once_they_looked(browse, call, desk, said):
    room = Room.objects.get(thing_kind="helpdesk.ticket", thing_id=said.pk)
    path = f"/api/v1/rooms/{room.pk}/messages"
    assert call(desk["vera"]).get(path).status_code == 404
    assert browse(desk["vera"]).get(f"/rooms/{room.pk}").status_code == 404

    actions.unmask(actor=desk["vera"], ticket_id=said.pk, reason=REASON)

    assert call(desk["vera"]).get(path).status_code == 200


def test_agents_masked_or_not_look_at_a_ticket_in_its_queues_room(
    browse, desk, said, queue, run_tasks
):
    run_tasks()
    room = Room.objects.get(thing_kind="helpdesk.queue", thing_id=queue.pk)
    pages = {
        name: browse(desk[name]).get(said.path).content.decode()
        for name in ("vera", "nadia", "aminata", "farid")
    }

    for name in ("vera", "nadia"):
        told = f'data-desk data-live-rooms="{room.live}:{said.pk}" data-me="{name}"'
        assert told in pages[name]
        assert "colleagues.js" in pages[name]
    for name in ("aminata", "farid"):
        assert "data-desk" not in pages[name]
        assert f'"{room.pk}:' not in pages[name]
    talk = Room.objects.get(thing_kind="helpdesk.ticket", thing_id=said.pk)
    assert f'data-room="{talk.pk}"' in pages["nadia"]
    assert f'data-room="{talk.pk}"' not in pages["vera"]
    mine = actions.open_ticket(actor=desk["vera"], subject="My own", source="It is.", language="en")
    assert "data-desk" not in browse(desk["vera"]).get(mine.path).content.decode()


def test_claims_of_help_do_not_name_who_was_helped(browse, call, desk, said, run_tasks):
    actions.reply(actor=desk["vera"], ticket_id=said.pk, source="Done.", revision=99)
    actions.set_state(actor=desk["vera"], ticket_id=said.pk, state="solved")
    run_tasks()
    assert AidClaim.objects.count() == 1

    assert leaks(browse(desk["vera"]), ["/commons/claims", "/commons/statement"]) == []
    assert leaks(call(desk["vera"]), ["/api/v1/aid/claims", "/api/v1/aid/statement"]) == []
    assert "Vera" in browse(desk["aminata"]).get("/commons/claims").content.decode()


def test_a_grant_as_staff_lifts_the_mask(browse, desk, said, queue):
    RoleGrant.objects.create(person=desk["vera"], role="agent", queue_id=queue.pk, volunteer=False)

    assert "06 12 34 56 78" in browse(desk["vera"]).get(said.path).content.decode()


def test_ones_own_ticket_is_never_masked(browse, desk, open_ticket):
    mine = open_ticket("vera", "Vera asks herself")

    assert "Vera" in browse(desk["vera"]).get(mine.path).content.decode()


def test_a_masked_page_changes_nothing_and_costs_no_more(browse, desk, said, assert_asks):
    before = list(Message.objects.values_list("source", "html"))
    client = browse(desk["vera"])
    client.get(said.path)

    with assert_asks(8):
        client.get(said.path)

    assert list(Message.objects.values_list("source", "html")) == before
    said.refresh_from_db()
    assert "Aminata" in said.subject
    assert "helpdesk.unmasking" not in export_person(actor=desk["vera"])["things"]
