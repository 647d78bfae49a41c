"""Threading: whatever a mail says of what it answers, it lands where its sender may write."""

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core import replies
from helpdesk import actions
from helpdesk.models import InboundMail, Message, Ticket
from people.models import Person
from tests.helpdesk.conftest import opened
from tests.helpdesk.mails import received

ONCE_EACH = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SENDERS = ("aminata", "farid", "omar", "nadia", "zoe")  # zoe: nobody we know
AGENTS = ("nadia",)


@pytest.fixture
def scene(desk, ticket):
    """Aminata's ticket that farid sees, one merged into it, one long closed, and omar's own.

    Each came of a mail, whose id is known as `root-NUMBER@outside.example`.
    """
    tickets = [ticket, *(opened(desk["aminata"], f"Number {n}") for n in range(2))]
    tickets.append(opened(desk["omar"], "Of omar"))
    actions.merge(actor=desk["nadia"], ticket_id=tickets[1].pk, into_id=ticket.pk)
    Ticket.objects.filter(pk=tickets[2].pk).update(state="closed", waits_for="nobody")
    for number, row in enumerate(tickets):
        InboundMail.objects.create(
            identity=f"{number:064}",
            mail_id=f"root-{number}@outside.example",
            outcome="opened",
            ticket=row,
        )
    return tickets


PLACE = st.integers(0, 3)
IDS = st.lists(PLACE.map("root-{}@outside.example".format) | st.just("x@y.example"), max_size=4)
MAILS = st.fixed_dictionaries(
    {
        "sender": st.sampled_from(SENDERS),
        "references": IDS,
        "subject": st.none() | PLACE,
        "token": st.none() | st.tuples(st.sampled_from(SENDERS[:4]), PLACE, st.booleans()),
        "is_automatic": st.booleans(),
    }
)


SEES_BUT_WHERE_IT_GOES_ON: dict[str, Any] = {
    "sender": "farid",
    "references": [],
    "subject": None,
    "token": ("farid", 1, True),
    "is_automatic": False,
}


def delivered(scene, facts, number=0):
    """Take in a mail of these facts, and return its row."""
    headers = {"Auto_Submitted": "auto-replied"} if facts["is_automatic"] else {}
    if facts["references"]:
        headers["References"] = " ".join(f"<{one}>" for one in facts["references"])
    to = "help@entraide.example"
    if facts["token"]:
        who, place, is_true = facts["token"]
        person = Person.objects.get(handle=who)
        token = replies.token_of("helpdesk.ticket", scene[place].pk, person.pk)
        to = replies.reply_address(token if is_true else token[:-20] + "a" * 20)
    about = f" [{scene[facts['subject']].number}]" if facts["subject"] is not None else ""
    ends = "outside" if facts["sender"] == "zoe" else "people"
    return received(
        f"{facts['sender']}@{ends}.example",
        subject=f"Re: Help{about}",
        body=f"Mail {number}",
        to=to,
        message_id=f"<mail-{number}@outside.example>",
        **headers,
    )


def meant(scene, facts):
    """Return the ticket a mail names, by the strongest it says, and whose token says so."""
    if facts["token"] and facts["token"][2]:
        return scene[facts["token"][1]], facts["token"][0]
    known = [int(one[5]) for one in facts["references"] if one.startswith("root")]
    if known:
        return scene[list(dict.fromkeys(known))[-1]], None
    return (scene[facts["subject"]] if facts["subject"] is not None else None), None


def may_write(facts, ticket, whose, scene):
    """Whether the sender is believed: by their own token, or because they asked in that ticket."""
    if whose is not None:
        return whose == facts["sender"]
    asks = {"aminata": scene[:3], "farid": scene[:1], "omar": scene[3:]}
    return ticket in asks.get(facts["sender"], [])


@ONCE_EACH
@example(facts=SEES_BUT_WHERE_IT_GOES_ON)
@given(facts=MAILS)
def test_a_mail_lands_where_its_sender_may_write_or_waits_for_an_agent(desk, scene, facts):
    with transaction.atomic():
        said = set(Message.objects.values_list("pk", flat=True))
        tickets = set(Ticket.objects.values_list("pk", flat=True))

        mail = delivered(scene, facts)

        new = Message.objects.exclude(pk__in=said)
        ticket, whose = meant(scene, facts)
        lives = scene[0] if ticket == scene[1] else ticket
        if facts["is_automatic"]:
            is_kept = whose is not None or may_write(facts, ticket, whose, scene)
            wanted = ("kept", lives) if is_kept else ("quarantined", ticket)
            assert (mail.outcome, mail.ticket) == wanted
        elif ticket is None:
            assert mail.outcome == "opened"
            assert mail.ticket_id not in tickets
        elif not may_write(facts, ticket, whose, scene):
            assert (mail.outcome, mail.ticket) == ("quarantined", ticket)
        elif Ticket.objects.visible_to(mail.person).filter(pk=lives.pk).exists():
            assert mail.outcome in ("replied", "opened")
            assert new.get().author == mail.person
            assert mail.ticket == lives or mail.ticket.links.filter(other=lives).exists()
        else:
            assert (mail.outcome, mail.reason) == ("quarantined", "sees_no_more")
        assert new.count() == (mail.outcome in ("replied", "opened"))
        assert [m.ticket_id for m in new] == ([mail.ticket_id] if new else [])

        assert delivered(scene, facts) == mail
        assert Message.objects.count() == len(said) + len(new)
        transaction.set_rollback(True)


@ONCE_EACH
@given(
    parents=st.lists(st.integers(0, 5), min_size=1, max_size=6),
    order=st.randoms(use_true_random=False),
    strangers=st.lists(st.integers(0, 3), max_size=3),
)
def test_answers_come_together_in_whatever_order_they_come(desk, parents, order, strangers):
    """A conversation by mail: each names its ancestors, as RFC 5322 (3.6.4) says; some twice."""
    with transaction.atomic():
        first = received("aminata@people.example", message_id="<m-0@outside.example>")
        chains = [["m-0@outside.example"]]
        for number, parent in enumerate(parents, 1):
            chains.append([*chains[parent % number], f"m-{number}@outside.example"])
        coming = [*chains[1:], *(chains[1:][n % len(parents)] for n in strangers)]
        order.shuffle(coming)

        for chain in coming:
            mail = received(
                "aminata@people.example",
                subject="Another subject",
                body=f"This is {chain[-1]}",
                message_id=f"<{chain[-1]}>",
                References=" ".join(f"<{one}>" for one in chain[:-1]),
                In_Reply_To=f"<{chain[-2]}>",
            )
            assert (mail.outcome, mail.ticket_id) == ("replied", first.ticket_id)

        assert Message.objects.filter(ticket=first.ticket_id).count() == len(chains)
        assert Ticket.objects.filter(requester=desk["aminata"]).count() == 1
        transaction.set_rollback(True)
