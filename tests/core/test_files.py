"""Files with a thing: who may keep, who may fetch, and what the browser is told about them."""

import io
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image

from core import files, tasks
from core.errors import InvalidInput
from core.files import files_by_thing, files_of, forget_file, store_upload, store_uploads
from core.models import StoredFile
from core.storage import storage_of
from people.models import Organisation

pytestmark = pytest.mark.django_db
TEXT = b"SECRETPLUM\n"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.STORAGES = {**settings.STORAGES, "default": storage_of("", folder=tmp_path)}
    return tmp_path


@pytest.fixture
def association(cast, declared):
    """Return a thing that only its members see, as Organisation.visible_to says."""
    row = Organisation.objects.create(slug="a", name="A")
    row.memberships.create(person=cast.aminata)
    return row


def upload(name="note.txt", data=TEXT) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG")
    return out.getvalue()


def test_member_fetches_a_file_of_what_they_see(cast, association, browse):
    file = store_upload(actor=cast.aminata, upload=upload("été.txt"), thing=association)

    response = browse(cast.aminata).get(file.get_absolute_url())

    assert (response.status_code, response.content) == (200, TEXT)
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%C3%A9t%C3%A9.txt"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("who", ["omar", "visitor"])
def test_outsider_finds_nothing_at_the_address_of_a_file(who, cast, association, browse):
    file = store_upload(actor=cast.aminata, upload=upload(), thing=association)
    etag = browse(cast.aminata).get(file.get_absolute_url())["ETag"]
    outsider = browse(getattr(cast, who, None))

    for headers in ({}, {"If-None-Match": etag}):
        response = outsider.get(file.get_absolute_url(), headers=headers)

        assert response.status_code == 404
        assert b"SECRETPLUM" not in response.content


def test_program_of_a_member_fetches_a_file_of_what_they_see(cast, association, call):
    file = store_upload(actor=cast.aminata, upload=upload("été.txt"), thing=association)
    program = call(cast.aminata, scopes=["read"])

    fetched = program.get(file.api_url, headers={"Accept": "image/png"})
    same = program.get(file.api_url, headers={"If-None-Match": fetched["ETag"]})

    assert file.api_url == f"/api/v1/files/{file.key}"
    assert (fetched.status_code, fetched.content) == (200, TEXT)
    assert fetched["Content-Type"] == "text/plain; charset=utf-8"
    assert fetched["Content-Disposition"] == "attachment; filename*=utf-8''%C3%A9t%C3%A9.txt"
    assert fetched["X-Content-Type-Options"] == "nosniff"
    assert fetched["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert fetched["Cache-Control"] == "private, no-cache"
    assert (same.status_code, same.content) == (304, b"")


@pytest.mark.parametrize("who", ["omar", "visitor"])
def test_program_of_an_outsider_finds_no_file(who, cast, association, call):
    file = store_upload(actor=cast.aminata, upload=upload(), thing=association)
    etag = call(cast.aminata).get(file.api_url)["ETag"]

    for headers in ({}, {"If-None-Match": etag}, {"Accept": "text/plain"}):
        answer = call(getattr(cast, who, None)).get(file.api_url, headers=headers)

        assert answer.status_code == 404
        assert answer["Content-Type"] == "application/problem+json"
        assert b"SECRETPLUM" not in answer.content


def test_token_that_was_not_made_to_read_fetches_no_file(cast, association, call):
    file = store_upload(actor=cast.aminata, upload=upload(), thing=association)

    answer = call(cast.aminata, scopes=["write"]).get(file.api_url)

    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


def test_member_who_left_does_not_see_the_file_again(cast, association, browse):
    file = store_upload(actor=cast.aminata, upload=upload(), thing=association)
    browser = browse(cast.aminata)
    etag = browser.get(file.get_absolute_url())["ETag"]
    same = browser.get(file.get_absolute_url(), headers={"If-None-Match": etag})
    association.memberships.all().delete()

    gone = browser.get(file.get_absolute_url(), headers={"If-None-Match": etag})

    assert (same.status_code, same.content) == (304, b"")
    assert gone.status_code == 404


def test_image_is_shown_in_the_page_and_nothing_else_is(cast, association, browse):
    image = store_upload(actor=cast.aminata, upload=upload("a.png", png()), thing=association)
    page = store_upload(
        actor=cast.aminata, upload=upload("a.html", b"<script>1</script>"), thing=association
    )
    browser = browse(cast.aminata)

    shown = browser.get(image.get_absolute_url(), {"inline": "1"})
    saved = browser.get(image.get_absolute_url())
    text = browser.get(page.get_absolute_url(), {"inline": "1"})

    assert shown["Content-Disposition"] == 'inline; filename="a.png"'
    assert (shown["Content-Type"], shown.content) == ("image/png", png())
    assert saved["Content-Disposition"] == 'attachment; filename="a.png"'
    assert text["Content-Disposition"] == 'attachment; filename="a.html.txt"'
    assert text["Content-Type"].startswith("text/plain")


def test_file_without_its_thing_is_not_found(cast, association, browse):
    file = store_upload(actor=cast.aminata, upload=upload(), thing=association)
    StoredFile.objects.update(thing_kind="nobody.declared")

    assert browse(cast.aminata).get(file.get_absolute_url()).status_code == 404


def test_refused_file_leaves_nothing_and_says_which(cast, association, folder):
    with pytest.raises(InvalidInput) as refused:
        store_uploads(
            actor=cast.aminata,
            uploads=[upload(), upload("a.exe", b"MZ\0\0"), upload("b.txt", b"")],
            thing=association,
            field="attachments",
        )

    assert [(e.field, e.code) for e in refused.value.errors] == [
        ("attachments", "file_type"),
        ("attachments", "file_empty"),
    ]
    assert "“a.exe”" in refused.value.errors[0].detail
    assert files_of(association) == []
    assert list(folder.iterdir()) == []


def test_thing_takes_ten_files_and_no_more(cast, association):
    store_uploads(actor=cast.aminata, uploads=[upload() for _number in range(9)], thing=association)
    with pytest.raises(InvalidInput) as refused:
        store_uploads(actor=cast.aminata, uploads=[upload(), upload()], thing=association)
    store_upload(actor=cast.aminata, upload=upload(), thing=association)

    assert refused.value.errors[0].code == "too_many_files"
    assert len(files_of(association)) == 10
    assert files_by_thing([association]) == {association.pk: files_of(association)}


def test_stored_file_bears_no_name_on_the_disk(cast, association, folder):
    file = store_upload(actor=cast.aminata, upload=upload("plum.txt"), thing=association)

    (kept,) = [path for path in folder.rglob("*") if path.is_file()]
    assert kept.name == file.key.hex
    assert kept.read_bytes() == TEXT
    assert (file.size, file.owner) == (len(TEXT), cast.aminata)


def test_forgotten_file_is_gone_from_the_disk_after_commit(
    cast, association, folder, django_capture_on_commit_callbacks
):
    file = store_upload(actor=cast.aminata, upload=upload(), thing=association)

    with django_capture_on_commit_callbacks(execute=True):
        forget_file(file)

    assert not [path for path in folder.rglob("*") if path.is_file()]
    assert not StoredFile.objects.exists()


def test_sweep_deletes_what_a_rollback_left_and_nothing_else(cast, association, monkeypatch):
    kept = store_upload(actor=cast.aminata, upload=upload(), thing=association)
    with transaction.atomic():
        left = store_upload(actor=cast.aminata, upload=upload(), thing=association)
        transaction.set_rollback(True)

    tasks.sweep_files.call()
    assert default_storage.exists(str(left.content))  # perhaps its transaction is not over

    monkeypatch.setattr(files, "ORPHANS_KEPT_FOR", timedelta(seconds=-1))
    tasks.sweep_files.call()
    assert not default_storage.exists(str(left.content))
    assert default_storage.exists(str(kept.content))


SOON = 0.02  # seconds until it sees that it shall end


class Shelf(BaseHTTPRequestHandler):
    """As much of an S3 service as is needed: put, get, head and delete."""

    kept: dict[str, bytes] = {}

    def log_message(self, *args):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self):
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self.kept[urlsplit(self.path).path] = data
        self.answer(200, ETag='"1"')

    def do_GET(self):
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        data = self.kept.get(urlsplit(self.path).path)
        if data is None:
            self.answer(404)
            return
        self.answer(
            200,
            data,
            Content_Type=asked.get("response-content-type", "application/octet-stream"),
            Content_Disposition=asked.get("response-content-disposition", ""),
            ETag='"1"',
            Last_Modified="Mon, 01 Jan 2024 00:00:00 GMT",
        )

    def do_HEAD(self):
        self.answer(200 if urlsplit(self.path).path in self.kept else 404)


