"""Whether past answers spare tickets: what is kept of a visit, the hold-out, and the figures."""

import json
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.utils import timezone

from helpdesk import actions, queries
from helpdesk.deflection import difference, is_drawn, is_invented, share
from helpdesk.models import Exposure, Ticket, Visit
from helpdesk.queries.deflection import deflection
from search.actions import rebuild_index
from tests.cast import SECRET, make_person
from tests.faces import DONE, SIGN_IN, UNSEEN, Act
from tests.helpdesk.test_pages import FRAGMENT, NEW, text_of

SUBJECT = {"subject": "Mail lands in spam"}


@pytest.fixture
def indexed(a_question):
    rebuild_index()
    return a_question


@pytest.fixture
def everyone_drawn(settings):
    settings.HOLD_OUT_PERCENT = 100


@pytest.fixture
def real(db):
    """A person whose address could be someone's."""
    person = make_person("real")
    EmailAddress.objects.filter(user=person).update(email="real@entraide.org")
    return person


def test_drawn_are_about_ten_of_a_hundred_and_always_the_same():
    drawn = [number for number in range(20_000) if is_drawn(number, 10)]

    assert 1_850 < len(drawn) < 2_150
    assert drawn == [number for number in range(20_000) if is_drawn(number, 10)]
    assert not any(is_drawn(number, 0) for number in range(500))
    assert all(is_drawn(number, 100) for number in range(500))
    assert drawn != [number for number in range(20_000) if is_drawn(number, 10, salt="another")]


@pytest.mark.parametrize(
    ("address", "invented"),
    [
        ("a@people.example", True),
        ("a@EXAMPLE", True),
        ("a@example.org", True),
        ("a@mail.example.org", True),
        ("a@b.test", True),
        ("a@myexample.org", False),
        ("a@example.org.fr", False),
        ("a@atelier.fr", False),
    ],
)
def test_reserved_domains_are_nobodys(address, invented):
    assert is_invented(address) == invented


def test_people_of_demo_and_tests_are_never_held_out(cast, real, everyone_drawn, settings):
    assert not any(queries.is_held_out(person) for person in cast)
    assert queries.is_held_out(real)
    settings.HOLD_OUT_PERCENT = 0
    assert not queries.is_held_out(real)


# Newcombe (1998), table II: method 10, contrasts (a) to (h) where its figures are printed.
@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_difference_is_newcombes(first, second, low, high):
    found = difference(share(*first), share(*second))

    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_share_is_wilsons():
    found = share(81, 263)

    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)
    assert share(0, 10).low == 0
    assert share(10, 10).high == pytest.approx(1)
    with pytest.raises(ValueError, match="share"):
        share(0, 0)


def test_a_visit_is_kept_from_the_first_look_to_the_ticket(browse, desk, indexed):
    client = browse(desk["aminata"])

    client.get("/tickets/similar", {"subject": "nothing about that at all"}, headers=FRAGMENT)
    assert not Visit.objects.exists()
    for subject in ("Mail in spam", "Mail lands in spam"):
        client.get("/tickets/similar", {"subject": subject}, headers=FRAGMENT)
    opened = client.get(f"/tickets/opened-answer?answer=forum.question:{indexed.pk}")
    client.post("/tickets/new", {**NEW, "looked": [f"forum.question:{indexed.pk}"]})

    visit, exposure = Visit.objects.get(), Exposure.objects.get()
    assert (opened.status_code, opened["Location"]) == (303, indexed.path)
    assert (visit.person, visit.held_out, visit.ticket) == (
        desk["aminata"],
        False,
        Ticket.objects.get(),
    )
    assert exposure.thing_id == indexed.pk
    assert exposure.opened_at is not None
    assert exposure.solved_at is None

    client.get("/tickets/similar", SUBJECT, headers=FRAGMENT)
    assert Visit.objects.count() == 2  # after a ticket another one begins


def test_a_visit_ends_after_two_hours_of_silence(browse, desk, indexed):
    client = browse(desk["aminata"])
    client.get("/tickets/similar", SUBJECT)
    before = timezone.now() - timedelta(hours=2)
    Visit.objects.update(began_at=before, last_at=before)

    client.get("/tickets/similar", SUBJECT)

    assert Visit.objects.count() == 2


def test_solved_is_kept_with_the_visit(browse, desk, indexed):
    client = browse(desk["aminata"])
    client.get("/tickets/similar", SUBJECT)

    client.post("/tickets/solved-by-answer", {"answer": f"forum.question:{indexed.pk}"})

    assert Exposure.objects.get().solved_at is not None
    assert Visit.objects.get().ticket is None


