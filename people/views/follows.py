"""Following things, muting them, and the link in a mail that ends it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import things
from core.errors import NotSeen
from core.pages import done, signed_in, whole_number
from people import actions, follow_queries
from people.models import MailChoice
from people.present import me
from people.queries import seen_things
from people.stop_links import FOLLOWED

TO_LIST = "list"  # where a form of the list of follows leads back to


@signed_in
@require_safe
def my_follows(request: HttpRequest) -> HttpResponse:
    """List what one follows and what one muted."""
    person = me(request)
    context = {"followed": follow_queries.followed(person), "muted": follow_queries.muted(person)}
    return render(request, "people/follows.html", context)


@signed_in
@require_POST
def following(request: HttpRequest) -> HttpResponse:
    """Hear of a thing: `kind` and `id` say which."""
    return _changed(request, actions.follow)


@signed_in
@require_POST
def following_undo(request: HttpRequest) -> HttpResponse:
    """Hear of a thing no more."""
    return _changed(request, actions.unfollow)


@signed_in
@require_POST
def muting(request: HttpRequest) -> HttpResponse:
    """Hear nothing of a thing at all."""
    return _changed(request, actions.mute)


@signed_in
@require_POST
def muting_undo(request: HttpRequest) -> HttpResponse:
    """Hear of a thing again."""
    return _changed(request, actions.unmute)


def _changed(request: HttpRequest, action: Callable[..., Any]) -> HttpResponse:
    person, kind = me(request), request.POST.get("kind", "")
    object_id = whole_number(request.POST.get("id", ""))
    if object_id is None:
        raise NotSeen
    action(actor=person, kind=kind, object_id=object_id)
    if request.POST.get("back") == TO_LIST:
        return done(request, reverse("my_follows"))
    standing = follow_queries.standing(person, kind, object_id)
    url = things.url_of(things.find(kind, object_id, person))
    return done(request, url, "people/_follow.html", {"standing": standing})


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Let who got this link hear no more of what it is about, signed in or not.

    A GET only asks: mail programs and their guards open links. A POST needs no token of a form,
    since a mail program sends it (RFC 8058); the signature in the link is the proof. With `all`,
    no mail of the kind comes any more.
    """
    person, (kind, object_id) = FOLLOWED.read(token)
    key = (kind, int(object_id))
    whole = "all" in request.POST
    if request.method == "POST" and whole:
        actions.choose_mails(actor=person, ways={kind: MailChoice.Way.NEVER})
    elif request.method == "POST":
        actions.stop_following(person=person, kind=kind, object_id=key[1])
    found = seen_things(person, [key])
    label = next((things.label_of(row) for row in found.values()), "")
    context = {"label": label, "is_done": request.method == "POST", "is_whole": whole}
    return render(request, "people/follow_stop.html", context)