@pytest.fixture
def shelf(settings, tmp_path):
    """Keep files in a service that speaks S3, on this machine."""
    pytest.importorskip("storages")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
    Thread(target=server.serve_forever, args=[SOON], daemon=True).start()
    url = f"s3://key:secret@127.0.0.1:{server.server_port}/bucket?region=here&insecure=1"
    settings.STORAGES = {**settings.STORAGES, "default": storage_of(url, folder=tmp_path)}
    yield Shelf.kept
    server.shutdown()
    server.server_close()
    Shelf.kept.clear()


def test_file_in_an_s3_service_is_fetched_by_a_signed_link(cast, association, browse, shelf):
    file = store_upload(actor=cast.aminata, upload=upload("été.txt"), thing=association)
    assert list(shelf.values()) == [TEXT]

    sent = browse(cast.aminata).get(file.get_absolute_url())
    refused = browse(cast.omar).get(file.get_absolute_url())

    link = sent["Location"]
    asked = parse_qs(urlsplit(link).query)
    assert sent.status_code == 302
    assert asked["X-Amz-Expires"] == ["60"]
    assert "no-store" in sent["Cache-Control"]
    with urlopen(link) as fetched:
        assert fetched.read() == TEXT
        assert fetched.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert "%C3%A9t%C3%A9.txt" in fetched.headers["Content-Disposition"]
    assert refused.status_code == 404


def test_image_in_an_s3_service_is_shown_through_us(cast, association, browse, shelf):
    file = store_upload(actor=cast.aminata, upload=upload("a.png", png()), thing=association)

    shown = browse(cast.aminata).get(file.get_absolute_url(), {"inline": "1"})

    assert (shown.status_code, shown.content) == (200, png())
    assert shown["Content-Security-Policy"] == "sandbox; default-src 'none'"
