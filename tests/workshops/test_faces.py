"""Every action on all its faces: done, not allowed, wrong moment, twice, unseen."""

import re
from typing import Any

import pytest
import time_machine

from tests import faces
from tests.cast import make_person
from tests.faces import (
    DONE,
    FACES,
    INVALID,
    NOT_ALLOWED,
    SIGN_IN,
    UNSEEN,
    WRONG_MOMENT,
    Act,
)
from tests.workshops.planning import make_draft, make_venue, make_workshop, slot
from workshops import actions
from workshops.models import Attendance, Registration, Venue, Workshop

DURING = "2026-12-08T18:30:00Z"
AFTER = "2026-12-09T12:00:00Z"


def form_of(venue: Venue, /, **facts: Any) -> dict[str, Any]:
    return {
        "title": "Mail that arrives",
        "source": "SPF, DKIM and patience.",
        "language": "en",
        "skills": "",
        "venue": venue.pk,
        "online_url": "",
        "zone": "",
        "seats": 8,
        "trainers": "tomas",
        "sessions.0.day": "2026-12-08",
        "sessions.0.starts": "18:00",
        "sessions.0.ends": "20:00",
        **facts,
    }


def body_of(venue: Venue, /, **facts: Any) -> dict[str, Any]:
    return {
        "title": "Mail that arrives",
        "source": "SPF, DKIM and patience.",
        "language": "en",
        "venue": venue.pk,
        "seats": 8,
        "trainers": ["tomas"],
        "sessions": [{"day": "2026-12-08", "starts": "18:00", "ends": "20:00"}],
        **facts,
    }


def noun(name: str, form: dict[str, Any] | None = None, method: str = "PUT", undo: bool = False):
    """Return the act of a noun under a workshop's address."""
    page = f"{name}/undo" if undo else name
    return Act(
        page=lambda w: (f"/workshops/{w.pk}/{page}", form or {}),
        api=lambda w: (method, f"/api/v1/workshops/{w.pk}/{name}", form),
    )


PROPOSE = Act(
    page=lambda venue: ("/workshops/new", form_of(venue)),
    api=lambda venue: ("POST", "/api/v1/workshops", body_of(venue)),
)
ADD_VENUE = Act(
    page=lambda facts: ("/workshops/venues/new", facts),
    api=lambda facts: ("POST", "/api/v1/workshops/venues", facts),
)
CHANGE = Act(
    page=lambda w: (
        f"/workshops/{w.pk}/edit",
        form_of(
            w.venue, revision=w.revision, **{"sessions.0.id": getattr(w.sessions.first(), "pk", "")}
        ),
    ),
    api=lambda w: (
        "PUT",
        f"/api/v1/workshops/{w.pk}",
        body_of(w.venue, revision=w.revision),
    ),
)
PUBLISH = noun("publication")
CANCEL = noun("cancellation", {"reason": "Too little heating"})
SEATS = noun("seats", {"seats": 5})
CLOSE = noun("closure")
REGISTER = noun("registration", {"access_needs": "A ramp"})
UNREGISTER = noun("registration", method="DELETE", undo=True)


def attendance(session_id: int, registration_id: int, present: bool = True) -> Act:
    return Act(
        page=lambda w: (
            f"/workshops/{w.pk}/attendance",
            {"session": session_id, "present" if present else "absent": registration_id},
        ),
        api=lambda w: (
            "PUT" if present else "DELETE",
            f"/api/v1/workshops/{w.pk}/sessions/{session_id}/attendance/{registration_id}",
            None,
        ),
    )


@pytest.fixture
def venue(db):
    return make_venue()


@pytest.fixture
def uma(db):
    """A trainer of other workshops."""
    return make_person("uma", role="trainer")


@pytest.mark.parametrize("face", FACES)
def test_propose(face, perform, cast, venue):
    assert perform(face, None, PROPOSE, venue) == SIGN_IN
    assert perform(face, cast.omar, PROPOSE, venue) == NOT_ALLOWED
    assert perform(face, cast.tomas, PROPOSE, venue) == DONE
    assert perform(face, cast.clara, PROPOSE, venue) == WRONG_MOMENT  # the room is taken
    assert Workshop.objects.get().proposed_by == cast.tomas


@pytest.mark.parametrize("face", FACES)
def test_add_venue(face, perform, cast):
    facts = {"name": "La Friche", "address": "41 rue Jobin", "zone": "Europe/Paris"}

    assert perform(face, cast.omar, ADD_VENUE, facts) == NOT_ALLOWED
    assert perform(face, cast.tomas, ADD_VENUE, {**facts, "zone": "Mars"}) == INVALID
    assert perform(face, cast.tomas, ADD_VENUE, facts) == DONE
    assert perform(face, cast.tomas, ADD_VENUE, facts) == DONE
    assert Venue.objects.count() == 1


