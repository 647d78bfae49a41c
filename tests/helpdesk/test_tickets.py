"""Opening, talking, moving, assigning: what the actions do."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from aid.models import AidClaim, AidEntry
from chat.queries import room_of
from core.errors import InvalidInput, NotAllowed, NotSeen, WrongMoment
from core.models import JournalLine, StoredFile
from helpdesk import actions
from helpdesk.models import Assignment, Message, Queue, Suggestion, Ticket
from people.models import GuaranteeLevelVersion, RoleGrant


def reply(desk, name, ticket, source="An answer.", **facts):
    facts = {"revision": 99, "ticket_id": ticket.pk, **facts}
    return actions.reply(actor=desk[name], source=source, **facts)


def state_of(ticket):
    return Ticket.objects.get(pk=ticket.pk).state


def test_opening_freezes_the_level_promises_an_answer_and_opens_a_room(desk, site, open_ticket):
    before = timezone.now()

    ticket = open_ticket(site_id=site.pk)

    assert (ticket.state, ticket.queue.slug, ticket.language) == ("new", "hosting", "en")
    assert ticket.organisation == site.organisation
    assert ticket.level_version.level == site.level
    assert ticket.first_response_due_at == ticket.opened_at + timedelta(minutes=240)
    assert ticket.turn_at == ticket.answer_due_at == ticket.first_response_due_at
    assert before <= ticket.opened_at <= timezone.now()
    assert [(m.number, m.side, m.internal) for m in ticket.messages.all()] == [
        (1, "requester", False)
    ]
    assert room_of("helpdesk.ticket", ticket.pk) is not None


def test_level_stays_as_it_was_promised(desk, levels, open_ticket):
    ticket = open_ticket()
    GuaranteeLevelVersion.objects.create(level=levels["free"], first_response_minutes=1)

    newer = open_ticket()

    ticket.refresh_from_db()
    assert ticket.level_version.first_response_minutes == 2880
    assert newer.level_version.first_response_minutes == 1


def test_without_levels_and_queues_a_ticket_opens_and_promises_nothing(cast):
    ticket = actions.open_ticket(
        actor=cast.aminata, subject="Help me", source="Please.", language="fr"
    )

    assert ticket.level_version is None
    assert ticket.first_response_due_at is ticket.answer_due_at is None
    assert ticket.turn_at - ticket.opened_at == timedelta(days=7)
    assert Queue.objects.get().is_default


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("subject", {"subject": "a "}),
        ("subject", {"subject": "x" * 201}),
        ("source", {"source": "  \n"}),
        ("language", {"language": "tlh"}),
        ("site", {"site_id": 10**12}),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(desk, open_ticket, field, facts):
    with pytest.raises(InvalidInput) as refused:
        open_ticket("aminata", **facts)

    assert [error.field for error in refused.value.errors] == [field]
    assert not Ticket.objects.exists()


def test_sites_of_others_are_nobodys(desk, site, open_ticket):
    with pytest.raises(InvalidInput):
        open_ticket("omar", site_id=site.pk)


def test_files_belong_to_their_message_and_a_bad_one_opens_no_ticket(desk, open_ticket):
    good = SimpleUploadedFile("headers.txt", b"Received: from there", "text/plain")
    ticket = open_ticket(uploads=[good])

    stored = StoredFile.objects.get()
    assert (stored.thing_kind, stored.thing_id) == ("helpdesk.message", ticket.messages.get().pk)

    bad = SimpleUploadedFile("tool.exe", b"MZ\x90\x00" + b"\0" * 64, "application/octet-stream")
    with pytest.raises(InvalidInput) as refused:
        open_ticket(uploads=[bad])
    assert [error.field for error in refused.value.errors] == ["attachments"]
    assert Ticket.objects.count() == 1


def test_the_first_answer_keeps_the_promise_and_passes_the_turn(desk, ticket):
    said = reply(desk, "nadia", ticket)

    ticket.refresh_from_db()
    assert (said.number, said.side) == (2, "agent")
    assert (ticket.state, ticket.waits_for, ticket.assignee) == (
        "waiting_requester",
        "them",
        desk["nadia"],
    )
    assert ticket.first_response_at == ticket.waiting_since == said.posted_at
    assert ticket.answer_due_at is None

    back = reply(desk, "aminata", ticket)

    ticket.refresh_from_db()
    assert (ticket.state, ticket.waiting_since) == ("waiting_us", back.posted_at)
    assert ticket.answer_due_at == back.posted_at + timedelta(minutes=240)
    assert ticket.first_response_at == said.posted_at


def test_waiting_counts_from_the_first_unanswered_message(desk, ticket):
    since, turn = ticket.waiting_since, ticket.turn_at

    reply(desk, "aminata", ticket, "One thing more.")

    ticket.refresh_from_db()
    assert (ticket.state, ticket.waiting_since, ticket.turn_at) == ("new", since, turn)


def test_numbers_of_messages_and_notes_are_their_own_rows(desk, ticket):
    reply(desk, "nadia", ticket)
    actions.write_note(actor=desk["vera"], ticket_id=ticket.pk, source="Seen before.")

    rows = Message.objects.filter(ticket=ticket).order_by("pk")
    assert [(row.internal, row.number) for row in rows] == [
        (False, 1),
        (True, 1),
        (False, 2),
        (True, 2),
    ]


def test_who_reads_the_page_is_told_what_was_said_meanwhile(desk, ticket):
    reply(desk, "nadia", ticket, "Which registrar?")

    with pytest.raises(actions.Overtaken) as refused:
        reply(desk, "aminata", ticket, "Hello?", revision=1)

    extra = refused.value.extra
    assert extra["revision"] == 2
    assert [(m["author"], m["html"]) for m in extra["messages"]] == [
        ("nadia", '<p dir="auto">Which registrar?</p>\n')
    ]
    assert Message.objects.filter(author=desk["aminata"]).count() == 1
    reply(desk, "aminata", ticket, "Hello?", revision=1, send_anyway=True)
    reply(desk, "aminata", ticket, "And me again.", revision=1, send_anyway=True)


def test_ones_own_words_overtake_nobody_and_notes_do_not_for_requesters(desk, ticket):
    reply(desk, "aminata", ticket, "More.", revision=1)
    reply(desk, "aminata", ticket, "And more.", revision=1)
    actions.write_note(actor=desk["nadia"], ticket_id=ticket.pk, source="Hm.")

    reply(desk, "aminata", ticket, "Still here.", revision=3)

    with pytest.raises(actions.Overtaken) as refused:
        reply(desk, "nadia", ticket, revision=5)
    assert [(m["author"], m["internal"]) for m in refused.value.extra["messages"]] == [
        ("aminata", False)
    ]


def test_who_opened_it_asks_even_as_an_agent(desk, open_ticket):
    own = open_ticket("vera")

    assert reply(desk, "vera", own).side == "requester"
    with pytest.raises(InvalidInput):
        actions.assign(actor=desk["nadia"], ticket_id=own.pk, assignee=desk["vera"])
    assert actions.take_next(actor=desk["vera"]) is None


def test_answer_can_leave_the_ticket_in_another_state(desk, ticket):
    reply(desk, "nadia", ticket, then="waiting_us")
    assert state_of(ticket) == "waiting_us"

    reply(desk, "nadia", ticket, then="solved")
    assert state_of(ticket) == "solved"

    reply(desk, "nadia", ticket, "P.S.")
    assert state_of(ticket) == "solved"

    reply(desk, "aminata", ticket, "Not quite.")
    assert state_of(ticket) == "waiting_us"

    with pytest.raises(WrongMoment) as refused:
        reply(desk, "aminata", ticket, then="waiting_requester")
    assert refused.value.allowed == ("closed", "solved", "waiting_us")


def test_solved_ticket_claims_help_of_volunteers_and_paid_staffs_is_their_work(desk, ticket):
    reply(desk, "nadia", ticket)
    reply(desk, "vera", ticket)
    actions.write_note(actor=desk["vera"], ticket_id=ticket.pk, source="Done?")

    actions.set_state(actor=desk["nadia"], ticket_id=ticket.pk, state="solved")

    claim = AidClaim.objects.get()
    assert (claim.kind, claim.minutes, claim.state) == ("ticket", 15, "pending")
    assert (claim.source_kind, claim.source_id) == ("helpdesk.ticket", ticket.pk)
    assert [row.person for row in claim.givers.all()] == [desk["vera"]]
    assert [row.person for row in claim.receivers.all()] == [desk["aminata"]]


def test_requesters_solved_is_the_confirmation_and_solving_again_counts_nothing(desk, ticket):
    reply(desk, "vera", ticket)

    for state in ("solved", "waiting_us", "solved"):
        actions.set_state(actor=desk["aminata"], ticket_id=ticket.pk, state=state)

    entry = AidEntry.objects.get()
    assert {line.person.handle: line.minutes for line in entry.lines.all()} == {
        "vera": 15,
        "aminata": -15,
    }


def test_assignment_has_a_history_and_new_becomes_open(desk, ticket):
    actions.assign(actor=desk["nadia"], ticket_id=ticket.pk, assignee=desk["vera"])
    actions.assign(actor=desk["vera"], ticket_id=ticket.pk, assignee=desk["nadia"])
    actions.assign(actor=desk["vera"], ticket_id=ticket.pk, assignee=desk["nadia"])
    assert state_of(ticket) == "open"

    actions.unassign(actor=desk["nadia"], ticket_id=ticket.pk)
    actions.unassign(actor=desk["nadia"], ticket_id=ticket.pk)

    rows = Assignment.objects.order_by("pk")
    assert [(row.person.handle, row.by.handle) for row in rows] == [
        ("vera", "nadia"),
        ("nadia", "vera"),
    ]
    assert all(row.ended_at is not None for row in rows)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.assignee) == ("waiting_us", None)


def test_nobody_can_be_given_a_ticket_they_may_not_see(desk, ticket):
    for name in ("odile", "omar", "aminata", "farid"):
        with pytest.raises(InvalidInput):
            actions.assign(actor=desk["nadia"], ticket_id=ticket.pk, assignee=desk[name])


def test_open_is_in_someones_hands_by_the_database(desk, ticket):
    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk).update(state="open")


def test_next_is_the_nearest_turn_among_tickets_nobody_has(desk, site, open_ticket):
    free = open_ticket("omar", "Free and first")
    paid = open_ticket("aminata", "Paid and second", site_id=site.pk)

    assert actions.take_next(actor=desk["nadia"]) == paid
    assert actions.take_next(actor=desk["vera"]) == free
    assert actions.take_next(actor=desk["nadia"]) is None
    assert dict(Ticket.objects.values_list("pk", "assignee__handle")) == {
        paid.pk: "nadia",
        free.pk: "vera",
    }
    assert set(Ticket.objects.values_list("state", flat=True)) == {"open"}


def test_next_keeps_to_ones_own_queues(desk, open_ticket, other_queue):
    open_ticket()

    assert actions.take_next(actor=desk["odile"]) is None
    with pytest.raises(NotAllowed):
        actions.take_next(actor=desk["bao"])

    Ticket.objects.update(queue=other_queue)
    assert actions.take_next(actor=desk["odile"]) is not None


def test_agent_of_one_organisation_works_its_tickets_alone(desk, ticket, open_ticket, organisation):
    RoleGrant.objects.create(person=desk["tomas"], role="agent", organisation=organisation)
    elsewhere = open_ticket("omar")

    seen = Ticket.objects.visible_to(desk["tomas"])

    assert list(seen) == [ticket]
    assert actions.take_next(actor=desk["tomas"]) == ticket
    assert actions.take_next(actor=desk["tomas"]) is None
    assert elsewhere not in seen


def test_merged_ticket_is_over_and_points_to_the_other(desk, ticket, open_ticket):
    twin = open_ticket()
    actions.assign(actor=desk["vera"], ticket_id=twin.pk, assignee=desk["vera"])

    actions.merge(actor=desk["nadia"], ticket_id=twin.pk, into_id=ticket.pk)
    actions.merge(actor=desk["nadia"], ticket_id=twin.pk, into_id=ticket.pk)

    twin.refresh_from_db()
    assert (twin.state, twin.merged_into, twin.waits_for, twin.assignee) == (
        "merged",
        ticket,
        "nobody",
        None,
    )
    assert JournalLine.objects.filter(verb="helpdesk.ticket_merged").count() == 1
    for act in (
        lambda: reply(desk, "aminata", twin),
        lambda: actions.set_state(actor=desk["nadia"], ticket_id=twin.pk, state="open"),
        lambda: actions.assign(actor=desk["nadia"], ticket_id=twin.pk, assignee=desk["nadia"]),
        lambda: actions.write_note(actor=desk["nadia"], ticket_id=twin.pk, source="x"),
    ):
        with pytest.raises(WrongMoment) as refused:
            act()
        assert refused.value.extra == {"merged_into": ticket.number}


def test_tickets_of_two_people_are_never_merged(desk, ticket, open_ticket):
    other = open_ticket("omar")

    for first, second in ((ticket, other), (other, ticket), (ticket, ticket)):
        with pytest.raises(InvalidInput):
            actions.merge(actor=desk["nadia"], ticket_id=first.pk, into_id=second.pk)


def test_sharing_opens_and_ends(desk, ticket):
    assert desk["farid"].pk in {s.person_id for s in ticket.shares.all()}

    reply(desk, "farid", ticket, "I run the mail server.")
    actions.unshare(actor=desk["farid"], ticket_id=ticket.pk, person=desk["farid"])

    with pytest.raises(NotSeen):
        reply(desk, "farid", ticket)
    with pytest.raises(NotSeen):
        actions.unshare(actor=desk["aminata"], ticket_id=ticket.pk, person=desk["farid"])
    with pytest.raises(NotAllowed):
        actions.share(actor=desk["olga"], ticket_id=ticket.pk, person=desk["omar"])


def test_answer_that_solved_it_is_counted_once(desk, a_question):
    for _time in range(2):
        actions.solved_by_answer(
            actor=desk["aminata"], kind="forum.question", object_id=a_question.pk
        )

    row = Suggestion.objects.get()
    assert (row.person, row.thing_id, row.ticket) == (desk["aminata"], a_question.pk, None)
    assert JournalLine.objects.filter(verb="helpdesk.solved_by_answer").count() == 1
    for kind, object_id in (("forum.question", 10**9), ("people.person", 1), ("nothing", 1)):
        with pytest.raises(NotSeen):
            actions.solved_by_answer(actor=desk["aminata"], kind=kind, object_id=object_id)


def test_ticket_keeps_which_answers_did_not_help(desk, a_question, open_ticket):
    ticket = open_ticket(
        looked=[("forum.question", a_question.pk), ("forum.question", 10**9), ("nothing", 1)]
    )

    row = ticket.suggestions.get()
    assert (row.thing_kind, row.thing_id) == ("forum.question", a_question.pk)
