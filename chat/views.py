"""Pages of rooms; every form of them works without a socket and without JavaScript."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages as flashes
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from chat import actions, queries, rules
from chat.forms import (
    ClosureForm,
    EmojiForm,
    MessageEditForm,
    MessageForm,
    MessageRemovalForm,
    PaceForm,
    RoomForm,
    SeenForm,
)
from chat.models import ChatMessage, Room, RoomClosure
from chat.rooms import place_of
from core import things
from core.again import refusal_of
from core.errors import NotAllowed, NotSeen, StaleRevision, TooMany, WrongMoment
from core.limits import own_pace
from core.models import WaitingFile
from core.pages import (
    done,
    keeps_words,
    secrets_in,
    sends_secrets,
    signed_in,
    submit,
    submit_small,
    wants_fragment,
    whole_number,
    words_asked,
)
from core.pagination import keyset_page
from core.waiting import forget_waiting, let_wait, uploads_of
from people.present import me
from people.rules import BY_AUTHOR


@signed_in
def rooms(request: HttpRequest) -> HttpResponse:
    """List one's conversations, or (`q`) what is said in them; POST opens one.

    everywhere: search what was said lately in each room one may enter.
    """
    if request.method == "POST":
        return _opened(request)
    words = words_asked(request.GET, "q", 100)
    cursor = request.GET.get("cursor") or None
    context: dict[str, Any] = {"words": words}
    if words:
        everywhere = context["everywhere"] = bool(request.GET.get("everywhere"))
        found = queries.messages_found(request.user, words, everywhere=everywhere)
        context["page"] = keyset_page(found, ("-place",), cursor)
        context["hits"] = queries.hits(request.user, context["page"].results, words)
    else:
        rows = queries.own_rooms(me(request), is_unread=bool(request.GET.get("unread")))
        context["page"] = keyset_page(rows, ("-last_id", "-id"), cursor)
        context["listed"] = queries.conversations(request.user, context["page"].results)
        context["is_unread"] = bool(request.GET.get("unread"))
    return render(request, "chat/rooms.html", context)


def _opened(request: HttpRequest) -> HttpResponse:
    data = _checked(RoomForm(request.POST))
    room = actions.open_room(actor=me(request), kind=data["kind"], object_id=data["id"])
    return done(request, _back(request, room.pk))


@require_safe
@signed_in
def room(request: HttpRequest, room_id: int) -> HttpResponse:
    """Show a room, with its history by page: `before` or `from` a message, or around it: `at`.

    A moderator who may not enter sees the one message (`at`) that someone flagged, and may close
    the room.
    """
    before, at = _number(request, "before"), _number(request, "at")
    try:
        found = queries.room_seen(request.user, room_id)
    except NotSeen:
        line = queries.flagged_line(request.user, room_id, at)
        looked_at = queries.room_moderated(request.user, room_id)
        context = {
            "line": line,
            "room": None if looked_at.is_over else looked_at,
            "closed_for": queries.closed_for(looked_at),
            "here": f"/rooms/{room_id}?at={at}",
        }
        return render(request, "chat/message.html", context)
    if at and at + queries.SHOWN // 2 <= found.head:
        before = at + queries.SHOWN // 2
    elif first := _number(request, "from"):
        before = queries.number_from(found, first, queries.SHOWN)
    return _room_page(request, found, before=before, reply_to=_number(request, "reply"))


def _number(request: HttpRequest, name: str) -> int:
    return whole_number(request.GET.get(name, ""), most_digits=15) or 0


def _room_page(
    request: HttpRequest,
    found: Room,
    form: Form | None = None,
    status: int = 200,
    *,
    before: int = 0,
    reply_to: int = 0,
    waiting: Sequence[WaitingFile] = (),
) -> HttpResponse:
    thing = place_of(found.thing_kind, found.thing_id, request.user)
    context = {
        "panel": queries.panel_of(request.user, found, before, thing=thing, reply_to=reply_to),
        "thing_url": things.url_of(thing),
        "thing_label": things.label_of(thing),
        "form": form,
        "files_waiting": waiting,
        "here": f"/rooms/{found.pk}",
    }
    return render(request, "chat/room.html", context, status=status)


@require_POST
@own_pace
@signed_in
@keeps_words(gettext_lazy("Your message, live"))
def messages(request: HttpRequest, room_id: int) -> HttpResponse:
    """Say something; back to where the form stands, or (htmx) the message alone."""
    form = MessageForm(request.POST, request.FILES)
    message, status = None, 422
    try:
        actions.count_message(actor=me(request))
        if form.is_valid():
            message = _said(request, room_id, form)
    except (WrongMoment, TooMany) as refusal:
        if wants_fragment(request):
            raise
        form.add_error("source", str(refusal.detail))  # what was typed stays in the form
        status = refusal.status
        if isinstance(refusal, actions.SaidBefore):
            form.data = {**request.POST.dict(), "client_id": ""}  # the page gives it a new name
    if message is not None:
        return _answered(request, message)
    found = queries.room_seen(request.user, room_id)  # before a word about the form
    if wants_fragment(request) and form.errors:
        raise refusal_of(form)
    if wants_fragment(request):
        context = {"secrets": secrets_in(form), "form_id": "say"}
        return render(request, "components/secrets.html", context, status=status)
    waiting = let_wait(request, form)
    reply_to = form.cleaned_data.get("reply_to") or 0
    return _room_page(request, found, form, status, reply_to=reply_to, waiting=waiting)


def _said(request: HttpRequest, room_id: int, form: MessageForm) -> ChatMessage | None:
    data = form.cleaned_data
    message = submit(
        form,
        actions.post_message,
        actor=me(request),
        room_id=room_id,
        source=data["source"],
        client_id=data["client_id"],
        reply_to=data["reply_to"],
        uploads=uploads_of(request, data["attachments"]),
        send_secrets=sends_secrets(request),
    )
    if message is not None:
        forget_waiting(request)
    if message is not None and data["seen"] is not None:
        actions.mark_seen(actor=me(request), room_id=room_id, number=data["seen"])
    return message


def _answered(request: HttpRequest, message: ChatMessage) -> HttpResponse:
    """Answer what was said: back to where the form stands, or (htmx) as the room's page shows it.

    The room and the right were read when it was written, and the message is as it was made.
    """
    if not wants_fragment(request):
        return done(request, _back(request, message.room_id, f"#message-{message.number}"))
    line = queries.line_said(request.user, message)
    here = _back(request, message.room_id, "")
    return render(request, "chat/_message.html", {"line": line, "here": here})


@require_safe
@signed_in
def message(request: HttpRequest, room_id: int, number: int) -> HttpResponse:
    """Show one message as it is now, with what can be done with it: a page, or (htmx) a part."""
    found = queries.room_seen(request.user, room_id)
    template = "chat/_message.html" if wants_fragment(request) else "chat/message.html"
    return _line(request, found, number, template)


def _line(
    request: HttpRequest, found: Room, number: int, template: str = "chat/_message.html"
) -> HttpResponse:
    line = queries.message_or_trace(request.user, found, number)
    panel = queries.panel_around(request.user, found)
    context = {
        "line": line,
        "panel": panel,
        "here": _back(request, found.pk, ""),
        "with_menu": True,
        "menu_open": not wants_fragment(request),
    }
    return render(request, template, context)


def _changed(request: HttpRequest, message: ChatMessage, anchor: str) -> HttpResponse:
    """Answer a write that worked: the message as it is now, or back to where the form stands."""
    if wants_fragment(request):
        found = queries.room_seen(request.user, message.room_id)
        return _line(request, found, message.number)
    return done(request, _back(request, message.room_id, anchor))


def _back(request: HttpRequest, room_id: int, anchor: str = "#chat") -> str:
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}):
        return f"{back}{anchor}"
    return f"/rooms/{room_id}{anchor}"


def _checked(form: Form) -> dict[str, Any]:
    """Return what a small form without a page of its own holds. Raises InvalidInput."""
    if not form.is_valid():
        raise refusal_of(form)
    return form.cleaned_data


@signed_in
def edit(request: HttpRequest, room_id: int, number: int) -> HttpResponse:
    """Change what one said."""
    found = queries.room_seen(request.user, room_id)
    row = queries.message_seen(request.user, found, number)
    if not rules.can_edit(request.user, row):
        raise NotAllowed
    if request.method != "POST":
        initial = {"source": row.source, "revision": row.revision}
        return _edit_page(request, row, MessageEditForm(initial=initial, file_count=row.file_count))
    form = MessageEditForm(request.POST, file_count=row.file_count)
    if form.is_valid():
        data = form.cleaned_data
        try:
            changed = submit(
                form,
                actions.edit_message,
                actor=me(request),
                room_id=room_id,
                number=number,
                revision=data["revision"],
                source=data["source"],
                send_secrets=sends_secrets(request),
            )
        except StaleRevision as stale:
            kept = {"source": data["source"], "revision": stale.extra["revision"]}
            newer = MessageEditForm(kept, file_count=row.file_count)
            return _edit_page(request, row, newer, 409, newer=stale.extra["source"])
        if changed is not None:
            return _changed(request, changed, f"#message-{number}")
    return _edit_page(request, row, form, 422)


def _edit_page(
    request: HttpRequest, row: ChatMessage, form: Form, status: int = 200, newer: str = ""
) -> HttpResponse:
    template = "chat/_edit.html" if wants_fragment(request) else "chat/edit.html"
    context = {"message": row, "form": form, "newer": newer}
    return render(request, template, context, status=status)


@require_safe
@signed_in
def revisions(request: HttpRequest, room_id: int, number: int) -> HttpResponse:
    """Show moderators what a message said before it was edited."""
    found = queries.room_seen(request.user, room_id)
    row = queries.message_seen(request.user, found, number)
    rows = queries.earlier_texts(request.user, row)
    page = keyset_page(rows, ("-number",), request.GET.get("cursor") or None)
    return render(request, "chat/revisions.html", {"message": row, "page": page})


@require_POST
@signed_in
def removal(request: HttpRequest, room_id: int, number: int) -> HttpResponse:
    """Take a message away: one's own, or by a rule another's."""
    data = _checked(MessageRemovalForm(request.POST))
    removed = actions.remove_message(
        actor=me(request),
        room_id=room_id,
        number=number,
        rule=data["rule"] or BY_AUTHOR,
        reason=data["reason"],
    )
    return _changed(request, removed, f"#message-{number}")


@require_POST
@signed_in
def undo_removal(request: HttpRequest, room_id: int, number: int) -> HttpResponse:
    """Bring a message back."""
    restored = actions.restore_message(actor=me(request), room_id=room_id, number=number)
    return _changed(request, restored, f"#message-{number}")


@require_POST
@signed_in
def reactions(request: HttpRequest, room_id: int, number: int) -> HttpResponse:
    """Add one's emoji."""
    emoji = _checked(EmojiForm(request.POST))["emoji"]
    row = actions.react(actor=me(request), room_id=room_id, number=number, emoji=emoji)
    return _changed(request, row, f"#message-{number}")


