"""A secret is planted wherever words of a ticket are kept, and after its purge it is nowhere."""

import email
import email.policy
import json
from base64 import b64encode
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from chat.actions import edit_message, post_message
from chat.models import ChatMessage
from chat.queries import room_of
from core.errors import InvalidInput, StaleRevision
from core.models import JournalLine, KeptAnswer, OutgoingMail, StoredFile
from forum.actions import answer, comment, edit_answer, purge_words, render_post
from helpdesk import actions
from helpdesk.models import Consent, InboundMail, PublicAnswer, Rating, Ticket
from people.actions import follow
from people.models import MailChoice, RoleGrant
from search.actions import rebuild_index
from search.queries import search
from tests.helpdesk.mails import written

SECRET = "Zq7xTrombone94"
SAID = f"The key is {SECRET}, please."
FORMS = (SECRET.lower(), b64encode(SAID.encode()).decode().lower()[:20])


@pytest.fixture
def planted(desk, run_tasks):
    """A ticket of aminata that came by mail, with the secret in all that is kept of it."""
    mail = written(
        "Aminata <aminata@people.example>", subject=f"Help {SECRET}", body=f"{SAID}\n\n> {SAID}"
    )
    mail.add_attachment(SAID.encode(), maintype="text", subtype="plain", filename="key.txt")
    actions.receive_mail(raw=mail.as_bytes())
    ticket = Ticket.objects.get()
    facts = {"ticket_id": ticket.pk}
    RoleGrant.objects.filter(person=desk["vera"]).update(volunteer=False)
    actions.assign(actor=desk["nadia"], **facts, assignee=desk["nadia"])
    actions.write_note(actor=desk["vera"], **facts, source=f"@nadia {SAID}")
    actions.reply(actor=desk["nadia"], **facts, source=f"> {SAID}\n\nThanks.", revision=99)
    actions.add_to_checklist(actor=desk["nadia"], **facts, items=[f"Change {SECRET}"])
    Rating.objects.create(
        ticket=ticket, person=desk["aminata"], solution=1, grade="fair", comment=SAID
    )
    PublicAnswer.objects.create(
        ticket=ticket,
        proposed_by=desk["nadia"],
        title="Keys",
        question_source=SAID,
        answer_source="Never send them.",
        language="en",
    )
    room = room_of("helpdesk.ticket", ticket.pk)
    for number, who in enumerate(("aminata", "nadia")):
        post_message(actor=desk[who], room_id=room.pk, source=SAID, client_id=f"said-{number}")
    edit_message(actor=desk["nadia"], room_id=room.pk, number=2, revision=1, source="Oh.")
    run_tasks()
    OutgoingMail.objects.filter(to__startswith="nadia").update(sent_at=None)
    return ticket


