"""Files that go with questions and answers: sent, shown, added, taken away, by whom and to whom."""

import io
import re

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from core import replies
from core.faces import PAGE, coming_from
from core.files import files_of
from core.models import JournalLine, StoredFile, WaitingFile
from forum import actions
from forum.models import Answer, Comment, Draft, Question
from forum.queries.following import REMARK
from helpdesk.actions import receive_mail
from people.actions import remove_post
from people.models import Person, Trust
from tests.cast import make_person
from tests.forum.test_exchange import again, export
from tests.helpdesk.mails import sent_to, written

TITLE = "White page after a WordPress update"
ASKED = {"title": TITLE, "source": "See the picture.", "language": "en", "looked": "1"}
SEVERAL = ("page", "api")


def picture(name="screen.png", **more) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG", **more)
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


def note(name="error.log", text="Fatal error") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode(), "text/plain")


def names_of(post) -> list[str]:
    return [file.name for file in files_of(post)]


def text_of(response) -> str:
    return response.content.decode()


@pytest.fixture
def sends(browse, call):
    """Return a function that sends words with files on a face: a page's form, or the API."""

    def send(face, person, path, form, method="post", **more):
        data = {**form, **more}
        if face == "page":
            return browse(person).post(path[0], data)
        return getattr(call(person), method)(f"/api/v1/{path[1]}", data, format="multipart")

    return send


@pytest.fixture
def shown(cast, question):
    """An answer with a picture and a log."""
    return actions.answer(
        actor=cast.bao,
        question_id=question.pk,
        source="So it looks here.",
        uploads=[picture(), note()],
    )


def edit(face, sends, person, post, **more):
    word = "questions" if isinstance(post, Question) else "answers"
    form = {"source": post.source, "revision": post.revision, **more}
    if word == "questions":
        form |= {"title": post.title, "tags": ""}
    path = (f"/{word}/{post.pk}/edit", f"{word}/{post.pk}")
    return sends(face, person, path, form, "put")


@pytest.mark.parametrize("face", SEVERAL)
def test_question_and_answer_are_sent_with_files(face, cast, question, sends):
    asked = sends(
        face, cast.aminata, ("/questions/ask", "questions"), ASKED, attachments=[picture(), note()]
    )
    path = (f"/questions/{question.pk}/answers", f"questions/{question.pk}/answers")
    said = sends(face, cast.bao, path, {"source": "Look."}, attachments=[note("fix.txt")])

    assert {asked.status_code, said.status_code} <= {201, 303}
    row, answer = Question.objects.latest("pk"), Answer.objects.get()
    assert names_of(row) == ["screen.png", "error.log"]
    assert names_of(answer) == ["fix.txt"]
    assert {file.owner for file in files_of(row)} == {cast.aminata}
    line = JournalLine.objects.get(verb="forum.question_asked", thing_id=row.pk)
    assert line.changes["files"] == 2
    if face == "api":
        assert [file["name"] for file in asked.json()["attachments"]] == ["screen.png", "error.log"]
        assert [file["name"] for file in said.json()["attachments"]] == ["fix.txt"]


@pytest.mark.parametrize("face", SEVERAL)
@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"tool.exe": b"MZ\x90\x00" + b"\0" * 64}, "a type we do not take"),
        ({"big.txt": b"x" * (10 * 1024**2 + 1)}, "larger than 10 MB"),
        ({f"{n}.txt": b"x" for n in range(11)}, " 10 "),
    ],
)
def test_files_that_no_ticket_takes_are_refused(face, files, words, cast, question, sends):
    path = (f"/questions/{question.pk}/answers", f"questions/{question.pk}/answers")
    sent = [SimpleUploadedFile(*file) for file in files.items()]
    refused = sends(face, cast.bao, path, {"source": "My words stay."}, attachments=sent)

    assert refused.status_code == 422
    assert words in text_of(refused)
    assert not Answer.objects.exists()
    assert not StoredFile.objects.exists()
    if face == "page":
        assert "My words stay." in text_of(refused)


