"""What the desk does by itself: once, never in circles, and nothing in a dry run."""

import itertools
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from core.errors import InvalidInput
from core.models import JournalLine
from helpdesk import actions, queries
from helpdesk.conditions import Conditions, read_conditions
from helpdesk.models import (
    AutomaticMessage,
    Clock,
    DeskRule,
    Message,
    Queue,
    RuleRun,
    Ticket,
)
from people.models import Notice, Person
from tests.cast import SECRET
from tests.conftest import drain_tasks
from tests.faces import DONE, FACES, Act
from tests.helpdesk.desk_acts import RULE, RULE_BODY, made_macro, made_rule
from tests.helpdesk.mails import sent_to


@pytest.fixture
def settled(run_tasks, desk):
    """Do what waits, so that only what follows is looked at by rules."""
    run_tasks()


def names_on(ticket):
    return sorted(tag.name for tag in queries.tags_of(ticket, "en"))


def waits_since(ticket, **ago):
    Ticket.objects.filter(pk=ticket.pk).update(waiting_since=timezone.now() - timedelta(**ago))


def test_rule_sorts_what_is_opened_and_names_itself(desk, settled, open_ticket, browse):
    steps = {"tags": ["mail"], "assign": "vera", "notify": ["nadia", "omar"], "note": "Sorted."}
    rule = made_rule(desk["clara"], desk["nadia"], steps=steps, conditions={"subject": ["SPÀM"]})
    vera = Notice.objects.filter(person=desk["vera"], verb="helpdesk.ticket_assigned")

    hit, miss = open_ticket(), open_ticket(subject="Certificate")
    drain_tasks()

    hit.refresh_from_db()
    assert (hit.assignee, hit.state, names_on(hit)) == (desk["vera"], "open", ["mail"])
    assert names_on(miss) == []
    lines = JournalLine.objects.filter(thing_kind="helpdesk.ticket", thing_id=hit.pk)
    told = {line.verb: line for line in lines if line.changes.get("means")}
    assert set(told) >= {"helpdesk.rule_acted", "helpdesk.tags_changed", "helpdesk.state_changed"}
    assert all(line.changes["means"] == [f"helpdesk.rule:{rule.pk}"] for line in told.values())
    assert all(line.actor_id == desk["nadia"].pk for line in told.values())
    assert vera.count() == 1
    assert not Notice.objects.filter(person=desk["omar"]).exists()
    page = browse(desk["vera"]).get(hit.path).content.decode()
    assert "by the rule “Sort”" in page
    assert "The rule “Sort” acted, as Nadia" in page
    assert "Sort" not in browse(desk["aminata"]).get(hit.path).content.decode()


def test_rule_acts_once_a_line_however_often_it_is_followed(desk, settled, open_ticket):
    made_rule(desk["clara"], desk["nadia"], steps={"note": "Look."})
    ticket = open_ticket()
    drain_tasks()
    line = JournalLine.objects.get(verb="helpdesk.ticket_opened", thing_id=ticket.pk)

    assert actions.apply_rules(line) == []

    assert ticket.messages.filter(internal=True).count() == 1


def test_automatic_answer_keeps_no_promise_and_moves_no_turn(desk, settled, open_ticket):
    macro = made_macro(desk["nadia"], texts={"en": "We have it, {requester}."})
    made_rule(desk["clara"], desk["nadia"], steps={"reply": macro.pk})

    ticket = open_ticket()
    drain_tasks()

    ticket.refresh_from_db()
    sent = AutomaticMessage.objects.get().message
    assert sent.source == "We have it, Aminata.\n\n*This message was sent automatically.*"
    assert (ticket.first_response_at, ticket.state, ticket.assignee) == (None, "new", None)
    assert queries.revision_of(desk["aminata"], ticket) == 2
    actions.set_state(actor=desk["aminata"], ticket_id=ticket.pk, state="solved")
    assert not desk["nadia"].role_grants.filter(volunteer=True).exists()


