"""The agents' tools on all faces: who may use them, at which moment, and twice."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from helpdesk import actions
from helpdesk.models import DeskRule, Macro, Ticket
from people.models import Person
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT
from tests.helpdesk import desk_acts as acts
from tests.helpdesk.test_faces import AGENTS, ASKERS, OUTSIDE

ON_TICKETS = {
    "run a macro": acts.RUN,
    "tag": acts.TAG,
    "untag": acts.UNTAG,
    "fill fields": acts.FILL,
    "move to a queue": acts.MOVE_QUEUE,
    "add to the checklist": acts.ADD_ITEM,
    "check": acts.CHECK,
    "uncheck": acts.UNCHECK,
    "remove an item": acts.REMOVE_ITEM,
    "spend time": acts.SPEND,
    "take time back": acts.TAKE_TIME_BACK,
}
OWN = {"take time back"}  # each agent their own


@pytest.fixture
def worked_on(desk, ticket):
    """The ticket with a tag, an item on its checklist and time of nadia's; and a macro for it."""
    acts.made_macro(desk["nadia"])
    actions.tag_ticket(actor=desk["nadia"], ticket_id=ticket.pk, names=["Spam"])
    actions.add_to_checklist(actor=desk["nadia"], ticket_id=ticket.pk, items=["Look"])
    actions.spend_time(actor=desk["nadia"], ticket_id=ticket.pk, minutes=5)
    return ticket


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("name", ON_TICKETS)
def test_agents_of_the_queue_alone_work_on_a_ticket(face, name, perform, desk, worked_on):
    what = ON_TICKETS[name]
    expected = dict.fromkeys(OUTSIDE, UNSEEN) | dict.fromkeys(ASKERS, NOT_ALLOWED)

    found = {who: perform(face, desk[who], what, worked_on) for who in expected}
    assert found == expected
    assert perform(face, None, what, worked_on) == SIGN_IN
    for who in sorted(AGENTS - {"nadia"}):
        wanted = NOT_ALLOWED if name in OWN else DONE
        assert perform(face, desk[who], what, worked_on) == wanted
    if name not in ("untag", "remove an item"):  # vera took it away
        assert perform(face, desk["nadia"], what, worked_on) == DONE


@pytest.mark.parametrize("face", FACES)
def test_nothing_is_done_on_a_merged_ticket(face, perform, desk, worked_on, open_ticket):
    into = open_ticket()
    actions.merge(actor=desk["nadia"], ticket_id=worked_on.pk, into_id=into.pk)

    for name, what in ON_TICKETS.items():
        assert (name, perform(face, desk["nadia"], what, worked_on)) == (name, WRONG_MOMENT)


@pytest.mark.parametrize("face", FACES)
def test_the_same_twice_changes_once(face, perform, desk, ticket):
    for what in (acts.TAG, acts.TAG, acts.ADD_ITEM, acts.ADD_ITEM, acts.CHECK, acts.CHECK):
        assert perform(face, desk["vera"], what, ticket) == DONE

    assert ticket.taggings.count() == 1
    assert ticket.checklist.get().done_by == desk["vera"]
    assert perform(face, desk["vera"], acts.UNCHECK, ticket) == DONE
    assert ticket.checklist.get().done_at is None


@pytest.mark.parametrize("face", FACES)
def test_what_is_wrong_is_refused(face, perform, desk, ticket):
    wrong = {
        "queue": acts.on_ticket("queue", {"queue": "none"}, method="PUT"),
        "tags": acts.on_ticket("tags", {"tags": "x" * 41}, {"tags": ["x" * 41]}),
        "items": acts.on_ticket("checklist", {"items": " "}, {"items": [" "]}),
        "minutes": acts.on_ticket("times", {"minutes": "0"}, {"minutes": 0}),
        "day": acts.on_ticket("times", {"minutes": "5", "day": "1999-01-01"}),
        "field": acts.on_ticket(
            "fields", {"fields.none": "1"}, {"fields": {"none": 1}}, method="PUT"
        ),
    }

    for name, what in wrong.items():
        assert (name, perform(face, desk["vera"], what, ticket)) == (name, INVALID)


@pytest.mark.parametrize("face", FACES)
def test_macros_are_kept_by_agents_and_coordinators(face, perform, desk, ticket):
    macro = acts.made_macro(desk["nadia"])
    of_hosting = acts.made_macro(desk["vera"], queue="hosting")

    for who in ("aminata", "omar", "moira"):
        assert perform(face, desk[who], acts.MAKE_MACRO, None) == NOT_ALLOWED
        assert perform(face, desk[who], acts.CHANGE_MACRO, macro) == UNSEEN
        assert perform(face, desk[who], acts.RETIRE_MACRO, macro) == UNSEEN
    assert perform(face, None, acts.MAKE_MACRO, None) == SIGN_IN
    assert perform(face, desk["odile"], acts.CHANGE_MACRO, of_hosting) == UNSEEN
    assert perform(face, desk["vera"], acts.CHANGE_MACRO, macro) == NOT_ALLOWED  # of all queues
    assert perform(face, desk["vera"], acts.RETIRE_MACRO, macro) == NOT_ALLOWED
    for who in ("nadia", "clara"):
        assert perform(face, desk[who], acts.MAKE_MACRO, None) == DONE
        assert perform(face, desk[who], acts.CHANGE_MACRO, macro) == DONE
    assert perform(face, desk["vera"], acts.RETIRE_MACRO, of_hosting) == DONE
    assert perform(face, desk["vera"], acts.RETIRE_MACRO, of_hosting) == DONE
    assert Macro.objects.filter(retired=False).count() == 3


