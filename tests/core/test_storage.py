from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import StorageHandler

from core.storage import storage_of


def opened(url, folder):
    return StorageHandler().create_storage(storage_of(url, folder=folder))


@pytest.mark.parametrize("given", ["", "file://{}/elsewhere"])
def test_file_is_kept_in_a_folder(tmp_path, given):
    url = given.format(tmp_path)

    name = opened(url, tmp_path / "files").save("a/note.txt", ContentFile(b"kept"))

    folder = tmp_path / ("elsewhere" if url else "files")
    assert (folder / name).read_bytes() == b"kept"


def test_link_to_an_s3_service_is_signed_and_ends_soon(tmp_path):
    pytest.importorskip("storages")
    url = "s3://key:s%2Fcret@s3.example.org:9000/entraide-files?region=fr-par"

    link = urlsplit(opened(url, tmp_path).url("stored/note.txt"))

    asked = parse_qs(link.query)
    assert (link.scheme, link.netloc) == ("https", "s3.example.org:9000")
    assert link.path == "/entraide-files/stored/note.txt"
    assert asked["X-Amz-Credential"][0].startswith("key/")
    assert "/fr-par/s3/" in asked["X-Amz-Credential"][0]
    assert asked["X-Amz-Expires"] == ["300"]
    assert asked["X-Amz-Signature"]
    assert "cret" not in link.query


def test_secret_is_read_as_it_was_before_it_was_encoded(tmp_path):
    pytest.importorskip("storages")
    made = storage_of("s3://key:s%2Fcr%40et@host/bucket", folder=tmp_path)

    assert made["OPTIONS"]["secret_key"] == "s/cr@et"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://key:secret@host/bucket",
        "s3://host/bucket",
        "s3://key:secret@host",
        "s3://key:secret@/bucket",
        "file://host/folder",
        "/srv/files",
    ],
)
def test_address_that_cannot_be_used_is_refused_without_its_secret(url):
    with pytest.raises(ImproperlyConfigured, match="STORAGE_URL is") as refused:
        storage_of(url, folder=Path("files"))

    assert "secret" not in str(refused.value)
