"""Taking a secret out of a question or a guide, or asking a moderator to."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core import things
from core.pages import done, once, purge_page, signed_in
from forum import actions, queries, rules
from forum.views.held import tell_if_held
from people.present import me


@signed_in
@once
def purge(request: HttpRequest, kind: str, object_id: int) -> HttpResponse:
    """Show what looks like a secret in it to who may take it out and, by POST, take it out."""
    row: Any = things.find(kind, object_id, request.user)

    def purge_it(texts: list[str]) -> list[str]:
        purged = actions.purge_secret(
            actor=me(request), kind=kind, object_id=object_id, texts=texts
        )
        flagged = _(
            "It also stands in what others wrote: moderators were asked to take it out there."
        )
        return [flagged] if purged.is_flagged else []

    return purge_page(
        request,
        "forum/purge.html",
        purge=purge_it,
        facts=lambda: {
            "row": row,
            "kind": kind,
            "url": things.url_of(row),
            "found": queries.leaked_secrets(request.user, row),
            "is_moderator": rules.can_curate(request.user),
        },
        back=lambda: things.url_of(things.find(kind, object_id, request.user)),
    )


def done_editing(request: HttpRequest, post: Any) -> HttpResponse:
    """Answer an edit that worked; on to where a secret that it took out can be taken out for good.

    post: a question, an answer or a guide, as it is now; where it waits for a look, that is said.
    """
    tell_if_held(request, post)
    if not queries.is_secret_left(post):
        return done(request, post.path)
    messages.info(
        request,
        _("Your change is saved. What looks like a secret can still be read in the earlier texts."),
    )
    return done(request, things.purge_url_of(post))