def places():
    """Return every table and column of the database in which the secret can be read."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.endswith(("_data", "_idx", "_docsize", "_config")):
                continue  # of SQLite's index of words: asked by a search
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    if any(form in words(value) for form in FORMS):
                        found.add(f"{table}.{name}")
    return found


def words(value):
    """Return what a value says, mails decoded."""
    if not isinstance(value, (bytes, memoryview)):
        return str(value).lower()
    raw = bytes(value)
    parts = [raw.decode("latin-1")]
    for part in email.message_from_bytes(raw, policy=email.policy.default).walk():
        if part.get_content_maintype() == "text":
            parts += [str(part["Subject"]), part.get_content()]
    return "\n".join(parts).lower()


def send_fragment(client, path, source):
    """Send a form as a page does with JavaScript: the answer kept is a fragment with the words."""
    fields = {"source": source, "once": uuid4().hex, "send_secrets": "on"}
    assert client.post(path, fields, headers={"HX-Request": "true"}).status_code == 200


def test_a_purged_secret_is_nowhere_at_all(desk, planted, browse, run_tasks):
    send_fragment(browse(desk["nadia"]), f"{planted.path}/notes", SAID)
    before = places()
    expected = {
        "chat_chatmessage.html",
        "chat_chatmessage.source",
        "core_keptanswer.body",
        "core_outgoingmail.raw",
        "helpdesk_checklistitem.words",
        "helpdesk_inboundmail.folded_text",
        "helpdesk_inboundmail.raw",
        "helpdesk_inboundmail.subject",
        "helpdesk_message.html",
        "helpdesk_message.source",
        "helpdesk_publicanswer.question_source",
        "helpdesk_rating.comment",
        "helpdesk_ticket.subject",
    }
    assert expected <= before
    search = f"/queue?q={SECRET}&waits_for="
    client = browse(desk["nadia"])
    assert planted.number in client.get(search).content.decode()

    actions.purge_secret(actor=desk["nadia"], ticket_id=planted.pk, texts=[SECRET])
    run_tasks()

    assert places() == set()
    assert planted.number not in client.get(search).content.decode()
    line = JournalLine.objects.get(verb="helpdesk.secret_purged")
    mail = InboundMail.objects.get()
    assert line.changes["mails"] == [mail.pk]
    assert len(line.changes["talk"]) == 2
    assert mail.raw is None


def test_what_waits_for_a_decision_keeps_its_mail_without_the_words(desk, planted):
    InboundMail.objects.update(outcome="quarantined", queue=planted.queue_id)

    actions.purge_secret(actor=desk["nadia"], ticket_id=planted.pk, texts=[SECRET])

    mail = InboundMail.objects.get()
    assert SECRET.lower() not in words(mail.raw)
    assert "removed by nadia" in words(mail.raw)
    assert places() == set()


def test_secret_in_the_talk_alone_is_found(desk, ticket):
    room = room_of("helpdesk.ticket", ticket.pk)
    post_message(actor=desk["aminata"], room_id=room.pk, source=SAID, client_id="said")

    purged = actions.purge_secret(actor=desk["nadia"], ticket_id=ticket.pk, texts=[SECRET])

    assert purged == {"messages": 0, "files": 0, "answers": 0}
    assert places() == set()


def test_words_in_other_letters_are_not_said_to_be_purged(desk, ticket):
    actions.add_to_checklist(actor=desk["nadia"], ticket_id=ticket.pk, items=[f"Key {SECRET}"])

    with pytest.raises(InvalidInput):
        actions.purge_secret(actor=desk["nadia"], ticket_id=ticket.pk, texts=[SECRET.upper()])


@pytest.fixture
def published(desk, ticket, run_tasks):
    """The public answer of a ticket, agreed to, with the secret in it."""
    facts = {"ticket_id": ticket.pk}
    actions.reply(actor=desk["nadia"], **facts, source="Change it.", revision=99)
    text = actions.Text(
        title=f"Mail with {SECRET} in it", question=SAID, answer=SAID, language="en"
    )
    actions.set_state(actor=desk["nadia"], **facts, state="solved")
    actions.propose_answer(actor=desk["nadia"], **facts)
    actions.write_public_text(actor=desk["nadia"], **facts, text=text)
    asked = actions.ask_consent(actor=desk["nadia"], **facts, anyway=True)
    made = actions.answer_consent(
        actor=desk["aminata"], **facts, text_hash=asked.text_hash, agrees=True
    )
    rebuild_index()
    run_tasks()
    return made


def found_in_forum(person):
    return [hit.object_id for hit in search(person, SECRET).hits if hit.kind == "forum.question"]


def test_a_published_secret_is_nowhere_and_its_answer_must_be_agreed_to_anew(
    desk, published, browse, run_tasks
):
    question = published.question
    solution = question.answers.get()
    follow(actor=desk["bao"], kind="forum.question", object_id=question.pk)
    MailChoice.objects.create(person=desk["bao"], kind="forum.question", way="at_once")
    remark = f"Is {SECRET} yours?"
    send_fragment(browse(desk["farid"]), f"{question.path_here}/comments", remark)
    rendition = {"kind": "forum.answer", "object_id": solution.pk, "from_revision": 1}
    render_post(actor=desk["mika"], **rendition, language="fr", source=f"Changez {SECRET}.")
    run_tasks()
    expected = {
        "core_keptanswer.body",
        "core_outgoingmail.raw",
        "core_outgoingmail.subject",
        "forum_answer.html",
        "forum_comment.source",
        "forum_question.title",
        "forum_rendition.source",
        "forum_revision.source",
        "helpdesk_publicanswer.title",
    }
    assert expected <= places()
    assert found_in_forum(desk["olga"]) == [question.pk]

    purged = actions.purge_secret(
        actor=desk["nadia"], ticket_id=published.ticket_id, texts=[SECRET]
    )
    run_tasks()

    assert purged["answers"] == 2
    assert places() == set()
    assert found_in_forum(desk["olga"]) == []
    old, new = PublicAnswer.objects.filter(ticket=published.ticket_id).order_by("pk")
    assert (old.state, new.state) == ("withdrawn", "draft")
    assert Consent.objects.get().withdrawn_at is not None
    question.refresh_from_db()
    assert question.visibility == "removed"
    assert "removed by Nadia" in new.question_source
    asked = actions.ask_consent(actor=desk["nadia"], ticket_id=published.ticket_id, anyway=True)
    facts = {"ticket_id": published.ticket_id, "text_hash": asked.text_hash, "agrees": True}
    again = actions.answer_consent(actor=desk["aminata"], **facts)
    assert (again.state, again.question_id != question.pk) == ("published", True)


def test_an_edit_begun_before_does_not_bring_a_secret_back(desk, ticket, published):
    mine, theirs = (
        answer(actor=desk[name], question_id=published.question_id, source=SAID)
        for name in ("nadia", "farid")
    )
    rendition = {"kind": "forum.answer", "object_id": mine.pk, "from_revision": 2}
    edit_answer(actor=desk["nadia"], answer_id=mine.pk, revision=1, source=f"{SAID} Ask me.")
    rendered = render_post(actor=desk["mika"], **rendition, language="fr", source="Changez.")

    assert purge_words(question_id=published.question_id, clean=lambda t: t.replace(SECRET, "…"))

    for post, revision in ((mine, 1), (mine, 2), (theirs, 1)):
        facts = {"answer_id": post.pk, "revision": revision, "source": f"{SAID} Now."}
        with pytest.raises(StaleRevision):
            edit_answer(actor=post.author, **facts)
    rendered.refresh_from_db()
    assert not rendered.is_stale


def test_history_says_that_a_secret_was_taken_out_where_nobody_wrote(desk, published, browse, call):
    mine = answer(actor=desk["nadia"], question_id=published.question_id, source=SAID)
    edit_answer(actor=desk["nadia"], answer_id=mine.pk, revision=1, source=f"{SAID} Ask me.")
    assert purge_words(question_id=published.question_id, clean=lambda t: t.replace(SECRET, "…"))

    listed = call(desk["aminata"]).get(f"/api/v1/answers/{mine.pk}/revisions").json()["results"]
    page = browse(desk["aminata"]).get(f"/answers/{mine.pk}/revisions").content.decode()

    assert [(row["number"], row["is_purge"]) for row in listed] == [
        (3, True),
        (2, False),
        (1, False),
    ]
    assert page.count("a secret was taken out of it, for good") == 1
    assert "former member" not in page


def test_words_in_a_remark_alone_go_and_what_was_agreed_to_stays(desk, published, run_tasks):
    question = published.question
    comment(actor=desk["farid"], question_id=question.pk, source="Was it Sesame-4711?")

    actions.purge_secret(actor=desk["nadia"], ticket_id=published.ticket_id, texts=["Sesame-4711"])

    question.refresh_from_db()
    assert question.visibility == "visible"
    assert PublicAnswer.objects.get().state == "published"
    assert question.comments.get().source.startswith("Was it [removed by Nadia")


def test_files_of_the_talk_go_and_who_reads_it_learns_of_it(desk, ticket):
    room = room_of("helpdesk.ticket", ticket.pk)
    upload = SimpleUploadedFile("key.txt", SAID.encode(), "text/plain")
    facts = {"room_id": room.pk, "client_id": "said", "source": ""}
    said = post_message(actor=desk["aminata"], **facts, uploads=[upload])
    file = StoredFile.objects.get()

    purged = actions.purge_secret(actor=desk["nadia"], ticket_id=ticket.pk, files=[str(file.key)])

    assert purged["files"] == 1
    assert not StoredFile.objects.exists()
    said.refresh_from_db()
    assert (said.file_count, said.source[:17]) == (0, "[removed by Nadia")
    last = ChatMessage.objects.order_by("-number").first()
    assert (last.kind, last.about_id) == ("edited", said.pk)


def test_a_mail_is_forgotten_as_it_came_when_its_file_is_purged(desk, planted):
    file = StoredFile.objects.get()

    actions.purge_secret(actor=desk["nadia"], ticket_id=planted.pk, files=[str(file.key)])

    assert InboundMail.objects.get().raw is None


def test_the_page_offers_what_stands_in_the_talk_and_takes_out_all_that_is_chosen(
    desk, ticket, browse
):
    room = room_of("helpdesk.ticket", ticket.pk)
    said = "My password is Blue!Sky9, or Rose?Moon7."
    post_message(actor=desk["aminata"], room_id=room.pk, source=said, client_id="said")
    client = browse(desk["nadia"])
    page = client.get(f"{ticket.path}/purge").content.decode()
    assert 'value="Blue!Sky9"' in page

    client.post(f"{ticket.path}/purge", {"found": ["Blue!Sky9"], "text": "Rose?Moon7"})

    source = ChatMessage.objects.get(number=1).source
    assert ("Blue!Sky9" in source, "Rose?Moon7" in source) == (False, False)


def test_answers_kept_for_programs_are_emptied_wherever_they_were_sent(
    desk, published, call, run_tasks
):
    """By the path of what is purged; of other paths, by the words in whatever form."""
    solution = published.question.answers.get()
    clients = {name: call(desk[name]) for name in ("mika", "farid")}

    def send(method, path, **fields):
        headers = {"Idempotency-Key": uuid4().hex}
        client = clients["farid" if path == "/api/v1/questions" else "mika"]
        answer = getattr(client, method)(path, fields, format="json", headers=headers)
        assert answer.status_code in (200, 201), answer.content
        return answer.json()

    text = {"source": f"Changez *{SECRET[:3]}*{SECRET[3:]}.", "from_revision": 1}
    rendition = send("post", f"/api/v1/answers/{solution.pk}/renditions", **text, language="fr")
    again = {"source": "Changez tout.", "revision": 1, "from_revision": 1}
    send("put", f"/api/v1/renditions/{rendition['id']}", **again)
    send("post", "/api/v1/previews", **{"source": f"[{SECRET}](/tickets)", "language": "en"})
    asked = {"title": "Why is my page white?", "source": "It is.", "language": "en"}
    question = send("post", "/api/v1/questions", **asked, tags=["php"])
    kept = KeptAnswer.objects.get(path="/api/v1/questions")
    said = question | {"source": f"It is {SECRET}."}
    KeptAnswer.objects.filter(pk=kept.pk).update(body=json.dumps(said).encode())
    other = send("post", "/api/v1/previews", **{"source": "Good day.", "language": "en"})

    actions.purge_secret(actor=desk["nadia"], ticket_id=published.ticket_id, texts=[SECRET])

    bodies = [bytes(row.body) for row in KeptAnswer.objects.order_by("pk")]
    assert bodies[:-1] == [b"{}"] * 4
    assert json.loads(bodies[-1]) == other
    run_tasks()
    assert places() == set()
