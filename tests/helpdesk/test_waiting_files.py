"""Files of a form that is shown again wait for it: for their owner alone, and for a day."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core import waiting
from core.models import StoredFile, WaitingFile
from helpdesk import actions
from helpdesk.models import Ticket
from helpdesk.prepared import Steps
from people.actions import erase_person
from search.actions import rebuild_index
from tests.helpdesk.test_pages import NEW, text_of


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


def test_files_go_along_with_a_macro_and_wait_where_it_says_nothing(browse, desk, ticket):
    def macro(name, **texts):
        steps = Steps(tags=("spam",))
        plan = actions.MacroPlan(names={"en": name}, texts=texts, language="en", steps=steps)
        return actions.make_macro(actor=desk["nadia"], plan=plan).pk

    saying, silent = macro("Ask", en="See the file."), macro("Tag")
    client, path = browse(desk["nadia"]), f"{ticket.path}/macros"
    form = {"revision": 99, "attachments": [notes_file()]}

    refused = client.post(path, {**form, "macro": silent})

    assert refused.status_code == 422
    assert "Write a few words to send with your files." in text_of(refused)
    client.post(path, {"revision": 99, "macro": saying, "waiting": keys_in(refused)})
    assert StoredFile.objects.get().name == "headers.txt"
    assert not WaitingFile.objects.exists()