@require_POST
@signed_in
def undo_reaction(request: HttpRequest, room_id: int, number: int) -> HttpResponse:
    """Take one's emoji back."""
    emoji = _checked(EmojiForm(request.POST))["emoji"]
    row = actions.unreact(actor=me(request), room_id=room_id, number=number, emoji=emoji)
    return _changed(request, row, f"#message-{number}")


@require_POST
@own_pace
@signed_in
def mark(request: HttpRequest, room_id: int) -> HttpResponse:
    """Keep how far one has read."""
    actions.count_mark(actor=me(request))
    number = _checked(SeenForm(request.POST))["number"]
    actions.mark_seen(actor=me(request), room_id=room_id, number=number)
    return done(request, _back(request, room_id))


@require_POST
@signed_in
def mute(request: HttpRequest, room_id: int) -> HttpResponse:
    """Hear nothing of a room any more."""
    actions.mute(actor=me(request), room_id=room_id)
    return done(request, _back(request, room_id))


@require_POST
@signed_in
def unmute(request: HttpRequest, room_id: int) -> HttpResponse:
    """Hear of a room again."""
    actions.unmute(actor=me(request), room_id=room_id)
    return done(request, _back(request, room_id))


@require_POST
@signed_in
def closure(request: HttpRequest, room_id: int) -> HttpResponse:
    """Close a room."""
    queries.room_moderated(request.user, room_id)
    form = ClosureForm(request.POST)
    data = _checked(form)
    submit_small(
        form,
        actions.close_room,
        actor=me(request),
        room_id=room_id,
        reason=data["reason"],
        rule=data["rule"] or RoomClosure.Rule.OVER,
    )
    flashes.success(request, _("Closed: it can be read, not continued."))
    return done(request, _back(request, room_id))


@require_POST
@signed_in
def undo_closure(request: HttpRequest, room_id: int) -> HttpResponse:
    """Open a closed room again."""
    actions.reopen_room(actor=me(request), room_id=room_id)
    return done(request, _back(request, room_id))


@require_POST
@signed_in
def pace(request: HttpRequest, room_id: int) -> HttpResponse:
    """Slow a room down, or (0) no more."""
    queries.room_moderated(request.user, room_id)
    form = PaceForm(request.POST)
    seconds = _checked(form)["seconds"]
    submit_small(form, actions.slow_room, actor=me(request), room_id=room_id, seconds=seconds)
    return done(request, _back(request, room_id))
