"""Pending tickets, named states, clocks and levels on all their faces."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from helpdesk import actions
from helpdesk.models import Clock, NamedState, Ticket
from helpdesk.queries.shown_levels import week_words
from people.models import ClosedDay, GuaranteeLevelVersion, ServiceCalendar
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT, Act
from tests.helpdesk.conftest import opened
from tests.helpdesk.test_faces import AGENTS, ASKERS, CLOSE, OUTSIDE, act


def ahead(**distance):
    """Return a moment ahead, as both faces read it."""
    return f"{timezone.now() + timedelta(**distance):%Y-%m-%dT%H:%M:%SZ}"


def aside(**distance):
    return Act(
        page=lambda t: (f"{t.path}/pending", {"until": ahead(**distance)}),
        api=lambda t: ("PUT", f"/api/v1/tickets/{t.pk}/pending", {"until": ahead(**distance)}),
    )


ASIDE = aside(days=3)
TAKE_UP = act("pending/undo", api="pending", method="DELETE")
NONSENSE = act("pending", {"until": "soon"})
NAMED = Act(
    page=lambda t: (f"{t.path}/state", {"state": "waiting_us:registrar"}),
    api=lambda t: (
        "PUT",
        f"/api/v1/tickets/{t.pk}/state",
        {"state": "waiting_us", "named": "registrar"},
    ),
)
MISNAMED = Act(
    page=lambda t: (f"{t.path}/state", {"state": "solved:registrar"}),
    api=lambda t: (
        "PUT",
        f"/api/v1/tickets/{t.pk}/state",
        {"state": "solved", "named": "registrar"},
    ),
)


@pytest.fixture
def registrar(db):
    names = {"en": "Waiting for the registrar", "fr": "En attente du bureau d’enregistrement"}
    return NamedState.objects.create(slug="registrar", code="waiting_us", names=names)


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("what", [ASIDE, TAKE_UP, NAMED], ids=["aside", "take up", "named"])
def test_agents_alone_put_off_take_up_and_name(face, what, perform, desk, ticket, registrar):
    expected = dict.fromkeys(OUTSIDE, UNSEEN) | dict.fromkeys(ASKERS, NOT_ALLOWED)

    assert {who: perform(face, desk[who], what, ticket) for who in expected} == expected
    assert perform(face, None, what, ticket) == SIGN_IN
    for who in sorted(AGENTS):
        assert (who, perform(face, desk[who], what, ticket)) == (who, DONE)


@pytest.mark.parametrize("face", FACES)
def test_pending_at_the_wrong_moment_and_twice(face, perform, desk, ticket):
    nadia = desk["nadia"]

    for nonsense in (NONSENSE, aside(days=-1), aside(days=400)):
        assert perform(face, nadia, nonsense, ticket) == INVALID
    assert perform(face, nadia, ASIDE, ticket) == DONE
    assert perform(face, nadia, ASIDE, ticket) == DONE
    ticket.refresh_from_db()
    assert (ticket.state, ticket.pending_until is None) == ("waiting_us", False)
    assert perform(face, nadia, TAKE_UP, ticket) == DONE
    assert perform(face, nadia, TAKE_UP, ticket) == DONE
    ticket.refresh_from_db()
    assert (ticket.state, ticket.pending_until) == ("waiting_us", None)
    assert perform(face, nadia, CLOSE, ticket) == DONE
    assert perform(face, nadia, ASIDE, ticket) == WRONG_MOMENT


@pytest.mark.parametrize("face", FACES)
def test_name_belongs_to_its_state_and_may_be_withdrawn(face, perform, desk, ticket, registrar):
    assert perform(face, desk["nadia"], MISNAMED, ticket) == INVALID
    assert perform(face, desk["nadia"], NAMED, ticket) == DONE
    assert perform(face, desk["nadia"], NAMED, ticket) == DONE
    ticket.refresh_from_db()
    assert (ticket.state, ticket.named_state) == ("waiting_us", registrar)

    NamedState.objects.update(is_offered=False)
    assert perform(face, desk["vera"], NAMED, ticket) == INVALID


def test_names_and_dates_are_shown_to_both_sides_and_in_the_queue(
    browse, call, desk, ticket, registrar
):
    until = timezone.now() + timedelta(days=3)
    kept = {"state": "waiting_us", "named": "registrar"}
    actions.set_state(actor=desk["nadia"], ticket_id=ticket.pk, **kept)
    actions.set_aside(actor=desk["nadia"], ticket_id=ticket.pk, until=until)

    for name, path in (("nadia", ticket.path), ("aminata", ticket.path), ("nadia", "/queue")):
        page = browse(desk[name]).get(path).content.decode()
        assert "Waiting for the registrar" in page
        assert "We come back to it" in page
    shown = call(desk["aminata"]).get(f"/api/v1/tickets/{ticket.pk}").json()
    assert shown["named_state"] == "registrar"
    assert shown["pending_until"] == f"{until.replace(microsecond=0):%Y-%m-%dT%H:%M:%SZ}"
    assert "Come back to it later" not in browse(desk["aminata"]).get(ticket.path).content.decode()


def test_named_states_are_listed_for_agents(call, desk, registrar):
    NamedState.objects.create(slug="old", code="closed", names={"en": "Old"}, is_offered=False)

    found = call(desk["nadia"]).get("/api/v1/named-states").json()

    assert found == [
        {"slug": "registrar", "state": "waiting_us", "name": "Waiting for the registrar"}
    ]
    assert call(desk["aminata"]).get("/api/v1/named-states").status_code == 403


def test_clocks_are_told_to_who_sees_the_ticket(call, desk, ticket):
    actions.reply(actor=desk["nadia"], ticket_id=ticket.pk, source="Here.", revision=9)
    path = f"/api/v1/tickets/{ticket.pk}/clocks"

    rows = call(desk["aminata"]).get(path).json()["results"]

    facts = {row["kind"]: (row["turn"], row["outcome"], row["ended_at"] is None) for row in rows}
    assert facts == {"first_response": (1, "kept", False), "solution": (1, None, True)}
    assert call(desk["omar"]).get(path).status_code == 404


def test_both_deadlines_stand_on_the_page_and_the_nearest_in_the_queue(browse, desk, ticket):
    page = browse(desk["nadia"]).get(ticket.path).content.decode()
    assert page.index("at the latest: our answer") < page.index("at the latest: the solution")
    now = timezone.now()
    late = {"answer_due_at": now + timedelta(hours=2), "solution_due_at": now - timedelta(hours=1)}
    Ticket.objects.update(**late)

    assert "Solution 1" in browse(desk["nadia"]).get("/queue").content.decode()
    page = browse(desk["nadia"]).get(ticket.path).content.decode()
    assert page.index("the solution is late") < page.index("at the latest: our answer")

    actions.set_state(actor=desk["nadia"], ticket_id=ticket.pk, state="waiting_requester")
    for name, words in (("nadia", "for the requester."), ("aminata", "while we wait for you.")):
        page = browse(desk[name]).get(ticket.path).content.decode()
        assert words in page
        assert "at the latest: our answer" not in page


@pytest.fixture
def office(db):
    hours = [["09:00", "12:00"], ["14:00", "18:00"]]
    made = ServiceCalendar.objects.create(
        slug="office", names={"en": "Office"}, week=[hours] * 5 + [[["09:00", "00:00"]], []]
    )
    day = timezone.localdate() + timedelta(days=9)
    ClosedDay.objects.create(calendar=made, day=day, name="Feast of figs")
    return made


def finished(desk, site, count, *, minutes, late=0):
    """Make tickets about the site whose first answer took so long; some of them late."""
    for number in range(count):
        ticket = opened(desk["aminata"], site_id=site.pk)
        Clock.objects.filter(ticket=ticket, kind="first_response").update(
            ended_at=timezone.now(),
            spent_seconds=60 * (minutes + number),
            outcome="missed" if number < late else "kept",
        )


def test_levels_tell_what_is_promised_and_how_it_was_kept(browse, call, desk, levels, site, office):
    GuaranteeLevelVersion.objects.create(
        level=levels["guaranteed"],
        names={"en": "Guaranteed"},
        first_response_minutes=240,
        next_response_minutes=60,
        resolution_minutes=1440,
        calendar=office,
        languages=["fr", "en"],
        yearly_price_cents=12050,
        availability_percent="99.80",
    )
    finished(desk, site, 10, minutes=11, late=2)
    opened(desk["omar"])

    page = browse().get("/levels").content.decode()
    rows = {row["slug"]: row for row in call().get("/api/v1/levels").json()["results"]}

    assert "Feast of figs" in page
    for words in (
        "Guaranteed",
        "120.5",
        "Monday to Friday",
        "09:00–12:00, 14:00–18:00",
        "09:00–24:00",
        "99.80 %",
        "How this was kept is not measured.",
        "Français, English",
    ):
        assert words in page
    assert page.count("Sites reachable") == 1  # the free one promises nothing of the kind
    assert rows["guaranteed"]["availability_percent"] == "99.80"
    assert rows["free"]["availability_percent"] is None
    assert set(rows["free"]["languages"]) == {code for code, _name in settings.SPOKEN_LANGUAGES}
    assert rows["guaranteed"]["first_response"] == {
        "count": 10,
        "median_minutes": 15,
        "percentile_90_minutes": 19,
        "kept_percent": 80,
    }
    assert rows["guaranteed"]["solution"] is rows["free"]["first_response"] is None
    assert rows["guaranteed"]["languages"] == ["fr", "en"]
    assert rows["guaranteed"]["calendar"]["week"] == office.week
    assert rows["free"]["calendar"] is None
    assert "80\u00a0%" in page or "80 %" in page
    for person in (None, desk["omar"]):
        assert "Aminata" not in browse(person).get("/levels").content.decode()


def test_groups_under_five_are_hidden_and_what_is_late_now_counts(call, desk, levels, site):
    def record():
        cache.clear()
        rows = call().get("/api/v1/levels").json()["results"]
        return next(row for row in rows if row["slug"] == "guaranteed")["first_response"]

    finished(desk, site, 4, minutes=10)
    assert record() is None
    finished(desk, site, 1, minutes=10)
    assert record()["kept_percent"] == 100
    waiting = opened(desk["aminata"], site_id=site.pk)
    past = datetime(2026, 1, 1, tzinfo=UTC)
    Clock.objects.filter(ticket=waiting, kind="first_response").update(due_at=past)
    assert (record()["count"], record()["kept_percent"]) == (5, 83)


def test_further_answers_have_figures_once_five_tickets_had_them(browse, call, desk, levels, site):
    def record():
        cache.clear()
        rows = call().get("/api/v1/levels").json()["results"]
        return next(row for row in rows if row["slug"] == "guaranteed")["next_response"]

    def answered(ticket, turn, outcome="kept"):
        now = timezone.now()
        facts = {"started_at": now, "due_at": now, "ended_at": now, "spent_seconds": 60 * turn}
        Clock.objects.create(
            ticket=ticket, kind="next_response", turn=turn, outcome=outcome, **facts
        )

    tickets = [opened(desk["aminata"], site_id=site.pk) for _number in range(5)]
    for ticket in tickets[:4]:
        answered(ticket, turn=1)
        answered(ticket, turn=2, outcome="missed")
    assert record() is None  # eight answers, and four tickets
    answered(tickets[4], turn=1, outcome="unpromised")
    assert record() == {
        "count": 9,
        "median_minutes": 1,
        "percentile_90_minutes": 2,
        "kept_percent": None,
    }
    past = datetime(2026, 1, 1, tzinfo=UTC)
    facts = {"turn": 2, "started_at": past, "due_at": past}
    Clock.objects.create(ticket=tickets[4], kind="next_response", **facts)
    assert (record()["count"], record()["kept_percent"]) == (9, 44)
    page = browse().get("/levels").content.decode()
    assert '<th scope="row">Each further answer</th>' in page
    assert "44\u00a0%" in page or "44 %" in page


def test_a_group_that_shrinks_while_it_is_reckoned_is_left_out(call, desk, levels, site):
    """A ticket is opened again between the count and the figures."""
    finished(desk, site, 5, minutes=10)
    cache.clear()
    reopened = []

    def open_again(execute, sql, params, many, context):
        if "ROW_NUMBER" in sql and not reopened:
            reopened.append(Clock.objects.filter(kind="first_response").latest("pk"))
            Clock.objects.filter(pk=reopened[0].pk).update(ended_at=None, outcome="")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(open_again):
        answer = call().get("/api/v1/levels")

    assert len(reopened) == 1
    row = next(row for row in answer.json()["results"] if row["slug"] == "guaranteed")
    assert row["first_response"] is None


def test_levels_cost_the_same_however_many_tickets(
    browse, desk, levels, site, django_assert_max_num_queries
):
    finished(desk, site, 6, minutes=10)
    client = browse(desk["omar"])
    client.get("/levels")  # the record is reckoned every quarter of an hour

    with django_assert_max_num_queries(6):
        assert client.get("/levels").status_code == 200


@pytest.mark.parametrize(
    ("week", "words"),
    [
        ([[["00:00", "00:00"]]] * 7, [("Monday to Sunday", "day and night")]),
        (
            [[["09:00", "18:00"]]] * 5 + [[], []],
            [("Monday to Friday", "09:00–18:00"), ("Saturday to Sunday", "closed")],
        ),
        (
            [[]] + [[["09:00", "00:00"]]] * 6,
            [("Monday", "closed"), ("Tuesday to Sunday", "09:00–24:00")],
        ),
    ],
)
def test_hours_of_a_week_in_words(week, words):
    assert week_words(week) == words


def test_buttons_speak_from_the_readers_side(browse, desk, ticket):
    actions.set_state(actor=desk["nadia"], ticket_id=ticket.pk, state="waiting_requester")

    asker = browse(desk["aminata"]).get(ticket.path).content.decode()
    agent = browse(desk["nadia"]).get(ticket.path).content.decode()

    assert ">I still need your help</button>" in asker
    assert "We come back to it" not in asker
    assert ">We come back to it</button>" in agent
    assert "I still need your help" not in agent
