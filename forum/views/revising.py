"""How a text stood before: each change, any two of them, bringing one back; wikis."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import things
from core.again import refusal_of
from core.errors import NotSeen
from core.pages import done, once, sends_secrets, signed_in, submit, whole_number
from forum import actions, queries
from forum.forms import ReversionForm
from forum.models import Suggestion
from forum.views.held import done_suggesting, tell_if_held
from people.present import me


@require_safe
def revisions(request: HttpRequest, kind: str, object_id: int) -> HttpResponse:
    """Show how a text stood before, and what each revision changed."""
    return _page(request, things.find(kind, object_id, request.user))


def _page(request: HttpRequest, post: Any, form: Any = None) -> HttpResponse:
    """form: with which an earlier text was to be brought back, as it was refused."""
    facts = queries.revisions_page(request.user, post, request.GET.get("cursor") or None)
    context = {
        "facts": facts,
        "post": post,
        "reversion": form,
        "purge_url": things.purge_url_of(post),
    }
    return render(request, "forum/revisions.html", context, status=422 if form else 200)


@require_safe
def compare(request: HttpRequest, kind: str, object_id: int) -> HttpResponse:
    """Show how one revision (`old`) differs from another (`new`)."""
    post: Any = things.find(kind, object_id, request.user)
    old, new = (_number(request, name) for name in ("old", "new"))
    facts = queries.compared(request.user, post, old, new)
    title = queries.title_of(post)
    return render(request, "forum/compare.html", {"facts": facts, "post": post, "title": title})


@require_POST
@signed_in
@once
def revert(request: HttpRequest, kind: str, object_id: int) -> HttpResponse:
    """Bring an earlier text back."""
    form = ReversionForm(request.POST)
    if not form.is_valid():
        raise refusal_of(form)
    post = submit(
        form,
        actions.revert,
        actor=me(request),
        kind=kind,
        object_id=object_id,
        send_secrets=sends_secrets(request),
        **form.cleaned_data,
    )
    if post is None:
        return _page(request, things.find(kind, object_id, request.user), form)
    if isinstance(post, Suggestion):
        return done_suggesting(request, post)
    messages.success(request, _("The earlier text is back, as a new one."))
    tell_if_held(request, post)
    return done(request, things.url_of(post))


@require_POST
@signed_in
@once
def make_wiki(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Let anyone edit an answer."""
    answer = actions.make_wiki(actor=me(request), answer_id=answer_id)
    messages.success(request, _("Anyone may edit this answer now."))
    return done(request, answer.path)


@require_POST
@signed_in
@once
def undo_wiki(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Let others suggest again."""
    answer = actions.undo_wiki(actor=me(request), answer_id=answer_id)
    messages.success(request, _("Others suggest changes again."))
    return done(request, answer.path)


def _number(request: HttpRequest, name: str) -> int | None:
    """Return a number of the address, None where it has none. Raises NotSeen."""
    text = request.GET.get(name, "")
    number = whole_number(text)
    if text and number is None:
        raise NotSeen
    return number