def test_automatic_answer_counts_as_no_volunteer_s_help(desk, settled, open_ticket):
    from aid.models import AidClaim

    macro = made_macro(desk["nadia"])
    made_rule(desk["clara"], desk["vera"], queue="hosting", steps={"reply": macro.pk})
    ticket = open_ticket()
    drain_tasks()

    actions.set_state(actor=desk["aminata"], ticket_id=ticket.pk, state="solved")

    assert not AidClaim.objects.exists()


def test_rules_never_go_in_circles(desk, settled, open_ticket):
    """Two rules that send a ticket to and fro: each acts once on what a person did."""
    Queue.objects.create(slug="third", names={"en": "Third"})
    there, back = ({"queue": "domains"}, {"queue": "hosting"})
    one = made_rule(
        desk["clara"],
        desk["nadia"],
        when="changed",
        conditions={"queues": ["hosting"]},
        steps=there,
    )
    other = made_rule(
        desk["clara"], desk["nadia"], when="changed", conditions={"queues": ["domains"]}, steps=back
    )
    ticket = open_ticket(subject="Anything")

    actions.tag_ticket(actor=desk["nadia"], ticket_id=ticket.pk, names=["mail"])
    drain_tasks()

    runs = list(RuleRun.objects.order_by("pk").values_list("rule", flat=True))
    assert sorted(runs) == sorted([one.pk, other.pk])
    ticket.refresh_from_db()
    assert ticket.queue.slug == "hosting"


def test_chain_of_rules_ends(desk, settled, open_ticket):
    names = [f"step{number}" for number in range(7)]
    for before, after in itertools.pairwise(names):
        made_rule(
            desk["clara"],
            desk["nadia"],
            when="changed",
            conditions={"tags": [before]},
            steps={"tags": [after]},
        )
    ticket = open_ticket(subject="Anything")

    actions.tag_ticket(actor=desk["nadia"], ticket_id=ticket.pk, names=names[:1])
    drain_tasks()

    assert names_on(ticket) == names[:5]  # four rules


def test_rule_acts_on_one_ticket_at_most_five_times_a_day(desk, settled, open_ticket):
    made_rule(
        desk["clara"],
        desk["nadia"],
        when="replied",
        conditions={"languages": ["en"]},
        steps={"note": "They wrote."},
    )
    ticket = open_ticket()
    for number in range(7):
        actions.reply(
            actor=desk["aminata"], ticket_id=ticket.pk, source=f"No {number}", revision=99
        )
        drain_tasks()

    assert ticket.messages.filter(internal=True).count() == 5


def test_replies_of_agents_set_nothing_off(desk, settled, open_ticket):
    made_rule(desk["clara"], desk["nadia"], when="replied", steps={"note": "They wrote."})
    ticket = open_ticket()

    actions.reply(actor=desk["vera"], ticket_id=ticket.pk, source="Hello.", revision=99)
    drain_tasks()

    assert not RuleRun.objects.exists()


def test_timed_rule_acts_once_each_time_its_conditions_come_to_hold(desk, settled, open_ticket):
    made_rule(
        desk["clara"],
        desk["nadia"],
        when="timed",
        conditions={"waiting_minutes": 60, "unassigned": True},
        steps={"note": "Nobody has it."},
    )
    ticket, fresh = open_ticket(), open_ticket()
    waits_since(ticket, hours=2)

    assert [actions.sweep_rules() for _again in range(3)] == [1, 0, 0]
    actions.assign(actor=desk["vera"], ticket_id=ticket.pk, assignee=desk["vera"])
    assert actions.sweep_rules() == 0
    actions.unassign(actor=desk["vera"], ticket_id=ticket.pk)
    waits_since(ticket, hours=2)
    assert [actions.sweep_rules() for _again in range(2)] == [1, 0]

    assert ticket.messages.filter(internal=True).count() == 2
    assert fresh.messages.filter(internal=True).count() == 0


def before_due(ticket, kind, **left):
    """Go to so long before a promise of a ticket falls due."""
    due_at = Clock.objects.get(ticket=ticket, kind=kind, ended_at=None).due_at
    return time_machine.travel(due_at - timedelta(**left), tick=False)


def sweeps(times=2):
    return [actions.sweep_rules() for _again in range(times)]


