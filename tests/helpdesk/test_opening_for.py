"""An agent opens a ticket for who calls or stands at the counter."""

from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile

from core.errors import NotAllowed
from core.models import JournalLine, StoredFile
from helpdesk import actions
from helpdesk.models import Ticket, TicketField
from helpdesk.queries.ratings import is_asked
from people.actions import erase_person, export_person
from people.models import HostedSite, Person, RoleGrant
from people.queries import email_of
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, Act
from tests.helpdesk.mails import answering, sent_to
from tests.helpdesk.test_secrets import purging

CALLER = "caller@outside.example"
FACTS = {
    "subject": "No mail since noon",
    "source": "Calls since noon nobody gets mail.",
    "language": "fr",
}


def opening(requester, queue="hosting", **facts):
    data = {**FACTS, "requester": requester, "queue": queue, **facts}
    return Act(page=lambda _: ("/queue/new", data), api=lambda _: ("POST", "/api/v1/tickets", data))


OPEN_FOR = opening(CALLER, "")


@pytest.mark.parametrize("face", FACES)
def test_agents_of_the_queue_open_a_ticket_for_somebody(face, perform, desk, other_queue):
    for who in ("omar", "aminata", "clara", "moira", "odile"):
        assert perform(face, desk[who], opening(CALLER), None) == NOT_ALLOWED, who
    assert perform(face, None, opening(CALLER), None) == SIGN_IN
    assert not Ticket.objects.exists()

    assert perform(face, desk["vera"], opening(CALLER), None) == DONE
    assert perform(face, desk["nadia"], opening("@Bao", "domains"), None) == DONE

    by_address, by_handle = Ticket.objects.order_by("pk")
    assert (by_address.requester.state, by_address.queue.slug) == ("stub", "hosting")
    assert (by_handle.requester, by_handle.queue) == (desk["bao"], other_queue)
    assert (by_handle.state, by_handle.waits_for) == ("new", "us")
    line = JournalLine.objects.get(verb="helpdesk.ticket_opened", thing_id=by_handle.pk)
    assert (line.actor, line.on_behalf_of) == (desk["nadia"], desk["bao"])
    message = by_handle.messages.get()
    assert (message.author, message.side) == (desk["nadia"], "requester")


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("called", ["nobody-here", "no@address@at-all", "nadia", "sam", ""])
def test_whom_it_cannot_be_for(called, face, perform, desk):
    Person.objects.filter(pk=desk["mika"].pk).update(handle="sam", handle_folded="sam")
    Person.objects.filter(handle="sam").update(state="suspended")
    what = opening(called)
    if face == "api" and not called:
        return  # without a requester it is one's own

    assert perform(face, desk["nadia"], what, None) == INVALID
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("face", FACES)
def test_another_queue_is_none_of_theirs(face, perform, desk, other_queue):
    assert perform(face, desk["vera"], opening(CALLER, "domains"), None) == NOT_ALLOWED
    assert perform(face, desk["nadia"], opening(CALLER, "nothing"), None) == INVALID


def test_who_called_gets_a_receipt_in_their_language_and_answers_by_mail(desk, run_tasks):
    ticket = actions.open_ticket_for(actor=desk["nadia"], requester=CALLER, **FACTS)
    run_tasks()

    (receipt,) = sent_to(CALLER)
    text = receipt.get_body(("plain",)).get_content()
    assert ticket.number in receipt["Subject"]
    assert "Nadia a ouvert un ticket pour vous" in text
    assert FACTS["source"] not in text
    mail = actions.receive_mail(raw=answering(receipt, "Ça remarche.").as_bytes())
    assert (mail.outcome, mail.ticket) == ("replied", ticket)


def test_who_called_reads_who_opened_it(browse, desk):
    ticket = actions.open_ticket_for(actor=desk["nadia"], requester="aminata", **FACTS)

    page = browse(desk["aminata"]).get(ticket.path).content.decode()

    assert "Nadia opened it for Aminata" in page
    assert FACTS["source"] in page


def test_only_who_wrote_themselves_is_asked_how_they_were_helped(desk):
    ticket = actions.open_ticket_for(actor=desk["nadia"], requester="aminata", **FACTS)
    assert not is_asked(ticket)

    actions.reply(actor=desk["aminata"], ticket_id=ticket.pk, source="Thanks!", revision=99)

    assert is_asked(ticket)


def test_paid_guarantee_of_the_site_they_named_counts(desk, site):
    facts = {**FACTS, "source": f"{site.domain} is down."}

    ticket = actions.open_ticket_for(actor=desk["nadia"], requester="mika", **facts)

    assert (ticket.site, ticket.level_version.level.slug) == (site, "guaranteed")