def test_who_is_held_out_sees_no_suggestion_on_any_path(
    browse, call, real, indexed, everyone_drawn
):
    client = browse(real)

    typed = client.get("/tickets/similar", SUBJECT, headers=FRAGMENT)
    form = client.get("/tickets/new", SUBJECT)
    api = call(real).get("/api/v1/tickets/similar", SUBJECT).json()

    assert text_of(typed).strip() == ""
    assert indexed.title not in text_of(form)
    assert api == {"held_out": True, "results": []}
    visit = Visit.objects.get()
    assert visit.held_out
    assert not Exposure.objects.exists()

    sent = client.post("/tickets/new", NEW)  # nothing to look at first: it opens at once
    ticket = Ticket.objects.get()
    assert sent["Location"] == ticket.path
    visit.refresh_from_db()
    assert visit.ticket == ticket
    Ticket.objects.filter(pk=ticket.pk).update(subject=indexed.title)
    beside = text_of(client.get(f"{ticket.path}/past", headers=FRAGMENT))
    told = call(real).get(f"/api/v1/tickets/{ticket.pk}/knowledge").json()
    assert indexed.path not in beside
    assert "None found" not in beside  # that would be untrue
    assert told == {"held_out": True, "answers": [], "tickets": []}


def test_agents_are_shown_past_answers_whoever_is_held_out(
    browse, call, desk, real, indexed, everyone_drawn
):
    """The hold-out is of who asks: what an agent is shown spares no ticket."""
    ticket = actions.open_ticket(
        actor=real, subject=indexed.title, source="Which record?", language="en"
    )
    EmailAddress.objects.filter(user=desk["nadia"]).update(email="nadia@entraide.org")
    assert queries.is_held_out(desk["nadia"])

    beside = text_of(browse(desk["nadia"]).get(f"{ticket.path}/past", headers=FRAGMENT))
    told = call(desk["nadia"]).get(f"/api/v1/tickets/{ticket.pk}/knowledge").json()

    assert indexed.path in beside
    assert (told["held_out"], [row["id"] for row in told["answers"]]) == (False, [indexed.pk])


def test_whether_a_question_was_asked_before_is_told_to_everyone(
    browse, call, real, indexed, everyone_drawn
):
    """It spares the forum a duplicate, whoever asks; no ticket can come of it."""
    typed = browse(real).get("/questions/similar", {"title": indexed.title}, headers=FRAGMENT)
    api = call(real).get("/api/v1/search/similar", {"title": indexed.title}).json()

    assert indexed.path in text_of(typed)
    assert [row["id"] for row in api] == [indexed.pk]
    assert not Visit.objects.exists()


def test_others_see_them_on_every_path(browse, call, real, indexed, settings):
    settings.HOLD_OUT_PERCENT = 0
    client = browse(real)

    typed = client.get("/tickets/similar", SUBJECT, headers=FRAGMENT)
    form = client.get("/tickets/new", SUBJECT)
    stopped = client.post("/tickets/new", NEW)
    api = call(real).get("/api/v1/tickets/similar", SUBJECT).json()

    link = f"/tickets/opened-answer?answer=forum.question:{indexed.pk}"
    assert all(link in text_of(page) for page in (typed, form, stopped))
    assert not Ticket.objects.exists()
    assert (api["held_out"], [row["id"] for row in api["results"]]) == (False, [indexed.pk])
    assert Visit.objects.count() == Exposure.objects.count() == 1
    ticket = actions.open_ticket(
        actor=real, subject=indexed.title, source="Which record?", language="en"
    )
    assert indexed.path in text_of(client.get(f"{ticket.path}/past", headers=FRAGMENT))
    told = call(real).get(f"/api/v1/tickets/{ticket.pk}/knowledge").json()
    assert (told["held_out"], [row["id"] for row in told["answers"]]) == (False, [indexed.pk])


def test_suspended_people_and_visitors_leave_no_trace(browse, desk, indexed):
    desk["aminata"].state = "suspended"
    desk["aminata"].save()

    browse(desk["aminata"]).get("/tickets/similar", SUBJECT)
    browse().get("/tickets/similar", SUBJECT)

    assert not Visit.objects.exists()


OPENED = Act(
    page=lambda q: ("/tickets/opened-answer", {}),
    api=lambda q: (
        "PUT",
        "/api/v1/tickets/opened-answer",
        {"kind": "forum.question", "id": q.pk},
    ),
)


def test_opened_answers_by_api(perform, desk, indexed):
    assert perform("api", None, OPENED, indexed) == SIGN_IN
    assert perform("api", desk["aminata"], OPENED, indexed) == DONE
    indexed.pk += 1000
    assert perform("api", desk["aminata"], OPENED, indexed) == UNSEEN


