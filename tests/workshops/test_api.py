import pytest
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from people.models import Skill
from tests.workshops.planning import make_venue, make_workshop, slot
from tests.workshops.test_faces import body_of
from workshops import actions
from workshops.models import Workshop

HUGE = 99999999999999999999
ASKED = "workshops/conflicts?starts=1:00&ends=2:00"


def test_workshop_by_api_from_proposal_to_seat(call, cast):
    venue = make_venue()
    made = call(cast.tomas).post("/api/v1/workshops", body_of(venue, seats=1))
    assert made.status_code == 201
    pk = made.json()["workshop"]["id"]
    assert made["Location"] == f"/api/v1/workshops/{pk}"
    assert call(cast.tomas).put(f"/api/v1/workshops/{pk}/publication").status_code == 200

    seat = call(cast.omar).put(f"/api/v1/workshops/{pk}/registration", {"access_needs": "A ramp"})
    waits = call(cast.bao).put(f"/api/v1/workshops/{pk}/registration", {})

    assert (seat.json()["state"], seat.json()["place_in_line"]) == ("registered", 0)
    assert (waits.json()["state"], waits.json()["place_in_line"]) == ("waiting", 1)
    page = call(cast.omar).get(f"/api/v1/workshops/{pk}").json()
    assert page["my_registration"]["access_needs"] == "A ramp"
    assert (page["workshop"]["taken"], page["workshop"]["waiting"]) == (1, 1)
    assert page["workshop"]["sessions"][0] | {"id": 0} == {
        "id": 0,
        "day": "2026-12-08",
        "starts": "18:00:00",
        "ends": "20:00:00",
        "zone": "Europe/Paris",
        "start_at": "2026-12-08T17:00:00Z",
        "end_at": "2026-12-08T19:00:00Z",
    }
    rows = call(cast.tomas).get(f"/api/v1/workshops/{pk}/registrations").json()["results"]
    assert [(row["handle"], row["access_needs"]) for row in rows] == [
        ("omar", "A ramp"),
        ("bao", ""),
    ]


def test_filters(call, cast):
    Skill.objects.create(slug="dns")
    venue = make_venue()
    named = make_workshop(cast.tomas, venue, skills=["dns"], title="About names", language="fr")
    make_workshop(cast.tomas, venue, slots=[slot(starts=9, ends=10)], title="Another")
    actions.register(actor=cast.omar, workshop_id=named.pk)
    client = call(cast.omar)

    def titles(query: str) -> list[str]:
        answer = client.get(f"/api/v1/workshops?{query}")
        assert answer.status_code == 200
        return [row["title"] for row in answer.json()["results"]]

    assert titles("") == ["Another", "About names"]
    assert titles("language=fr") == titles("skill=dns") == titles("mine=true") == ["About names"]
    assert titles("mine=false") == ["Another"]
    assert titles("when=past") == []
    assert client.get("/api/v1/workshops?when=never").status_code == 422
    assert client.get("/api/v1/workshops?language=tlh").status_code == 422


def test_pages_follow_each_other(call, cast):
    venue = make_venue()
    for hour in range(6, 11):
        make_workshop(
            cast.tomas, venue, slots=[slot(starts=hour, ends=hour + 1)], title=f"At {hour}"
        )
    client = call()

    first = client.get("/api/v1/workshops?page_size=3").json()
    rest = client.get(first["next"]).json()

    assert [row["title"] for row in first["results"] + rest["results"]] == [
        f"At {hour}" for hour in range(6, 11)
    ]


