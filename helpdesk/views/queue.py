"""The queue, where agents find what is next."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import NotAllowed
from core.pages import (
    done,
    once,
    signed_in,
    submit,
    wants_fragment,
    whole_number,
    words_asked,
)
from helpdesk import actions, queries, rules
from helpdesk.forms import BulkForm, ViewForm
from helpdesk.queries import QueueFilters
from helpdesk.queries.finding import LOOKED_AT, called, numbered, sees_masked
from helpdesk.queries.states import MOVES as STATES
from helpdesk.queries.views import saved_views
from helpdesk.states import State
from people.present import me

LONGEST_Q = 200
LONGEST_TAG = 40
LONGEST_ASKED = 2000


@dataclass(frozen=True)
class Choice:
    """One filter: what may be chosen, (value, words), and what is."""

    name: str
    label: str
    options: Sequence[tuple[str, Any]]
    chosen: str


@require_safe
@signed_in
def queue(request: HttpRequest, *, alone: bool = False) -> HttpResponse:
    """List what waits, the nearest turn first, by the filters chosen; alone: the rows, no page.

    A ticket's number among the words leads to the ticket.
    """
    _check_agent(request)
    if (named := numbered(request.user, words_asked(request.GET, "q", LONGEST_Q))) is not None:
        return done(request, named.path)
    return _list(request, request.GET, is_part=alone or wants_fragment(request))


def _list(
    request: HttpRequest, asked: QueryDict, *, is_part: bool = False, **refused: Form
) -> HttpResponse:
    """Render the rows that these filters let through, on their page or as the part it is.

    refused: `bulk` or `keep`, the form that is shown again with what is wrong.
    """
    counts = queries.queue_counts(request.user)
    versions = queries.level_versions()
    queues = [(row.slug, row.name) for row in counts]
    choices = _choices(asked, queues, queries.level_choices(versions))
    filters = _filters(asked, choices)
    shown = queries.queue_page(request.user, filters, asked.get("cursor") or None, versions)
    context = {
        "page": shown.page,
        "rows": shown.rows,
        "choices": choices,
        "is_capped": any(row.for_us >= queries.MOST_COUNTED for row in counts),
        "for_us": sum(row.for_us for row in counts),
        "for_them": sum(row.for_them for row in counts),
        "mails": sum(row.mails for row in counts),
        "live": " ".join(row.live for row in counts if row.live),
        "asked": asked.urlencode(),
        "q": filters.q,
        "tag": filters.tag,
        "masked_at": LOOKED_AT if filters.q and sees_masked(request.user) else 0,
    }
    if is_part:
        return render(request, "helpdesk/queue.html#rows", context)
    context |= _beside(request, filters, queues)
    context |= {**refused, "chosen": request.POST.getlist("tickets")}
    return render(request, "helpdesk/queue.html", context, status=422 if refused else 200)


def _check_agent(request: HttpRequest) -> None:
    """Raise NotAllowed for who works no queue."""
    if not rules.is_agent(request.user):
        raise NotAllowed(_("The queue is the agents' room."))


def _beside(
    request: HttpRequest, filters: QueueFilters, queues: list[tuple[str, str]]
) -> dict[str, Any]:
    """Return what the whole page has beside the rows: views, and what is done with several."""
    views = saved_views(request.user)
    return {
        "acts": _acts(get_language() or "en", tuple(queues)),
        "views": views,
        "here": filters,
        "is_narrowed": any(
            (filters.level, filters.language, filters.state, filters.sort, filters.tag)
        ),
        "own_views": [view for view in views if view.is_mine],
        "can_open_for": rules.can_open_for_some(request.user),
        "queues": queues,
    }


def _filters(asked: QueryDict, choices: list[Choice]) -> QueueFilters:
    """Return the filters chosen, with the words and the colleague that no list can offer."""
    chosen = {choice.name: choice.chosen for choice in choices}
    tag = called(words_asked(asked, "tag", LONGEST_TAG))
    return QueueFilters(**chosen, q=words_asked(asked, "q", LONGEST_Q), tag=tag)


def _choices(
    asked_for: QueryDict, queues: list[tuple[str, str]], levels: list[tuple[str, str]]
) -> list[Choice]:
    """Return the filters; what is asked and not on offer is left out, as links may be old."""
    more: dict[str, Sequence[tuple[str, str]]] = {"queue": queues, "level": levels}
    found = []
    for name, label, fixed in _offered(get_language() or "en"):
        options = (*fixed, *more.get(name, ()))
        if name == "assigned":
            colleague = words_asked(asked_for, name, 40)
            if colleague and colleague not in dict(options):
                options = (*options, (colleague, colleague))
        asked = asked_for.get(name, options[0][0])
        chosen = asked if asked in {value for value, _words in options} else options[0][0]
        found.append(Choice(name, label, options, chosen))
    return found


Options = tuple[tuple[str, str], ...]


@lru_cache(maxsize=16)
def _offered(language: str) -> tuple[tuple[str, str, Options], ...]:
    """Return the filters (name, words, what is always on offer) in the active language."""
    every = ("", _("all"))
    us, them = ("us", _("us")), ("them", _("the requester"))
    done_with = ("nobody", _("nobody: solved or closed"))
    orders = (
        ("", _("as fits")),
        ("turn", _("turn")),
        ("activity", _("last activity")),
        ("newest", _("newest")),
    )
    languages = ((code, str(name)) for code, name in settings.SPOKEN_LANGUAGES)
    states = ((code, str(words)) for code, words in State.choices)
    return (
        ("waits_for", _("Waits for"), (us, them, done_with, every)),
        ("queue", _("Queue"), (every,)),
        ("assigned", _("In hand of"), (every, ("me", _("me")), ("nobody", _("nobody")))),
        ("level", _("Level"), (every,)),
        ("language", _("Language"), (every, *languages)),
        ("state", _("State"), (every, *states)),
        ("sort", _("In the order of"), orders),
    )


@lru_cache(maxsize=16)
def _acts(language: str, queues: Options) -> Options:
    """Return what may be done with several tickets, in the active language."""
    return (
        ("", _("choose …")),
        ("take", _("Assign to me")),
        ("put_back", _("Put them back into the queue")),
        ("follow", _("Follow them")),
        *((f"state:{state}", str(words)) for state, words in STATES.items()),
        *(
            (f"queue:{slug}", _("Hand over to: %(queue)s") % {"queue": name})
            for slug, name in queues
        ),
        ("merge", _("Merge into the ticket numbered")),
    )


@require_POST
@signed_in
@once
def views(request: HttpRequest) -> HttpResponse:
    """Keep the filters of the list under a name."""
    _check_agent(request)
    form = ViewForm(request.POST)
    asked = _asked(request)
    view = None
    if form.is_valid():
        name, slug = form.cleaned_data["name"], form.cleaned_data["queue"]
        filters = _filters(asked, _open_choices(request, asked))
        view = submit(
            form,
            actions.save_view,
            actor=me(request),
            name=name,
            filters=filters,
            queue_slug=slug,
        )
    if view is None:
        return _list(request, asked, keep=form)
    messages.success(request, _("The view is kept: %(name)s") % {"name": view.name})
    return done(request, f"/queue?{asked.urlencode()}")


def _asked(request: HttpRequest) -> QueryDict:
    """Return what the list was asked for, on whose page a form stands."""
    return QueryDict(request.POST.get("asked", "")[:LONGEST_ASKED])


def _open_choices(request: HttpRequest, asked: QueryDict) -> list[Choice]:
    queues = [(row.slug, row.name) for row in queries.queue_counts(request.user)]
    return _choices(asked, queues, queries.level_choices(queries.level_versions()))


@require_POST
@signed_in
@once
def undo_view(request: HttpRequest) -> HttpResponse:
    """Forget a view of one's own."""
    view_id = whole_number(request.POST.get("view", "")) or 0
    actions.remove_view(actor=me(request), view_id=view_id)
    return done(request, "/queue")


@require_POST
@signed_in
def bulk(request: HttpRequest) -> HttpResponse:
    """Do one thing with the tickets chosen, each by itself, and say what became of each.

    Not "once": that would be one transaction, and the same again does no more than the first.
    """
    form = BulkForm(request.POST)
    results = None
    if form.is_valid():
        data = form.cleaned_data
        act, _colon, value = data["act"].partition(":")
        facts = {act: value} if value else {"into": data["into"]}
        results = submit(
            form,
            actions.act_on_all,
            actor=me(request),
            ticket_ids=data["tickets"],
            act=act,
            **facts,
        )
    if results is None:
        _check_agent(request)
        return _list(request, _asked(request), bulk=form)
    _say(request, results)
    return done(request, f"/queue?{_asked(request).urlencode()}")


def _say(request: HttpRequest, results: Sequence[actions.BulkResult]) -> None:
    """Tell how many were done, and of each other one why not."""
    count = sum(result.done for result in results)
    if count:
        said = ngettext("Done with %(n)s ticket.", "Done with %(n)s tickets.", count)
        messages.success(request, said % {"n": count})
    for result in results:
        if not result.done:
            messages.warning(request, f"{result.number}: {result.detail}")
