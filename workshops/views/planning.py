"""Planning a workshop: proposing, changing, publishing, calling off, closing."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from core.errors import NotAllowed, StaleRevision, seen
from core.pages import done, once, sends_secrets, signed_in, submit, whole_number
from people.present import me
from workshops import actions, queries, rules
from workshops.forms import (
    CancellationForm,
    EditPlanForm,
    PlanForm,
    SeatsForm,
    VenueForm,
    initial_of,
    rows_in,
)
from workshops.models import Workshop
from workshops.views.showing import refused


@signed_in
@once
def propose(request: HttpRequest) -> HttpResponse:
    """Write a draft; `more` asks for another session, so that it works without JavaScript."""
    person = me(request)
    if not rules.can_propose(person):
        raise NotAllowed
    if request.method != "POST":
        initial = {
            "language": person.spoken[0],
            "zone": person.time_zone,
            "seats": 12,
            "trainers": person.handle,
        }
        return _plan_page(request, PlanForm(initial=initial))
    if "more" in request.POST:
        return _plan_page(request, _with_another_row(request, PlanForm))
    form = PlanForm(request.POST)
    if not form.is_valid():
        return _plan_page(request, form, status=422)
    try:
        made = submit(
            form,
            actions.propose_workshop,
            actor=person,
            plan=form.to_plan(),
            send_secrets=sends_secrets(request),
        )
    except actions.SlotTaken as refusal:
        return _taken_page(request, form, refusal)
    return done(request, made.path) if made else _plan_page(request, form, status=422)


@signed_in
@once
def edit(request: HttpRequest, workshop_id: int) -> HttpResponse:
    """Change all that was planned."""
    row = seen(queries.shown_workshops(request.user), pk=workshop_id)
    if not rules.can_manage(request.user, row):
        raise NotAllowed
    if request.method != "POST":
        form = EditPlanForm(initial=initial_of(row, queries.skill_names_of(row)))
        return _plan_page(request, form, row)
    if "more" in request.POST:
        return _plan_page(request, _with_another_row(request, EditPlanForm), row)
    form = EditPlanForm(request.POST)
    if not form.is_valid():
        return _plan_page(request, form, row, 422)
    try:
        changed = submit(
            form,
            actions.change_workshop,
            actor=me(request),
            workshop_id=workshop_id,
            revision=form.cleaned_data["revision"],
            plan=form.to_plan(),
            send_secrets=sends_secrets(request),
        )
    except actions.SlotTaken as refusal:
        return _taken_page(request, form, refusal, row)
    except StaleRevision as stale:
        return _stale_page(request, form, stale, row)
    return done(request, changed.path) if changed else _plan_page(request, form, row, 422)


def _with_another_row(request: HttpRequest, form_class: type[PlanForm]) -> PlanForm:
    """Return the form as it was typed, with one more session."""
    typed = {name: request.POST[name] for name in request.POST}
    return form_class(initial=typed, rows=rows_in(typed) + 1)


def _plan_page(
    request: HttpRequest,
    form: PlanForm,
    row: Workshop | None = None,
    status: int = 200,
    **facts: Any,
) -> HttpResponse:
    context = {"form": form, "workshop": row, **facts}
    return render(request, "workshops/plan.html", context, status=status)


def _taken_page(
    request: HttpRequest,
    form: PlanForm,
    refusal: actions.SlotTaken,
    row: Workshop | None = None,
) -> HttpResponse:
    """Name all that is taken beside the sessions; at the top one error of a field would be read."""
    form.add_error(None, str(refusal.detail))
    found = queries.shown_conflicts(refusal.conflicts, refusal.zone)
    return _plan_page(request, form, row, refusal.status, conflicts=found)


def _stale_page(
    request: HttpRequest, form: PlanForm, stale: StaleRevision, row: Workshop
) -> HttpResponse:
    """Show what was typed beside the newer text; sending again then replaces it."""
    form.add_error(None, str(stale.detail))
    form.data = {**form.data, "revision": stale.extra["revision"]}
    context = {"form": form, "workshop": row, "newer": stale.extra["source"]}
    return render(request, "workshops/plan.html", context, status=stale.status)


@require_safe
@signed_in
def conflicts(request: HttpRequest) -> HttpResponse:
    """Show what else takes place at the times typed so far (a fragment)."""
    if not rules.can_propose(request.user):
        raise NotAllowed
    form = PlanForm(request.GET)
    form.is_valid()  # as far as it is: what is not filled in yet is left out
    data = form.cleaned_data
    found = queries.conflicts_of(
        request.user,
        venue=data.get("venue"),
        zone=data.get("zone") or me(request).time_zone,
        handles=data.get("trainers", "").split(","),
        slots=form.slots(),
        language=data.get("language", ""),
        but=whole_number(request.GET.get("but", "")) or 0,
    )
    return render(request, "workshops/_conflicts.html", {"conflicts": found, "asked": True})


@require_POST
@signed_in
@once
def publish(request: HttpRequest, workshop_id: int) -> HttpResponse:
    """Let everyone see a draft."""
    row = actions.publish_workshop(actor=me(request), workshop_id=workshop_id)
    return done(request, row.path)


@require_POST
@signed_in
@once
def cancel(request: HttpRequest, workshop_id: int) -> HttpResponse:
    """Call a workshop off."""
    form = CancellationForm(request.POST)
    if not form.is_valid():
        return refused(request, workshop_id, cancel_form=form)
    row = submit(
        form,
        actions.cancel_workshop,
        actor=me(request),
        workshop_id=workshop_id,
        send_secrets=sends_secrets(request),
        **form.cleaned_data,
    )
    return done(request, row.path) if row else refused(request, workshop_id, cancel_form=form)


@require_POST
@signed_in
@once
def close(request: HttpRequest, workshop_id: int) -> HttpResponse:
    """Say that a workshop was held as attended."""
    row = actions.close_workshop(actor=me(request), workshop_id=workshop_id)
    return done(request, row.path)


@require_POST
@signed_in
@once
def change_seats(request: HttpRequest, workshop_id: int) -> HttpResponse:
    """Change the number of seats."""
    form = SeatsForm(request.POST)
    if form.is_valid():
        row = submit(
            form,
            actions.set_seats,
            actor=me(request),
            workshop_id=workshop_id,
            **form.cleaned_data,
        )
        if row is not None:
            return done(request, row.path)
    return refused(request, workshop_id, seats_form=form)


@signed_in
@once
def add_venue(request: HttpRequest) -> HttpResponse:
    """Add a room for workshops."""
    person = me(request)
    if not rules.can_propose(person):
        raise NotAllowed
    if request.method != "POST":
        return _venue_page(request, VenueForm(initial={"zone": person.time_zone}))
    form = VenueForm(request.POST)
    if not form.is_valid():
        return _venue_page(request, form, 422)
    made: Any = submit(form, actions.add_venue, actor=person, **form.cleaned_data)
    return done(request, "/workshops/new") if made else _venue_page(request, form, 422)


def _venue_page(request: HttpRequest, form: VenueForm, status: int = 200) -> HttpResponse:
    return render(request, "workshops/venue.html", {"form": form}, status=status)
