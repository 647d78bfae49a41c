"""Files of a form that is shown again wait for it: for their owner alone, and for a day."""

import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core import waiting
from core.models import StoredFile, WaitingFile
from helpdesk import actions
from helpdesk.models import Message, Ticket
from helpdesk.prepared import Steps
from people.actions import erase_person
from search.actions import rebuild_index
from tests.helpdesk.test_pages import NEW, text_of
from tests.helpdesk.test_races import together


@pytest.fixture
def indexed(a_question):
    rebuild_index()
    return a_question


def notes_file(text="Received: x", name="headers.txt"):
    return SimpleUploadedFile(name, text.encode(), "text/plain")


def keys_in(response):
    return re.findall(r'name="waiting" value="([^"]+)"', text_of(response))


def test_a_file_waits_while_past_answers_are_looked_at_and_goes_along(browse, desk, indexed):
    client = browse(desk["aminata"])

    stopped = client.post("/tickets/new", {**NEW, "attachments": [notes_file()]})

    assert "headers.txt" in text_of(stopped)
    assert not Ticket.objects.exists()
    (key,) = keys_in(stopped)
    looked = re.search(r'name="looked" value="([^"]+)"', text_of(stopped))[1]
    for name in ("omar", "nadia"):  # the keys of others do nothing
        sent = browse(desk[name]).post(
            "/tickets/new", {**NEW, "looked": looked, "waiting": key, "drop": key}
        )
        assert sent.status_code == 303
    assert not StoredFile.objects.exists()

    client.post("/tickets/new", {**NEW, "looked": looked, "waiting": key})

    stored = StoredFile.objects.get()
    with stored.content.open() as content:
        assert (stored.name, content.read()) == ("headers.txt", b"Received: x")
    assert stored.owner == desk["aminata"]
    assert not WaitingFile.objects.exists()


def test_files_that_wait_are_dropped_added_and_refused_one_by_one(browse, desk):
    client = browse(desk["aminata"])
    bad = SimpleUploadedFile("tool.exe", b"MZ\x90\x00" + b"\0" * 64)
    first = client.post("/tickets/new", {**NEW, "subject": "", "attachments": [notes_file(), bad]})
    (key,) = keys_in(first)
    assert "of a type we do not take" in text_of(first)

    more = {"attachments": [notes_file("Two", "two.txt")], "waiting": key, "drop": key}
    second = client.post("/tickets/new", {**NEW, "subject": "", **more})

    assert "headers.txt" not in text_of(second)
    assert [row.name for row in WaitingFile.objects.all()] == ["two.txt"]
    client.post("/tickets/new", {**NEW, "waiting": keys_in(second)})
    assert [row.name for row in StoredFile.objects.all()] == ["two.txt"]


def test_files_that_wait_are_few_and_gone_after_a_day_or_with_their_owner(
    browse, desk, settings, django_capture_on_commit_callbacks
):
    client = browse(desk["aminata"])
    files = [notes_file(f"No {number}", f"{number}.txt") for number in range(12)]
    with django_capture_on_commit_callbacks(execute=True):
        for _time in range(2):
            shown = client.post("/tickets/new", {**NEW, "subject": "", "attachments": files})
            for file in files:
                file.seek(0)
    assert WaitingFile.objects.count() == waiting.MOST
    assert len(keys_in(shown)) == 12
    answer = client.post("/tickets/new", {**NEW, "waiting": keys_in(shown)})
    assert "At most 10 files" in text_of(answer)
    kept = [row.content.name for row in WaitingFile.objects.all()]

    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        late = client.post("/tickets/new", {**NEW, "subject": "", "waiting": keys_in(shown)})
        assert keys_in(late) == []
        with django_capture_on_commit_callbacks(execute=True):
            waiting.prune()

    assert not WaitingFile.objects.exists()
    assert not any(default_storage.exists(name) for name in kept)


def test_a_reply_overtaken_or_refused_keeps_its_files(browse, desk, ticket):
    client = browse(desk["nadia"])
    late = {"source": "Try now.", "revision": 0, "attachments": [notes_file()]}

    overtaken = client.post(f"{ticket.path}/replies", late)

    assert overtaken.status_code == 409
    sent = {"source": "Try now.", "revision": 9, "waiting": keys_in(overtaken)}
    refused = client.post(f"{ticket.path}/replies", {**sent, "source": ""})
    assert keys_in(refused) == keys_in(overtaken)
    client.post(f"{ticket.path}/replies", sent)
    assert StoredFile.objects.get().name == "headers.txt"
    assert not WaitingFile.objects.exists()
    hidden = browse(desk["omar"]).post(f"{ticket.path}/replies", {**late, "source": ""})
    assert hidden.status_code == 404
    assert not WaitingFile.objects.exists()


