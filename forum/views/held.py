"""Telling who edited a post that it waits for a look."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core import things
from core.models import Visibility


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
