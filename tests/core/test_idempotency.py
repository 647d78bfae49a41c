"""The same send twice makes one thing, whatever happens between."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from core import idempotency
from core.models import KeptAnswer
from people.models import Place

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.rooms")]
TOWNS = "/api/v1/towns"


@pytest.fixture
def program(cast, call):
    return call(cast.panel)


def found(program, name="Dakar", key="k1", **more):
    return program.post(TOWNS, {"name": name, **more}, headers={"Idempotency-Key": key})


def names() -> list[str]:
    return list(Place.objects.order_by("pk").values_list("name", flat=True))


def test_same_key_does_it_once_and_answers_the_same(program):
    first, second = found(program), found(program)

    assert names() == ["Dakar"]
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert first["Location"] == second["Location"]
    assert second["Content-Type"] == first["Content-Type"] == "application/json"
    assert "Idempotent-Replayed" not in first
    assert second["Idempotent-Replayed"] == "true"


def test_order_of_fields_does_not_make_another_body(program):
    headers = {"Idempotency-Key": "k1"}
    program.post(TOWNS, {"name": "Dakar", "population": 1}, headers=headers)
    again = program.post(
        TOWNS, '{"name":"Dakar",  "population":1}', content_type="application/json", headers=headers
    )

    assert (again.status_code, names()) == (201, ["Dakar"])


def test_another_key_is_another_act(program):
    found(program, "Dakar", "k1")
    found(program, "Lyon", "k2")

    assert names() == ["Dakar", "Lyon"]


def test_long_keys_that_begin_alike_are_other_acts(program):
    first = found(program, "Dakar", "k" * 100 + "1")
    found(program, "Lyon", "k" * 100 + "2")
    again = found(program, "Dakar", "k" * 100 + "1")

    assert names() == ["Dakar", "Lyon"]
    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")


def test_without_a_key_each_send_counts(program):
    for name in ("Dakar", "Lyon"):
        program.post(TOWNS, {"name": name})

    assert names() == ["Dakar", "Lyon"]
    assert not KeptAnswer.objects.exists()


def test_key_with_another_body_is_refused(program):
    found(program, "Dakar")
    other = found(program, "Lyon")

    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert names() == ["Dakar"]


def test_same_key_of_another_person_is_another_act(program, cast, call):
    found(program, "Dakar")
    found(call(cast.aminata), "Lyon")

    assert names() == ["Dakar", "Lyon"]


def test_key_is_forgotten_after_a_day(program):
    found(program, "Dakar")

    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        assert found(program, "Lyon").status_code == 422
    KeptAnswer.objects.update(started_at=timezone.now() - timedelta(hours=25))
    assert found(program, "Lyon").status_code == 201
    assert found(program, "Lyon")["Idempotent-Replayed"] == "true"


def running(program, seconds: float) -> None:
    """Leave a claim as a process does that works on it, or died over it, for so long."""
    found(program, "Dakar")
    at = timezone.now() - timedelta(seconds=seconds)
    KeptAnswer.objects.update(status=None, body=None, started_at=at)
    Place.objects.all().delete()


def test_key_that_is_still_running_is_refused(program):
    running(program, 5)

    again = found(program)

    assert (again.status_code, again.json()["code"]) == (409, "still_running")
    assert names() == []


def test_key_of_a_process_that_died_is_taken_again_when_its_time_is_over(program):
    running(program, 61)

    again = found(program)

    assert (again.status_code, names()) == (201, ["Dakar"])
    assert found(program)["Idempotent-Replayed"] == "true"


def test_process_that_took_too_long_does_not_commit_what_another_has_done(program, cast):
    """The first is still at work when its time is over and a twin begins and ends."""
    asked = idempotency.Request(
        person=cast.panel, method="POST", path="/slow", key="k1", body=b"body"
    )

    def overtaken():
        Place.objects.create(name="first", country="FR")
        KeptAnswer.objects.update(started_at=timezone.now() - timedelta(seconds=61))
        idempotency.run_once(asked, second)
        return second()

    def second():
        from django.http import HttpResponse

        return HttpResponse("done", status=201)

    with pytest.raises(idempotency.StillRunning):
        idempotency.run_once(asked, overtaken)

    assert "first" not in names()


@pytest.mark.parametrize(
    ("name", "status"), [("wrong_moment", 409), ("invalid_input", 422), ("not_allowed", 403)]
)
def test_refused_answer_is_not_kept_and_leaves_nothing(name, status, program):
    refused = found(program, name)
    assert (refused.status_code, names()) == (status, [])
    assert not KeptAnswer.objects.exists()

    corrected = found(program, "Dakar")

    assert (corrected.status_code, names()) == (201, ["Dakar"])


def test_fault_of_ours_frees_the_key_and_leaves_nothing(program):
    program.raise_request_exception = False

    assert found(program, "fault").status_code == 500
    assert (names(), KeptAnswer.objects.exists()) == ([], False)


@pytest.fixture
def browser(cast, browse):
    return browse(cast.aminata)


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_form_sent_twice_counts_once_and_leads_to_the_same_page(browser, headers):
    form = {"name": "Dakar", "once": "t1"}
    first, second = [browser.post("/towns", form, headers=headers) for _click in range(2)]

    assert names() == ["Dakar"]
    assert first.status_code == second.status_code
    leads = "HX-Redirect" if headers else "Location"
    assert first[leads] == second[leads] == f"/towns/{Place.objects.get().pk}"


def test_old_form_sent_again_with_another_text_is_something_new(browser):
    browser.post("/towns", {"name": "Dakar", "once": "t1"})
    browser.post("/towns", {"name": "Lyon", "once": "t1"})
    browser.post("/towns", {"name": "Lyon", "once": "t1"})

    assert names() == ["Dakar", "Lyon"]


def test_refused_form_can_be_corrected_and_sent_again(browser):
    assert browser.post("/towns", {"name": "wrong_moment", "once": "t1"}).status_code == 409
    assert browser.post("/towns", {"name": "wrong_moment", "once": "t1"}).status_code == 409
    assert browser.post("/towns", {"name": "Dakar", "once": "t1"}).status_code == 303

    assert names() == ["Dakar"]


def at_once(*sends) -> list[int]:
    """Do all at the same moment, each with a connection of its own."""

    def do(send):
        try:
            return send().status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(sends)) as pool:
        return sorted(pool.map(do, sends))


@pytest.mark.django_db(transaction=True)
def test_twins_at_the_same_moment_make_one_thing(cast, call):
    programs = [call(cast.panel) for _number in range(4)]

    answers = at_once(*[lambda p=p: found(p, "Slow town") for p in programs])

    assert names() == ["Slow town"]
    assert set(answers) <= {201, 409}
    assert 201 in answers


@pytest.mark.django_db(transaction=True)
def test_double_click_at_the_same_moment_leads_both_to_the_thing(cast, browse):
    browsers = [browse(cast.aminata) for _click in range(2)]
    form = {"name": "Slow town", "once": "t1"}

    answers = at_once(*[lambda b=b: b.post("/towns", form) for b in browsers])

    assert names() == ["Slow town"]
    assert answers == [303, 303]