def test_conflicts_by_api(call, cast):
    venue = make_venue()
    make_workshop(cast.tomas, venue)
    query = f"day=2026-12-08&starts=19:00&ends=21:00&venue={venue.pk}&trainers=tomas"

    answer = call(cast.tomas).get(f"/api/v1/workshops/conflicts?{query}")

    assert [(row["day"], row["refuses"]) for row in answer.json()] == [("2026-12-08", True)] * 2
    assert call(cast.omar).get(f"/api/v1/workshops/conflicts?{query}").status_code == 403
    assert call(cast.tomas).get("/api/v1/workshops/conflicts").status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "statuses"),
    [
        ("get", f"workshops/{HUGE}", {404}),
        ("put", f"workshops/{HUGE}/registration", {404}),
        ("delete", f"workshops/{HUGE}/registration", {404}),
        ("put", f"workshops/{HUGE}/publication", {404}),
        ("get", f"workshops/{HUGE}/registrations", {404}),
        ("put", f"workshops/{{pk}}/sessions/{HUGE}/attendance/1", {404}),
        ("put", f"workshops/{{pk}}/sessions/{{session}}/attendance/{HUGE}", {404}),
        ("get", f"workshops/conflicts?day=2026-12-08&starts=1:00&ends=2:00&venue={HUGE}", {422}),
        ("get", f"workshops/conflicts?day=2026-12-08&starts=1:00&ends=2:00&but={HUGE}", {422}),
        (
            "get",
            "workshops/conflicts?day=9999-12-31&starts=1:00&ends=2:00&zone=Pacific/Apia",
            {200},
        ),
        (
            "get",
            "workshops/conflicts?day=0001-01-01&starts=1:00&ends=2:00&zone=Pacific/Apia",
            {200},
        ),
    ],
)
def test_numbers_and_days_out_of_range_are_no_fault_of_ours(method, path, statuses, call, cast):
    workshop = make_workshop(cast.tomas, make_venue())
    path = path.format(pk=workshop.pk, session=workshop.sessions.get().pk)

    assert getattr(call(cast.tomas), method)(f"/api/v1/{path}").status_code in statuses


@pytest.mark.parametrize(
    "facts",
    [
        {"venue": HUGE},
        {"venue": 2**63 - 1},
        {"sessions": []},
        {"sessions": [{"day": "9999-12-31", "starts": "23:00", "ends": "23:30"}]},
        {"sessions": [{"day": "0001-01-01", "starts": "00:00", "ends": "00:30"}]},
        {"sessions": [{"id": 2**63 - 1, "day": "2026-12-08", "starts": "1:00", "ends": "2:00"}]},
        {"venue": None, "online_url": "https://meet.example/", "zone": "../etc/passwd"},
        {"venue": None, "online_url": "javascript:alert(1)"},
        {"title": "ab"},
        {"trainers": ["\u0000"]},
        {"seats": 10**9},
    ],
)
def test_bad_plans_are_refused_with_their_fields(facts, call, cast):
    answer = call(cast.tomas).post("/api/v1/workshops", body_of(make_venue(), **facts))

    assert answer.status_code == 422
    assert answer.json()["errors"]
    assert not Workshop.objects.exists()


def test_key_makes_a_registration_once(call, cast):
    workshop = make_workshop(cast.tomas, make_venue())
    client = call(cast.omar)

    answers = [
        client.put(
            f"/api/v1/workshops/{workshop.pk}/registration",
            {"access_needs": "x"},
            headers={"Idempotency-Key": "one"},
        )
        for _time in range(2)
    ]

    assert answers[0].json() == answers[1].json()
    assert answers[1]["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("rows", [3, 20])
def test_list_costs_the_same_with_more_rows(rows, call, cast, django_assert_num_queries):
    from tests.workshops.test_pages import fill

    fill(cast, rows)
    client = call()

    with django_assert_num_queries(5):
        answer = client.get("/api/v1/workshops")
    assert len(answer.json()["results"]) == rows


@pytest.mark.parametrize("rows", [3, 20])
def test_registrations_cost_the_same_with_more_rows(rows, call, cast, django_assert_num_queries):
    from tests.cast import make_person

    workshop = make_workshop(cast.tomas, make_venue())
    for number in range(rows):
        actions.register(actor=make_person(f"g{number}"), workshop_id=workshop.pk)
    client = call(cast.tomas)
    client.get("/api/v1/workshops")  # the token's own bookkeeping

    with django_assert_num_queries(6):
        client.get(f"/api/v1/workshops/{workshop.pk}/registrations")


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(starts=st.times(), ends=st.times(), zone=st.sampled_from(["Pacific/Apia", "Asia/Kathmandu"]))
def test_any_hours_are_taken_or_refused_and_stored_in_order(call, cast, starts, ends, zone):
    body = body_of(make_venue(f"{starts}{ends}{zone}"), venue=None, zone=zone)
    body["online_url"] = "https://meet.example/x"
    body["sessions"] = [
        {"day": "2026-12-08", "starts": starts.isoformat(), "ends": ends.isoformat()}
    ]

    status = call(cast.tomas).post("/api/v1/workshops", body).status_code

    assert status in (201, 409, 422)
    assert not Workshop.objects.filter(ends_at__lte=F("starts_at")).exists()
