"""Acts on every face that no room's own tests have, or that need the planted world."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from helpdesk.models import Ticket
from helpdesk.queries.ratings import solutions
from helpdesk.tokens import RATING, SHARE, token
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

    def form(world: Any) -> dict[str, Any]:
        sent = facts(world)
        if "organisation_id" in sent:  # people name it
            del sent["organisation_id"]
            sent["organisation"] = world.rows[of["organisation_id"]].slug
        return sent

    return Act(
        page=lambda world: ("/roles", form(world)),
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
    twins = Ticket.objects.filter(requester=ticket.requester).exclude(pk=ticket.pk)
    return twins.order_by("pk")[0]


MERGE = Act(
    page=lambda t: (f"{t.path}/merger", {"into": twin_of(t).number}),
    api=lambda t: ("PUT", f"/api/v1/tickets/{t.pk}/merger", {"into": twin_of(t).pk}),
)


def on_ticket(page: str, api: str, method: str, form: Any = None, body: Any = None) -> Act:
    """Return an act on a ticket; form and body are made of it."""
    return Act(
        page=lambda t: (f"{t.path}/{page}", form(t) if form else {}),
        api=lambda t: (method, f"/api/v1/tickets/{t.pk}/{api}", body(t) if body else None),
    )


def first_of(ticket: Ticket) -> dict[str, list[int]]:
    """Return a message of a ticket, as what is to be split off."""
    return {"messages": [ticket.messages.filter(internal=False).order_by("pk")[0].pk]}


def linking(noun: str, method: str) -> Act:
    """Return the act of linking the other ticket of the same person, or of ending that."""
    return Act(
        page=lambda t: (f"{t.path}/{noun}", {"kind": "related", "other": twin_of(t).number}),
        api=lambda t: (method, f"/api/v1/tickets/{t.pk}/links/related/{twin_of(t).pk}", None),
    )


UNDO_MERGE = on_ticket("merger/undo", "merger", "DELETE")
SPLIT = on_ticket("split", "splits", "POST", first_of, first_of)
UNDO_SPLIT = Act(
    page=lambda t: (f"{t.path}/split/undo", {}),
    api=lambda t: (
        "DELETE",
        f"/api/v1/tickets/{t.relocations_in.get().ticket_id}/splits/{t.pk}",
        None,
    ),
)
LINK, UNLINK = linking("links", "PUT"), linking("links/undo", "DELETE")
FOLLOW = on_ticket("following", "following", "PUT")
UNFOLLOW = on_ticket("following/undo", "following", "DELETE")
OTHER_QUEUE = on_ticket(
    "queue", "queue", "PUT", lambda t: {"queue": "domains"}, lambda t: {"queue": "domains"}
)
OTHER_LEVEL = on_ticket(
    "level", "level", "PUT", lambda t: {"level": "free"}, lambda t: {"level": "free"}
)
NO_SITE = on_ticket("site", "site", "PUT", lambda t: {"site": ""}, lambda t: {"site": None})
RATE = on_ticket(
    "rating", "rating", "PUT", lambda t: {"grade": "good"}, lambda t: {"grade": "good"}
)
RATE_BY_LINK = Act(
    page=lambda t: (
        f"/ratings/{token(RATING, t.pk, solutions(t)[0].pk, t.requester_id)}",
        {"grade": "good"},
    ),
    api=lambda t: ("", "", None),
)
LEAVE_BY_LINK = Act(
    page=lambda t: (f"/guests/{token(SHARE, t.shares.get().pk)}", {}),
    api=lambda t: ("", "", None),
)
BULK = Act(
    page=lambda t: ("/queue/bulk", {"tickets": [t.pk], "act": "follow"}),
    api=lambda t: ("POST", "/api/v1/tickets/bulk", {"tickets": [t.pk], "act": "follow"}),
)
SAVE_VIEW = Act(
    page=lambda t: ("/queue/views", {"name": "Mine", "asked": "assigned=me"}),
    api=lambda t: (
        "POST",
        "/api/v1/queue/views",
        {"name": "Mine", "filters": {"assigned": "me"}},
    ),
)
REMOVE_VIEW = Act(
    page=lambda v: ("/queue/views/undo", {"view": v.pk}),
    api=lambda v: ("DELETE", f"/api/v1/queue/views/{v.pk}", None),
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
    page=lambda r: ("/rooms", {"kind": r.thing_kind, "id": r.thing_id}),
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
