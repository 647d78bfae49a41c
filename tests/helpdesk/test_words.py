"""The newest texts that have a word: the same ones, however the database goes about it."""

import pytest
from django.db import connection
from django.db.models import OuterRef

from core import triggers
from core.walking import Found
from helpdesk import actions
from helpdesk.models import Message, Ticket
from helpdesk.words import FOUND, NEWEST, SPARED, newest_with
from tests.helpdesk.conftest import opened

FOUND_MANY = SPARED * FOUND + 200  # of so many the last alone are looked at first


def said(ticket, ids, source):
    """Let texts of these ids stand in a ticket."""
    kept = ticket.messages.earliest("pk")
    Message.objects.bulk_create(
        Message(
            pk=pk,
            ticket=ticket,
            origin_ticket=ticket,
            number=pk,
            author=kept.author,
            side=kept.side,
            source=source,
            html="",
            language="en",
            renderer_version=kept.renderer_version,
        )
        for pk in ids
    )


def newest(text, rows=None, queues=None):
    if connection.vendor == "postgresql":  # it chooses by how many it expects
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE helpdesk_message")
    of = {"queues": queues, "is_all": rows is None or queues is not None}
    rows = Message.objects.all() if rows is None else rows
    return [pk for pk, _ticket in newest_with(rows, text, "id", "ticket_id", **of).found]


@pytest.mark.parametrize("count", [30, FOUND_MANY])
@pytest.mark.parametrize("is_still_said", [True, False])
def test_newest_texts_are_found_among_few_and_many_and_of_long_ago(ticket, count, is_still_said):
    apart = range(20_000, 20_000 + 100 * count, 100)  # blocks of ids apart
    said(ticket, apart, "Quagga on the road")
    others = apart.stop
    said(ticket, range(others, others + 20_000, 20), "Nothing of the kind")
    if is_still_said:
        said(ticket, [others + 30_000], "A quagga, again")

    expected = [*([others + 30_000] if is_still_said else []), *reversed(apart)]
    assert newest("quag") == expected[:NEWEST]
    assert newest("zebra") == []


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize("apart", [4, 50])
def test_newest_of_some_texts_are_found_among_those_of_all(
    desk, ticket, other_queue, apart, is_known, monkeypatch
):
    monkeypatch.setattr("helpdesk.words.FOUND_OF_SOME", FOUND)
    other = opened(desk["omar"], "Another")
    actions.change_queue(actor=desk["nadia"], ticket_id=other.pk, queue_slug="domains")
    own = range(20_000, 20_000 + 100 * FOUND_MANY, 100)
    said(ticket, own[::apart], "Quagga on the road")
    said(other, [pk for pk in own if pk not in own[::apart]], "Quagga on the road")
    these = Ticket.objects.filter(subject=ticket.subject, pk=OuterRef("ticket_id"))

    rows = Message.objects.filter(Found(these.values("pk")[:1]))
    found = newest("quag", rows, {ticket.queue_id} if is_known else None)

    assert found == [*reversed(own[::apart])][:NEWEST]


def test_queue_of_a_message_is_that_of_its_ticket_in_the_index_too(desk, ticket, other_queue):
    own = range(20_000, 20_000 + 100 * FOUND_MANY, 100)
    said(ticket, own, "Quagga on the road")
    queues, every = {ticket.queue_id}, Message.objects.all()
    assert newest("quag", every, queues) == [*reversed(own)][:NEWEST]

    actions.change_queue(actor=desk["nadia"], ticket_id=ticket.pk, queue_slug="domains")

    if connection.vendor == "postgresql":  # the other asks the rows' own condition alone
        assert newest("quag", every, queues) == []
    assert newest("quag", every, {other_queue.pk}) == [*reversed(own)][:NEWEST]


def test_without_the_column_of_queues_messages_are_written_all_the_same(ticket, other_queue, desk):
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL alone has the column")
    with connection.cursor() as cursor:  # as its migration leaves it, taken back
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DROP TRIGGER helpdesk_ticket_queue ON helpdesk_ticket")
        cursor.execute("DROP TRIGGER helpdesk_message_queue ON helpdesk_message")
        cursor.execute("ALTER TABLE helpdesk_message DROP COLUMN queue_id")

    triggers.create("default")

    actions.change_queue(actor=desk["nadia"], ticket_id=ticket.pk, queue_slug="domains")
    said(ticket, [20_000], "Quagga on the road")


def test_newest_texts_with_all_of_several_words(ticket):
    said(ticket, range(20_000, 60_000, 50), "Quagga on the road")
    said(ticket, [20_001, 90_000], "Quagga at home")

    assert newest("home quag") == [90_000, 20_001]


def test_of_very_many_those_with_just_the_word_come_before_those_that_begin_so(ticket):
    whole = range(20_000, 20_000 + 100 * FOUND_MANY, 100)
    said(ticket, whole, "Quagga on the road")
    begun = range(whole.stop, whole.stop + 20)
    said(ticket, begun, "Quaggas at home")

    found = [*reversed(begun), *reversed(whole)]
    expected = found if connection.vendor == "sqlite" else [*reversed(whole)]
    assert newest("quagga") == expected[:NEWEST]
    assert newest("quaggas road") == []
