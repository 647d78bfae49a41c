"""The queue, where agents find what is next."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.errors import NotAllowed
from core.pages import done, once, signed_in, wants_fragment
from core.pagination import keyset_page
from helpdesk import actions, queries, rules
from helpdesk.forms import QueueForm
from helpdesk.queries import QueueFilters
from people.present import me


@require_GET
@signed_in
def queue(request: HttpRequest) -> HttpResponse:
    """List what waits, the nearest turn first, by the filters chosen."""
    if not rules.is_agent(request.user):
        raise NotAllowed(_("The queue is the agents' room."))
    counts = queries.queue_counts(request.user)
    form = QueueForm(
        {"waits_for": "us"} | request.GET.dict(),
        queues=[(row.slug, row.name) for row in counts],
        levels=queries.level_choices(),
    )
    filters = _filters(form)
    page = keyset_page(
        queries.queue_rows(request.user, filters),
        queries.queue_order(filters),
        request.GET.get("cursor") or None,
    )
    now = timezone.now()
    context = {
        "page": page,
        "form": form,
        "rows": [queries.queue_row(request.user, row, now) for row in page.results],
        "for_us": sum(row.for_us for row in counts),
        "for_them": sum(row.for_them for row in counts),
    }
    template = "helpdesk/queue.html#rows" if wants_fragment(request) else "helpdesk/queue.html"
    return render(request, template, context)


def _filters(form: QueueForm) -> QueueFilters:
    """Return the filters; one that is not on offer is left out, as links may be old."""
    form.is_valid()
    data = form.cleaned_data
    waits_for = data.get("waits_for") or "us"
    return QueueFilters(
        waits_for="" if waits_for == "all" else waits_for,
        queue=data.get("queue", ""),
        assigned=data.get("assigned", ""),
        level=data.get("level", ""),
        language=data.get("language", ""),
    )


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