def test_timed_rule_acts_on_what_is_soon_late_and_on_nothing_else(desk, ticket, open_ticket):
    made_rule(
        desk["clara"],
        desk["nadia"],
        when="timed",
        conditions={"due_within_minutes": 60},
        steps={"tags": ["soon"], "notify": ["vera"]},
    )
    promised_later, waits_for_them = open_ticket("omar"), open_ticket("mika")
    with before_due(promised_later, "first_response", minutes=61):
        actions.set_state(actor=desk["nadia"], ticket_id=ticket.pk, state="solved")
        actions.set_state(
            actor=desk["nadia"], ticket_id=waits_for_them.pk, state="waiting_requester"
        )
        assert sweeps() == [0, 0]
    with before_due(promised_later, "first_response", minutes=60):
        assert sweeps() == [1, 0]

    acted = RuleRun.objects.values_list("ticket", flat=True)
    assert list(acted) == [promised_later.pk]
    assert names_on(promised_later) == ["soon"]
    assert names_on(ticket) == names_on(waits_for_them) == []


def test_timed_rule_acts_once_a_promise(desk, ticket):
    made_rule(
        desk["clara"],
        desk["nadia"],
        when="timed",
        conditions={"due_within_minutes": 300},
        steps={"note": "Soon."},
    )

    assert sweeps() == [1, 0]  # our first answer is due in 240 minutes
    actions.reply(
        actor=desk["nadia"], ticket_id=ticket.pk, source="Soon.", revision=99, then="waiting_us"
    )
    # Nobody sweeps until another promise is near: the conditions hold as they did.
    with before_due(ticket, "solution", minutes=299):
        assert sweeps(3) == [1, 0, 0]


def test_timed_rule_acts_on_what_is_late(desk, ticket):
    conditions, steps = {"due_within_minutes": 0}, {"note": "Late."}
    facts = {"when": "timed", "conditions": conditions, "steps": steps}
    rule = made_rule(desk["clara"], desk["nadia"], **facts)

    def tried():
        return queries.dry_run(desk["nadia"], rule, days=1, now=timezone.now()).matched

    with before_due(ticket, "first_response", minutes=1):
        assert (sweeps(), tried()) == ([0, 0], 0)
    with before_due(ticket, "first_response", minutes=-1):
        assert (sweeps(), tried()) == ([1, 0], 1)
        actions.reply(actor=desk["nadia"], ticket_id=ticket.pk, source="Sorry.", revision=99)
        assert (sweeps(), tried()) == ([0, 0], 0)


@pytest.mark.parametrize("face", FACES)
def test_how_near_a_promise_must_be_is_kept_even_if_it_is_none(face, perform, browse, call, desk):
    body = {**RULE_BODY, "when": "timed", "conditions": {"due_within_minutes": 0}}
    act = Act(
        page=lambda _: ("/desk-rules/new", {**RULE, "when": "timed", "due_within_minutes": "0"}),
        api=lambda _: ("POST", "/api/v1/desk-rules", body),
    )

    assert perform(face, desk["clara"], act, None) == DONE

    rule = DeskRule.objects.get()
    assert rule.conditions["due_within_minutes"] == 0
    page = browse(desk["clara"]).get(f"/desk-rules/{rule.pk}").content.decode()
    assert 'name="due_within_minutes" value="0"' in page
    told = call(desk["clara"]).get(f"/api/v1/desk-rules/{rule.pk}").json()
    assert told["conditions"]["due_within_minutes"] == 0


def test_what_cannot_be_done_is_kept_with_its_reason_and_changes_nothing(
    desk, settled, open_ticket
):
    rule = made_rule(
        desk["clara"], desk["vera"], queue="hosting", steps={"tags": ["a"], "note": "b"}
    )
    Person.objects.get(pk=desk["vera"].pk).role_grants.all().delete()

    ticket = open_ticket()
    drain_tasks()

    assert RuleRun.objects.get(rule=rule).refused == "acts_as_no_agent"
    assert names_on(ticket) == []
    assert not ticket.messages.filter(internal=True).exists()


def test_rule_of_one_queue_leaves_others_alone(desk, settled, open_ticket, other_queue):
    made_rule(desk["clara"], desk["odile"], queue="domains", steps={"tags": ["a"]})

    ticket = open_ticket()
    drain_tasks()

    assert not RuleRun.objects.exists()
    assert names_on(ticket) == []