@pytest.mark.parametrize("face", FACES)
def test_change(face, perform, cast, venue, uma):
    draft = make_draft(cast.tomas, venue)

    assert perform(face, uma, CHANGE, draft) == UNSEEN
    workshop = actions.publish_workshop(actor=cast.tomas, workshop_id=draft.pk)
    assert perform(face, None, CHANGE, workshop) == SIGN_IN
    assert perform(face, uma, CHANGE, workshop) == NOT_ALLOWED
    assert perform(face, cast.tomas, CHANGE, workshop) == DONE
    assert perform(face, cast.tomas, CHANGE, workshop) == WRONG_MOMENT  # an older revision
    workshop.refresh_from_db()
    assert (workshop.title, workshop.seats) == ("Mail that arrives", 8)
    actions.cancel_workshop(actor=cast.tomas, workshop_id=workshop.pk)
    workshop.refresh_from_db()
    assert perform(face, cast.tomas, CHANGE, workshop) == WRONG_MOMENT


@pytest.mark.parametrize("face", FACES)
def test_publish(face, perform, cast, venue, uma):
    draft = make_draft(cast.tomas, venue)

    assert perform(face, None, PUBLISH, draft) == SIGN_IN
    assert perform(face, uma, PUBLISH, draft) == UNSEEN
    assert perform(face, cast.tomas, PUBLISH, draft) == DONE
    assert perform(face, cast.clara, PUBLISH, draft) == DONE
    assert perform(face, uma, PUBLISH, draft) == NOT_ALLOWED
    actions.cancel_workshop(actor=cast.tomas, workshop_id=draft.pk)
    assert perform(face, cast.tomas, PUBLISH, draft) == WRONG_MOMENT


@pytest.mark.parametrize("face", FACES)
def test_cancel(face, perform, cast, venue, uma):
    draft = make_draft(cast.tomas, venue)

    assert perform(face, uma, CANCEL, draft) == UNSEEN
    actions.publish_workshop(actor=cast.tomas, workshop_id=draft.pk)
    assert perform(face, uma, CANCEL, draft) == NOT_ALLOWED
    assert perform(face, cast.clara, CANCEL, draft) == DONE
    assert perform(face, cast.tomas, CANCEL, draft) == DONE
    draft.refresh_from_db()
    assert (draft.state, draft.cancel_reason) == ("cancelled", "Too little heating")


@pytest.mark.parametrize("face", FACES)
def test_seats(face, perform, cast, venue, uma):
    draft = make_draft(cast.tomas, venue)

    assert perform(face, uma, SEATS, draft) == UNSEEN
    workshop = actions.publish_workshop(actor=cast.tomas, workshop_id=draft.pk)
    assert perform(face, uma, SEATS, workshop) == NOT_ALLOWED
    assert perform(face, cast.tomas, noun("seats", {"seats": 0}), workshop) == INVALID
    assert perform(face, cast.tomas, SEATS, workshop) == DONE
    assert perform(face, cast.tomas, SEATS, workshop) == DONE
    actions.register(actor=cast.aminata, workshop_id=workshop.pk)
    actions.register(actor=cast.bao, workshop_id=workshop.pk)
    assert perform(face, cast.tomas, noun("seats", {"seats": 1}), workshop) == INVALID
    actions.cancel_workshop(actor=cast.tomas, workshop_id=workshop.pk)
    assert perform(face, cast.tomas, SEATS, workshop) == WRONG_MOMENT
    workshop.refresh_from_db()
    assert workshop.seats == 5


@pytest.mark.parametrize("face", FACES)
def test_register(face, perform, cast, venue):
    draft = make_draft(cast.tomas, venue)

    assert perform(face, None, REGISTER, draft) == SIGN_IN
    assert perform(face, cast.omar, REGISTER, draft) == UNSEEN
    actions.publish_workshop(actor=cast.tomas, workshop_id=draft.pk)
    assert perform(face, cast.tomas, REGISTER, draft) == NOT_ALLOWED
    assert perform(face, cast.omar, REGISTER, draft) == DONE
    assert perform(face, cast.omar, REGISTER, draft) == DONE
    assert perform(face, cast.bao, noun("registration", {"access_needs": "x" * 501}), draft) == (
        INVALID
    )
    with time_machine.travel(AFTER):
        assert perform(face, cast.bao, REGISTER, draft) == WRONG_MOMENT
    registration = Registration.objects.get()
    assert (registration.person, registration.access_needs) == (cast.omar, "A ramp")


