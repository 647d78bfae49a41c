"""Marking lists as read."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.pages import done, signed_in
from forum import actions
from people.present import me


@require_POST
@signed_in
def reading(request: HttpRequest) -> HttpResponse:
    """Mark all questions as read or, with `tag`, those of one tag."""
    tag = request.POST.get("tag", "")[:50]
    actions.read_list(actor=me(request), tag=tag)
    messages.success(request, _("All of this list counts as read."))
    return done(request, reverse("questions") + (f"?{urlencode({'tag': tag})}" if tag else ""))