def test_files_wait_with_a_form_that_is_shown_again(browse, cast, question):
    client = browse(cast.aminata)
    first = client.post("/questions/ask", {**ASKED, "title": "", "attachments": [picture()]})
    second = client.post(
        "/questions/ask",
        {**ASKED, "preview": "1", "waiting": _keys(first), "attachments": [note()]},
    )
    assert len(_keys(second)) == 2

    client.post("/questions/ask", {**ASKED, "waiting": _keys(second)})

    assert names_of(Question.objects.latest("pk")) == ["screen.png", "error.log"]
    assert not WaitingFile.objects.exists()
    bad = SimpleUploadedFile("tool.exe", b"MZ\x90\x00" + b"\0" * 64)
    path = f"/questions/{question.pk}/answers"
    told = client.post(path, {"source": "Look.", "preview": "1", "attachments": [bad, note()]})
    assert "a type we do not take" in text_of(told)
    client.post(path, {"source": "Look.", "waiting": _keys(told)})
    assert names_of(Answer.objects.get()) == ["error.log"]


def _keys(response) -> list[str]:
    return re.findall(r'name="waiting" value="([^"]+)"', text_of(response))


def test_draft_says_that_it_keeps_no_files(browse, cast):
    form = {"draft": "7e4b8b0c-2f5d-4d8f-9a5e-5f1f1b7f0c11", "kind": "question", "thing": "0"}
    kept = browse(cast.aminata)
    told = kept.post("/drafts", {**ASKED, **form, "attachments": [note()]}, follow=True)

    assert "Your files were not kept" in text_of(told)
    assert Draft.objects.get().fields["title"] == TITLE
    assert not StoredFile.objects.exists()
    assert not WaitingFile.objects.exists()
    assert "Your files" not in text_of(kept.post("/drafts", {**ASKED, **form}, follow=True))


def test_page_shows_pictures_small_and_links_the_rest(browse, question, shown):
    screen, log = files_of(shown)
    page = text_of(browse().get(question.path))

    address = f"{screen.get_absolute_url()}?inline=1"
    assert (
        f'<a href="{address}"><img src="{address}" alt="screen.png" width="160" height="120" '
        'loading="lazy"></a>'
    ) in page
    assert f'<a href="{log.get_absolute_url()}" dir="auto">error.log</a>' in page
    assert browse().get(address).headers["Content-Type"] == "image/png"
    assert 'class="files ' in page


def test_page_without_files_has_nothing_of_them(browse, answer):
    page = text_of(browse().get(answer.question.path))

    assert 'class="files ' not in page
    assert "attachments" not in page


def test_picture_that_stands_in_the_text_is_not_shown_twice(browse, cast, question, shown):
    screen = files_of(shown)[0]
    source = f"Here: ![so]({screen.get_absolute_url()}?inline=1)"
    actions.edit_answer(actor=cast.bao, answer_id=shown.pk, revision=1, source=source)

    page = text_of(browse().get(question.path))

    assert page.count(str(screen.key)) == 1
    assert "error.log" in page


def test_files_cost_one_query_where_there_are_some(cast, browse, question, answer, statements):
    client = browse(cast.omar)
    bare = len(statements(client, question.path))
    actions.edit_answer(
        actor=cast.bao, answer_id=answer.pk, revision=1, source=answer.source, uploads=[note()]
    )
    facts = {"title": question.title, "source": question.source, "tag_names": ["php", "wordpress"]}
    actions.edit_question(
        actor=cast.aminata, question_id=question.pk, revision=1, uploads=[note()], **facts
    )

    assert len(statements(client, question.path)) == bare + 1


def test_files_of_further_answers_are_shown_too(browse, cast, question):
    for number in range(32):
        actions.answer(
            actor=cast.bao,
            question_id=question.pk,
            source=f"Answer {number}",
            uploads=[note(f"{number}.txt")] if number == 31 else [],
        )

    page = browse().get(f"{question.path}/2", follow=True)

    assert "31.txt" in text_of(page)


