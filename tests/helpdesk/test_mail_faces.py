"""Deciding on mails, on every face; and who reads them."""

import pytest

from helpdesk.models import InboundMail, Message, Ticket
from tests.cast import SECRET
from tests.faces import DONE, FACES, INVALID, SIGN_IN, UNSEEN, WRONG_MOMENT, Act
from tests.helpdesk.mails import received


def into(ticket):
    return Act(
        page=lambda m: (f"/mails/{m.pk}/ticket", {"ticket": ticket.number}),
        api=lambda m: ("PUT", f"/api/v1/mails/{m.pk}/ticket", {"ticket": ticket.pk}),
    )


# Into the ticket the mail seems to belong to; for the table of rights.
ATTACH = Act(
    page=lambda m: (f"/mails/{m.pk}/ticket", {"ticket": m.ticket.number}),
    api=lambda m: ("PUT", f"/api/v1/mails/{m.pk}/ticket", {"ticket": m.ticket.pk}),
)
OPEN = Act(
    page=lambda m: (f"/mails/{m.pk}/opening", {}),
    api=lambda m: ("PUT", f"/api/v1/mails/{m.pk}/opening", None),
)
DISCARD = Act(
    page=lambda m: (f"/mails/{m.pk}/discarding", {"reason": "Nothing to do."}),
    api=lambda m: ("PUT", f"/api/v1/mails/{m.pk}/discarding", {"reason": "Nothing to do."}),
)
NO_REASON = Act(
    page=lambda m: (f"/mails/{m.pk}/discarding", {"reason": ""}),
    api=lambda m: ("PUT", f"/api/v1/mails/{m.pk}/discarding", {"reason": ""}),
)
OUTSIDE = ("omar", "aminata", "odile", "clara", "moira", "panel")


@pytest.fixture(autouse=True)
def _vera_is_staff(desk):
    """Mails say who asks: they are for who need not be shown a mask."""
    desk["vera"].role_grants.update(volunteer=False)


@pytest.fixture
def mail(desk, ticket):
    """A stranger's mail that names aminata's ticket: an agent must decide."""
    return received(subject=f"Re: [{ticket.number}] {SECRET}", body=f"I see it too. {SECRET}")


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("act", [ATTACH, OPEN, DISCARD], ids=["attach", "open", "discard"])
def test_agents_of_the_queue_decide_once(face, act, perform, desk, mail):
    assert perform(face, None, act, mail) == SIGN_IN
    for who in OUTSIDE:
        assert perform(face, desk[who], act, mail) == UNSEEN, who
    assert perform(face, desk["vera"], act, mail) == DONE
    assert perform(face, desk["nadia"], act, mail) == DONE  # the same again
    for other in {ATTACH, OPEN, DISCARD} - {act}:
        assert perform(face, desk["vera"], other, mail) == WRONG_MOMENT
    mail.refresh_from_db()
    assert mail.decided_by == desk["vera"]
    assert Ticket.objects.count() == (2 if act is OPEN else 1)


@pytest.mark.parametrize("face", FACES)
def test_what_cannot_be_done_says_why(face, perform, desk, mail, open_ticket, other_queue):
    foreign = open_ticket("omar")
    Ticket.objects.filter(pk=foreign.pk).update(queue=other_queue)

    assert perform(face, desk["vera"], NO_REASON, mail) == INVALID
    assert perform(face, desk["vera"], into(foreign), mail) == UNSEEN
    mail.refresh_from_db()
    assert mail.outcome == "quarantined"


def test_attached_mail_is_its_senders_and_gives_no_right_to_read(
    browse, desk, ticket, mail, run_tasks
):
    browse(desk["vera"]).post(f"/mails/{mail.pk}/ticket", {"ticket": ticket.number})
    run_tasks()

    message = Message.objects.get(mail__pk=mail.pk)
    assert (message.author.state, message.side) == ("stub", "requester")
    assert message.source == f"I see it too. {SECRET}"
    assert not Ticket.objects.visible_to(message.author).exists()


@pytest.mark.parametrize("face", ["page", "api"])
def test_automatic_mail_opens_a_ticket_if_an_agent_says_so_and_is_not_answered(
    face, perform, desk, run_tasks
):
    from core.models import OutgoingMail

    mail = received(Precedence="bulk")
    assert perform(face, desk["nadia"], OPEN, mail) == DONE
    run_tasks()

    assert Ticket.objects.get().requester.state == "stub"
    assert not OutgoingMail.objects.exists()


