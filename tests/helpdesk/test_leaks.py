"""What a member must never see of others' tickets is planted, and looked for everywhere."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.models import JournalLine, OutgoingMail, StoredFile
from helpdesk import actions, queries
from helpdesk.models import Message, Queue, Ticket
from people.actions import export_person
from search.actions import rebuild_index
from tests.cast import SECRET

STRANGERS = ("omar", "mika", "odile", "moira", "clara", "panel", None)


@pytest.fixture
def secret(desk, ticket):
    """A ticket with the secret word in its subject, a message, a note and two attachments."""

    def facts(name):
        upload = SimpleUploadedFile(f"{name}{SECRET}.txt", SECRET.encode(), "text/plain")
        said = {"source": f"Said by {name}. {SECRET}", "uploads": [upload]}
        return {"actor": desk[name], "ticket_id": ticket.pk, **said}

    actions.reply(**facts("nadia"), revision=99)
    actions.write_note(**facts("vera"))
    rebuild_index()
    return ticket


def addresses(ticket):
    kept = StoredFile.objects.all()
    files = [row.get_absolute_url() for row in kept]
    api = f"/api/v1/tickets/{ticket.pk}"
    pages = [
        "/",
        "/tickets",
        "/tickets?done=1",
        "/tickets/new",
        "/tickets/new?subject=spam",
        "/tickets/similar?subject=spam",
        ticket.path,
        f"{ticket.path}/past",
        "/queue",
        "/queue?waits_for=",
        "/search?q=spam",
        "/search/now?q=spam",
        "/me/notices",
        *files,
    ]
    calls = [
        "/api/v1/tickets",
        "/api/v1/tickets/mine",
        api,
        f"{api}/messages",
        f"{api}/events",
        f"{api}/shares",
        "/api/v1/queues",
        "/api/v1/queue",
        "/api/v1/search?q=spam",
        "/api/v1/search/similar?title=spam",
        "/api/v1/notices",
        *files,
        *[row.api_url for row in kept],
    ]
    return pages, calls


@pytest.mark.parametrize("name", STRANGERS)
def test_strangers_find_nothing_anywhere(name, browse, call, desk, secret, run_tasks):
    run_tasks()
    person = desk[name] if name else None
    pages, calls = addresses(secret)

    for client, paths in ((browse(person), pages), (call(person), calls)):
        for path in paths:
            shown = client.get(path).content.decode().replace(path, "")
            assert SECRET not in shown, path
            assert secret.number not in shown, path


@pytest.mark.parametrize("name", ["aminata", "farid", "olga"])
def test_those_who_ask_see_no_note_and_no_file_of_one(name, browse, call, desk, secret):
    pages, calls = addresses(secret)
    of_note = StoredFile.objects.get(name__startswith="vera")
    note_file = of_note.get_absolute_url()
    person = desk[name]

    for client, paths in ((browse(person), pages), (call(person), calls)):
        for path in paths:
            shown = client.get(path).content.decode().replace(path, "")
            assert "Said by vera" not in shown, path
            assert f"NOTE{SECRET}" not in shown, path
            assert str(of_note.key) not in shown, path
    assert browse(person).get(note_file).status_code == 404
    assert call(person).get(of_note.api_url).status_code == 404
    assert "Said by nadia" in browse(person).get(secret.path).content.decode()
    api = call(person).get(f"/api/v1/tickets/{secret.pk}/messages").json()["results"]
    assert [(row["number"], row["internal"]) for row in api] == [(1, False), (2, False)]
    [attachment] = [file for row in api for file in row["attachments"]]
    assert attachment["name"].startswith("nadia")
    assert call(person).get(attachment["url"]).content == SECRET.encode()
    assert call(person).get(f"/api/v1/tickets/{secret.pk}").json()["revision"] == 2


def test_agents_of_the_queue_see_all_of_it(browse, call, desk, secret):
    for name in ("nadia", "vera"):
        page = browse(desk[name]).get(secret.path).content.decode()
        for words in ("Said by nadia", "Said by vera", f"NOTE{SECRET}", secret.subject):
            assert words in page
        rows = call(desk[name]).get(f"/api/v1/tickets/{secret.pk}/messages").json()["results"]
        assert [row["internal"] for row in rows] == [False, True, False, True]


def test_rights_are_asked_anew_each_time(browse, desk, secret, other_queue):
    farid, vera = browse(desk["farid"]), browse(desk["vera"])
    assert farid.get(secret.path).status_code == vera.get(secret.path).status_code == 200

    actions.unshare(actor=desk["aminata"], ticket_id=secret.pk, person=desk["farid"])
    Ticket.objects.update(queue=other_queue)

    assert farid.get(secret.path).status_code == vera.get(secret.path).status_code == 404
    assert browse(desk["odile"]).get(secret.path).status_code == 200


def test_rows_agree_with_the_table(desk, secret):
    everyone: dict[str, set[str]] = {name: set() for name in desk}
    for name, person in desk.items():
        if Ticket.objects.visible_to(person).exists():
            everyone[name].add("ticket")
        everyone[name] |= {
            "note" if row.internal else "message" for row in Message.objects.visible_to(person)
        }
        assert queries.own_tickets(person).exists() == (name in ("aminata", "farid", "olga"))

    expected: dict[str, set[str]] = {name: set() for name in desk}
    for name in ("aminata", "farid", "olga"):
        expected[name] = {"ticket", "message"}
    for name in ("nadia", "vera"):
        expected[name] = {"ticket", "message", "note"}
    assert everyone == expected


def test_journal_holds_no_words(desk, secret):
    for line in JournalLine.objects.all():
        assert SECRET not in repr(line.changes), line


def test_queues_are_their_agents_alone(desk, queue, other_queue):
    seen = {name: set(Queue.objects.visible_to(desk[name])) for name in ("nadia", "vera", "omar")}

    assert seen == {"nadia": {queue, other_queue}, "vera": {queue}, "omar": set()}


def recipients(**facts):
    return {
        mail.to.partition("@")[0]: mail
        for mail in OutgoingMail.objects.filter(subject__contains=facts["subject"])
    }


def test_mails_go_to_those_they_are_for_and_never_to_their_writer(desk, ticket, run_tasks):
    actions.assign(actor=desk["nadia"], ticket_id=ticket.pk, assignee=desk["vera"])
    run_tasks()
    OutgoingMail.objects.all().delete()

    actions.reply(actor=desk["nadia"], ticket_id=ticket.pk, source="One", revision=99)
    run_tasks()
    assert set(recipients(subject="Re:")) == {"aminata", "farid", "vera"}

    OutgoingMail.objects.all().delete()
    actions.reply(actor=desk["farid"], ticket_id=ticket.pk, source="Two", revision=99)
    run_tasks()
    assert set(recipients(subject="Re:")) == {"aminata", "vera"}

    OutgoingMail.objects.all().delete()
    actions.write_note(
        actor=desk["nadia"], ticket_id=ticket.pk, source="Three, @aminata @omar @odile"
    )
    run_tasks()
    assert set(recipients(subject="Internal note")) == {"vera"}
    assert OutgoingMail.objects.count() == 1


def test_acknowledgement_names_the_promise_in_the_persons_language_and_time(
    desk, site, open_ticket, run_tasks, time_machine
):
    time_machine.move_to("2027-01-12T20:00:00Z", tick=False)
    person = desk["aminata"]
    person.interface_language, person.time_zone = "en", "America/Montreal"
    person.save()

    ticket = open_ticket(site_id=site.pk)
    run_tasks()

    mail = OutgoingMail.objects.get(to="aminata@people.example")
    body = bytes(mail.raw or b"").decode()
    assert ticket.number in mail.subject
    assert "12 January 2027 at 19:00 (EST)" in body
    assert ticket.path in body


def test_acknowledgement_is_sent_once_however_often_it_is_followed(desk, ticket, run_tasks):
    from core.journal import run_followings
    from core.models import JournalLine

    run_tasks()
    for line in JournalLine.objects.all():
        run_followings(line.pk)
    run_tasks()

    assert OutgoingMail.objects.filter(to="aminata@people.example").count() == 1


def test_ones_data_has_ones_tickets_and_no_notes_of_others(desk, secret):
    things = export_person(actor=desk["aminata"])["things"]

    assert [row["subject"] for row in things["helpdesk.ticket"]] == [secret.subject]
    assert [row["source"] for row in things["helpdesk.message"]] == [f"Since Monday. {SECRET}"]
    assert "helpdesk.ticket" not in export_person(actor=desk["omar"])["things"]


def test_erasing_takes_ones_words_and_files_and_leaves_the_answers(desk, ticket, open_ticket):
    from people.actions import erase_person

    upload = SimpleUploadedFile("mine.txt", SECRET.encode(), "text/plain")
    actions.reply(
        actor=desk["aminata"], ticket_id=ticket.pk, source=SECRET, revision=99, uploads=[upload]
    )
    actions.reply(actor=desk["nadia"], ticket_id=ticket.pk, source="An answer.", revision=99)

    erase_person(actor=desk["aminata"], handle="aminata", password="")

    ticket.refresh_from_db()
    assert ticket.subject == ""
    own = Message.objects.filter(author=desk["aminata"])
    assert {(row.source, row.html) for row in own} == {("", "")}
    assert Message.objects.filter(source="An answer.").exists()
    assert not StoredFile.objects.exists()