@pytest.mark.parametrize("face", SEVERAL)
def test_edit_adds_files_and_takes_them_away(
    face, cast, question, shown, sends, browse, kept_pages, django_capture_on_commit_callbacks
):
    screen, log = files_of(shown)
    before = text_of(browse().get(question.path))  # kept for visitors
    with django_capture_on_commit_callbacks(execute=True):
        edited = edit(
            face,
            sends,
            cast.bao,
            shown,
            attachments=[note("new.txt")],
            remove_attachments=[str(screen.key)],
        )

    assert edited.status_code in (200, 303)
    assert names_of(shown) == ["error.log", "new.txt"]
    assert not default_storage.exists(screen.content.name)
    assert browse().get(screen.get_absolute_url()).status_code == 404
    after = text_of(browse().get(question.path))
    assert ("screen.png" in before, "screen.png" in after, "new.txt" in after) == (
        True,
        False,
        True,
    )
    line = JournalLine.objects.get(verb="forum.answer_edited")
    assert line.changes == {"revision": 1, "files_added": 1, "files_removed": 1}
    shown.refresh_from_db()
    assert (shown.revision, shown.edited_at is None) == (1, False)
    assert log.key in {file.key for file in files_of(shown)}


@pytest.mark.parametrize("face", SEVERAL)
def test_question_is_edited_with_files(face, cast, question, sends):
    assert edit(face, sends, cast.aminata, question, attachments=[picture()]).status_code in (
        200,
        303,
    )

    assert names_of(question) == ["screen.png"]
    question.refresh_from_db()
    assert question.tags.count() == 0


@pytest.mark.parametrize("face", SEVERAL)
def test_new_people_add_no_files_to_what_others_wrote(face, cast, shown, sends, browse):
    actions.make_wiki(actor=cast.bao, answer_id=shown.pk)

    refused = edit(face, sends, cast.omar, shown, attachments=[picture("buy.png")])

    assert refused.status_code == 422
    assert "only those the site trusts further add files" in text_of(refused)
    assert names_of(shown) == ["screen.png", "error.log"]
    path = f"/answers/{shown.pk}/edit"
    assert 'type="file"' not in text_of(browse(cast.omar).get(path))
    Trust.objects.create(person=cast.omar, level=2)
    assert 'type="file"' in text_of(browse(cast.omar).get(path))
    edit(face, sends, cast.omar, shown, attachments=[note("omar.txt")])
    edit(face, sends, cast.bao, shown, attachments=[note("bao.txt")])
    assert names_of(shown)[2:] == ["omar.txt", "bao.txt"]


@pytest.mark.parametrize("face", SEVERAL)
def test_trusted_editors_take_away_what_others_than_the_author_sent(face, cast, shown, sends):
    actions.make_wiki(actor=cast.bao, answer_id=shown.pk)
    Trust.objects.create(person=cast.omar, level=2)
    Trust.objects.create(person=cast.clara, level=3)
    edit(face, sends, cast.omar, shown, attachments=[note("omar.txt")])
    screen, _log, omars = (str(file.key) for file in files_of(shown))

    assert edit(face, sends, cast.clara, shown, remove_attachments=[screen]).status_code == 403
    edit(face, sends, cast.clara, shown, remove_attachments=[omars])

    assert names_of(shown) == ["screen.png", "error.log"]


@pytest.mark.parametrize("face", SEVERAL)
def test_who_may_take_a_file_away(face, cast, shown, sends):
    """Who wrote the answer, moderators, who sent the file; of a wiki too, which anyone edits."""
    actions.make_wiki(actor=cast.bao, answer_id=shown.pk)
    Trust.objects.create(person=cast.omar, level=2)
    edit(face, sends, cast.omar, shown, attachments=[note("omar.txt")])
    screen, log, omars = (str(file.key) for file in files_of(shown))

    refused = edit(face, sends, cast.omar, shown, remove_attachments=[screen])
    assert refused.status_code == 403
    assert len(names_of(shown)) == 3
    edit(face, sends, cast.omar, shown, remove_attachments=[omars])
    edit(face, sends, cast.moira, shown, remove_attachments=[log])
    edit(face, sends, cast.bao, shown, remove_attachments=[screen])
    assert names_of(shown) == []


@pytest.mark.parametrize("face", SEVERAL)
def test_file_of_another_post_is_not_taken_away(face, cast, question, shown, sends):
    other = actions.answer(
        actor=cast.bao, question_id=question.pk, source="Another.", uploads=[note()]
    )
    key = str(files_of(other)[0].key)

    refused = edit(face, sends, cast.bao, shown, remove_attachments=[key])

    assert refused.status_code == 422
    assert "Choose files that go with this." in text_of(refused)
    assert names_of(other) == ["error.log"]


