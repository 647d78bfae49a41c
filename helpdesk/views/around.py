"""What stands around a ticket: merging, splitting, links, following, and the queue it is in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.pages import done, once, signed_in, submit, submit_small
from helpdesk import actions, queries, rules
from helpdesk.forms import LevelForm, LinkForm, MergerForm, QueueForm, SiteForm, SplitForm
from helpdesk.masking import mask_ticket
from helpdesk.models import Ticket
from helpdesk.numbers import number_of
from helpdesk.queries.around import around as things_around
from helpdesk.queries.around import excerpts
from helpdesk.views.checking import checked_by_agent
from helpdesk.views.folding import asked_template
from people.present import me


@require_safe
@signed_in
def around(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Show what stands around a ticket on a page of its own; one part of it, for htmx."""
    ticket = queries.ticket_worked(request.user, ticket_id)
    found = things_around(request.user, ticket)
    if found.is_masked:
        mask_ticket(ticket)
    context = {"around": found, "ticket": ticket}
    return render(request, asked_template(request, found.folds, "helpdesk/around.html"), context)


def _back(request: HttpRequest, ticket_id: int) -> HttpResponse:
    return done(request, f"/tickets/{number_of(ticket_id)}")


@require_POST
@signed_in
@once
def merger(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Merge a ticket into another one of the same person."""
    form = MergerForm(request.POST)
    into_id = checked_by_agent(request, ticket_id, form)["into"]
    into = submit_small(
        form, actions.merge, actor=me(request), ticket_id=ticket_id, into_id=into_id
    )
    messages.success(
        request,
        _("%(number)s goes on here. The person who asked is told.")
        % {"number": number_of(ticket_id)},
    )
    return done(request, into.path)


@require_POST
@signed_in
@once
def undo_merger(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Make two tickets of one again."""
    actions.undo_merge(actor=me(request), ticket_id=ticket_id)
    messages.success(request, _("Both tickets are as they were."))
    return _back(request, ticket_id)


@signed_in
@once
def split(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Choose messages that become a ticket of their own."""
    ticket = queries.ticket_worked(request.user, ticket_id)
    form = SplitForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        new = submit(
            form,
            actions.split,
            actor=me(request),
            ticket_id=ticket_id,
            message_ids=data["messages"],
            subject=data["subject"],
        )
        if new is not None:
            messages.success(request, _("A ticket of its own: %(number)s") % {"number": new.number})
            return done(request, new.path)
    chosen = request.POST.getlist("messages")
    rows = excerpts(request.user, ticket)
    if rules.is_masked(request.user, ticket):
        mask_ticket(ticket)
    context = {"form": form, "ticket": ticket, "rows": rows, "chosen": chosen}
    return render(request, "helpdesk/split.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in
@once
def undo_split(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Put what was split off back."""
    origin = actions.undo_split(actor=me(request), ticket_id=ticket_id)
    messages.success(request, _("The messages are back in this ticket."))
    return done(request, origin.path)


@require_POST
@signed_in
@once
def links(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Say what another ticket is to this one."""
    form = LinkForm(request.POST)
    data = checked_by_agent(request, ticket_id, form)
    facts = {"other_id": data["other"], "kind": data["kind"]}
    submit_small(form, actions.link, actor=me(request), ticket_id=ticket_id, **facts)
    return _back(request, ticket_id)


@require_POST
@signed_in
@once
def undo_link(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Take a link back."""
    data = checked_by_agent(request, ticket_id, LinkForm(request.POST))
    actions.unlink(
        actor=me(request), ticket_id=ticket_id, other_id=data["other"], kind=data["kind"]
    )
    return _back(request, ticket_id)


@require_POST
@signed_in
@once
def following(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Hear of all that is said in a ticket."""
    actions.follow(actor=me(request), ticket_id=ticket_id)
    return _back(request, ticket_id)


@require_POST
@signed_in
@once
def undo_following(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Hear of it no more."""
    actions.unfollow(actor=me(request), ticket_id=ticket_id)
    return _back(request, ticket_id)


@require_POST
@signed_in
@once
def queue(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Hand a ticket to another queue; who does not work there goes back to their own."""
    slug = checked_by_agent(request, ticket_id, QueueForm(request.POST))["queue"]
    ticket = actions.change_queue(actor=me(request), ticket_id=ticket_id, queue_slug=slug)
    messages.success(request, _("The ticket waits in the other queue."))
    return _back_if_seen(request, ticket)


def _back_if_seen(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    is_seen = Ticket.objects.visible_to(request.user).filter(pk=ticket.pk).exists()
    return done(request, ticket.path if is_seen else "/queue")


@require_POST
@signed_in
@once
def site(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Say which site a ticket is about."""
    site_id = checked_by_agent(request, ticket_id, SiteForm(request.POST))["site"]
    ticket = actions.change_site(actor=me(request), ticket_id=ticket_id, site_id=site_id)
    messages.success(
        request, _("What is promised for it counts now, unless an agent gave the level.")
    )
    return _back_if_seen(request, ticket)


@require_POST
@signed_in
@once
def level(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Promise a ticket what another level promises."""
    slug = checked_by_agent(request, ticket_id, LevelForm(request.POST))["level"]
    actions.change_level(actor=me(request), ticket_id=ticket_id, level_slug=slug)
    messages.success(request, _("The clocks go on by what the new level promises."))
    return _back(request, ticket_id)
