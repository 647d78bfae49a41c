"""Saying how one was helped: on every face, by link, in its time, and never by agents."""

import re
from datetime import timedelta

import pytest

from core.models import JournalLine, OutgoingMail
from helpdesk import actions
from helpdesk.models import Rating
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT, Act
from tests.helpdesk.test_faces import AGENTS, ASKERS, OUTSIDE


def rates(grade="good", comment="Quick."):
    data = {"grade": grade, "comment": comment}
    return Act(
        page=lambda t: (f"{t.path}/rating", data),
        api=lambda t: ("PUT", f"/api/v1/tickets/{t.pk}/rating", data),
    )


def solve(desk, ticket, who="nadia"):
    actions.set_state(actor=desk[who], ticket_id=ticket.pk, state="solved")


def link(run_tasks):
    """Return the path of the link in the mail that says it is solved."""
    run_tasks()
    mail = OutgoingMail.objects.filter(subject__contains="Solved").latest("pk")
    body = bytes(mail.raw or b"").decode().replace("=\n", "").replace("=3D", "=")
    assert "One click" not in body  # a link only chooses: mail programs open links, too
    found = re.search(r"- I was helped well\r?\n  \S+(/ratings/[^?\s]+)\?grade=good", body)
    return found.group(1) if found else None


@pytest.mark.parametrize("face", FACES)
def test_those_who_asked_rate_what_is_solved(face, perform, desk, ticket):
    assert perform(face, desk["aminata"], rates(), ticket) == WRONG_MOMENT
    solve(desk, ticket)
    expected = dict.fromkeys(OUTSIDE, UNSEEN) | dict.fromkeys(AGENTS, NOT_ALLOWED)

    assert {who: perform(face, desk[who], rates(), ticket) for who in expected} == expected
    assert perform(face, None, rates(), ticket) == SIGN_IN
    assert perform(face, desk["aminata"], rates("great"), ticket) == INVALID
    for who in sorted(ASKERS):
        for grade in ("good", "good", "bad"):
            assert perform(face, desk[who], rates(grade), ticket) == DONE
    assert Rating.objects.count() == len(ASKERS)
    assert set(Rating.objects.values_list("grade", flat=True)) == {"bad"}


def test_link_shows_a_form_and_acts_when_posted(browse, desk, ticket, run_tasks):
    solve(desk, ticket)
    path, visitor = link(run_tasks), browse(None)

    shown = visitor.get(f"{path}?grade=fair").content.decode()
    assert not Rating.objects.exists()
    assert re.search(r'value="fair"[^>]*checked', shown)
    for comment in ("So so.", "Better now."):
        answer = visitor.post(path, {"grade": "good", "comment": comment})
        assert answer.status_code == 200
    row = Rating.objects.get()
    assert (row.person, row.grade, row.comment) == (desk["aminata"], "good", "Better now.")
    assert visitor.post(path, {"grade": "great"}).status_code == 422
    assert visitor.get(path[:-2] + "xx").status_code == 404
    assert "Internal" not in shown
    assert "NOTE" not in shown


def test_solved_again_is_rated_anew_and_the_old_link_stays_with_the_old(
    browse, desk, ticket, run_tasks
):
    solve(desk, ticket)
    old = link(run_tasks)
    actions.set_state(actor=desk["aminata"], ticket_id=ticket.pk, state="waiting_us")
    browse(None).post(old, {"grade": "bad"})
    solve(desk, ticket)
    browse(None).post(link(run_tasks), {"grade": "good"})

    rows = Rating.objects.order_by("solution")
    assert [row.grade for row in rows] == ["bad", "good"]


def test_after_two_weeks_it_stands(browse, desk, ticket, run_tasks, time_machine):
    solve(desk, ticket)
    path = link(run_tasks)
    browse(None).post(path, {"grade": "good"})
    line = JournalLine.objects.filter(verb="helpdesk.state_changed").latest("pk")

    time_machine.move_to(line.at + timedelta(days=14, seconds=1), tick=False)

    assert browse(None).post(path, {"grade": "bad"}).status_code == 409
    assert browse(None).get(path).status_code == 409
    assert Rating.objects.get().grade == "good"


def test_ticket_an_agent_opened_alone_is_never_rated(browse, desk, open_ticket, run_tasks):
    own = open_ticket("vera")
    solve(desk, own)

    assert link(run_tasks) is None
    assert browse(desk["vera"]).post(f"{own.path}/rating", {"grade": "good"}).status_code == 403
    assert not Rating.objects.exists()


def test_who_solved_it_themselves_gets_no_mail_and_may_rate(desk, ticket, run_tasks, browse):
    solve(desk, ticket, "aminata")
    run_tasks()

    assert not OutgoingMail.objects.filter(subject__contains="Solved").exists()
    page = browse(desk["aminata"]).get(ticket.path).content.decode()
    assert f'href="{ticket.path}/rating"' in page
    assert (
        f'href="{ticket.path}/rating"'
        not in browse(desk["nadia"]).get(ticket.path).content.decode()
    )


def test_agents_read_the_words_and_the_figures_others_their_own(call, browse, desk, ticket):
    solve(desk, ticket)
    for who, grade in (("aminata", "good"), ("farid", "bad")):
        actions.rate(actor=desk[who], ticket_id=ticket.pk, grade=grade, comment=f"By {who}")

    def comments(name):
        rows = call(desk[name]).get(f"/api/v1/tickets/{ticket.pk}/ratings").json()
        return [row["comment"] for row in rows]

    assert comments("nadia") == ["By aminata", "By farid"]
    assert comments("vera") == ["By (name)", "By (name)"]  # a volunteer
    assert comments("farid") == ["By farid"]
    assert comments("olga") == []
    assert "By farid" in browse(desk["nadia"]).get(f"{ticket.path}/around").content.decode()
    figures = "/api/v1/ratings/figures"
    assert call(desk["vera"]).get(figures).json() == [
        {"queue": "hosting", "good": 1, "fair": 0, "bad": 1}
    ]
    assert call(desk["odile"]).get(figures).json()[0]["good"] == 0
    assert call(desk["aminata"]).get(figures).status_code == 403