def test_edit_page_offers_what_the_reader_may_take_away(browse, cast, shown):
    actions.make_wiki(actor=cast.bao, answer_id=shown.pk)
    path = f"/answers/{shown.pk}/edit"

    assert text_of(browse(cast.bao).get(path)).count('name="remove_attachments"') == 2
    assert 'name="remove_attachments"' not in text_of(browse(cast.omar).get(path))
    suggesting = text_of(browse(cast.clara).get(f"/questions/{shown.question_id}/suggest"))
    assert 'type="file"' not in suggesting


def test_files_are_seen_by_who_sees_the_post(browse, call, cast, question, shown):
    file = files_of(shown)[0]
    ways = [(browse, file.get_absolute_url()), (call, f"/api/v1/files/{file.key}")]
    seen = {200, 404}
    assert {as_who(None).get(path).status_code for as_who, path in ways} == {200}

    remove_post(actor=cast.moira, kind="forum.answer", object_id=shown.pk, rule="spam", reason="x")

    for as_who, path in ways:
        found = {who: as_who(who).get(path).status_code for who in (None, cast.omar, cast.bao)}
        assert found == {None: 404, cast.omar: 404, cast.bao: 200}
        assert set(found.values()) == seen
    assert "screen.png" not in text_of(browse().get(question.path))


def test_files_of_what_is_held_wait_with_it(browse, call, cast, question):
    nina = make_person("nina")  # came today
    with coming_from(PAGE):
        row = actions.answer(
            actor=nina,
            question_id=question.pk,
            source="https://a.example https://b.example https://c.example",
            uploads=[picture()],
        )
    assert row.visibility == "pending"

    (file,) = files_of(row)
    for person, status in ((None, 404), (cast.omar, 404), (nina, 200), (cast.moira, 200)):
        assert browse(person).get(file.get_absolute_url()).status_code == status
        assert call(person).get(f"/api/v1/files/{file.key}").status_code == status
        shown = text_of(browse(person).get(question.path))
        assert ("screen.png" in shown) == (status == 200)


def test_preview_that_follows_what_is_typed_takes_no_files_along(browse, cast):
    page = text_of(browse(cast.aminata).get("/questions/ask"))

    button = page[page.index('<button class="button" name="preview"') :].partition(">")[0]
    assert 'hx-encoding="application/x-www-form-urlencoded"' in button


def test_under_a_pseudonym_nothing_names_who_sent_a_file(browse, call, cast, sends):
    facts = Image.Exif()
    facts[0x013B] = "Aminata of the pictures"
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "JPEG", exif=facts)
    file = SimpleUploadedFile("me.jpg", out.getvalue())
    sends("page", cast.aminata, ("/questions/ask", ""), ASKED, pseudonym="on", attachments=[file])
    row = Question.objects.get()
    edit("page", sends, cast.aminata, row, attachments=[note()])

    assert names_of(row) == ["me.jpg", "error.log"]
    assert not JournalLine.objects.filter(thing_kind="forum.question", actor=cast.aminata).exists()
    page, told = browse().get(row.path), call(None).get(f"/api/v1/questions/{row.pk}")
    sent = browse().get(files_of(row)[0].get_absolute_url())
    for response in (page, told, sent):
        assert b"minata" not in response.content
        assert b"minata" not in str(response.headers).encode()
    assert [one["name"] for one in told.json()["attachments"]] == ["me.jpg", "error.log"]
    ask = text_of(browse(cast.aminata).get("/questions/ask"))
    assert "a document often names who wrote it" in ask


@pytest.mark.django_db(transaction=True)
def test_files_that_were_sent_come_back_in_a_copy(cast, shown, tmp_path):
    first = export(tmp_path / "first")

    assert again(tmp_path / "first", tmp_path) == first
    assert names_of(Answer.objects.get()) == ["screen.png", "error.log"]


def mailed(person, question, body, *files):
    """Take in a person's answer to a question by mail, with files."""
    to = replies.reply_address(replies.token_of("forum.question", question.pk, person.pk))
    mail = written(f"{person.handle}@people.example", subject="Re: x", body=body, to=to)
    for name, data in files:
        mail.add_attachment(data, "application", "octet-stream", filename=name)
    return receive_mail(raw=mail.as_bytes())


