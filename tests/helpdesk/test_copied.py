"""Who was in copy of a mail is offered to take part, and never added unasked."""

import pytest
from allauth.account.models import EmailAddress

from core.models import OutgoingMail
from core.replies import reply_address
from helpdesk import actions
from helpdesk.models import QueueAddress, Share
from helpdesk.queries.letters import token_for
from helpdesk.tokens import SHARE, token
from tests.cast import make_person
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, Act
from tests.helpdesk.conftest import opened
from tests.helpdesk.mails import received

ANN, BEN = "ann@elsewhere.example", "ben@elsewhere.example"
OURS = "hosting@entraide.example, reply+x@entraide.example, help@entraide.example"


@pytest.fixture
def copied(desk, queue):
    """A ticket of Aminata's by mail, with two others and the desk itself in copy."""
    QueueAddress.objects.create(queue=queue, address="hosting@entraide.example")
    mail = received(
        "Aminata <aminata@people.example>",
        Cc=f"Ann <{ANN.upper()}>, {BEN}, {OURS}, aminata@people.example",
    )
    return mail.ticket


def lets_in(*addresses):
    return Act(
        page=lambda t: (f"{t.path}/copied", {"address": list(addresses)}),
        api=lambda t: ("POST", f"/api/v1/tickets/{t.pk}/copied", {"addresses": list(addresses)}),
    )


def offered(call, person, ticket):
    return call(person).get(f"/api/v1/tickets/{ticket.pk}/copied").json()["addresses"]


def answered(person, ticket, copied):
    """Take in a person's answer to our mail about a ticket, with somebody in copy."""
    to = reply_address(token_for(person, ticket))
    return received(f"{person.handle}@people.example", to=to, Cc=copied)


def test_mail_adds_nobody_and_the_agent_and_who_asked_see_who_was_in_copy(
    browse, call, desk, copied
):
    actions.share(actor=desk["aminata"], ticket_id=copied.pk, person=desk["farid"])

    assert not Share.objects.exclude(person=desk["farid"]).exists()
    for name in ("nadia", "aminata"):
        page = browse(desk[name]).get(copied.path).content.decode()
        assert f"<bdi>{ANN}</bdi>" in page
        assert "Let all of them take part" in page
        assert offered(call, desk[name], copied) == [ANN, BEN]
    for name in ("farid", "vera"):
        page = browse(desk[name]).get(copied.path).content.decode()
        assert ANN not in page
        answer = call(desk[name]).get(f"/api/v1/tickets/{copied.pk}/copied")
        assert answer.status_code == 403
    assert call(desk["omar"]).get(f"/api/v1/tickets/{copied.pk}/copied").status_code == 404


@pytest.mark.parametrize("face", FACES)
def test_letting_them_take_part_on_every_face(face, perform, desk, copied):
    for who in ("omar", "odile"):
        assert perform(face, desk[who], lets_in(ANN), copied) == UNSEEN
    assert perform(face, desk["vera"], lets_in(ANN), copied) == NOT_ALLOWED
    assert perform(face, None, lets_in(ANN), copied) == SIGN_IN
    assert perform(face, desk["nadia"], lets_in(ANN, "x@elsewhere.example"), copied) == INVALID
    assert perform(face, desk["nadia"], lets_in("hosting@entraide.example"), copied) == INVALID
    assert not copied.shares.exists()

    for _time in range(2):
        assert perform(face, desk["nadia"], lets_in(ANN, BEN), copied) == DONE

    rows = copied.shares.order_by("pk")
    assert [(row.address, row.person.state) for row in rows] == [(ANN, "stub"), (BEN, "stub")]


