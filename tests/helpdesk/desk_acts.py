"""Acts on the agents' tools: macros, rules, and their work on a ticket."""

from typing import Any

from helpdesk import actions
from helpdesk.conditions import read_conditions
from helpdesk.models import ChecklistItem, DeskRule, Macro, Tagging, TimeSpent
from helpdesk.prepared import read_steps
from helpdesk.tokens import trial_token
from tests.faces import Act
from tests.helpdesk.test_faces import act

MACRO = {"name_en": "Ask for SPF", "language": "en", "text_en": "Hello {requester}."}
MACRO_BODY: dict[str, Any] = {
    "names": {"en": "Ask for SPF"},
    "language": "en",
    "texts": {"en": "Hello {requester}."},
}
RULE = {"name": "Sort", "when": "opened", "acts_as": "nadia", "subject": "spam", "tags": "mail"}
RULE_BODY: dict[str, Any] = {
    "name": "Sort",
    "when": "opened",
    "acts_as": "nadia",
    "conditions": {"subject": ["spam"]},
    "steps": {"tags": ["mail"]},
}


def made_macro(actor, queue="", steps=None, **facts) -> Macro:
    """Keep a macro, with a text in English unless others are given."""
    plan = {"names": {"en": "Ask for SPF"}, "texts": {"en": "Hello {requester}."}, **facts}
    return actions.make_macro(
        actor=actor,
        plan=actions.MacroPlan(
            language=plan.pop("language", "en"), queue=queue, steps=read_steps(steps or {}), **plan
        ),
    )


def made_rule(actor, acts_as, *, when="opened", conditions=None, steps=None, queue="", on=True):
    """Keep a rule and, unless told otherwise, switch it on."""
    rule = actions.make_desk_rule(
        actor=actor,
        plan=actions.RulePlan(
            name="Sort",
            when=when,
            queue=queue,
            acts_as=acts_as,
            conditions=read_conditions(conditions or {"subject": ["spam"]}),
            steps=read_steps(steps or {"tags": ["mail"]}),
        ),
    )
    if on:
        trial = trial_token(rule.pk, rule.revision)
        actions.switch_desk_rule(actor=actor, rule_id=rule.pk, on=True, trial=trial)
    return DeskRule.objects.get(pk=rule.pk)


def on_ticket(noun, form, body=None, *, method="POST", api=None) -> Act:
    return act(noun, form, api=api, method=method, api_data=form if body is None else body)


def of_row(model: Any, noun: str, page: str, api: str, method: str) -> Act:
    """Return the act on the newest row of a ticket; on one that is none where there is none."""

    def number(ticket: Any) -> int:
        row = model.objects.filter(ticket=ticket).order_by("-pk").first()
        if row is None:
            return 1
        return int(row.tag_id if model is Tagging else row.pk)

    return Act(
        page=lambda t: (f"{t.path}/{noun}/{number(t)}/{page}", {}),
        api=lambda t: (method, f"/api/v1/tickets/{t.pk}/{noun}/{number(t)}{api}", None),
    )


RUN = Act(
    page=lambda t: (f"{t.path}/macros", {"macro": newest_macro(), "revision": 99}),
    api=lambda t: (
        "POST",
        f"/api/v1/tickets/{t.pk}/macros",
        {"macro": newest_macro(), "revision": 99},
    ),
)
MOVE_QUEUE = on_ticket("queue", {"queue": "hosting"}, method="PUT")
TAG = on_ticket("tags", {"tags": "mail"}, {"tags": ["mail"]})
UNTAG = of_row(Tagging, "tags", "removal", "", "DELETE")
FILL = on_ticket("fields", {}, {"fields": {}}, method="PUT")
ADD_ITEM = on_ticket("checklist", {"items": "Ask them"}, {"items": ["Ask them"]})
CHECK = of_row(ChecklistItem, "checklist", "completion", "/completion", "PUT")
UNCHECK = of_row(ChecklistItem, "checklist", "completion/undo", "/completion", "DELETE")
REMOVE_ITEM = of_row(ChecklistItem, "checklist", "removal", "", "DELETE")
SPEND = on_ticket("times", {"minutes": "20"}, {"minutes": 20})
TAKE_TIME_BACK = of_row(TimeSpent, "times", "removal", "", "DELETE")
MAKE_MACRO = Act(
    page=lambda _: ("/macros/new", MACRO), api=lambda _: ("POST", "/api/v1/macros", MACRO_BODY)
)
CHANGE_MACRO = Act(
    page=lambda m: (f"/macros/{m.pk}", {**MACRO, "revision": revision(m)}),
    api=lambda m: ("PUT", f"/api/v1/macros/{m.pk}", {**MACRO_BODY, "revision": revision(m)}),
)
RETIRE_MACRO = Act(
    page=lambda m: (f"/macros/{m.pk}/retirement", {}),
    api=lambda m: ("DELETE", f"/api/v1/macros/{m.pk}", None),
)
MAKE_RULE = Act(
    page=lambda _: ("/desk-rules/new", RULE),
    api=lambda _: ("POST", "/api/v1/desk-rules", RULE_BODY),
)
CHANGE_RULE = Act(
    page=lambda r: (f"/desk-rules/{r.pk}", {**RULE, "revision": revision(r)}),
    api=lambda r: ("PUT", f"/api/v1/desk-rules/{r.pk}", {**RULE_BODY, "revision": revision(r)}),
)
RETIRE_RULE = Act(
    page=lambda r: (f"/desk-rules/{r.pk}/retirement", {}),
    api=lambda r: ("DELETE", f"/api/v1/desk-rules/{r.pk}", None),
)
SWITCH_ON = Act(
    page=lambda r: (f"/desk-rules/{r.pk}/activity", {"trial": tried(r)}),
    api=lambda r: ("PUT", f"/api/v1/desk-rules/{r.pk}/activity", {"trial": tried(r)}),
)
SWITCH_OFF = Act(
    page=lambda r: (f"/desk-rules/{r.pk}/activity/undo", {}),
    api=lambda r: ("DELETE", f"/api/v1/desk-rules/{r.pk}/activity", None),
)
COMPOSE = Act(
    page=lambda t: (f"{t.path}/composer", {"source": "Typed.", "insert": "choose"}),
    api=lambda t: ("", "", None),
)


def newest_macro() -> int:
    row = Macro.objects.order_by("-pk").first()
    return row.pk if row else 1


def revision(row: Any) -> int:
    return int(type(row).objects.get(pk=row.pk).revision)


def tried(rule: DeskRule) -> str:
    return trial_token(rule.pk, revision(rule))
