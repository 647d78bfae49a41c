"""The queue, where agents find what is next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.errors import NotAllowed
from core.pages import done, once, signed_in, wants_fragment
from helpdesk import actions, queries, rules
from helpdesk.queries import QueueFilters
from people.present import me


@dataclass(frozen=True)
class Choice:
    """One filter: what may be chosen, (value, words), and what is."""

    name: str
    label: str
    options: Sequence[tuple[str, Any]]
    chosen: str


@require_GET
@signed_in
def queue(request: HttpRequest) -> HttpResponse:
    """List what waits, the nearest turn first, by the filters chosen."""
    if not rules.is_agent(request.user):
        raise NotAllowed(_("The queue is the agents' room."))
    counts = queries.queue_counts(request.user)
    versions = queries.level_versions()
    queues = [(row.slug, row.name) for row in counts]
    choices = _choices(request, queues, queries.level_choices(versions))
    filters = QueueFilters(**{choice.name: choice.chosen for choice in choices})
    shown = queries.queue_page(request.user, filters, request.GET.get("cursor") or None, versions)
    context = {
        "page": shown.page,
        "rows": shown.rows,
        "choices": choices,
        "for_us": sum(row.for_us for row in counts),
        "for_them": sum(row.for_them for row in counts),
    }
    template = "helpdesk/queue.html#rows" if wants_fragment(request) else "helpdesk/queue.html"
    return render(request, template, context)


def _choices(
    request: HttpRequest, queues: list[tuple[str, str]], levels: list[tuple[str, str]]
) -> list[Choice]:
    """Return the filters; what is asked and not on offer is left out, as links may be old."""
    every = ("", _("all"))
    waits = [
        ("us", _("us")),
        ("them", _("the requester")),
        ("nobody", _("nobody: solved or closed")),
        every,
    ]
    hands = [every, ("me", _("me")), ("nobody", _("nobody"))]
    offered: list[tuple[str, str, Sequence[tuple[str, Any]]]] = [
        ("waits_for", _("Waits for"), waits),
        ("queue", _("Queue"), [every, *queues]),
        ("assigned", _("In hand of"), hands),
        ("level", _("Level"), [every, *levels]),
        ("language", _("Language"), [every, *settings.SPOKEN_LANGUAGES]),
    ]
    found = []
    for name, label, options in offered:
        asked = request.GET.get(name, options[0][0])
        chosen = asked if asked in {value for value, _words in options} else options[0][0]
        found.append(Choice(name, label, options, chosen))
    return found


@require_POST
@signed_in
@once
def take_next(request: HttpRequest) -> HttpResponse:
    """Take the ticket whose turn is nearest."""
    ticket = actions.take_next(actor=me(request))
    if ticket is None:
        messages.info(request, _("Nothing waits that nobody has in hand. Well done."))
        return done(request, "/queue")
    return done(request, ticket.path)
