"""The room's own page, and the form that works without a socket."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from chat import actions, queries
from chat.forms import MessageForm
from core import things
from core.pages import signed_in, submit, wants_fragment
from people.present import me


@require_GET
@signed_in
def room(request: HttpRequest, room_id: int) -> HttpResponse:
    """Show a room, with its history by page (`before`)."""
    found = queries.room_seen(request.user, room_id)
    before = request.GET.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 16 else 0
    thing = things.find(found.thing_kind, found.thing_id, request.user)
    context = {
        "panel": queries.panel_of(request.user, found, number),
        "thing_url": things.url_of(thing),
        "thing_label": things.label_of(thing),
    }
    return render(request, "chat/room.html", context)


@require_POST
@signed_in
def messages(request: HttpRequest, room_id: int) -> HttpResponse:
    """Say something; back to where the form stands, or (htmx) the message alone."""
    found = queries.room_seen(request.user, room_id)
    form = MessageForm(request.POST)
    if form.is_valid():
        message = submit(
            form,
            actions.post_message,
            actor=me(request),
            room_id=room_id,
            **form.cleaned_data,
        )
        if message is not None:
            if wants_fragment(request):
                return render(request, "chat/_message.html", {"message": message})
            return HttpResponse(status=303, headers={"Location": _back(request, room_id)})
    panel = queries.panel_of(request.user, found)
    return render(request, "chat/room.html", {"panel": panel, "form": form}, status=422)


def _back(request: HttpRequest, room_id: int) -> str:
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}):
        return f"{back}#chat"
    return f"/rooms/{room_id}#chat"