@pytest.mark.parametrize("face", FACES)
def test_stale_change_of_a_macro_is_refused(face, perform, desk, monkeypatch):
    macro = acts.made_macro(desk["nadia"])
    monkeypatch.setattr(acts, "revision", lambda _row: 7)

    assert perform(face, desk["nadia"], acts.CHANGE_MACRO, macro) == WRONG_MOMENT


@pytest.mark.parametrize("face", FACES)
def test_rules_are_kept_by_coordinators(face, perform, desk, ticket):
    rule = acts.made_rule(desk["clara"], desk["nadia"], on=False)
    on_rules = (acts.CHANGE_RULE, acts.SWITCH_ON, acts.SWITCH_OFF, acts.RETIRE_RULE)

    for what in on_rules:
        for who in ("aminata", "omar", "vera", "moira"):
            assert perform(face, desk[who], what, rule) == UNSEEN
        assert perform(face, desk["nadia"], what, rule) == NOT_ALLOWED  # she reads it
        assert perform(face, None, what, rule) == SIGN_IN
        assert perform(face, desk["clara"], what, rule) == DONE
    for who in ("aminata", "nadia"):
        assert perform(face, desk[who], acts.MAKE_RULE, None) == NOT_ALLOWED
    assert perform(face, desk["clara"], acts.MAKE_RULE, None) == DONE
    assert [row.is_on for row in DeskRule.objects.order_by("pk")] == [False, False]


@pytest.mark.parametrize("face", FACES)
def test_rule_acts_once_it_was_tried_out_as_it_is(face, perform, desk, ticket, monkeypatch):
    rule = acts.made_rule(desk["clara"], desk["nadia"], on=False)
    other = acts.made_rule(desk["clara"], desk["nadia"], on=False)
    before, of_other = acts.tried(rule), acts.tried(other)
    with time_machine.travel(timezone.now() - timedelta(hours=25)):
        long_ago = acts.tried(rule)

    for token in ("", "1-1", of_other, long_ago, f"{before}x"):
        monkeypatch.setattr(acts, "tried", lambda _row, token=token: token)
        assert perform(face, desk["clara"], acts.SWITCH_ON, rule) == WRONG_MOMENT, token
    monkeypatch.setattr(acts, "tried", lambda _row: before)
    assert perform(face, desk["clara"], acts.SWITCH_ON, rule) == DONE
    assert perform(face, desk["clara"], acts.CHANGE_RULE, rule) == DONE
    assert perform(face, desk["clara"], acts.SWITCH_ON, rule) == WRONG_MOMENT
    assert not DeskRule.objects.get(pk=rule.pk).is_on


def test_dry_run_lets_its_rule_be_switched_on(browse, call, desk, ticket):
    one, two = (acts.made_rule(desk["clara"], desk["nadia"], on=False) for _rule in range(2))
    client, program = browse(desk["clara"]), call(desk["clara"])

    untried = client.post(f"/desk-rules/{one.pk}/activity")
    page = client.get(f"/desk-rules/{one.pk}/trial").content.decode()
    (token,) = re.findall(r'name="trial" value="([^"]+)"', page)
    client.post(f"/desk-rules/{one.pk}/activity", {"trial": token})
    refused = program.put(f"/api/v1/desk-rules/{two.pk}/activity")
    told = program.get(f"/api/v1/desk-rules/{two.pk}/trial").json()
    program.put(f"/api/v1/desk-rules/{two.pk}/activity", {"trial": told["trial"]}, format="json")

    assert (untried.status_code, refused.status_code) == (409, 409)
    assert refused.json()["code"] == "not_tried"
    shown = untried.content.decode()
    assert "Look at what the rule would do as it is now" in shown
    assert 'name="trial"' in shown  # beside what it would do
    assert page.index("It holds for") < page.index('name="trial"')
    assert [row.is_on for row in DeskRule.objects.all()] == [True, True]
    again = client.get(f"/desk-rules/{one.pk}/trial").content.decode()
    assert 'name="trial"' not in again


@pytest.mark.parametrize("face", FACES)
def test_rule_that_acts_as_someone_without_the_right_is_refused(face, perform, desk, ticket):
    rule = acts.made_rule(desk["clara"], desk["nadia"], on=False)
    desk["nadia"].role_grants.all().delete()

    assert perform(face, desk["clara"], acts.SWITCH_ON, rule) == INVALID
    assert perform(face, desk["clara"], acts.MAKE_RULE, None) == INVALID


def test_composer_fills_in_what_is_asked_and_sends_nothing(browse, desk, worked_on):
    page = browse(desk["nadia"])
    macro = Macro.objects.get()
    path = f"{worked_on.path}/composer"
    before = worked_on.messages.count()

    chooser = page.post(path, {"source": "Typed first.", "insert": "choose"})
    assert "Ask for SPF" in chooser.content.decode()
    assert "Typed first." in chooser.content.decode()
    sent = {"source": "Typed first.", "insert": f"text:macro:{macro.pk}"}
    filled = page.post(path, sent).content.decode()

    assert "Typed first.\n\nHello Aminata.</textarea>" in filled
    assert worked_on.messages.count() == before
    for who, status in (("aminata", 403), ("omar", 404)):
        assert browse(desk[who]).post(path, sent).status_code == status
    for odd in ("text:macro:999", "text:macro:x", "link:helpdesk.ticket:1", "text:forum.answer:1"):
        assert page.post(path, {"insert": odd}).status_code == 404


def test_suspended_agents_use_nothing(perform, desk, worked_on):
    Person.objects.filter(pk=desk["vera"].pk).update(state="suspended")
    vera = Person.objects.get(pk=desk["vera"].pk)

    for what in ON_TICKETS.values():
        assert perform("api", vera, what, worked_on) in (UNSEEN, NOT_ALLOWED)
    assert Ticket.objects.get(pk=worked_on.pk).taggings.count() == 1
