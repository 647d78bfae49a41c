"""Merging and splitting, and taking both back: nothing is lost, and nothing is left behind."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput, NotAllowed, NotSeen, Refusal, WrongMoment
from core.models import JournalLine, OutgoingMail
from helpdesk import actions
from helpdesk.actions.clocks import facts_of
from helpdesk.models import Clock, Follow, Message, Relocation, Ticket, TicketLink
from helpdesk.queries import revision_of
from tests.helpdesk.conftest import opened

GROWING = {"left_count", "left_note_count"}  # of which a revision is made: they never go back


def snapshot(tickets):
    """Return all that tickets are, by number: fields, clocks, what is said, people, links."""
    found = {}
    for ticket in Ticket.objects.filter(pk__in=[row.pk for row in tickets]):
        fields = {
            field.attname: getattr(ticket, field.attname)
            for field in Ticket._meta.concrete_fields
            if field.name not in GROWING
        }
        said = Message.objects.filter(ticket=ticket).order_by("pk")
        found[ticket.number] = {
            **fields,
            "said": [(m.pk, m.origin_ticket_id, m.number, m.internal) for m in said],
            "clocks": {facts_of(clock) for clock in Clock.objects.filter(ticket=ticket)},
            "follows": sorted(ticket.follows.values_list("person_id", flat=True)),
            "shares": sorted(ticket.shares.values_list("person_id", flat=True)),
            "hands": list(
                ticket.assignments.order_by("pk").values_list("person_id", "at", "ended_at")
            ),
            "links": sorted(ticket.links.values_list("other_id", "kind")),
        }
    return found


def counts_are_true():
    for ticket in Ticket.objects.all():
        rows = Message.objects.filter(ticket=ticket)
        assert rows.filter(internal=False).count() == ticket.message_count
        assert rows.filter(internal=True).count() == ticket.note_count


@pytest.fixture
def scene(desk, site):
    """Four tickets of one person in several states, with notes, files of hands and followers."""
    tickets = [opened(desk["aminata"], f"Number {n}") for n in range(4)]
    for number, ticket in enumerate(tickets):
        facts = {"ticket_id": ticket.pk, "revision": 99}
        actions.write_note(actor=desk["nadia"], ticket_id=ticket.pk, source=f"Note {number}")
        if number:
            actions.reply(actor=desk["vera"], source=f"Answer {number}", **facts)
        if number == 2:
            actions.reply(actor=desk["aminata"], source="And now?", **facts)
        if number == 3:
            actions.reply(actor=desk["vera"], source="Done.", then="solved", **facts)
    actions.share(actor=desk["aminata"], ticket_id=tickets[0].pk, person=desk["farid"])
    actions.assign(actor=desk["nadia"], ticket_id=tickets[0].pk, assignee=desk["vera"])
    actions.follow(actor=desk["nadia"], ticket_id=tickets[0].pk)
    actions.follow(actor=desk["vera"], ticket_id=tickets[1].pk)
    actions.link(
        actor=desk["nadia"], ticket_id=tickets[0].pk, other_id=tickets[2].pk, kind="related"
    )
    return tickets


def tries(act, **facts):
    """Do it, or have it refused: both are fine, as long as nothing is left of a refusal."""
    try:
        with transaction.atomic():
            return act(**facts)
    except Refusal:
        return None


def perform(step, actor, tickets):
    kind, first, second, chosen = step
    everything = [*tickets, *Ticket.objects.exclude(pk__in=[t.pk for t in tickets]).order_by("pk")]
    ticket = everything[first % len(everything)]
    if kind == "merge":
        other = everything[second % len(everything)]
        tries(actions.merge, actor=actor, ticket_id=ticket.pk, into_id=other.pk)
    elif kind == "split":
        ids = list(Message.objects.filter(ticket=ticket).values_list("pk", flat=True))
        some = [pk for place, pk in enumerate(ids) if chosen >> place & 1]
        tries(actions.split, actor=actor, ticket_id=ticket.pk, message_ids=some)
    elif kind == "undo merge":
        tries(actions.undo_merge, actor=actor, ticket_id=ticket.pk)
    elif kind == "undo split":
        tries(actions.undo_split, actor=actor, ticket_id=ticket.pk)


def take_all_back(actor, order):
    """Take back whatever is in force, in this order as far as it can be; return what is left."""
    for _round in range(30):
        rows = list(Relocation.objects.filter(undone_at=None).order_by("pk"))
        if not rows:
            return []
        order.shuffle(rows)
        for row in rows:
            if row.kind == "merger":
                tries(actions.undo_merge, actor=actor, ticket_id=row.ticket_id)
            else:
                tries(actions.undo_split, actor=actor, ticket_id=row.into_id)
    return list(Relocation.objects.filter(undone_at=None))


KINDS = st.sampled_from(["merge", "merge", "split", "undo merge", "undo split"])
STEPS = st.lists(
    st.tuples(KINDS, st.integers(0, 7), st.integers(0, 7), st.integers(1, 63)), max_size=8
)
ONCE_EACH = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@ONCE_EACH
@given(steps=STEPS, order=st.randoms(use_true_random=False))
def test_whatever_was_merged_and_split_is_as_before_once_taken_back(desk, scene, steps, order):
    with transaction.atomic():
        before = snapshot(scene)

        for step in steps:
            perform(step, desk["nadia"], scene)
            counts_are_true()
        left = take_all_back(desk["nadia"], order)

        assert left == []
        assert snapshot(scene) == before
        counts_are_true()
        transaction.set_rollback(True)


@ONCE_EACH
@given(steps=STEPS, said=st.lists(st.integers(0, 7), max_size=4))
def test_replies_in_between_are_kept_and_seen(desk, scene, steps, said):
    with transaction.atomic():
        old = set(Message.objects.values_list("pk", flat=True))
        revisions = {}
        for number, step in enumerate(steps):
            perform(step, desk["nadia"], scene)
            for ticket in Ticket.objects.all():
                revision = revision_of(desk["nadia"], ticket)
                assert revision >= revisions.get(ticket.pk, 0)
                revisions[ticket.pk] = revision
            if number < len(said):
                ticket = scene[said[number] % len(scene)]
                facts = {"ticket_id": ticket.pk, "source": f"Said {number}", "revision": 999}
                reply = tries(actions.reply, actor=desk["aminata"], **facts)
                if reply is not None:
                    old.add(reply.pk)
                    assert reply.ticket_id == reply.origin_ticket_id == ticket.pk
            counts_are_true()

        assert set(Message.objects.values_list("pk", flat=True)) == old
        transaction.set_rollback(True)


def merge(desk, first, second, who="nadia"):
    return actions.merge(actor=desk[who], ticket_id=first.pk, into_id=second.pk)


def undo(desk, ticket, who="nadia"):
    return actions.undo_merge(actor=desk[who], ticket_id=ticket.pk)


def texts(ticket):
    return list(
        Message.objects.filter(ticket=ticket).order_by("pk").values_list("source", "number")
    )


def test_messages_go_along_a_chain_and_come_back_from_its_end(desk, scene):
    first, second, third, _fourth = scene
    before = snapshot(scene)

    merge(desk, first, second)
    merge(desk, second, third)

    assert Message.objects.filter(ticket=third).count() == sum(
        len(before[row.number]["said"]) for row in (first, second, third)
    )
    assert texts(first) == texts(second) == []
    with pytest.raises(WrongMoment) as refused:
        actions.reply(actor=desk["aminata"], ticket_id=first.pk, source="Hello?", revision=99)
    assert refused.value.extra == {"merged_into": third.number}

    undo(desk, first)
    assert snapshot([first]) == {first.number: before[first.number]}
    undo(desk, second)
    assert snapshot(scene) == before


def test_a_reply_to_the_other_ticket_stays_there_and_its_state_stands(desk, scene):
    first, second, _third, _fourth = scene
    merge(desk, first, second)

    said = actions.reply(actor=desk["nadia"], ticket_id=second.pk, source="For both.", revision=99)
    undo(desk, first)

    said.refresh_from_db()
    assert said.ticket_id == second.pk
    second.refresh_from_db()
    assert second.state == "waiting_requester"
    first.refresh_from_db()
    assert (first.state, first.assignee) == ("open", desk["vera"])


def test_what_waits_for_us_still_does_when_it_is_merged_into_what_does_not(desk, scene):
    _first, second, third, fourth = scene
    assert (second.state, third.state, fourth.state) != ("", "", "")
    third.refresh_from_db()

    merge(desk, third, fourth)

    fourth.refresh_from_db()
    assert fourth.state == "waiting_us"
    assert list(actions.wrong_clocks()) == []
    undo(desk, third)
    fourth.refresh_from_db()
    assert fourth.state == "solved"
    assert list(actions.wrong_clocks()) == []


def test_undoing_tells_nobody_that_it_was_solved_anew(desk, scene, run_tasks):
    _first, _second, third, fourth = scene
    merge(desk, third, fourth)
    run_tasks()
    OutgoingMail.objects.all().delete()

    undo(desk, third)
    run_tasks()

    told = {mail.subject for mail in OutgoingMail.objects.all()}
    assert not any("solved" in subject for subject in told)


def test_requester_is_told_of_merger_split_and_their_undoing(desk, scene, run_tasks):
    first, second, *_others = scene
    run_tasks()
    acts = [
        lambda: merge(desk, first, second),
        lambda: undo(desk, first),
        lambda: actions.split(
            actor=desk["nadia"], ticket_id=second.pk, message_ids=[second.messages.first().pk]
        ),
    ]

    for act in acts:
        OutgoingMail.objects.all().delete()
        act()
        run_tasks()
        assert {mail.to for mail in OutgoingMail.objects.all()} == {"aminata@people.example"}


def test_merging_shows_no_shared_guest_the_other_ticket(desk, scene):
    first, second, *_others = scene
    merge(desk, first, second)

    assert not Message.objects.visible_to(desk["farid"]).exists()
    with pytest.raises(NotSeen):
        actions.reply(actor=desk["farid"], ticket_id=second.pk, source="Hm", revision=9)


def test_merging_wants_an_agent_of_both_queues(desk, scene, other_queue):
    first, second, *_others = scene
    Ticket.objects.filter(pk=second.pk).update(queue=other_queue)

    with pytest.raises(NotSeen):
        merge(desk, first, second, "vera")
    with pytest.raises(NotAllowed):
        merge(desk, first, second, "aminata")
    merge(desk, first, second)
    with pytest.raises(NotSeen):
        undo(desk, first, "vera")
    with pytest.raises(NotAllowed):
        undo(desk, first, "aminata")


def test_two_owners_of_one_organisation_asked_the_same(desk, scene, site, run_tasks):
    first = opened(desk["aminata"], "Ours", site_id=site.pk)
    second = opened(desk["olga"], "Ours too", site_id=site.pk)
    with pytest.raises(InvalidInput):
        merge(desk, first, second)  # aminata is no owner: she does not see olga's

    site.organisation.memberships.filter(person=desk["aminata"]).update(role="owner")
    merge(desk, first, second)
    run_tasks()
    OutgoingMail.objects.all().delete()
    actions.reply(actor=desk["nadia"], ticket_id=second.pk, source="Both.", revision=99)
    actions.write_note(actor=desk["nadia"], ticket_id=second.pk, source="Ours alone.")
    run_tasks()

    told = sorted((mail.to.partition("@")[0], mail.subject) for mail in OutgoingMail.objects.all())
    assert [who for who, _subject in told] == ["aminata", "olga"]
    assert not any("note" in subject for _who, subject in told)
    undo(desk, first)
    assert not Follow.objects.filter(ticket=second).exists()


def test_split_takes_what_is_chosen_and_says_what_cannot_be(desk, scene):
    _first, second, third, fourth = scene
    rows = list(third.messages.order_by("pk"))
    note = next(row for row in rows if row.internal)
    asked, answered, again = (row for row in rows if not row.internal)

    def split(ids, **facts):
        return actions.split(actor=desk["nadia"], ticket_id=third.pk, message_ids=ids, **facts)

    for ids in ([], [note.pk], [asked.pk, answered.pk, again.pk], [second.messages.first().pk]):
        with pytest.raises(InvalidInput) as refused:
            split(ids)
        assert [error.field for error in refused.value.errors] == ["messages"]
    new = split([again.pk, note.pk], subject="Another matter")

    new.refresh_from_db()
    third.refresh_from_db()
    assert (new.subject, new.message_count, new.note_count) == ("Another matter", 1, 1)
    assert (new.requester, new.queue, new.state) == (desk["aminata"], third.queue, "new")
    assert list(actions.wrong_clocks()) == []
    assert third.message_count == 2
    said = actions.reply(actor=desk["nadia"], ticket_id=new.pk, source="Here.", revision=99)
    assert (said.number, said.origin_ticket) == (1, new)
    with pytest.raises(WrongMoment) as refused:
        actions.undo_split(actor=desk["nadia"], ticket_id=new.pk)
    assert refused.value.code == "said_since"
    with pytest.raises(WrongMoment):
        actions.undo_split(actor=desk["nadia"], ticket_id=fourth.pk)


def test_a_reply_sees_what_came_although_others_were_split_off(desk, scene):
    third = scene[2]
    third.refresh_from_db()
    seen = revision_of(desk["aminata"], third)
    last = third.messages.filter(internal=False).order_by("pk").last()
    actions.split(actor=desk["nadia"], ticket_id=third.pk, message_ids=[last.pk])
    facts = {"ticket_id": third.pk, "revision": seen}
    actions.reply(actor=desk["nadia"], source="New.", **{**facts, "revision": 99})

    with pytest.raises(actions.Overtaken) as refused:
        actions.reply(actor=desk["aminata"], source="Old?", **facts)

    assert "New." in refused.value.extra["messages"][-1]["html"]


def test_a_reply_waits_for_what_a_merger_brought_however_old_it_is(browse, call, desk, scene):
    first, second, _third, _fourth = scene
    nadia, vera = desk["nadia"], desk["vera"]
    brought = list(first.messages.filter(internal=False).values_list("pk", flat=True))
    second.refresh_from_db()
    sent = {"source": "Try again.", "revision": revision_of(nadia, second)}
    actions.merge(actor=vera, ticket_id=first.pk, into_id=second.pk)

    answer = call(nadia).post(f"/api/v1/tickets/{second.pk}/replies", sent)
    page = browse(nadia).post(f"{second.path}/replies", sent)

    assert (answer.status_code, page.status_code) == (409, 409)
    told = answer.json()["messages"]
    assert [row["id"] for row in told] == brought  # and not the note, which is her own
    assert "Try again." not in [row.source for row in second.messages.all()]
    sent |= {"revision": answer.json()["revision"]}
    assert call(nadia).post(f"/api/v1/tickets/{second.pk}/replies", sent).status_code == 201


def test_a_reply_waits_for_what_came_back_from_a_merger(desk, scene):
    first, second, _third, _fourth = scene
    facts = {"actor": desk["nadia"], "ticket_id": second.pk, "source": "There."}
    actions.merge(actor=desk["vera"], ticket_id=second.pk, into_id=first.pk)
    actions.undo_merge(actor=desk["vera"], ticket_id=second.pk)
    second.refresh_from_db()
    now = revision_of(desk["nadia"], second)
    theirs = second.messages.exclude(author=desk["nadia"])

    with pytest.raises(actions.Overtaken) as refused:
        actions.reply(**facts, revision=now - second.messages.count())
    said = actions.reply(**facts, revision=now)

    told = {row["id"] for row in refused.value.extra["messages"]}
    assert told == set(theirs.exclude(pk=said.pk).values_list("pk", flat=True))


def test_links_are_kept_once_and_a_family_is_a_tree(desk, scene):
    first, second, third, _fourth = scene

    def link(one, other, kind):
        return actions.link(actor=desk["nadia"], ticket_id=one.pk, other_id=other.pk, kind=kind)

    assert link(third, first, "related") == TicketLink.objects.get()
    twins = link(third, second, "duplicate")
    assert twins == link(second, third, "duplicate")
    assert (twins.ticket, twins.other, twins.kind) == (second, third, "duplicate")
    link(first, second, "child")
    link(second, first, "parent")
    link(second, third, "child")
    assert TicketLink.objects.count() == 4
    for one, other, kind in (
        (first, third, "parent"),
        (third, first, "parent"),
        (first, first, "related"),
        (first, first, "duplicate"),
        (first, second, "friend"),
    ):
        with pytest.raises(InvalidInput):
            link(one, other, kind)
    facts = {"actor": desk["nadia"], "ticket_id": first.pk, "other_id": second.pk}
    actions.unlink(**facts, kind="child")
    actions.unlink(**facts, kind="child")
    facts = {"actor": desk["nadia"], "ticket_id": third.pk, "other_id": second.pk}
    actions.unlink(**facts, kind="duplicate")  # from either end
    assert TicketLink.objects.count() == 2
    assert not TicketLink.objects.visible_to(desk["aminata"]).exists()
    assert TicketLink.objects.visible_to(desk["vera"]).count() == 2


def test_followers_hear_of_replies_notes_and_no_more_once_they_stop(desk, scene, run_tasks):
    second = scene[1]
    actions.follow(actor=desk["nadia"], ticket_id=second.pk)
    actions.follow(actor=desk["nadia"], ticket_id=second.pk)
    run_tasks()

    def told(source, note=False):
        OutgoingMail.objects.all().delete()
        facts = {"actor": desk["vera"], "ticket_id": second.pk, "source": source}
        if note:
            actions.write_note(**facts)
        else:
            actions.reply(**facts, revision=99)
        run_tasks()
        return {mail.to.partition("@")[0] for mail in OutgoingMail.objects.all()}

    assert told("One") == {"aminata", "nadia"}
    assert told("Two", note=True) == {"nadia"}
    actions.unfollow(actor=desk["nadia"], ticket_id=second.pk)
    actions.unfollow(actor=desk["nadia"], ticket_id=second.pk)
    assert told("Three") == {"aminata"}
    with pytest.raises(NotAllowed):
        actions.follow(actor=desk["aminata"], ticket_id=second.pk)
    assert not Follow.objects.filter(person=desk["aminata"]).exists()


def test_the_journal_tells_each_step_once(desk, scene):
    first, second, *_others = scene
    for _time in range(2):
        merge(desk, first, second)
    for _time in range(2):
        undo(desk, first)

    for verb in ("helpdesk.ticket_merged", "helpdesk.merger_undone"):
        assert JournalLine.objects.filter(verb=verb).count() == 1