@pytest.mark.parametrize("face", FACES)
def test_cancel_registration(face, perform, cast, venue):
    draft = make_draft(cast.tomas, venue)

    assert perform(face, cast.omar, UNREGISTER, draft) == UNSEEN
    actions.publish_workshop(actor=cast.tomas, workshop_id=draft.pk)
    assert perform(face, None, UNREGISTER, draft) == SIGN_IN
    assert perform(face, cast.omar, UNREGISTER, draft) == WRONG_MOMENT
    actions.register(actor=cast.omar, workshop_id=draft.pk)
    assert perform(face, cast.omar, UNREGISTER, draft) == DONE
    assert perform(face, cast.omar, UNREGISTER, draft) == DONE
    assert Registration.objects.get().state == "cancelled"


@pytest.mark.parametrize("present", [True, False])
@pytest.mark.parametrize("face", FACES)
def test_take_attendance(face, present, perform, cast, venue, uma):
    workshop = make_workshop(cast.tomas, venue)
    registration = actions.register(actor=cast.aminata, workshop_id=workshop.pk)
    act = attendance(workshop.sessions.get().pk, registration.pk, present)

    assert perform(face, None, act, workshop) == SIGN_IN
    assert perform(face, cast.aminata, act, workshop) == NOT_ALLOWED
    assert perform(face, uma, act, workshop) == NOT_ALLOWED
    assert perform(face, cast.tomas, act, workshop) == WRONG_MOMENT
    with time_machine.travel(DURING):
        assert perform(face, cast.tomas, act, workshop) == DONE
        assert perform(face, cast.clara, act, workshop) == DONE
        other = attendance(workshop.sessions.get().pk, 2**63 - 1, present)
        assert perform(face, cast.tomas, other, workshop) == UNSEEN
    assert Attendance.objects.count() == int(present)


@pytest.mark.parametrize("face", FACES)
def test_close(face, perform, cast, venue, uma):
    draft = make_draft(cast.tomas, venue)

    assert perform(face, uma, CLOSE, draft) == UNSEEN
    actions.publish_workshop(actor=cast.tomas, workshop_id=draft.pk)
    assert perform(face, uma, CLOSE, draft) == NOT_ALLOWED
    assert perform(face, cast.tomas, CLOSE, draft) == WRONG_MOMENT
    with time_machine.travel(AFTER):
        assert perform(face, cast.tomas, CLOSE, draft) == DONE
        assert perform(face, cast.tomas, CLOSE, draft) == DONE
    draft.refresh_from_db()
    assert draft.state == "held"


ACTS = {
    "change": CHANGE,
    "publish": PUBLISH,
    "cancel": CANCEL,
    "seats": SEATS,
    "close": CLOSE,
}
WHO = {"aminata": False, "bao": False, "nadia": False, "tomas": True, "clara": True, "moira": False}


@pytest.mark.parametrize(("who", "may"), WHO.items())
@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("face", FACES)
def test_row_of_the_table_its_trainers_and_coordinators(face, name, who, may, perform, cast, venue):
    workshop = make_workshop(cast.tomas, venue)

    outcome = perform(face, getattr(cast, who), ACTS[name], workshop)

    assert (outcome != NOT_ALLOWED) == may


@pytest.mark.parametrize("face", ["page", "api"])
@pytest.mark.parametrize(("who", "may"), {**WHO, "omar": False}.items())
def test_row_of_the_table_who_sees_registrations(face, who, may, browse, call, cast, venue):
    workshop = make_workshop(cast.tomas, venue)
    person = getattr(cast, who)

    if face == "api":
        answer = call(person).get(f"/api/v1/workshops/{workshop.pk}/registrations")
        answers = [answer]
    else:
        answers = [
            browse(person).get(f"/workshops/{workshop.pk}/{page}")
            for page in ("registrations", "attendance", "edit")
        ]

    assert [answer.status_code for answer in answers] == [200 if may else 403] * len(answers)


@pytest.mark.parametrize("face", FACES)
def test_all_that_is_taken_is_named_beside_the_sessions_on_every_face(
    face, browse, call, cast, venue
):
    make_workshop(cast.tomas, venue, slots=[slot(starts=19, ends=21)])
    client = call(cast.clara) if face == "api" else browse(cast.clara)

    answer: Any = faces.send(face, client, PROPOSE, venue)

    assert answer.status_code == 409
    if face == "api":
        problem = answer.json()
        assert problem["code"] == "slot_taken"
        assert {(e["field"], e["code"]) for e in problem["errors"]} == {
            ("sessions.0.starts", "venue_taken"),
            ("sessions.0.starts", "trainer_taken"),
        }
    else:
        html = answer.content.decode()
        words = " ".join(re.sub(r"<[^>]+>", " ", html).split())
        for name in ("Maison des associations", "Tomas"):
            assert f"8 December : {name} is taken from 19:00 to 21:00" in words
        assert "From : " not in words
        assert 'value="Mail that arrives"' in html
        assert 'value="18:00"' in html
