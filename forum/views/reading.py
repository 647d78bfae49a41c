"""Marking lists as read."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.pages import done, signed_in
from forum import actions, tags
from people.present import me


@require_POST
@signed_in
def reading(request: HttpRequest) -> HttpResponse:
    """Mark all questions as read or, with `tag`, those of one tag."""
    word = request.POST.get("tag", "")[:50]
    tag = tags.find(word) if word else None
    actions.read_list(actor=me(request), tag=tag.name if tag else "")
    messages.success(request, _("All of this list counts as read."))
    return done(request, tag.path if tag else reverse("questions"))
