"""The next ticket, giving it back, and what agents offer to give."""

from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import NotAllowed
from core.pages import done, once, signed_in, submit
from helpdesk import actions, queries, rules
from helpdesk.forms import OfferForm, SkillsForm, SkipForm
from helpdesk.queries import picking
from helpdesk.views.checking import checked_by_reader
from people.present import me


@require_POST
@signed_in
@once
def take_next(request: HttpRequest) -> HttpResponse:
    """Take the next ticket, and say why it is this one."""
    person = me(request)
    ticket = actions.take_next(actor=person)
    if ticket is None:
        messages.info(request, _("Nothing waits that nobody has in hand. Well done."))
        return done(request, "/queue")
    pick = picking.last_pick(person, ticket)
    if pick is not None:
        messages.info(request, picking.why_words(pick, ticket))
    return done(request, ticket.path)


@require_POST
@signed_in
@once
def skips(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Give a ticket back."""
    data = checked_by_reader(request, ticket_id, SkipForm(request.POST))
    reason = data["reason"]
    actions.skip(actor=me(request), ticket_id=ticket_id, reason=reason)
    messages.success(request, _("It is back in the queue, and is not given to you again soon."))
    return done(request, "/queue")


@signed_in
@once
def offer(request: HttpRequest) -> HttpResponse:
    """Say how many hours a week, and how many tickets at once, one takes as an agent."""
    person = me(request)
    if not rules.is_agent(person):
        raise NotAllowed(_("The queue is the agents' room."))
    row = picking.offer_of(person)
    hours = None if row.weekly_minutes is None else Decimal(row.weekly_minutes) / 60
    initial = {
        "weekly_hours": None if hours is None else hours.quantize(Decimal("0.01")).normalize(),
        "most_tickets": row.most_tickets,
    }
    form = OfferForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data["weekly_hours"]
        made = submit(
            form,
            actions.offer,
            actor=person,
            weekly_minutes=None if wanted is None else round(wanted * 60),
            most_tickets=form.cleaned_data["most_tickets"],
        )
        if made is not None:
            messages.success(request, _("Kept. The next ticket respects it."))
            return done(request, "/queue")
    standing = picking.standing_of(person)
    context = {"form": form, "standing": standing}
    return render(request, "helpdesk/offer.html", context, status=422 if form.errors else 200)


@signed_in
@once
def skills(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Say which skills a ticket asks of who answers it."""
    ticket = queries.ticket_worked(request.user, ticket_id)
    names = picking.needed_skills(ticket, get_language() or "en")
    initial = {"skills": ", ".join(names)}
    form = SkillsForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = submit(
            form,
            actions.set_needed_skills,
            actor=me(request),
            ticket_id=ticket_id,
            names=form.cleaned_data["skills"],
        )
        if made is not None:
            messages.success(request, _("Kept. It is given to agents with these skills."))
            return done(request, ticket.path)
    context = {"form": form, "ticket": ticket}
    return render(
        request, "helpdesk/needed_skills.html", context, status=422 if form.errors else 200
    )
