"""Files of a form that is shown again: they wait on the server, so that none is chosen twice.

They are their owner's alone and served to nobody; the form names them by keys nobody can guess
(components/waiting.html), and its next sending takes or drops them. A day later they are gone.
"""

from collections.abc import Iterable, Sequence
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

KEPT_FOR: Final = timedelta(days=1)
MOST: Final = 20  # of one person; the oldest give way
FIELD: Final = "waiting"  # the keys of what waits with this form
DROPPED: Final = "drop"  # of these, the keys of what goes


def waiting_files(request: HttpRequest) -> list[WaitingFile]:
    """Return the files of the reader's that a form names and does not drop, oldest first."""
    return list(_named(request, FIELD).exclude(pk__in=_named(request, DROPPED).values("pk")))


def uploads_of(request: HttpRequest, chosen: Iterable[Any]) -> list[Any]:
    """Return what goes with a form: the files that waited, then those chosen now."""
    return [*map(_Waited, waiting_files(request)), *chosen]


class _Waited:
    """A file that waited, as actions take what was sent."""

    def __init__(self, row: WaitingFile) -> None:
        self.name, self.content = row.name, row.content

    def seek(self, offset: int) -> None:
        """Do nothing: each reading begins at the beginning."""

    def read(self, size: int) -> bytes:
        with self.content.open() as content:
            return bytes(content.read(size))


@transaction.atomic
def let_wait(request: HttpRequest, form: Form, field: str = "attachments") -> list[WaitingFile]:
    """Keep the files of a form that is shown again; return all that wait with it now.

    What may not be kept is said at the form's field, unless something is said there already.
    """
    forget_files(_named(request, DROPPED))
    there = waiting_files(request)
    clean, errors = checked(request.FILES.getlist(field), field)
    _say(form, field, errors)
    owner: Any = request.user
    for file in clean:
        row = WaitingFile(owner=owner, name=file.name, size=len(file.data))
        row.content.save(row.key.hex, ContentFile(file.data), save=False)
        row.save()
        there.append(row)
    mine = WaitingFile.objects.filter(owner=request.user.pk).order_by("-pk")
    gone = list(mine[MOST:])
    forget_files(gone)
    return [row for row in there if row.pk not in {one.pk for one in gone}]


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


def _say(form: Form, field: str, errors: Sequence[FieldError]) -> None:
    if form.is_bound and not form.errors.get(field):
        for error in errors:
            form.add_error(field, error.detail)