def test_lists_and_pages_show_mails_to_agents_of_their_queue_alone(browse, call, desk, mail):
    for name in ("nadia", "vera"):
        page, api = browse(desk[name]), call(desk[name])
        assert SECRET in page.get("/mails").content.decode()
        assert "does not take part" in page.get("/mails").content.decode()
        assert f"I see it too. {SECRET}" in page.get(mail.path).content.decode()
        assert api.get("/api/v1/mails").json()["results"][0]["id"] == mail.pk
        assert SECRET in api.get(f"/api/v1/mails/{mail.pk}").json()["text"]
        assert "1 mail to decide on" in page.get("/queue").content.decode()
    for name in OUTSIDE:
        page, api = browse(desk[name]), call(desk[name])
        for path in ("/mails", "/mails?all=1", mail.path):
            assert SECRET not in page.get(path).content.decode(), name
        for path in ("/api/v1/mails", "/api/v1/mails/all", f"/api/v1/mails/{mail.pk}"):
            assert SECRET not in api.get(path).content.decode(), name
    assert perform_status(browse(desk["aminata"]), "/mails") == 403
    assert perform_status(browse(desk["odile"]), mail.path) == 404


def perform_status(client, path):
    return client.get(path).status_code


def test_all_mails_show_what_became_of_them(browse, desk, mail):
    other = received("b@outside.example", subject="Opened by itself")
    page = browse(desk["nadia"])

    assert "Opened by itself" not in page.get("/mails").content.decode()
    every = page.get("/mails?all=1").content.decode()
    assert "Opened by itself" in every
    assert "opened a ticket" in every
    assert "Open a ticket with it" not in page.get(other.path).content.decode()


def test_what_a_mail_quoted_is_read_by_who_reads_the_message(browse, desk, ticket):
    quoting = f"More.\n\nOn Sun, Mar 3, 2024 at 10:22 AM X wrote:\n> QUOTED {SECRET}"
    row = received("aminata@people.example", subject=ticket.number, body=quoting)
    path = f"{ticket.path}/messages/{row.message.pk}/rest"

    page = browse(desk["aminata"]).get(ticket.path).content.decode()
    assert path in page
    assert "QUOTED" not in page
    for name in ("aminata", "farid", "nadia"):
        assert "QUOTED" in browse(desk[name]).get(path).content.decode()
    assert "address alone" in browse(desk["nadia"]).get(path).content.decode()
    assert "address alone" not in browse(desk["aminata"]).get(path).content.decode()
    for name in ("omar", "odile"):
        assert browse(desk[name]).get(path).status_code == 404
    assert browse(desk["nadia"]).get(f"{ticket.path}/messages/999/rest").status_code == 404


def test_lists_of_mails_cost_the_same_however_long(browse, call, desk, assert_asks):
    page, api = browse(desk["nadia"]), call(desk["nadia"])

    def costs():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        from tests.conftest import asked_of

        found = []
        for client, path in ((page, "/mails"), (page, "/mails?all=1"), (api, "/api/v1/mails")):
            client.get(path)
            with CaptureQueriesContext(connection) as context:
                assert client.get(path).status_code == 200
            found.append(len(asked_of(context.captured_queries)))
        return found

    for number in range(2):
        received(f"{number}@x.example", Precedence="bulk")
    few = costs()
    for number in range(2, 12):
        received(f"{number}@x.example", Precedence="bulk")

    assert costs() == few
    assert InboundMail.objects.waiting().count() == 12
    assert few == [2, 2, 3]


def test_volunteers_read_no_mail(browse, call, desk, mail):
    desk["vera"].role_grants.update(volunteer=True)

    page, api = browse(desk["vera"]), call(desk["vera"])
    for path in ("/mails", "/mails?all=1", mail.path):
        assert SECRET not in page.get(path).content.decode()
    for path in ("/api/v1/mails", "/api/v1/mails/all", f"/api/v1/mails/{mail.pk}"):
        assert SECRET not in api.get(path).content.decode()
    assert "mail to decide on" not in page.get("/queue").content.decode()