def test_answer_by_mail_comes_with_its_files_and_names_those_that_are_not_taken(cast, question):
    files = [("fix.txt", b"define( 'WP_DEBUG' )"), ("tool.exe", b"MZ\x90\x00" + b"\0" * 64)]

    assert mailed(cast.bao, question, "Look at this.", *files).outcome == "answered"

    answer = Answer.objects.get()
    assert names_of(answer) == ["fix.txt"]
    assert answer.source.startswith("Look at this.")
    assert "Not kept" in answer.source
    assert "tool.exe" in answer.source


def test_mail_of_the_same_words_is_another_answer_with_other_files(cast, question):
    first, second = ("a.txt", b"what it says"), ("a.txt", b"what it says now")

    for files in ([first], [second], [second], [first, second], []):
        assert mailed(cast.bao, question, "Here is what it says.", *files).outcome == "answered"

    counts = [len(files_of(answer)) for answer in Answer.objects.order_by("pk")]
    assert counts == [1, 1, 2, 0]


def test_picture_that_is_mailed_again_is_the_same_answer(cast, question):
    shot = picture().read()

    for _ in range(2):
        row = mailed(cast.bao, question, "Here is what it shows.", ("shot.png", shot))
        assert row.outcome == "answered"

    assert Answer.objects.count() == 1


def test_mail_is_forgotten_with_a_file_of_it_that_is_taken_away(cast, question, run_tasks):
    mail = mailed(cast.bao, question, "Look at this.", ("fix.txt", b"password: x"))
    answer = Answer.objects.get()
    facts = {"actor": cast.moira, "answer_id": answer.pk, "revision": 1, "source": answer.source}
    actions.edit_answer(**facts, uploads=[note()])
    run_tasks()
    mail.refresh_from_db()
    assert mail.raw is not None

    actions.edit_answer(**facts, without=[files_of(answer)[0].key])
    run_tasks()

    mail.refresh_from_db()
    assert mail.raw is None


@pytest.mark.parametrize("face", SEVERAL)
def test_mail_is_forgotten_also_where_the_edit_that_takes_its_file_away_is_held(
    face, cast, question, sends, run_tasks
):
    mail = mailed(cast.omar, question, "Look at this.", ("fix.txt", b"password: x"))
    answer = Answer.objects.get()
    run_tasks()
    key = str(files_of(answer)[0].key)

    links = "https://a.example https://b.example https://c.example"
    edit(face, sends, cast.omar, answer, source=links, remove_attachments=[key])
    run_tasks()

    answer.refresh_from_db()
    assert (answer.visibility, names_of(answer)) == ("pending", [])
    mail.refresh_from_db()
    assert mail.raw is None


