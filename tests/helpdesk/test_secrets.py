"""Secrets typed into a ticket: pointed out before they are sent, and taken out of history."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from chat.actions import open_room, post_message
from chat.models import ChatMessage
from core.models import JournalLine, KeptAnswer, OutgoingMail, StoredFile
from helpdesk import actions
from helpdesk.models import ChecklistItem, FieldValue, Message, Ticket, TicketField
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, Act
from tests.helpdesk.mails import sent_to

TYPED = "My password is Blue!Sky9, please log in."
NEW = {"subject": "Mail is away", "source": TYPED, "language": "en"}


def replying(**more):
    facts = {"source": TYPED, "revision": 99, **more}
    return Act(
        page=lambda t: (f"{t.path}/replies", facts),
        api=lambda t: ("POST", f"/api/v1/tickets/{t.pk}/replies", facts),
    )


def opening(**more):
    facts = {**NEW, **more}
    return Act(
        page=lambda t: ("/tickets/new", facts), api=lambda t: ("POST", "/api/v1/tickets", facts)
    )


def noting(**more):
    facts = {"source": TYPED, **more}
    return Act(
        page=lambda t: (f"{t.path}/notes", facts),
        api=lambda t: ("POST", f"/api/v1/tickets/{t.pk}/notes", facts),
    )


def opening_with_a_field(**more):
    form = {**NEW, "source": "It is away.", "fields.ftp": TYPED, **more}
    body = {**NEW, "source": "It is away.", "fields": {"ftp": TYPED}, **more}
    return Act(
        page=lambda t: ("/tickets/new", form), api=lambda t: ("POST", "/api/v1/tickets", body)
    )


def filling(text=TYPED, key="ftp", **more):
    return Act(
        page=lambda t: (f"{t.path}/fields", {f"fields.{key}": text, **more}),
        api=lambda t: (
            "PUT",
            f"/api/v1/tickets/{t.pk}/fields",
            {"fields": {key: text}, **more},
        ),
    )


def listing(**more):
    items = ["Log in", TYPED]
    return Act(
        page=lambda t: (f"{t.path}/checklist", {"items": "\n".join(items), **more}),
        api=lambda t: ("POST", f"/api/v1/tickets/{t.pk}/checklist", {"items": items, **more}),
    )


def purging(text="Blue!Sky9"):
    return Act(
        page=lambda t: (f"{t.path}/purge", {"text": text}),
        api=lambda t: ("POST", f"/api/v1/tickets/{t.pk}/purges", {"text": text}),
    )


PURGE = purging()


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    ("act", "who"), [(replying, "aminata"), (opening, "aminata"), (noting, "vera")]
)
def test_a_secret_comes_back_once_and_goes_if_it_is_meant(face, act, who, perform, desk, ticket):
    before = Message.objects.count()

    assert perform(face, desk[who], act(), ticket) == INVALID
    assert Message.objects.count() == before
    assert perform(face, desk[who], act(send_secrets="1"), ticket) == DONE
    assert Message.objects.filter(source=TYPED).count() == 1


@pytest.fixture
def ftp(queue):
    facts = {"labels": {"en": "FTP access"}, "shown_to": "requester"}
    TicketField.objects.create(queue=queue, key="site", kind="url", **facts)
    return TicketField.objects.create(queue=queue, key="ftp", kind="text", **facts)


@pytest.mark.parametrize("face", FACES)
def test_a_secret_in_a_field_or_checklist_comes_back_once(face, perform, desk, ticket, ftp):
    def kept():
        fields = FieldValue.objects.filter(text=TYPED).count()
        return Ticket.objects.count(), fields, ChecklistItem.objects.filter(words=TYPED).count()

    told = []
    for who, act in (("aminata", opening_with_a_field), ("vera", filling), ("vera", listing)):
        assert perform(face, desk[who], act(), ticket) == INVALID
        told.append(kept())
        assert perform(face, desk[who], act(send_secrets="1"), ticket) == DONE

    assert told == [(1, 0, 0), (2, 1, 0), (2, 2, 0)]
    assert kept() == (2, 2, 1)
    assert ChecklistItem.objects.count() == 2


@pytest.mark.parametrize("face", FACES)
def test_what_stands_in_a_field_already_is_not_asked_about(face, perform, desk, ticket, ftp):
    actions.fill_fields(actor=desk["vera"], ticket_id=ticket.pk, values={"ftp": TYPED})
    with_user = "https://vera:Blue!Sky9@ftp.example.org/"

    assert perform(face, desk["vera"], filling(), ticket) == DONE
    assert perform(face, desk["vera"], filling("by post"), ticket) == DONE
    assert perform(face, desk["vera"], filling(with_user, "site"), ticket) == INVALID
    assert perform(face, desk["olga"], filling(), ticket) == NOT_ALLOWED


def test_the_panel_says_beside_the_field_what_it_found(browse, call, desk, ticket, ftp):
    client = browse(desk["vera"])

    page = client.post(f"{ticket.path}/fields", {"fields.ftp": TYPED}).content.decode()

    assert 'id="field-ftp-error"' in page
    assert f'value="{TYPED}"' in page
    assert page.count("Send all the same") == 1
    listed = client.post(
        f"{ticket.path}/checklist", {"items": f"Log in\n{TYPED}"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert f"Log in\n{TYPED}</textarea>" in listed
    assert listed.count("Send all the same") == 1
    path = f"/api/v1/tickets/{ticket.pk}/checklist"
    told = call(desk["vera"]).post(path, {"items": ["Log in", TYPED]}, format="json").json()
    assert [span["field"] for span in told["spans"]] == ["items.1"]


def test_the_form_comes_back_with_what_was_typed_and_what_was_found(browse, desk, ticket):
    client = browse(desk["nadia"])
    facts = {"source": TYPED, "revision": 99, "then": "solved"}

    page = client.post(f"{ticket.path}/replies", facts).content.decode()

    assert "This looks like a secret" in page
    assert "Send all the same" in page
    assert TYPED in page
    assert 'name="then" value="solved"' in page
    assert "Blu…" in page


def test_the_api_names_code_and_spans(call, desk, ticket):
    answer = call(desk["aminata"]).post(
        f"/api/v1/tickets/{ticket.pk}/replies", {"source": TYPED, "revision": 99}, format="json"
    )

    assert answer.status_code == 422
    told = answer.json()
    assert told["code"] == "secrets_found"
    assert told["allowed"] == ["send_secrets"]
    [span] = told["spans"]
    assert span["field"] == "source"
    assert span["kind"] == "password"
    assert TYPED[span["start"] : span["end"]] == "Blue!Sky9"
    assert "Blue" not in answer.content.decode()


def test_what_comes_by_mail_or_command_is_not_asked_back(desk, ticket):
    said = actions.reply(actor=desk["aminata"], ticket_id=ticket.pk, source=TYPED, revision=99)

    assert said.source == TYPED


@pytest.mark.parametrize("face", FACES)
def test_who_may_take_a_secret_out(face, perform, desk, ticket):
    actions.reply(actor=desk["aminata"], ticket_id=ticket.pk, source=TYPED, revision=99)

    for who in ("farid", "olga"):
        assert perform(face, desk[who], PURGE, ticket) == NOT_ALLOWED
    assert perform(face, desk["aminata"], purging("log in"), ticket) == INVALID
    for who in ("omar", "mika", "odile", "clara"):
        assert perform(face, desk[who], PURGE, ticket) == UNSEEN
    assert perform(face, None, PURGE, ticket) == SIGN_IN
    assert perform(face, desk["vera"], purging("nowhere at all"), ticket) == INVALID
    assert perform(face, desk["vera"], PURGE, ticket) == DONE
    assert perform(face, desk["vera"], PURGE, ticket) == INVALID  # it is not there any more


def test_a_purged_secret_is_nowhere(desk, call, ticket, browse, run_tasks):
    secret = "Blue!Sky9"
    api = call(desk["aminata"])
    sent = api.post(
        f"/api/v1/tickets/{ticket.pk}/replies",
        {"source": f"{TYPED} `{secret}`(x)", "revision": 99, "send_secrets": True},
        format="json",
        headers={"Idempotency-Key": "k"},
    )
    assert sent.status_code == 201
    actions.assign(actor=desk["nadia"], ticket_id=ticket.pk, assignee=desk["nadia"])
    actions.write_note(actor=desk["nadia"], ticket_id=ticket.pk, source=f"They sent {secret}")
    Ticket.objects.filter(pk=ticket.pk).update(subject=f"Help {secret}")
    run_tasks()
    OutgoingMail.objects.update(sent_at=None)
    assert any(secret in decoded(mail) for mail in OutgoingMail.objects.all())

    purged = actions.purge_secret(actor=desk["nadia"], ticket_id=ticket.pk, texts=[secret])
    run_tasks()

    assert purged == {"messages": 2, "files": 0, "answers": 0}
    for row in Message.objects.all():
        assert secret not in row.source + row.html
    said = Message.objects.get(pk=sent.json()["id"])
    assert "[removed by Nadia on" in said.html
    assert "<a " not in said.html
    assert secret not in Ticket.objects.get(pk=ticket.pk).subject
    for mail in OutgoingMail.objects.all():
        assert secret not in decoded(mail) + mail.subject
    for kept in KeptAnswer.objects.all():
        assert secret.encode() not in bytes(kept.body or b"")
    line = JournalLine.objects.get(verb="helpdesk.secret_purged")
    assert len(line.changes["messages"]) == 2
    assert "Blue" not in repr(line.changes)
    page = browse(desk["aminata"]).get(ticket.path).content.decode()
    assert secret not in page
    assert "took a secret out" in page


def decoded(mail):
    import email
    import email.policy

    parsed = email.message_from_bytes(bytes(mail.raw or b""), policy=email.policy.default)
    parts = [part.get_content() for part in parsed.walk() if part.get_content_maintype() == "text"]
    return "\n".join([str(parsed["Subject"]), *parts])


def test_files_are_deleted_and_only_those_of_the_ticket(desk, ticket, open_ticket, call):
    upload = SimpleUploadedFile("keys.txt", b"secret", "text/plain")
    said = actions.reply(
        actor=desk["aminata"], ticket_id=ticket.pk, source="Keys", revision=9, uploads=[upload]
    )
    other = open_ticket(uploads=[SimpleUploadedFile("other.txt", b"other", "text/plain")])
    mine = StoredFile.objects.get(thing_id=said.pk)
    theirs = StoredFile.objects.get(name="other.txt")
    client, path = call(desk["nadia"]), f"/api/v1/tickets/{ticket.pk}/purges"

    assert client.post(path, {"files": [str(theirs.key)]}, format="json").status_code == 422
    answer = client.post(path, {"files": [str(mine.key)]}, format="json")

    assert answer.json() == {"messages": 0, "files": 1, "answers": 0}
    assert list(StoredFile.objects.all()) == [theirs]
    assert other.pk != ticket.pk


def test_the_page_lists_what_looks_like_a_secret(browse, desk, ticket):
    actions.reply(actor=desk["aminata"], ticket_id=ticket.pk, source=TYPED, revision=99)
    client = browse(desk["nadia"])

    page = client.get(f"{ticket.path}/purge").content.decode()
    assert 'value="Blue!Sky9"' in page

    assert client.post(f"{ticket.path}/purge", {"found": ["Blue!Sky9"]}).status_code == 303
    assert not Message.objects.filter(source__contains="Blue!Sky9").exists()


OWN = "Blue!Sky9x"


@pytest.fixture
def told(desk, ticket):
    """What aminata and its agents wrote in it: the same password."""
    said = f"My password is {OWN}."
    facts = {"ticket_id": ticket.pk, "send_secrets": True}
    actions.reply(actor=desk["aminata"], source=said, revision=99, **facts)
    actions.reply(actor=desk["vera"], source=f"> {said}\n\nThanks.", revision=99, **facts)
    actions.write_note(actor=desk["vera"], source=said, **facts)
    room = open_room(actor=desk["aminata"], kind="helpdesk.ticket", object_id=ticket.pk)
    for name in ("aminata", "nadia"):
        post_message(actor=desk[name], room_id=room.pk, source=said, client_id=name)
    return ticket


def sources(ticket):
    talk = ChatMessage.objects.filter(kind="message").order_by("pk")
    rows = [*ticket.messages.order_by("pk"), *talk]
    return [row.author.handle for row in rows if OWN in row.source]


@pytest.mark.parametrize("face", FACES)
def test_who_wrote_a_secret_takes_it_out_of_their_own_words_alone(face, perform, desk, told):
    assert sources(told) == ["aminata", "vera", "vera", "aminata", "nadia"]

    assert perform(face, desk["mika"], purging(OWN), told) == UNSEEN
    assert perform(face, desk["aminata"], purging("Thanks"), told) == INVALID
    assert perform(face, desk["aminata"], purging(OWN), told) == DONE
    assert sources(told) == ["vera", "vera", "nadia"]
    assert perform(face, desk["aminata"], purging(OWN), told) == NOT_ALLOWED  # nothing is left
    mark = told.messages.filter(author=desk["aminata"]).order_by("pk").last()
    assert "removed by who wrote it" in mark.source
    assert desk["aminata"].display_name not in mark.source
    line = JournalLine.objects.get(verb="helpdesk.secret_purged")
    assert line.actor == desk["aminata"]
    assert line.changes["by_author"]
    assert OWN not in str(line.changes)
    assert perform(face, desk["vera"], purging(OWN), told) == DONE
    assert sources(told) == []


@pytest.mark.parametrize("face", FACES)
def test_who_sees_a_ticket_and_wrote_no_secret_takes_none_out(face, perform, desk, told):
    assert perform(face, desk["farid"], purging(OWN), told) == NOT_ALLOWED
    assert len(sources(told)) == 5


def test_the_page_and_the_api_show_to_each_what_they_may_take_out(browse, call, desk, told):
    path = f"/api/v1/tickets/{told.pk}/purges"

    assert [row["text"] for row in call(desk["aminata"]).get(path).json()] == [OWN]
    assert call(desk["farid"]).get(path).json() == []
    mine = browse(desk["aminata"]).get(f"{told.path}/purge").content.decode()
    assert OWN in mine
    assert 'name="text"' not in mine
    theirs = browse(desk["farid"]).get(f"{told.path}/purge").content.decode()
    assert OWN not in theirs
    assert "Nothing of what you wrote here looks like a secret" in theirs
    assert f"{told.path}/purge" in browse(desk["aminata"]).get(told.path).content.decode()


def test_several_secrets_go_together_or_not_at_all(browse, desk, told):
    client = browse(desk["vera"])

    page = client.post(f"{told.path}/purge", {"found": [OWN], "text": "stands nowhere"})

    assert page.status_code == 422
    assert len(sources(told)) == 5
    assert not JournalLine.objects.filter(verb="helpdesk.secret_purged").exists()
    # One that is a part of another goes with it.
    client.post(f"{told.path}/purge", {"found": [OWN], "text": OWN[:6]})
    assert sources(told) == []
    assert JournalLine.objects.filter(verb="helpdesk.secret_purged").count() == 1


def test_mails_do_not_repeat_a_secret_that_was_said_before(desk, ticket, run_tasks):
    said = f"{TYPED}\n\nIt says **550**."
    actions.reply(actor=desk["aminata"], ticket_id=ticket.pk, source=said, revision=99)
    actions.reply(actor=desk["nadia"], ticket_id=ticket.pk, source="Change it.", revision=99)
    run_tasks()

    mail = sent_to("aminata@people.example")[-1]
    parts = [mail.get_body((kind,)).get_content() for kind in ("plain", "html")]
    assert "It says **550**" in parts[0]
    assert "<strong>550</strong>" in parts[1]
    assert "Blue!Sky9" not in "".join(parts)
