"""Files of a form that is shown again: they wait on the server, so that none is chosen twice.

They are their owner's alone and served to nobody; the form names them by keys nobody can guess
(components/waiting.html), and its next sending takes or drops them. A day later they are gone.
What the view of a refused form writes is undone (core.idempotency): so let_wait() only says what
is to be kept and dropped, and keep_waiting() does it once the view is through.
"""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest
from django.utils import timezone

from core.errors import FieldError
from core.files import checked
from core.models import WaitingFile
from core.uploads import BadFile, CleanFile

KEPT_FOR: Final = timedelta(days=1)
MOST: Final = 20  # of one person; the oldest give way
FIELD: Final = "waiting"  # the keys of what waits with this form
DROPPED: Final = "drop"  # of these, the keys of what goes


def waiting_files(request: HttpRequest) -> list[WaitingFile]:
    """Return the files of the reader's that a form names and does not drop, oldest first."""
    if not request.POST.getlist(FIELD):
        return []  # most forms: not even the question is put together
    return list(_named(request, FIELD).exclude(pk__in=_named(request, DROPPED).values("pk")))


def uploads_of(request: HttpRequest, chosen: Iterable[Any]) -> list[Any]:
    """Return what goes with a form: the files that waited, then those chosen now.

    Where one that it names is gone, reading them refuses: nothing goes without it.
    """
    rows = waiting_files(request)
    return [*map(_Waited, rows), *_gone(request, rows), *chosen]


class _Waited:
    """A file that waited, as actions take what was sent."""

    def __init__(self, row: WaitingFile) -> None:
        self.name, self.content = row.name, row.content

    def seek(self, offset: int) -> None:
        """Do nothing: each reading begins at the beginning."""

    def read(self, size: int) -> bytes:
        try:
            with self.content.open() as content:
                return bytes(content.read(size))
        except FileNotFoundError:  # the same form, sent twice: the first took it since we looked
            raise BadFile("file_gone") from None


class _Gone:
    """What a form names that does not wait: of another, dropped elsewhere, taken, or too old."""

    name = ""

    def seek(self, offset: int) -> None:
        """Do nothing."""

    def read(self, size: int) -> bytes:
        raise BadFile("file_gone")


def let_wait(request: HttpRequest, form: Form, field: str = "attachments") -> list[WaitingFile]:
    """Have the files of a form kept that is shown again; return all that will wait with it.

    form: bound; what may not be kept, or is gone, is said at its field.
    """
    there = waiting_files(request)
    chosen = request.FILES.getlist(field)
    clean, errors = checked([*_gone(request, there), *chosen], field)
    _say(form, field, errors)
    new = [_to_be_kept(request, file) for file in clean[-MOST:]]
    request._let_wait = new  # type: ignore[attr-defined]
    dropped = _named(request, DROPPED).values("pk")
    others = _of_owner(request).exclude(pk__in=dropped).values_list("pk", flat=True)
    stay = set(others[: MOST - len(new)])
    return [*(row for row in there if row.pk in stay), *new]


def _to_be_kept(request: HttpRequest, file: CleanFile) -> WaitingFile:
    owner: Any = request.user
    row = WaitingFile(owner=owner, name=file.name, size=len(file.data))
    row.content = ContentFile(file.data, name=row.key.hex)  # written when the row is
    return row


def keep_waiting(request: HttpRequest) -> None:
    """Do what let_wait() said, if it was asked in this request; outside what the view wrote."""
    new: list[WaitingFile] | None = getattr(request, "_let_wait", None)
    if new is None:
        return
    with transaction.atomic():
        forget_files(_named(request, DROPPED))
        for row in new:
            row.save()
        forget_files(list(_of_owner(request)[MOST:]))


def forget_waiting(request: HttpRequest) -> None:
    """Throw away what waited with a form that was taken."""
    if request.POST.getlist(FIELD):
        forget_files(_named(request, FIELD))


@transaction.atomic
def forget_files(rows: Iterable[WaitingFile]) -> None:
    """Delete files that wait and, after commit, their contents."""
    for row in rows:
        name = str(row.content.name)
        row.delete()
        transaction.on_commit(partial(default_storage.delete, name))


def prune() -> None:
    """Delete what waited for a day."""
    forget_files(WaitingFile.objects.filter(at__lte=timezone.now() - KEPT_FOR))


def _of_owner(request: HttpRequest) -> Any:
    """Return all that waits of the reader's, newest first."""
    return WaitingFile.objects.filter(owner=request.user.pk).order_by("-pk")


def _gone(request: HttpRequest, rows: Iterable[WaitingFile]) -> list[Any]:
    """Return one for all the files that a form names, does not drop and that do not wait."""
    wanted = {*request.POST.getlist(FIELD)} - {*request.POST.getlist(DROPPED)}
    return [_Gone()] if wanted - {str(row.key) for row in rows} else []


def _named(request: HttpRequest, field: str) -> Any:
    keys = []
    for text in request.POST.getlist(field)[:MOST]:
        try:
            keys.append(UUID(text))
        except ValueError:
            continue
    since = timezone.now() - KEPT_FOR
    rows = WaitingFile.objects.filter(owner=request.user.pk, key__in=keys, at__gt=since)
    return rows.order_by("pk")


def _say(form: Form, field: str, errors: Iterable[FieldError]) -> None:
    """Say at a field what the action did not say there already."""
    for error in errors:
        if error.detail not in form.errors.get(field, ()):
            form.add_error(field, error.detail)