def test_who_was_let_in_is_mailed_and_told_and_offered_no_more(
    browse, call, desk, copied, run_tasks
):
    EmailAddress.objects.filter(user=desk["bao"]).update(email=ANN, verified=True)

    browse(desk["nadia"]).post(f"{copied.path}/copied", {"address": [ANN]})
    run_tasks()

    share = copied.shares.get()
    assert share.person == desk["bao"]
    assert OutgoingMail.objects.filter(to=ANN).count() == 1
    assert offered(call, desk["nadia"], copied) == [BEN]
    assert "Let all of them" not in browse(desk["nadia"]).get(copied.path).content.decode()

    browse(None).post(f"/guests/{token(SHARE, share.pk)}", {"List-Unsubscribe": "One-Click"})

    assert offered(call, desk["nadia"], copied) == [BEN]


@pytest.mark.parametrize("face", FACES)
def test_two_addresses_of_one_person_make_one_take_part(face, perform, desk, copied):
    for address in (ANN, BEN):
        EmailAddress.objects.create(user=desk["bao"], email=address, verified=True)

    for _time in range(2):
        assert perform(face, desk["nadia"], lets_in(ANN, BEN), copied) == DONE

    assert [(row.address, row.person) for row in copied.shares.all()] == [(ANN, desk["bao"])]


@pytest.mark.parametrize(("taken", "expected"), [(17, 3), (19, 1), (20, 0)])
def test_no_more_are_offered_than_may_take_part(
    taken, expected, browse, call, perform, desk, queue
):
    names = [f"n{n}@elsewhere.example" for n in range(4)]
    ticket = received("Aminata <aminata@people.example>", Cc=", ".join(names)).ticket
    for n in range(taken):
        Share.objects.create(ticket=ticket, person=make_person(f"guest{n}"))

    left = offered(call, desk["nadia"], ticket)

    assert left == names[4 - expected :]
    page = browse(desk["nadia"]).get(ticket.path).content.decode()
    assert [name in page for name in names] == [name in left for name in names]
    if left:
        assert perform("api", desk["nadia"], lets_in(*left), ticket) == DONE
    assert ticket.shares.count() == 20


def test_notes_and_automatic_mails_offer_nobody(call, desk, run_tasks):
    ticket = opened(desk["aminata"])
    subject = f"Re: {ticket.number}"
    received("aminata@people.example", subject=subject, Cc=ANN, Auto_Submitted="auto-replied")
    assert offered(call, desk["nadia"], ticket) == []

    received("aminata@people.example", subject=subject, body="Here it is.", Cc=BEN)

    assert offered(call, desk["nadia"], ticket) == [BEN]


def test_who_asked_is_not_shown_whom_others_had_in_copy(browse, call, perform, desk, copied):
    actions.share(actor=desk["aminata"], ticket_id=copied.pk, person=desk["farid"])
    colleague, other = "eve@elsewhere.example", "his@elsewhere.example"
    mails = [answered(desk["nadia"], copied, colleague), answered(desk["farid"], copied, other)]
    assert [mail.ticket for mail in mails] == [copied] * 2

    assert offered(call, desk["aminata"], copied) == [ANN, BEN]
    page = browse(desk["aminata"]).get(copied.path).content.decode()
    assert (ANN in page, colleague in page) == (True, False)
    for face in FACES:
        assert perform(face, desk["aminata"], lets_in(colleague), copied) == INVALID
    assert offered(call, desk["nadia"], copied) == [ANN, BEN, colleague, other]
    assert colleague in browse(desk["nadia"]).get(copied.path).content.decode()


def test_who_asked_by_the_page_is_offered_nobody_of_an_agent_s_mail(browse, desk):
    ticket = opened(desk["aminata"])
    answered(desk["nadia"], ticket, ANN)

    for name, is_shown in (("aminata", False), ("nadia", True)):
        page = browse(desk[name]).get(ticket.path).content.decode()
        assert (ANN in page) == is_shown


def test_page_costs_no_more_where_nobody_was_in_copy(browse, desk, copied, assert_asks):
    alone = received("Omar <omar@people.example>").ticket
    client = browse(desk["nadia"])
    for ticket, costs in ((alone, 7), (copied, 11)):
        client.get(ticket.path)
        with assert_asks(costs):
            client.get(ticket.path)
