"""Seats: taking one, giving it back, and the door."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from core.errors import InvalidInput, NotAllowed, seen
from core.pages import done, once, signed_in
from people.present import me
from workshops import actions, queries, rules
from workshops.forms import AttendanceForm, RegistrationForm
from workshops.models import Workshop
from workshops.views.showing import refused


@require_POST
@signed_in
@once
def register(request: HttpRequest, workshop_id: int) -> HttpResponse:
    """Take a seat, or a place on the waiting list."""
    form = RegistrationForm(request.POST)
    if not form.is_valid():
        return refused(request, workshop_id, form=form)
    actions.register(actor=me(request), workshop_id=workshop_id, **form.cleaned_data)
    return _seat_changed(request, workshop_id)


@require_POST
@signed_in
@once
def cancel_registration(request: HttpRequest, workshop_id: int) -> HttpResponse:
    """Give one's seat or place back."""
    actions.cancel_registration(actor=me(request), workshop_id=workshop_id)
    return _seat_changed(request, workshop_id)


def _seat_changed(request: HttpRequest, workshop_id: int) -> HttpResponse:
    facts = queries.workshop_page(request.user, workshop_id)
    needs = facts.mine.access_needs if facts.mine else ""
    context = {
        "facts": facts,
        "workshop": facts.workshop,
        "form": RegistrationForm(initial={"access_needs": needs}),
        "just_changed": True,
    }
    return done(request, facts.workshop.path, "workshops/_seat.html", context)


@require_safe
@signed_in
def registrations(request: HttpRequest, workshop_id: int) -> HttpResponse:
    """Show who registered and who waits, with their needs, to who leads it."""
    row = _led(request, workshop_id)
    context = {"workshop": row, "guests": queries.guests(row)}
    return render(request, "workshops/registrations.html", context)


@signed_in
def attendance(request: HttpRequest, workshop_id: int) -> HttpResponse:
    """Show who is expected at the door, with their needs; a tap says who is there."""
    if request.method == "POST":
        return _take_attendance(request, workshop_id)
    row = _led(request, workshop_id)
    asked = request.GET.get("session", "")
    return _door(request, row, int(asked) if asked.isascii() and asked.isdigit() else 0)


def _led(request: HttpRequest, workshop_id: int) -> Workshop:
    row = seen(queries.shown_workshops(request.user), pk=workshop_id)
    if not rules.can_manage(request.user, row):
        raise NotAllowed
    return row


def _door(request: HttpRequest, row: Workshop, session_id: int) -> HttpResponse:
    context = {"workshop": row, "door": queries.door(row, session_id)}
    return render(request, "workshops/attendance.html", context)


def _take_attendance(request: HttpRequest, workshop_id: int) -> HttpResponse:
    form = AttendanceForm(request.POST)
    if not form.is_valid():
        field, messages = next(iter(form.errors.items()))
        raise InvalidInput.of(field, "invalid", messages[0])
    data = form.cleaned_data
    actions.take_attendance(
        actor=me(request),
        workshop_id=workshop_id,
        session_id=data["session"],
        registration_id=data["present"] or data["absent"],
        present=bool(data["present"]),
    )
    row = _led(request, workshop_id)
    context = {"workshop": row, "door": queries.door(row, data["session"])}
    url = f"/workshops/{row.pk}/attendance?session={data['session']}"
    return done(request, url, "workshops/attendance.html#door", context)