def test_files_that_wait_go_with_who_is_erased(browse, desk, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        form = {**NEW, "subject": "", "attachments": [notes_file()]}
        browse(desk["omar"]).post("/tickets/new", form)
        name = WaitingFile.objects.get().content.name
        erase_person(actor=desk["omar"], handle="omar")

    assert not WaitingFile.objects.exists()
    assert not default_storage.exists(name)


@pytest.fixture
def macro(desk):
    """Return what prepares a macro and returns its id."""

    def make(name, **texts):
        steps = Steps(tags=("spam",))
        plan = actions.MacroPlan(names={"en": name}, texts=texts, language="en", steps=steps)
        return actions.make_macro(actor=desk["nadia"], plan=plan).pk

    return make


def test_files_go_along_with_a_macro_and_wait_where_it_says_nothing(browse, desk, ticket, macro):
    saying, silent = macro("Ask", en="See the file."), macro("Tag")
    client, path = browse(desk["nadia"]), f"{ticket.path}/macros"
    form = {"revision": 99, "attachments": [notes_file()]}

    refused = client.post(path, {**form, "macro": silent})

    assert refused.status_code == 422
    assert "Write a few words to send with your files." in text_of(refused)
    client.post(path, {"revision": 99, "macro": saying, "waiting": keys_in(refused)})
    assert StoredFile.objects.get().name == "headers.txt"
    assert not WaitingFile.objects.exists()


@pytest.fixture
def forms(desk, ticket, macro):
    """Return, by name, who sends a form where, how it is refused with which status, and how not."""
    said = {"source": "See the file.", "revision": 99}
    saying, silent = macro("Ask", en="See the file."), macro("Tag")
    macros = {"revision": 99, "macro": saying}
    return {
        "new": ("aminata", "/tickets/new", {**NEW, "subject": ""}, 422, NEW),
        "reply": ("nadia", f"{ticket.path}/replies", {**said, "source": ""}, 422, said),
        "late reply": ("nadia", f"{ticket.path}/replies", {**said, "revision": 0}, 409, said),
        "note": ("nadia", f"{ticket.path}/notes", {"source": ""}, 422, {"source": "Look."}),
        "macro": ("nadia", f"{ticket.path}/macros", {**macros, "macro": silent}, 422, macros),
    }


FORMS = pytest.mark.parametrize("name", ["new", "reply", "late reply", "note", "macro"])
GONE = "A file you chose before is not here any more. Choose it again."


def tool():
    return SimpleUploadedFile("tool.exe", b"MZ\x90\x00" + b"\0" * 64)


@FORMS
def test_files_of_a_refused_form_that_counts_once_wait_and_go_along(browse, desk, forms, name):
    who, path, bad, status, good = forms[name]
    client, two = browse(desk[who]), [notes_file(), notes_file("Two", "two.txt")]

    refused = client.post(path, {**bad, "once": "t1", "attachments": two})

    assert refused.status_code == status
    first, second = keys_in(refused)
    fewer = {"once": "t2", "waiting": [first, second], "drop": first}
    again = client.post(path, {**bad, **fewer})
    assert (again.status_code, keys_in(again)) == (status, [second])
    assert [row.name for row in WaitingFile.objects.all()] == ["two.txt"]

    client.post(path, {**good, "once": "t3", "waiting": second})

    stored = StoredFile.objects.get()
    with stored.content.open() as content:
        assert (stored.name, content.read()) == ("two.txt", b"Two")
    assert not WaitingFile.objects.exists()


def test_a_form_shown_again_twice_names_the_files_of_the_first(browse, desk, indexed):
    client = browse(desk["aminata"])

    answers = [
        client.post("/tickets/new", {**NEW, "once": "t1", "attachments": [notes_file()]})
        for _click in range(2)
    ]

    assert [row.status_code for row in answers] == [200, 200]
    assert keys_in(answers[0]) == keys_in(answers[1])
    assert keys_in(answers[0]) == [str(WaitingFile.objects.get().key)]


@FORMS
@pytest.mark.parametrize("key", ["of another", str(uuid.UUID(int=7)), "none"])
def test_a_form_that_names_a_file_that_is_gone_is_refused(browse, desk, forms, name, key):
    who, path, _bad, _status, good = forms[name]
    if key == "of another":
        form = {**NEW, "subject": "", "attachments": [notes_file()]}
        (key,) = keys_in(browse(desk["omar"]).post("/tickets/new", form))
    there = Message.objects.count()
    client, sent = browse(desk[who]), {**good, "waiting": key}

    refused = client.post(path, {**sent, "once": "t1", "attachments": [notes_file("b", "b.txt")]})

    assert (refused.status_code, Message.objects.count()) == (422, there)
    assert text_of(refused).count(GONE) == (2 if name == "new" else 1)  # above its form too
    (kept,) = keys_in(refused)
    client.post(path, {**good, "once": "t2", "waiting": kept})
    assert StoredFile.objects.get().name == "b.txt"
    client.post(path, {**sent, "once": "t3", "drop": key})
    assert Message.objects.count() == there + 2


def test_a_double_click_finds_the_files_taken_by_the_first(browse, desk):
    client = browse(desk["aminata"])
    refused = client.post("/tickets/new", {**NEW, "subject": "", "attachments": [notes_file()]})
    waits = WaitingFile.objects.get()
    form = {**NEW, "once": "t1", "waiting": keys_in(refused)}
    first = client.post("/tickets/new", form)
    waits.pk, waits.content = None, "waiting/taken"  # as who looked before the first's commit saw
    waits.save()

    second = client.post("/tickets/new", form)
    other = client.post("/tickets/new", {**form, "once": "t2"})

    assert (second.status_code, second["Location"]) == (303, first["Location"])
    assert (other.status_code, GONE in text_of(other)) == (422, True)
    assert (Ticket.objects.count(), StoredFile.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_double_click_at_the_same_moment_takes_the_files_once(browse, desk):
    browsers = [browse(desk["aminata"]) for _click in range(4)]
    form = {**NEW, "subject": "", "attachments": [notes_file()]}
    form = {**NEW, "once": "t1", "waiting": keys_in(browsers[0].post("/tickets/new", form))}

    answers = together(lambda client: client.post("/tickets/new", form), browsers)

    assert {(row.status_code, row["Location"]) for row in answers} == {
        (303, Ticket.objects.get().path)
    }
    assert StoredFile.objects.get().name == "headers.txt"
    assert not WaitingFile.objects.exists()


@pytest.mark.parametrize("insert", ["choose", "macro"])
def test_a_refused_file_is_told_where_macros_are_chosen_and_inserted(
    browse, desk, ticket, macro, insert
):
    asked = f"text:macro:{macro('Ask', en='See the file.')}" if insert == "macro" else insert
    form = {"insert": asked, "attachments": [tool(), notes_file()], "waiting": str(uuid.uuid4())}

    shown = browse(desk["nadia"]).post(f"{ticket.path}/composer", form)

    files = text_of(shown).partition('id="reply-files-error"')[2].partition("<input")[0]
    assert "“tool.exe” is of a type we do not take" in files
    assert GONE in text_of(shown)
    assert keys_in(shown) == [str(WaitingFile.objects.get().key)]


def test_a_file_refused_to_a_macro_is_told_once_beside_the_files(browse, desk, forms):
    who, path, _bad, _status, good = forms["macro"]
    sent = {**good, "once": "t1", "attachments": [notes_file(), tool()]}

    refused = browse(desk[who]).post(path, sent)

    assert refused.status_code == 422
    assert text_of(refused).count("of a type we do not take") == 1
    assert 'id="reply-files-error"' in text_of(refused)
    assert keys_in(refused) == [str(WaitingFile.objects.get().key)]


def test_every_file_that_is_refused_is_told(browse, desk):
    bad = [SimpleUploadedFile("empty.txt", b""), tool()]

    refused = browse(desk["aminata"]).post("/tickets/new", {**NEW, "attachments": bad})

    assert refused.status_code == 422
    assert "“empty.txt” is empty." in text_of(refused)
    assert "“tool.exe” is of a type" in text_of(refused)


def test_a_form_that_names_no_file_puts_no_question_together(rf):
    """Not even who sent it is looked at: putting it together was a third of saying a word live."""
    assert waiting.uploads_of(rf.post("/", {"source": "Hello"}), [file := notes_file()]) == [file]