def test_rule_that_is_off_or_changed_does_nothing(desk, settled, open_ticket):
    off = made_rule(desk["clara"], desk["nadia"], on=False)
    changed = made_rule(desk["clara"], desk["nadia"])
    plan = actions.RulePlan(
        name="Other",
        when="opened",
        acts_as=desk["nadia"],
        conditions=Conditions(),
        steps=queries.steps_of(changed),
    )
    actions.change_desk_rule(actor=desk["clara"], rule_id=changed.pk, revision=1, plan=plan)

    open_ticket()
    drain_tasks()

    assert not RuleRun.objects.exists()
    assert [row.is_on for row in DeskRule.objects.filter(pk__in=[off.pk, changed.pk])] == [
        False,
        False,
    ]


def facts_of_all():
    return [
        list(Ticket.objects.order_by("pk").values()),
        list(Message.objects.order_by("pk").values()),
        JournalLine.objects.count(),
        RuleRun.objects.count(),
    ]


@pytest.mark.parametrize("when", ["opened", "replied", "changed", "timed"])
def test_dry_run_says_what_would_change_and_changes_nothing(
    when, desk, settled, open_ticket, browse, call
):
    ticket, _other = open_ticket(), open_ticket(subject="Certificate")
    actions.reply(actor=desk["aminata"], ticket_id=ticket.pk, source="More.", revision=9)
    actions.assign(actor=desk["vera"], ticket_id=ticket.pk, assignee=desk["vera"])
    rule = made_rule(
        desk["clara"],
        desk["nadia"],
        when=when,
        steps={"tags": ["mail"], "assign": "vera", "queue": "domains"},
        on=False,
    )
    before = facts_of_all()

    found = queries.dry_run(desk["nadia"], rule, days=7, now=timezone.now())

    assert (found.matched, found.hidden, found.more) == (1, 0, False)
    (row,) = found.shown
    assert (row.number, row.steps) == (ticket.number, ["tag: mail", "queue: Domains"])
    page = browse(desk["nadia"]).get(f"/desk-rules/{rule.pk}/trial").content.decode()
    assert ticket.subject in page
    for client, path in (
        (browse(desk["clara"]), f"/desk-rules/{rule.pk}/trial"),
        (call(desk["clara"]), f"/api/v1/desk-rules/{rule.pk}/trial"),
    ):
        seen = client.get(path).content.decode()
        assert SECRET not in seen
        assert ticket.number not in seen
    told = call(desk["clara"]).get(f"/api/v1/desk-rules/{rule.pk}/trial").json()
    assert (told["matched"], told["hidden"], told["tickets"]) == (1, 1, [])
    assert facts_of_all() == before


def test_dry_run_looks_back_as_far_as_asked(desk, settled, open_ticket):
    ticket = open_ticket()
    Ticket.objects.filter(pk=ticket.pk).update(opened_at=timezone.now() - timedelta(days=10))
    rule = made_rule(desk["clara"], desk["nadia"], on=False)

    def matched(days):
        return queries.dry_run(desk["nadia"], rule, days=days, now=timezone.now()).matched

    assert [matched(days) for days in (7, 11)] == [0, 1]


@pytest.mark.parametrize(
    "conditions",
    [
        {"subjects": ["a"]},
        {"subject": "spam"},
        {"subject": ["x" * 61]},
        {"states": ["lost"]},
        {"waiting_minutes": 0},
        {"waiting_minutes": True},
        {"waiting_minutes": "60"},
        {"due_within_minutes": -1},
        {"due_within_minutes": 366 * 24 * 60 + 1},
        {"unassigned": "yes"},
        {"queues": ["a"] * 21},
    ],
)
def test_conditions_are_checked_as_data(conditions):
    with pytest.raises(InvalidInput):
        read_conditions(conditions)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"when": "never"}, "when"),
        ({"when": "timed", "conditions": {"unassigned": False}}, "conditions"),
        ({"conditions": {"states": ["solved"]}}, "states"),
        ({"steps": {"assign": "me"}}, "assign"),
        ({"steps": {"reply": 999}}, "reply"),
        ({"steps": {"notify": ["no-one"]}}, "notify"),
        ({"acts_as": "vera"}, "acts_as"),  # agent of one queue alone
        ({"acts_as": "omar"}, "acts_as"),
    ],
)
def test_what_is_wrong_with_a_rule_is_named(facts, field, desk):
    acts_as = desk[facts.pop("acts_as", "nadia")]

    with pytest.raises(InvalidInput) as refused:
        made_rule(desk["clara"], acts_as, **facts)

    assert field in {error.field for error in refused.value.errors}
    assert not DeskRule.objects.exists()


