"""Deciding on mails, on every face; and who reads them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import JournalLine
from helpdesk import actions
from helpdesk.actions import receiving, settling
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
RETRY = Act(
    page=lambda m: (f"/mails/{m.pk}/attempt", {}),
    api=lambda m: ("PUT", f"/api/v1/mails/{m.pk}/attempt", None),
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


@pytest.fixture
def failed(desk, queue, monkeypatch):
    """A mail that failed for good, and what makes it fail."""
    with monkeypatch.context() as patch:
        patch.setattr(receiving, "settle", _broken)
        row = received(subject=f"Failing {SECRET}", body=f"Nobody reads it. {SECRET}")
        InboundMail.objects.update(received_at=timezone.now() - timedelta(hours=1))
        for _attempt in range(receiving.MOST_ATTEMPTS):
            actions.settle_waiting()
    row.refresh_from_db()
    return row


def _broken(mail):
    raise RuntimeError("The moon is in the way.")


@pytest.mark.parametrize("face", FACES)
def test_agents_try_again_what_failed_for_good(face, perform, desk, failed):
    assert (failed.outcome, failed.attempts, failed.queue.slug) == ("failed", 12, "hosting")
    assert perform(face, None, RETRY, failed) == SIGN_IN
    assert {perform(face, desk[who], RETRY, failed) for who in OUTSIDE} == {UNSEEN}
    assert perform(face, desk["vera"], OPEN, failed) == WRONG_MOMENT

    assert perform(face, desk["vera"], RETRY, failed) == DONE
    assert perform(face, desk["vera"], RETRY, failed) == WRONG_MOMENT
    failed.refresh_from_db()
    assert (failed.outcome, Ticket.objects.count()) == ("opened", 1)
    assert JournalLine.objects.get(verb="helpdesk.mail_retried").actor == desk["vera"]


@pytest.mark.parametrize("face", FACES)
def test_what_fails_again_stays_and_can_be_discarded(face, perform, desk, failed, monkeypatch):
    monkeypatch.setattr(receiving, "settle", _broken)

    assert perform(face, desk["vera"], RETRY, failed) == DONE
    failed.refresh_from_db()
    assert (failed.outcome, failed.attempts) == ("failed", 13)
    assert perform(face, desk["vera"], DISCARD, failed) == DONE


def test_lists_show_what_failed_for_good_and_no_fault_of_ours(browse, call, desk, failed):
    page, api = browse(desk["nadia"]), call(desk["nadia"])

    for path in ("/mails", "/mails?all=1"):
        assert f"Failing {SECRET}" in page.get(path).content.decode()
    shown = page.get(failed.path).content.decode()
    assert f"Nobody reads it. {SECRET}" in shown
    assert "We failed to take it in" in shown
    assert "moon" not in shown
    assert api.get("/api/v1/mails").json()["results"][0]["outcome"] == "failed"
    assert "1 mail to decide on" in page.get("/queue").content.decode()
    for name in OUTSIDE:
        assert SECRET not in browse(desk[name]).get("/mails").content.decode()


def test_what_cannot_even_be_read_is_for_the_default_queue(browse, desk, monkeypatch, queue):
    monkeypatch.setattr(settling, "parse_mail", _broken)
    row = received(subject="Unreadable")
    InboundMail.objects.update(
        received_at=timezone.now() - timedelta(hours=1), attempts=receiving.MOST_ATTEMPTS
    )

    actions.settle_waiting()

    row.refresh_from_db()
    assert (row.outcome, row.queue) == ("failed", queue)
    page = browse(desk["nadia"])
    assert "We failed to take it in" in page.get("/mails").content.decode()
    assert "cannot be shown" in page.get(row.path).content.decode()


def test_mails_that_failed_or_lie_there_are_told_to_who_watches(browse, desk, failed):
    def told():
        return browse(None).get("/health/ready").json()["checks"]["mails"]

    assert (told()["ok"], told()["failed"]) == (False, 1)
    actions.discard_mail(actor=desk["nadia"], mail_id=failed.pk, reason="Nothing to do.")
    assert told()["ok"]
    actions.store_mail(raw=b"Subject: x\n\nHello")
    assert told()["ok"]
    InboundMail.objects.update(received_at=timezone.now() - timedelta(hours=1))
    assert (told()["ok"], told()["waiting"]) == (False, 1)


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


def test_what_a_mail_quoted_is_told_to_programs_of_who_reads_it(browse, call, desk, ticket):
    quoting = f"More.\n\nOn Sun, Mar 3, 2024 at 10:22 AM X wrote:\n> QUOTED {SECRET}"
    row = received("aminata@people.example", subject=ticket.number, body=quoting)
    path = f"/api/v1/tickets/{ticket.pk}/messages"

    def told(name):
        return [said["folded_text"] for said in call(desk[name]).get(path).json()["results"]]

    assert row.folded_text.startswith("On Sun")
    for name in ("aminata", "farid", "nadia", "vera"):
        assert [text for text in told(name) if text != ""] == [row.folded_text], name
    for name in ("omar", "odile"):
        assert call(desk[name]).get(path).status_code == 404
    desk["vera"].role_grants.update(volunteer=True)
    assert set(told("vera")) == {None}
    rest = f"{ticket.path}/messages/{row.message.pk}/rest"
    assert browse(desk["vera"]).get(rest).status_code == 404


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
