"""The same send twice makes one thing: form tokens and the API's `Idempotency-Key`.

A program's key is first claimed in a transaction of its own, so that a twin sees it running (409).
The work and its answer are then committed together: a claim without an answer whose time is over
belongs to a process that died before the commit, and may be taken again. A form needs no claim: the
answer is kept with the work, and who keeps it second is undone.
"""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import Refusal, WrongMoment
from core.models import KeptAnswer
from core.prepared import insert, new

KEPT_FOR = timedelta(hours=24)
LEASE = timedelta(seconds=60)
REPLAYED = "Idempotent-Replayed"
KEPT_HEADERS = ("Content-Type", "Location", "HX-Redirect", "HX-Trigger", "HX-Retarget", "HX-Reswap")


class KeyReused(Refusal):
    status = 422
    code = "idempotency_key_reused"
    title = _("This key was used for something else")
    detail = _("Send another Idempotency-Key for another content.")


class StillRunning(WrongMoment):
    code = "still_running"
    detail = _("The same request is still running.")


@dataclass(frozen=True)
class Request:
    """What is to be done once: who, where and what; `key` is the sender's."""

    person: Any
    method: str
    path: str
    key: str
    body: bytes


def run_once(request: Request, work: Callable[[], HttpResponse]) -> HttpResponse:
    """Return what work() answers, or what it answered the first time, for 24 hours.

    Answers of 400 and above are not kept: the sender may correct and try again.
    Raises KeyReused for another body, StillRunning while the first is still running.
    """
    claim = _claim(request)
    if claim.status is not None:
        return _replay(claim)
    kept = False
    try:
        with transaction.atomic():
            response = work()
            if response.status_code >= 400:
                transaction.set_rollback(True)
            elif not _keep(claim, response):
                raise StillRunning  # by another, whose time began when ours was over: undo ours
            else:
                kept = True
    finally:
        if not kept:
            KeptAnswer.objects.filter(pk=claim.pk, attempt=claim.attempt, status=None).delete()
    return response


def run_form_once(request: Request, work: Callable[[], HttpResponse]) -> HttpResponse:
    """Return the same as run_once, for who clicked twice and waits: in one transaction.

    Each of two does the work, and who keeps the answer second is undone and told the first's. The
    database lets it wait for that: on PostgreSQL at the unique key, on SQLite at the one write
    lock. What the second is refused is the first's doing, and is not told either.
    Raises KeyReused for another body, and what work() raises.
    """
    is_again = False
    while True:
        try:
            with transaction.atomic():
                response = work()
                if response.status_code < 400:
                    facts = {"body_hash": _digest(request), **_answered(response)}
                    insert(new(KeptAnswer, **_identity(request), **facts))
                    return response
                transaction.set_rollback(True)
        except Refusal:
            if (kept := _kept_answer(request)) is None:
                raise
        except IntegrityError:
            # A twin's answer; or one a day old, which is forgotten now; or the work's own fault.
            if (kept := _kept_answer(request)) is None and is_again:
                raise
        else:
            kept = _kept_answer(request)
            if kept is None:
                return response
        if kept is not None:
            return _replay(kept)
        is_again = True


def _kept_answer(request: Request) -> KeptAnswer | None:
    """Return the first one's answer; None when it was refused meanwhile, or a day ago."""
    row = KeptAnswer.objects.filter(**_identity(request)).exclude(status=None).first()
    if row is None:
        return None
    if timezone.now() - row.started_at >= KEPT_FOR:
        row.delete()
        return None
    if row.body_hash != _digest(request):
        raise KeyReused
    return row


def _digest(request: Request) -> str:
    return hashlib.sha256(request.body).hexdigest()


def _fitting(text: str, longest: int) -> str:
    """Return a text, or for one that is too long for its column what stands for it alone."""
    return text if len(text) <= longest else hashlib.sha256(text.encode()).hexdigest()


def _identity(request: Request) -> dict[str, Any]:
    return {
        "person": request.person,
        "method": request.method,
        "path": _fitting(request.path, 300),
        "key": _fitting(request.key, 100),
    }


def _claim(request: Request) -> KeptAnswer:
    """Return the row of this key: new and ours, or with the answer kept."""
    now, identity, digest = timezone.now(), _identity(request), _digest(request)
    try:
        with transaction.atomic():
            return KeptAnswer.objects.create(**identity, body_hash=digest, started_at=now)
    except IntegrityError:
        pass
    with transaction.atomic():
        row = KeptAnswer.objects.select_for_update().filter(**identity).first()
        if row is None:
            raise StillRunning  # it has just been refused: the next look finds the key free
        if now - row.started_at < KEPT_FOR:
            if row.status is None and now - row.started_at < LEASE:
                raise StillRunning
            if row.body_hash != digest:
                raise KeyReused
            if row.status is not None:
                return row
        row.attempt, row.started_at, row.status, row.body_hash = uuid.uuid4(), now, None, digest
        row.save(update_fields=["attempt", "started_at", "status", "body_hash"])
        return row


def _keep(claim: KeptAnswer, response: HttpResponse) -> bool:
    """Keep the answer, in the transaction of the work; False if the claim was taken over."""
    ours = KeptAnswer.objects.filter(pk=claim.pk, attempt=claim.attempt, status=None)
    return ours.update(**_answered(response)) == 1


def _answered(response: HttpResponse) -> dict[str, Any]:
    """Return what is kept of an answer."""
    if hasattr(response, "render") and not getattr(response, "is_rendered", True):
        response.render()
    return {
        "status": response.status_code,
        "headers": {name: response[name] for name in KEPT_HEADERS if response.has_header(name)},
        "body": response.content,
    }


def _replay(row: KeptAnswer) -> HttpResponse:
    response = HttpResponse(bytes(row.body or b""), status=row.status, headers=row.headers)
    response[REPLAYED] = "true"
    return response