def test_opening_leads_nowhere_one_may_not_see(browse, desk, ticket, indexed):
    client = browse(desk["omar"])

    for path in ("", f"helpdesk.ticket:{ticket.pk}", f"forum.question:{indexed.pk + 1000}", "x:1"):
        assert client.get(f"/tickets/opened-answer?answer={path}").status_code == 404
    assert (
        browse().get(f"/tickets/opened-answer?answer=forum.question:{indexed.pk}").status_code
        == 302
    )


def visits(group, count, *, tickets=0, later=0, solved=0, days_ago=20):
    """Make so many people with a visit each: the first ones with a ticket, the next with one
    three days later, the next who said that it was solved."""
    at = timezone.now() - timedelta(days=days_ago)
    for number in range(count):
        person = make_person(f"{'h' if group else 's'}{days_ago}-{number}")
        visit = Visit.objects.create(person=person, held_out=group, began_at=at, last_at=at)
        shown = Exposure.objects.create(visit=visit, thing_kind="forum.question", thing_id=1)
        if number < tickets + later:
            made = actions.open_ticket(actor=person, subject="Help", source="Hm", language="en")
            wait = timedelta(minutes=5) if number < tickets else timedelta(days=3)
            Ticket.objects.filter(pk=made.pk).update(opened_at=at + wait)
            Visit.objects.filter(pk=visit.pk).update(ticket=made if number < tickets else None)
        elif number < tickets + later + solved:
            shown.opened_at = shown.solved_at = at
            shown.save()


def test_report_counts_what_came_of_first_visits(desk):
    visits(group=False, count=8, tickets=2, later=1, solved=2)
    visits(group=True, count=4, tickets=3)
    visits(group=True, count=2, tickets=2, days_ago=3)  # too young to tell
    visits(group=True, count=2, tickets=2, days_ago=120)
    again = Visit.objects.filter(held_out=False).first()
    at = again.began_at + timedelta(days=1)
    Visit.objects.create(person=again.person, held_out=False, began_at=at, last_at=at)

    found = deflection(timezone.now())

    shown, held = found.shown, found.held_out
    assert (shown.visits, shown.tickets, shown.opened, shown.solved) == (8, 3, 2, 2)
    assert (shown.left, shown.came_back) == (4, 1)
    assert (held.visits, held.tickets) == (4, 3)
    assert found.spared == difference(share(3, 4), share(3, 8))


def test_report_on_page_api_and_command(desk, browse, call, capsys):
    visits(group=False, count=3, tickets=1)
    assert call(desk["clara"]).get("/api/v1/queue/deflection").json()["spared"] is None
    assert "Nothing to compare yet" in text_of(browse(desk["clara"]).get("/queue/deflection"))
    visits(group=True, count=3, tickets=2)

    page = text_of(browse(desk["clara"]).get("/queue/deflection"))
    api = call(desk["clara"]).get("/api/v1/queue/deflection").json()
    call_command("report_deflection", "--json")
    printed = json.loads(capsys.readouterr().out)
    call_command("report_deflection")
    table = capsys.readouterr().out

    assert api["spared"] == printed["spared"]
    assert {name: printed[name] for name in ("shown", "held_out")} == {
        name: api[name] for name in ("shown", "held_out")
    }
    assert round(api["spared"]["value"], 3) == 0.333
    assert "0.333" in page
    assert "the interval holds zero" in page
    assert "0.333 (-" in table


@pytest.mark.parametrize("who", ["aminata", "nadia", "omar", "moira", "panel"])
def test_report_is_for_coordinators(who, desk, browse, call):
    assert browse(desk[who]).get("/queue/deflection").status_code == 403
    assert call(desk[who]).get("/api/v1/queue/deflection").status_code == 403
    assert browse().get("/queue/deflection").status_code == 302


def test_nothing_typed_is_kept_and_erasure_takes_the_rest(browse, desk, indexed):
    client = browse(desk["aminata"])
    client.get("/tickets/similar", {"subject": f"Mail lands in spam {SECRET}"})
    kept = [row for model in (Visit, Exposure) for row in model.objects.values()]
    assert kept
    assert SECRET not in str(kept)

    from helpdesk.things import _erase_tickets

    _erase_tickets(desk["aminata"])

    assert not Visit.objects.exists()
    assert not Exposure.objects.exists()


def test_statements_of_suggestions_stay_few(browse, desk, indexed, assert_asks, settings):
    settings.HOLD_OUT_PERCENT = 0  # who would be drawn is asked about once more
    client = browse(desk["aminata"])
    client.get("/tickets/similar", SUBJECT)

    with assert_asks(10):
        client.get("/tickets/similar", SUBJECT, headers=FRAGMENT)
