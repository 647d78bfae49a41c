"""Saying how one was helped, and leaving a ticket, by a link in a mail or on its page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core.errors import NotAllowed, WrongMoment, seen
from core.pages import done, once, signed_in, submit
from helpdesk import actions, queries, rules, tokens
from helpdesk.forms import RatingForm
from helpdesk.models import Rating, Share, Ticket
from helpdesk.queries.ratings import is_asked, to_rate
from people.models import Person
from people.present import me

PAGE = "helpdesk/rating.html"


@signed_in
@once
def rating(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Say how one was helped with a ticket one sees on the side of who asked."""
    ticket = queries.ticket_seen(request.user, ticket_id)
    form = RatingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        row = submit(form, actions.rate, actor=me(request), ticket_id=ticket_id, **data)
        if row is not None:
            messages.success(request, _("Thank you. Those who helped you read it."))
            return done(request, ticket.path)
    return _page(request, ticket, me(request), None, form)


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def rating_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Do the same for who has the link of the mail, signed in or not.

    A GET only asks: mail programs and their guards open links. The signature is the proof.
    """
    ticket_id, solution, person_id = tokens.ids_of(tokens.RATING, token, 3)
    person = seen(Person.objects.exclude(state=Person.State.ERASED), pk=person_id)
    ticket = queries.ticket_seen(person, ticket_id)
    form = RatingForm(request.POST if request.method == "POST" else None)
    row = None
    if request.method == "POST" and form.is_valid():
        row = submit(
            form,
            actions.rate_by_link,
            ticket_id=ticket_id,
            solution=solution,
            person_id=person_id,
            **form.cleaned_data,
        )
    return _page(request, ticket, person, solution, form, is_done=row is not None)


def _page(
    request: HttpRequest,
    ticket: Ticket,
    person: Person,
    solution: int | None,
    form: RatingForm,
    *,
    is_done: bool = False,
) -> HttpResponse:
    """Show the form with what was said before, or that it is not the time."""
    if not rules.can_rate(person, ticket, is_asked=is_asked(ticket)):
        raise NotAllowed(_("Those who asked say how they were helped."))
    line = to_rate(person, ticket, solution)
    if line is None and request.method != "POST":
        raise WrongMoment(_("It is rated once it is solved, and for two weeks from then."))
    if not form.is_bound and line is not None:
        known = Rating.objects.filter(ticket=ticket, solution=line.pk, person=person).first()
        asked = request.GET.get("grade", "")
        grade = asked if asked in Rating.Grade.values else known.grade if known else ""
        form = RatingForm(initial={"grade": grade, "comment": known.comment if known else ""})
    context = {"form": form, "ticket": ticket, "is_done": is_done, "by_link": solution is not None}
    return render(request, PAGE, context, status=422 if form.errors else 200)


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def leaving(request: HttpRequest, token: str) -> HttpResponse:
    """End what is sent to who was invited to a ticket by mail; a GET only asks (RFC 8058)."""
    (share_id,) = tokens.ids_of(tokens.SHARE, token, 1)
    row = Share.objects.filter(pk=share_id).select_related("ticket").first()
    if request.method == "POST":
        actions.leave(share_id=share_id)
        row = None
    return render(request, "helpdesk/leaving.html", {"share": row})
