"""Addresses of workshops."""

from django.urls import path

from workshops.views import planning, seats, showing

_one = "workshops/<int:workshop_id>"
urlpatterns = [
    path("workshops", showing.workshops, name="workshops"),
    path("workshops.ics", showing.calendar_of_all, name="workshops_calendar"),
    path("workshops/<int:year>-<int:number>", showing.month, name="workshops_month"),
    path("workshops/new", planning.propose, name="workshop_propose"),
    path("workshops/conflicts", planning.conflicts, name="workshop_conflicts"),
    path("workshops/venues/new", planning.add_venue, name="venue_add"),
    path(f"{_one}.ics", showing.calendar_of_one, name="workshop_calendar"),
    path(f"{_one}/edit", planning.edit, name="workshop_edit"),
    path(f"{_one}/publication", planning.publish, name="workshop_publish"),
    path(f"{_one}/cancellation", planning.cancel, name="workshop_cancel"),
    path(f"{_one}/closure", planning.close, name="workshop_close"),
    path(f"{_one}/seats", planning.change_seats, name="workshop_seats"),
    path(f"{_one}/registration", seats.register, name="workshop_register"),
    path(f"{_one}/registration/undo", seats.cancel_registration, name="workshop_unregister"),
    path(f"{_one}/registrations", seats.registrations, name="workshop_registrations"),
    path(f"{_one}/attendance", seats.attendance, name="workshop_attendance"),
    path(_one, showing.workshop, name="workshop_short"),
    path(f"{_one}/<slug:slug>", showing.workshop, name="workshop"),
]
