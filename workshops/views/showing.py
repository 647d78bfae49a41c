"""Pages that show workshops: lists, the month, one workshop, calendar files."""

from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.errors import NotSeen, seen
from core.pages import is_looked_at, to_canonical
from core.pagination import keyset_page
from people.actions import read_notices_about
from people.present import me
from workshops import ical, queries, rules
from workshops.forms import CancellationForm, RegistrationForm, SeatsForm

LISTS = ("coming", "past", "drafts")


@require_safe
def workshops(request: HttpRequest) -> HttpResponse:
    """List the workshops to come, those of the past, or drafts for who plans them."""
    plans = rules.can_propose(request.user)
    asked = request.GET.get("when", "coming")
    when = asked if asked in LISTS and (plans or asked != "drafts") else "coming"
    rows, order = queries.listed_workshops(request.user, when)
    page = keyset_page(rows, order, request.GET.get("cursor") or None)
    context = {
        "page": page,
        "lines": [queries.line_of(row) for row in page.results],
        "when": when,
        "can_propose": plans,
        "month": timezone.localdate().replace(day=1),
    }
    return render(request, "workshops/list.html", context)


@require_safe
def month(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """Show a month, by the reader's days."""
    if not 1 <= number <= 12 or not queries.EARLIEST.year <= year <= queries.LATEST.year:
        raise NotSeen
    found = queries.month_page(request.user, date(year, number, 1))
    return render(request, "workshops/month.html", {"month": found})


@require_safe
def workshop(request: HttpRequest, workshop_id: int, slug: str = "") -> HttpResponse:
    """Show a workshop; another slug leads to the canonical path."""
    facts = queries.workshop_page(request.user, workshop_id)
    if slug != facts.workshop.slug:
        return to_canonical(request, facts.workshop.path)
    if request.user.is_authenticated and is_looked_at(request):
        shown = {"workshops.workshop": [workshop_id]}
        read_notices_about(actor=me(request), shown=shown)
    return workshop_page(request, facts)


def workshop_page(
    request: HttpRequest, facts: queries.WorkshopPage, status: int = 200, **forms: Any
) -> HttpResponse:
    """Show a workshop with what can be done there; forms: those already filled in."""
    needs = facts.mine.access_needs if facts.mine else ""
    context = {
        "facts": facts,
        "workshop": facts.workshop,
        "form": RegistrationForm(initial={"access_needs": needs}),
        "cancel_form": CancellationForm(),
        "seats_form": SeatsForm(initial={"seats": facts.workshop.seats}),
        **forms,
    }
    return render(request, "workshops/workshop.html", context, status=status)


@require_safe
def calendar_of_all(request: HttpRequest) -> HttpResponse:
    """Serve every published workshop as a calendar."""
    return _calendar(queries.calendar_workshops(), _("Workshops of Entraide"))


@require_safe
def calendar_of_one(request: HttpRequest, workshop_id: int) -> HttpResponse:
    """Serve one workshop as a calendar."""
    row = seen(queries.shown_workshops(request.user), pk=workshop_id)
    return _calendar([row], row.title)


def _calendar(rows: Any, name: str) -> HttpResponse:
    content = ical.calendar_of(rows, name=name, base_url=settings.PUBLIC_URL, online=_("Online"))
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")


def refused(request: HttpRequest, workshop_id: int, **forms: Any) -> HttpResponse:
    """Show the workshop again, with the form that needs attention."""
    return workshop_page(request, queries.workshop_page(request.user, workshop_id), 422, **forms)
