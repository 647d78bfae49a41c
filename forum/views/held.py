"""Telling who changed a post that it, or the change, waits for a look."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core import things
from core.models import Visibility
from core.pages import done
from forum.models import Suggestion


def tell_if_held(request: HttpRequest, post: Any) -> None:
    """Say to its author that a post waits for a moderator, as it is now."""
    authors = things.thing_of(things.kind_of(post)).author_ids(post)
    if post.visibility == Visibility.PENDING and request.user.pk in authors:
        messages.info(
            request,
            _(
                "Your change is saved, but it looks like spam to the site: until a moderator has "
                "looked at it, this text is seen by you and the moderators alone."
            ),
        )


def done_suggesting(request: HttpRequest, new: Suggestion) -> HttpResponse:
    """Answer a change that waits, since it looks like spam and others wrote there."""
    messages.info(
        request,
        _(
            "Your change looks like spam to the site, so it does not show yet: it waits here as a "
            "suggestion, for someone trusted to look at it."
        ),
    )
    return done(request, new.path)
