"""The same send twice makes one thing: form tokens and the API's `Idempotency-Key`.

A key is first claimed in a transaction of its own, so that a twin sees it running (409). The work
and its answer are then committed together: a claim without an answer whose time is over belongs
to a process that died before the commit, and may be taken again.
"""

import hashlib
import time
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

KEPT_FOR = timedelta(hours=24)
LEASE = timedelta(seconds=60)
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


def run_once(
    request: Request, work: Callable[[], HttpResponse], *, patience_seconds: float = 0
) -> HttpResponse:
    """Return what work() answers, or what it answered the first time, for 24 hours.

    patience_seconds: how long a twin waits for the first to end before it is refused.
    Answers of 400 and above are not kept: the sender may correct and try again.
    Raises KeyReused for another body, WrongMoment while the first is still running.
    """
    claim = _claim_patiently(request, patience_seconds)
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


def _claim_patiently(request: Request, patience_seconds: float) -> KeptAnswer:
    end = time.monotonic() + patience_seconds
    while True:
        try:
            return _claim(request, hashlib.sha256(request.body).hexdigest())
        except StillRunning:
            if time.monotonic() >= end:
                raise
        time.sleep(0.1)


def _claim(request: Request, digest: str) -> KeptAnswer:
    """Return the row of this key: new and ours, or with the answer kept."""
    now = timezone.now()
    identity: dict[str, Any] = {
        "person": request.person,
        "method": request.method,
        "path": request.path[:300],
        "key": request.key[:100],
    }
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
    if hasattr(response, "render") and not getattr(response, "is_rendered", True):
        response.render()
    kept = KeptAnswer.objects.filter(pk=claim.pk, attempt=claim.attempt, status=None).update(
        status=response.status_code,
        headers={name: response[name] for name in KEPT_HEADERS if response.has_header(name)},
        body=response.content,
    )
    return kept == 1


def _replay(row: KeptAnswer) -> HttpResponse:
    response = HttpResponse(bytes(row.body or b""), status=row.status, headers=row.headers)
    response["Idempotent-Replayed"] = "true"
    return response