def about(site):
    """Opening a ticket for mika about a site: a domain on the page, an id for programs."""
    return Act(
        page=lambda _: ("/queue/new", {**FACTS, "requester": "mika", "site": site.domain}),
        api=lambda _: ("POST", "/api/v1/tickets", {**FACTS, "requester": "mika", "site": site.pk}),
    )


@pytest.mark.parametrize("face", FACES)
def test_staff_say_which_of_their_sites_it_is_about(face, perform, browse, desk, site, levels):
    facts = {"external_id": "other", "level": levels["free"]}
    other = HostedSite.objects.create(domain="mika.example", owner=desk["mika"], **facts)
    foreign = HostedSite.objects.create(
        domain="bao.example", owner=desk["bao"], **{**facts, "external_id": "x"}
    )

    assert perform(face, desk["nadia"], about(foreign), None) == INVALID
    assert perform(face, desk["vera"], about(site), None) == (DONE if face != "api" else INVALID)
    Ticket.objects.all().delete()
    assert perform(face, desk["nadia"], about(other), None) == DONE
    assert perform(face, desk["nadia"], about(site), None) == DONE

    assert [row.site for row in Ticket.objects.order_by("pk")] == [other, site]


def test_who_names_a_site_that_is_not_theirs_reads_which_are(browse, desk, site):
    what = {**FACTS, "requester": "mika", "site": "https://www.bao.example/"}
    client = browse(desk["nadia"])

    refused = client.post("/queue/new", what)
    none = client.post("/queue/new", {**what, "requester": "bao"})
    opened = client.post("/queue/new", {**what, "site": f"https://www.{site.domain}/a?b"})

    assert (refused.status_code, none.status_code, opened.status_code) == (422, 422, 303)
    assert f"such as: {site.domain}" in refused.content.decode()
    assert "They have no site here" in none.content.decode()
    assert Ticket.objects.get().site == site


def test_volunteers_name_it_in_the_text_and_learn_of_no_site(browse, call, desk, site):
    vera = browse(desk["vera"])
    what = {**FACTS, "requester": "mika", "queue": "hosting", "site": "bao.example"}

    page = vera.get("/queue/new").content.decode()
    program = call(desk["vera"]).post("/api/v1/tickets", {**what, "site": site.pk}, format="json")
    sent = vera.post("/queue/new", what)

    assert 'name="site"' not in page
    assert "Name their site" in page
    assert (program.status_code, sent.status_code) == (422, 303)
    assert site.domain not in program.content.decode()
    assert Ticket.objects.get().site is None


def test_address_of_who_called_names_no_site(desk, site):
    address = f"mika@{site.domain}"
    EmailAddress.objects.filter(user=desk["mika"]).update(email=address)
    facts = {**FACTS, "source": f"To be answered at {address}."}

    ticket = actions.open_ticket_for(actor=desk["nadia"], requester=address, **facts)

    assert (ticket.requester, ticket.site) == (desk["mika"], None)


def test_silenced_people_are_helped_and_agents_of_one_organisation_open_none(desk, organisation):
    Person.objects.filter(pk=desk["farid"].pk).update(state="silenced")
    RoleGrant.objects.create(person=desk["omar"], role="agent", organisation=organisation)

    ticket = actions.open_ticket_for(actor=desk["nadia"], requester="farid", **FACTS)

    assert ticket.requester == desk["farid"]
    with pytest.raises(NotAllowed, match="Agents open tickets for others"):
        actions.open_ticket_for(actor=desk["omar"], requester="farid", **FACTS)


def test_volunteers_who_open_one_see_no_more_of_who_called(browse, desk, levels):
    HostedSite.objects.create(
        external_id="x", domain="bao.example", owner=desk["bao"], level=levels["free"]
    )
    client = browse(desk["vera"])

    client.post("/queue/new", {**FACTS, "requester": "bao@people.example", "queue": "hosting"})

    page = client.get(Ticket.objects.get().path).content.decode()
    assert "Vera opened it for" in page
    assert "Bao" not in page
    assert "bao.example" not in page


def test_volunteers_read_who_wrote_it_down_on_every_face(browse, call, desk, run_tasks):
    facts = {**FACTS, "source": "Aminata called Nadia."}
    ticket = actions.open_ticket_for(actor=desk["nadia"], requester="aminata", **facts)
    actions.assign(actor=desk["nadia"], ticket_id=ticket.pk, assignee=desk["vera"])
    run_tasks()

    page = browse(desk["vera"]).get(ticket.path).content.decode()
    (row,) = call(desk["vera"]).get(f"/api/v1/tickets/{ticket.pk}/messages").json()["results"]
    excerpts = browse(desk["vera"]).get(f"{ticket.path}/public").content.decode()

    assert row["author"] == "nadia"
    assert row["source"] == "(nom) called Nadia."
    for shown in (page, row["html"], excerpts):
        assert "called Nadia." in shown
        assert "Aminata" not in shown