@pytest.mark.parametrize("on", ["question", "answer"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_who_mails_a_comment_with_files_is_told_that_they_were_left_out(
    on, language, cast, question, mailed_comment
):
    Person.objects.update(interface_language=language)

    assert mailed_comment(on, "It works.", ("fix.txt", b"x")).outcome == "answered"

    row = Comment.objects.get()
    assert row.source == "It works."
    told = sent_to("aminata@people.example")[-1]
    text = told.get_body(("plain",)).get_content()
    words = {"en": "comments take no files", "fr": "les commentaires ne prennent pas de fichiers"}
    assert words[language] in text
    assert row.path in text
    assert told["Reply-To"] is None


def test_who_mails_a_comment_without_files_is_told_nothing(cast, mailed_comment):
    assert mailed_comment("answer", "It works.").outcome == "answered"

    assert not sent_to("aminata@people.example")


def test_mailed_comment_of_files_alone_is_refused(cast, mailed_comment):
    Person.objects.update(interface_language="en")

    assert mailed_comment("answer", "", ("fix.txt", b"x")).outcome == "discarded"

    assert not Comment.objects.exists()


@pytest.fixture
def mailed_comment(cast, question, answer):
    """Return a function that mails a comment of aminata's on a question or its answer."""

    def do(on, body, *files):
        target = ("forum.answer", answer.pk) if on == "answer" else (REMARK, question.pk)
        to = replies.reply_address(replies.token_of(*target, cast.aminata.pk))
        mail = written("aminata@people.example", subject="Re: x", body=body, to=to)
        for name, content in files:
            mail.add_attachment(content, "text", "plain", filename=name)
        return receive_mail(raw=mail.as_bytes())

    return do


def test_mail_of_files_alone_is_refused_and_says_so(cast, question):
    Person.objects.update(interface_language="en")

    assert mailed(cast.bao, question, "", ("fix.txt", b"x")).outcome == "discarded"

    assert not Answer.objects.exists()
    told = sent_to("bao@people.example")[-1].get_body(("plain",)).get_content()
    assert "Write something first." in told


def signed(person, question, body, page, *files):
    """Take in an answer by mail with a logo within it, and real files."""
    to = replies.reply_address(replies.token_of("forum.question", question.pk, person.pk))
    mail = written(f"{person.handle}@people.example", subject="Re: x", body=body, to=to)
    mail.add_alternative(page, "html")
    logo = picture("image001.png").read()
    facts = {"cid": "<image001.png@01D>", "filename": "image001.png", "disposition": "inline"}
    mail.get_payload()[1].add_related(logo, "image", "png", **facts)
    for file in files:
        mail.add_attachment(file.read(), "image", "png", filename=file.name, cid="<f_1>")
    return receive_mail(raw=mail.as_bytes())


LOGO = '<img src="cid:image001.png@01D">'
OUTLOOK = "Look at this.\n\n-- \nBao\n[cid:image001.png@01D]\n"


def test_answer_by_mail_comes_without_the_picture_of_its_signature(cast, question):
    page = f"<p>Look at this.</p><p>-- <br>Bao<br>{LOGO}</p>"

    assert signed(cast.bao, question, OUTLOOK, page, picture()).outcome == "answered"

    answer = Answer.objects.get()
    assert names_of(answer) == ["screen.png"]
    assert answer.source == "Look at this."


def test_answer_by_mail_says_which_pictures_of_its_words_are_missing(cast, question):
    Person.objects.update(interface_language="en")
    page = f"<p>The page looks like this now, whatever I do:</p>{LOGO}<p>And then nothing.</p>"
    body = "The page looks like this now, whatever I do:\n[cid:image001.png@01D]\nAnd then nothing."

    assert signed(cast.bao, question, body, page, picture()).outcome == "answered"
    assert signed(cast.omar, question, "[cid:image001.png@01D]", LOGO).outcome == "discarded"

    answer = Answer.objects.get()
    assert names_of(answer) == ["screen.png"]
    assert "cid:" not in answer.source
    assert answer.source.endswith("within the text of the mail: send them as attachments.")
    told = sent_to("omar@people.example")[-1].get_body(("plain",)).get_content()
    assert "send them as attachments." in told


def test_picture_of_a_signature_does_not_keep_back_who_asked_under_a_pseudonym(cast, hidden):
    page = f"<p>Look at this.</p><p>-- <br>Aminata<br>{LOGO}</p>"

    assert signed(cast.aminata, hidden, OUTLOOK, page).outcome == "answered"

    assert names_of(Answer.objects.get()) == []
    assert signed(cast.aminata, hidden, "So:", "<p>So:</p>", picture()).outcome == "discarded"


def test_files_of_a_mail_do_not_tell_who_asked_under_a_pseudonym(cast, hidden):
    Person.objects.update(interface_language="en")

    refused = mailed(cast.aminata, hidden, "I found it.", ("logo.txt", b"Aminata Ltd"))

    assert refused.outcome == "discarded"
    assert not Answer.objects.exists()
    told = sent_to("aminata@people.example")[-1].get_body(("plain",)).get_content()
    assert "Files of a mail could tell who you are" in told
    assert "I found it." in told
    assert mailed(cast.aminata, hidden, "I found it.").outcome == "answered"


def test_what_nothing_in_a_mail_refers_to_was_attached(cast, question):
    page = '<p>Look:</p><p>-- <br><img src="cid:image001.png@01D0"></p>'

    assert signed(cast.bao, question, "Look:\n\n-- \nBao\n", page, picture()).outcome == "answered"

    assert names_of(Answer.objects.get()) == ["image001.png", "screen.png"]
