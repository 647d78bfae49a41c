"""Acts on every face that no room's own tests have, or that need the planted world."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from helpdesk.models import Ticket
from people.models import Person
from tests.faces import Act
from tests.proofs.plants_rooms import day_in


@dataclass(frozen=True)
class Look:
    """Reading, as a row of the table: the page and the endpoint that show a thing."""

    page: Callable[[Any], str]
    api: Callable[[Any], str]


def noun(kind: str, name: str, form: Any = None, method: str = "PUT") -> Act:
    """Return the act of a noun under a thing's address, the same on pages and in the API."""
    return Act(
        page=lambda row: (f"/{kind}/{row.pk}/{name}", form or {}),
        api=lambda row: (method, f"/api/v1/{kind}/{row.pk}/{name}", form),
    )


def form_of(path: str, form: Any, api: str, body: Any = None, method: str = "POST") -> Act:
    """Return an act without a thing."""
    return Act(
        page=lambda _row: (path, form),
        api=lambda _row: (method, f"/api/v1/{api}", form if body is None else body),
    )


def thing_act(address: str, kind: str, **facts: Any) -> Act:
    """Return an act that names its thing in what it sends: kind and id."""
    return Act(
        page=lambda row: (f"/{address}/new", {"kind": kind, "id": row.pk, **facts}),
        api=lambda row: ("POST", f"/api/v1/{address}", {"kind": kind, "id": row.pk, **facts}),
    )


def granting(**of: str) -> Act:
    """Return the act of making omar an agent; of: which limit is which planted thing."""

    def facts(world: Any) -> dict[str, Any]:
        limits = {limit: world.rows[name].pk for limit, name in of.items()}
        return {"handle": "omar", "role": "agent", **limits}

    return Act(
        page=lambda world: ("/roles", facts(world)),
        api=lambda world: ("POST", "/api/v1/role-grants", facts(world)),
    )


def planning(row: Any) -> dict[str, Any]:
    """Return the facts of a workshop in a year, at a venue that nobody else has then."""
    return {
        "title": "Backups that work",
        "source": "Restore one.",
        "language": "en",
        "venue": row.venue_id,
        "seats": 8,
        "revision": row.revision,
    }


def plan_form(row: Any) -> dict[str, Any]:
    day = {"day": day_in(300), "starts": "18:00", "ends": "20:00", "id": row.sessions.get().pk}
    slots = {f"sessions.0.{part}": value for part, value in day.items()}
    return {**planning(row), "trainers": "tomas", **slots}


def plan_body(row: Any) -> dict[str, Any]:
    slots = [{"day": day_in(300).isoformat(), "starts": "18:00", "ends": "20:00"}]
    return {**planning(row), "trainers": ["tomas"], "sessions": slots}


PROPOSE = Act(
    page=lambda row: ("/workshops/new", {**plan_form(row), "sessions.0.id": ""}),
    api=lambda row: ("POST", "/api/v1/workshops", plan_body(row)),
)
CHANGE = Act(
    page=lambda row: (f"/workshops/{row.pk}/edit", plan_form(row)),
    api=lambda row: ("PUT", f"/api/v1/workshops/{row.pk}", plan_body(row)),
)


def at_the_door(*, present: bool) -> Act:
    """Return the act of saying whether bao came to the workshop that was held."""

    def page(row: Any) -> tuple[str, dict[str, Any]]:
        workshop, session = row.workshop, row.workshop.sessions.get()
        seen = "present" if present else "absent"
        return f"/workshops/{workshop.pk}/attendance", {"session": session.pk, seen: row.pk}

    def api(row: Any) -> tuple[str, str, None]:
        workshop, session = row.workshop, row.workshop.sessions.get()
        path = f"/api/v1/workshops/{workshop.pk}/sessions/{session.pk}/attendance/{row.pk}"
        return "PUT" if present else "DELETE", path, None

    return Act(page=page, api=api)


def posting(text: str = "Hello.") -> Act:
    """Return the act of saying something in a room."""
    return noun("rooms", "messages", {"source": text, "client_id": "1"}, "POST")


def mika() -> int:
    return Person.objects.get(handle="mika").pk


def twin_of(ticket: Ticket) -> Ticket:
    """Return the other ticket of the same person."""
    return Ticket.objects.filter(requester=ticket.requester).exclude(pk=ticket.pk).get()


MERGE = Act(
    page=lambda t: (f"{t.path}/merger", {"into": twin_of(t).number}),
    api=lambda t: ("PUT", f"/api/v1/tickets/{t.pk}/merger", {"into": twin_of(t).pk}),
)
SOLVED = Act(
    page=lambda q: ("/tickets/solved-by-answer", {"answer": f"forum.question:{q.pk}"}),
    api=lambda q: (
        "PUT",
        "/api/v1/tickets/solved-by-answer",
        {"kind": "forum.question", "id": q.pk},
    ),
)
ENTER = Look(page=lambda r: f"/rooms/{r.pk}", api=lambda r: f"/api/v1/rooms/{r.pk}/messages")
OPEN_ROOM = Act(
    page=lambda _: ("", {}),
    api=lambda r: ("POST", "/api/v1/rooms", {"kind": r.thing_kind, "id": r.thing_id}),
)
TICKET_ROOM, PAIR_ROOM = "room_of_helpdesk.ticket", "room_of_mentoring.mentorship"
SITE = {
    "external_id": "1",
    "domain": "one.example",
    "owner_external_id": "p1",
    "owner_email": "p1@one.example",
    "owner_name": "P. One",
    "owner_language": "en",
    "organisation_external_id": "o1",
    "organisation_name": "One",
    "level": "free",
    "platform": {"php": "8.4"},
}
IMPORT = Act(
    page=lambda _: ("", {}),
    api=lambda _: ("POST", "/api/v1/sites/import", {"sites": [SITE]}),
)
FLAG = thing_act("flags", "forum.answer", reason="spam")
REMOVE = thing_act("removals", "forum.answer", rule="spam", reason="Advertising.")
CLAIM = form_of(
    "/commons/claims",
    {"receivers": "moira", "minutes": 5, "happened_on": "2026-01-02", "note": "Help"},
    "aid/claims",
    {"receivers": ["moira"], "minutes": 5, "happened_at": "2026-01-02T10:00:00Z", "note": "Help"},
)
TOKEN = form_of("/me/tokens", {"name": "x", "scopes": ["read"], "days": 7}, "tokens")
VENUE = form_of(
    "/workshops/venues/new",
    {"name": "La Friche", "address": "41 rue Jobin", "zone": "Europe/Paris"},
    "workshops/venues",
)
WRITTEN = {
    "display_name": "New",
    "time_zone": "Europe/Paris",
    "interface_language": "en",
    "languages.0": "en",
}
PROFILE = Act(
    page=lambda _: ("/me/profile", WRITTEN),
    api=lambda _: ("PATCH", "/api/v1/people/me", {"display_name": "New"}),
)
