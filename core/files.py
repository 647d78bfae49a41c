"""Files people send: checked, kept out of the web server's reach, fetched only through a check."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Exists, Model, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from core import things
from core.errors import FieldError, InvalidInput
from core.models import StoredFile, WaitingFile
from core.uploads import MAX_BYTES, BadFile, CleanFile, clean_file, in_words

MAX_FILES = 10  # of one thing
ORPHANS_KEPT_FOR = timedelta(days=1)


def store_upload(
    *, actor: Any, upload: "UploadedFile[Any]", thing: Model, field: str = "files"
) -> StoredFile:
    """Keep one file with a thing. Raises InvalidInput."""
    return store_uploads(actor=actor, uploads=[upload], thing=thing, field=field)[0]


@transaction.atomic
def store_uploads(
    *, actor: Any, uploads: "Iterable[UploadedFile[Any]]", thing: Model, field: str = "files"
) -> list[StoredFile]:
    """Keep some files with a thing; all are checked before the first is written.

    Whether the actor may add to the thing is the calling action's to check.
    Raises InvalidInput with every file's error at the form's `field`.
    """
    uploads = list(uploads)
    there = files_of(thing)
    if len(uploads) + (len(there) if uploads else 0) > MAX_FILES:
        detail = _("At most %(count)d files go with this.") % {"count": MAX_FILES}
        raise InvalidInput.of(field, "too_many_files", detail)
    clean, errors = checked(uploads, field)
    if errors:
        raise InvalidInput(errors=errors)
    return [_keep(actor, file, thing) for file in clean]


def checked(
    uploads: "Iterable[UploadedFile[Any]]", field: str
) -> tuple[list[CleanFile], list[FieldError]]:
    """Return the files that may be kept, and what is wrong with the others, for the `field`."""
    clean, errors = [], []
    for upload in uploads:
        name = upload.name or ""
        try:
            upload.seek(0)  # a form that is shown again has had its files read
            clean.append(clean_file(name, upload.read(MAX_BYTES + 1)))
        except BadFile as refusal:
            errors.append(FieldError(field, refusal.code, in_words(refusal.code, name)))
    return clean, errors


def _keep(actor: Any, file: CleanFile, thing: Model) -> StoredFile:
    row = StoredFile(
        owner=actor,
        name=file.name,
        sha256=file.sha256,
        size=len(file.data),
        content_type=file.content_type,
        thing_kind=things.kind_of(thing),
        thing_id=thing.pk,
    )
    row.content.save(row.key.hex, ContentFile(file.data), save=False)
    row.save()
    return row


def files_of(thing: Model) -> list[StoredFile]:
    """Return the files of a thing, oldest first. One query."""
    kind = things.kind_of(thing)
    return list(StoredFile.objects.filter(thing_kind=kind, thing_id=thing.pk).order_by("pk"))


def files_by_thing(rows: Iterable[Model]) -> dict[int, list[StoredFile]]:
    """Return the files of many things of one kind, by the thing's id. One query."""
    rows = list(rows)
    found: dict[int, list[StoredFile]] = {row.pk: [] for row in rows}
    if rows:
        files = StoredFile.objects.filter(thing_kind=things.kind_of(rows[0]), thing_id__in=found)
        for file in files.order_by("pk"):
            found[file.thing_id].append(file)
    return found


def has_files(kind: str) -> Exists:
    """Return, for annotate(), whether a row of this kind has files."""
    return Exists(StoredFile.objects.filter(thing_kind=kind, thing_id=OuterRef("pk")))


def forget_file(file: StoredFile) -> None:
    """Delete a file and, after commit, its content: erased, purged, or taken away."""
    name = file.content.name
    file.delete()
    transaction.on_commit(lambda: default_storage.delete(str(name)))


def sweep() -> int:
    """Delete contents of the last two months that no row speaks of; return how many.

    They are what a transaction wrote that was then rolled back.
    """
    now = timezone.now()
    last_month = now.replace(day=1) - timedelta(days=1)
    return sum(
        _sweep_folder(model, f"{root}/{month:%Y/%m}", now)
        for model, root in ((StoredFile, "stored"), (WaitingFile, "waiting"))
        for month in (now, last_month)
    )


def _sweep_folder(model: type[StoredFile] | type[WaitingFile], folder: str, now: datetime) -> int:
    try:
        names = [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]
    except FileNotFoundError:
        return 0
    rows: Any = model.objects.filter(content__startswith=folder)
    known = set(rows.values_list("content", flat=True))
    orphans = [
        name
        for name in names
        if name not in known and default_storage.get_modified_time(name) < now - ORPHANS_KEPT_FOR
    ]
    for name in orphans:
        default_storage.delete(name)
    return len(orphans)
