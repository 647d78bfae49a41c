"""The few pages of the kernel itself: files, health, the outbox of developers."""

import email
import email.policy
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from core import health, things
from core.api import ApiView
from core.errors import seen
from core.models import OutgoingMail, StoredFile

SHOWN_MAILS = 50
LINK_SECONDS = 60  # how long a signed link of the storage works


@require_safe
def openapi(request: HttpRequest) -> FileResponse:
    """Send the API's description: the file that `make check` holds against the API."""
    described = settings.BASE_DIR / "docs" / "openapi.yaml"
    return FileResponse(described.open("rb"), content_type="application/yaml")


@require_safe
def file(request: HttpRequest, key: UUID, name: str) -> HttpResponse:
    """Send a file; with `?inline=1` an image is shown, everything else is offered for saving."""
    return _sent(request, key, inline=request.GET.get("inline") == "1")


class FileView(ApiView):
    sign_in_to_read = False

    @extend_schema(responses={(200, "*/*"): bytes, 302: None, 304: None})
    def get(self, request: Request, key: UUID) -> HttpResponse:
        """Fetch an attachment, if you may see what it belongs to.

        Where files are kept in an object storage the answer leads there, for a minute.
        """
        return _sent(request, key)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Let a file be what it is, whatever is asked for; refusals are JSON."""
        return super().perform_content_negotiation(request, force=True)


def _sent(request: HttpRequest | Request, key: UUID, *, inline: bool = False) -> HttpResponse:
    """Send a file to who may see the thing it belongs to; inline: show it, if it is an image.

    Who fetched it asks again each time, so that a right lost is lost. Raises NotSeen.
    """
    row = seen(StoredFile.objects.all(), key=key)
    thing = things.find(row.thing_kind, row.thing_id, request.user)
    shown = things.file_name_for(request.user, thing, row.name)
    inline = inline and row.is_image
    disposition = content_disposition_header(not inline, shown) or "attachment"
    if not inline and hasattr(default_storage, "querystring_auth"):
        return _signed_link(row, disposition)
    etag = f'"{row.sha256}"'
    asked: Any = request  # one of the API has all that is looked at, too
    response = get_conditional_response(asked, etag=etag) or _content(row, disposition)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _content(row: StoredFile, disposition: str) -> HttpResponse:
    with row.content.open() as content:
        response = HttpResponse(content.read(), content_type=row.content_type)
    response["Content-Disposition"] = disposition
    if not row.content_type.startswith("text/"):
        response["Content-Encoding"] = "identity"  # compressed already: spare the middleware's work
    return response


def _signed_link(row: StoredFile, disposition: str) -> HttpResponse:
    """Send to the storage (S3), with a link that works for a minute."""
    storage: Any = default_storage
    link = storage.url(
        row.content.name,
        parameters={
            "ResponseContentDisposition": disposition,
            "ResponseContentType": row.content_type,
        },
        expire=LINK_SECONDS,
    )
    return HttpResponseRedirect(link, headers={"Cache-Control": "private, no-store"})


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """Say that this process answers; nothing else is looked at."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Say what works; 503 when pages cannot be served, with `?strict=1` when anything is amiss."""
    facts = health.readiness()
    accepted = ["ok"] if request.GET.get("strict") == "1" else ["ok", "degraded"]
    return JsonResponse(facts, status=200 if facts["status"] in accepted else 503)


@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """Show the last mails and what they say; never in production (core.kernel_urls)."""
    rows = OutgoingMail.objects.order_by("-pk")[:SHOWN_MAILS]
    return render(request, "outbox.html", {"mails": [(row, _text(row)) for row in rows]})


def _text(row: OutgoingMail) -> str:
    """Return the plain text of a mail, empty when it is purged."""
    if row.raw is None:
        return ""
    parsed: Any = email.message_from_bytes(bytes(row.raw), policy=email.policy.default)
    part = parsed.get_body(("plain", "html"))
    return str(part.get_content()) if part else ""