def test_page_is_reached_from_the_queue_and_keeps_what_was_typed(browse, desk):
    client = browse(desk["nadia"])
    assert 'href="/queue/new"' in client.get("/queue").content.decode()
    assert browse(desk["omar"]).get("/queue/new").status_code == 403

    refused = client.post("/queue/new", {**FACTS, "requester": "nobody-here", "queue": "hosting"})

    assert refused.status_code == 422
    assert FACTS["source"] in refused.content.decode()


def test_only_to_whom_its_page_opens_the_queue_leads_there(browse, desk, organisation):
    RoleGrant.objects.create(person=desk["omar"], role="agent", organisation=organisation)
    RoleGrant.objects.create(
        person=desk["farid"], role="agent", queue_id=organisation.pk, organisation=organisation
    )

    for who in ("nadia", "vera", "odile", "omar", "farid"):
        client = browse(desk[who])
        leads_there = 'href="/queue/new"' in client.get("/queue").content.decode()
        opens = client.get("/queue/new").status_code == 200
        assert leads_there == opens == (who not in ("omar", "farid")), who


def test_secrets_are_pointed_out_before_it_is_open(browse, call, desk):
    secret = {**FACTS, "source": "The password is Blue!Sky9x", "requester": CALLER}

    page = browse(desk["nadia"]).post("/queue/new", {**secret, "queue": "hosting"})
    api = call(desk["nadia"]).post("/api/v1/tickets", secret, format="json")

    assert (page.status_code, api.status_code) == (422, 422)
    assert not Ticket.objects.exists()
    assert not Person.objects.filter(state="stub").exists()


@pytest.mark.parametrize("state", ["stub", "imported", "silenced"])
def test_who_has_only_mail_is_helped_by_handle_too(state, desk):
    Person.objects.filter(pk=desk["farid"].pk).update(state=state)

    ticket = actions.open_ticket_for(actor=desk["nadia"], requester="farid", **FACTS)

    assert ticket.requester == desk["farid"]


@pytest.fixture
def unproven(desk):
    """Farid as a dump of another forum had him: with an address that nobody proved."""
    Person.objects.filter(pk=desk["farid"].pk).update(state="imported")
    EmailAddress.objects.filter(user=desk["farid"]).update(verified=False)
    desk["farid"].refresh_from_db()
    return "farid@people.example"


def test_mails_of_a_ticket_go_to_the_unproven_address_it_was_opened_for(desk, unproven, run_tasks):
    ticket = actions.open_ticket_for(actor=desk["nadia"], requester=f" {unproven} ", **FACTS)
    actions.reply(actor=desk["nadia"], ticket_id=ticket.pk, source="Try again.", revision=99)
    run_tasks()

    receipt, answer = sent_to(unproven)
    assert ticket.requester == desk["farid"]
    assert ticket.number in receipt["Subject"]
    assert "Try again." in answer.get_body(("plain",)).get_content()
    mail = actions.receive_mail(raw=answering(answer, "It works.").as_bytes())
    assert (mail.outcome, mail.ticket, mail.message.author) == ("replied", ticket, desk["farid"])
    # It is proven by nothing of this, and nothing else is mailed there.
    assert email_of(desk["farid"]) is None
    assert Person.objects.get(pk=desk["farid"].pk).state == "imported"


def test_unproven_address_that_nobody_named_gets_no_mail(desk, unproven, run_tasks):
    ticket = actions.open_ticket_for(actor=desk["nadia"], requester="farid", **FACTS)
    actions.reply(actor=desk["nadia"], ticket_id=ticket.pk, source="Hello.", revision=99)
    run_tasks()

    assert sent_to(unproven) == []


def test_address_named_for_a_ticket_counts_no_more_once_it_is_gone(desk, unproven, run_tasks):
    ticket = actions.open_ticket_for(actor=desk["nadia"], requester=unproven, **FACTS)
    run_tasks()
    assert len(sent_to(unproven)) == 1
    EmailAddress.objects.filter(email=unproven).delete()

    actions.reply(actor=desk["nadia"], ticket_id=ticket.pk, source="Hello.", revision=99)
    run_tasks()

    assert len(sent_to(unproven)) == 1


