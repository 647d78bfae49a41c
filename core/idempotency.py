"""The same send twice makes one thing: form tokens and the API's `Idempotency-Key`.

A key is first claimed in a transaction of its own, so that a twin sees it running (409). The work
and its answer are then committed together: a claim without an answer whose time is over belongs
to a process that died before the commit, and may be taken again.
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

KEPT_FOR = timedelta(hours=24)
LEASE = timedelta(seconds=60)


class KeyReused(Refusal):
    status = 422
    code = "idempotency_key_reused"
    title = _("This key was used for something else")
    detail = _("Send another Idempotency-Key for another content.")


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
    Raises KeyReused for another body, WrongMoment while the first is still running.
    """
    digest = hashlib.sha256(request.body).hexdigest()
    claim = _claim(request, digest)
    if claim.status is not None:
        return _replay(claim)
    try:
        with transaction.atomic():
            response = work()
            if response.status_code >= 400:
                transaction.set_rollback(True)
            elif not _keep(claim, response):
                raise WrongMoment(code="still_running")  # noqa: TRY301  (rolls the work back)
    except BaseException:
        KeptAnswer.objects.filter(pk=claim.pk, attempt=claim.attempt, status=None).delete()
        raise
    if response.status_code >= 400:
        KeptAnswer.objects.filter(pk=claim.pk, attempt=claim.attempt, status=None).delete()
    return response


def _claim(request: Request, digest: str) -> KeptAnswer:
    """Return the row of this key: new and ours, or with the answer kept."""
    identity = {
        "person": request.person,
        "method": request.method,
        "path": request.path[:300],
        "key": request.key[:100],
    }
    now = timezone.now()
    KeptAnswer.objects.filter(**identity, started_at__lt=now - KEPT_FOR).delete()
    try:
        with transaction.atomic():
            return KeptAnswer.objects.create(**identity, body_hash=digest, started_at=now)
    except IntegrityError:
        pass
    with transaction.atomic():
        row = KeptAnswer.objects.select_for_update().filter(**identity).first()
        if row is None or (row.status is None and now - row.started_at < LEASE):
            raise WrongMoment(_("The same request is still running."), code="still_running")
        if row.body_hash != digest:
            raise KeyReused
        if row.status is None:
            row.attempt, row.started_at = uuid.uuid4(), now
            row.save(update_fields=["attempt", "started_at"])
        return row


def _keep(claim: KeptAnswer, response: HttpResponse) -> bool:
    """Keep the answer, in the transaction of the work; False if the claim was taken over."""
    if hasattr(response, "render") and not getattr(response, "is_rendered", True):
        response.render()
    kept = KeptAnswer.objects.filter(pk=claim.pk, attempt=claim.attempt, status=None).update(
        status=response.status_code,
        location=response.get("Location", ""),
        content_type=response.get("Content-Type", ""),
        body=response.content,
    )
    return kept == 1


def _replay(row: KeptAnswer) -> HttpResponse:
    response = HttpResponse(
        bytes(row.body or b""), status=row.status, content_type=row.content_type or None
    )
    if row.location:
        response["Location"] = row.location
    response["Idempotent-Replayed"] = "true"
    return response
