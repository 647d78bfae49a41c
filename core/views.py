"""The few pages of the kernel itself."""

import email
import email.policy
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.models import OutgoingMail

SHOWN_MAILS = 50


@require_GET
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