def test_each_condition_narrows(desk, ticket, open_ticket, levels):
    other = open_ticket("omar", subject="Autre chose", language="fr")
    actions.tag_ticket(actor=desk["nadia"], ticket_id=ticket.pk, names=["Éléphant"])
    actions.assign(actor=desk["vera"], ticket_id=other.pk, assignee=desk["vera"])
    waits_since(ticket, hours=3)

    def holds(**asked):
        rows = Ticket.objects.order_by("pk")
        return list(queries.matching(rows, read_conditions(asked), timezone.now()))

    assert holds() == [ticket, other]
    assert holds(subject=["autré"]) == [other]
    assert holds(subject=["autre", "spam"]) == [ticket, other]
    assert holds(queues=["domains"]) == []
    assert holds(levels=["guaranteed"]) == [ticket]
    assert holds(languages=["fr"]) == [other]
    assert holds(states=["new"]) == [ticket]
    assert holds(tags=["ELEPHANT", "none"]) == [ticket]
    assert holds(unassigned=True) == [ticket]
    assert holds(waiting_minutes=120) == [ticket]
    assert holds(waiting_minutes=120, languages=["fr"]) == []


@pytest.mark.parametrize("does", ["state", "reply"])
def test_what_a_rule_does_mails_nobody_s_words(does, desk, settled, open_ticket):
    """Whoever forged the sender would have us deliver theirs; an agent's answer has them."""
    macro = made_macro(desk["nadia"])
    steps = {"state": "solved"} if does == "state" else {"reply": macro.pk}
    made_rule(desk["clara"], desk["nadia"], steps=steps)

    by_rule = open_ticket(source="Send your password to us.")
    by_hand = open_ticket("aminata", "Certificate", source="Send your password to us.")
    drain_tasks()
    if does == "state":
        actions.set_state(actor=desk["nadia"], ticket_id=by_hand.pk, state="solved")
    else:
        actions.reply(actor=desk["nadia"], ticket_id=by_hand.pk, source="Hello.", revision=99)
    drain_tasks()

    mails = sent_to("aminata@people.example")
    told = {"state": "Solved: ", "reply": "Re: "}[does]
    found = {
        row.number: [mail for mail in mails if mail["Subject"].startswith(f"[{row.number}] {told}")]
        for row in (by_rule, by_hand)
    }
    (rule,), (hand,) = found[by_rule.number], found[by_hand.number]
    assert rule["Auto-Submitted"] == "auto-replied"
    assert hand["Auto-Submitted"] != "auto-replied"
    parts = [[part.get_content() for part in mail.iter_parts()] for mail in (rule, hand)]
    assert ["your password" in "".join(texts) for texts in parts] == [False, True]


def test_what_a_rule_answers_comes_to_a_guest_without_what_was_said(desk, settled, open_ticket):
    macro = made_macro(desk["nadia"])
    ticket = open_ticket(source="We begin.")
    actions.invite(actor=desk["aminata"], ticket_id=ticket.pk, address="eve@elsewhere.example")
    drain_tasks()
    made_rule(desk["clara"], desk["nadia"], when="replied", steps={"reply": macro.pk})

    facts = {"actor": desk["aminata"], "ticket_id": ticket.pk, "revision": 99}
    actions.reply(source="Send your password to us.", **facts)
    drain_tasks()

    asked, answered = sent_to("eve@elsewhere.example")[-2:]
    assert "your password" in asked.get_body(("plain",)).get_content()
    assert "your password" not in answered.get_body(("plain",)).get_content()
    assert [mail["Auto-Submitted"] for mail in (asked, answered)] == ["no", "auto-replied"]