def test_parts_of_a_ticket_go_on_at_the_address_it_was_opened_for(desk, unproven, run_tasks):
    ticket = actions.open_ticket_for(actor=desk["nadia"], requester=unproven, **FACTS)
    said = actions.reply(actor=desk["nadia"], ticket_id=ticket.pk, source="One.", revision=99)
    new = actions.split(actor=desk["nadia"], ticket_id=ticket.pk, message_ids=[said.pk])
    run_tasks()

    actions.reply(actor=desk["nadia"], ticket_id=new.pk, source="Of the new one.", revision=99)
    run_tasks()

    assert "Of the new one." in sent_to(unproven)[-1].get_body(("plain",)).get_content()


def test_secrets_in_its_fields_are_pointed_out(call, desk, queue):
    TicketField.objects.create(queue=queue, key="access", labels={"en": "FTP"}, kind="text")
    what = {**FACTS, "requester": "aminata", "fields": {"access": "password: hunter2-Xy77"}}
    client = call(desk["nadia"])

    asked = client.post("/api/v1/tickets", {**what, "send_secrets": False}, format="json")

    assert (asked.status_code, asked.json()["code"]) == (422, "secrets_found")
    assert not Ticket.objects.exists()
    sent = client.post("/api/v1/tickets", {**what, "send_secrets": True}, format="json")
    assert sent.status_code == 201


def test_a_queue_is_chosen_for_others_alone(call, desk):
    answer = call(desk["aminata"]).post(
        "/api/v1/tickets", {**FACTS, "queue": "hosting"}, format="json"
    )

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["queue"]


def test_one_s_own_ticket_goes_to_the_default_queue_on_the_page_too(browse, desk, queue):
    client = browse(desk["aminata"])

    page = client.get("/tickets/new").content.decode()
    client.post("/tickets/new", {**FACTS, "queue": "domains"})

    assert 'name="queue"' not in page
    assert Ticket.objects.get().queue == queue


@pytest.fixture
def written_down(desk):
    """What aminata told nadia, who wrote it down with a file, and what nadia answered to it."""
    facts = {**FACTS, "source": "My password is Blue!Sky9x."}
    upload = SimpleUploadedFile("hers.txt", b"Hers.", "text/plain")
    ticket = actions.open_ticket_for(
        actor=desk["nadia"], requester="aminata", uploads=[upload], **facts
    )
    actions.reply(actor=desk["nadia"], ticket_id=ticket.pk, source="An answer.", revision=99)
    return ticket


def sources(ticket):
    return list(ticket.messages.order_by("pk").values_list("source", flat=True))


def files_exported(person):
    return [row["name"] for row in export_person(actor=person)["files"]]


def test_files_that_came_with_it_are_among_the_data_of_who_said_it_alone(desk, written_down):
    assert files_exported(desk["aminata"]) == ["hers.txt"]
    assert files_exported(desk["nadia"]) == []


def test_files_kept_before_are_given_to_who_said_it(desk, written_down):
    mine = SimpleUploadedFile("mine.txt", b"Mine.", "text/plain")
    actions.reply(
        actor=desk["nadia"], ticket_id=written_down.pk, source="See.", revision=99, uploads=[mine]
    )
    StoredFile.objects.update(owner=desk["nadia"])

    import_module("helpdesk.migrations.0021_files_of_who_said_it").give(apps, None)

    assert files_exported(desk["aminata"]) == ["hers.txt"]
    assert files_exported(desk["nadia"]) == ["mine.txt"]


def test_what_was_written_down_is_among_the_data_of_who_said_it_alone(desk, written_down):
    said, answer = sources(written_down)

    def exported(name):
        rows = export_person(actor=desk[name])["things"].get("helpdesk.message", [])
        return [row["source"] for row in rows]

    assert (exported("aminata"), exported("nadia")) == ([said], [answer])


def test_erasing_takes_what_was_written_down_of_who_said_it(desk, written_down):
    before = sources(written_down)

    erase_person(actor=desk["nadia"], handle="nadia", password="")
    assert sources(written_down) == before
    assert StoredFile.objects.filter(name="hers.txt").exists()
    erase_person(actor=desk["aminata"], handle="aminata", password="")

    assert sources(written_down) == ["", before[1]]
    assert not StoredFile.objects.filter(name="hers.txt").exists()


@pytest.mark.parametrize("face", FACES)
def test_who_said_a_secret_takes_it_out_of_what_was_written_down(face, perform, desk, written_down):
    assert perform(face, desk["aminata"], purging("Blue!Sky9x"), written_down) == DONE

    assert "Blue!Sky9x" not in sources(written_down)[0]
