"""The rows of the table for the agents' tools: macros, rules, and work on a ticket."""

from collections.abc import Callable
from typing import Any

from tests.helpdesk import desk_acts as acts
from tests.proofs.acts import Look

ASKERS, AGENTS = {"aminata", "farid", "olga"}, {"nadia", "vera"}
KEEPERS = {"nadia", "clara"}  # of all queues
FILL = acts.on_ticket("fields", {"fields.cause": "DNS"}, {"fields": {"cause": "DNS"}}, method="PUT")


def rows(right: Callable[..., Any], public: Callable[..., Any]) -> dict[str, Any]:
    """Return the rows; right, public: how tests.proofs.rights makes one."""

    def work(act: Any, **facts: Any) -> Any:
        return right(act, "ticket", AGENTS, ASKERS, **facts)

    return {
        "run a macro": work(acts.RUN),
        "fill the composer": work(acts.COMPOSE, faces=("page", "fragment")),
        "tag": work(acts.TAG),
        "take a tag off": work(acts.UNTAG),
        "fill fields": work(FILL),
        "add to a checklist": work(acts.ADD_ITEM),
        "check an item": work(acts.CHECK),
        "open an item again": work(acts.UNCHECK),
        "take an item off": work(acts.REMOVE_ITEM),
        "write time down": work(acts.SPEND),
        "take time back": right(acts.TAKE_TIME_BACK, "ticket", {"vera"}, ASKERS | {"nadia"}),
        "see the desk's panel": work(
            Look(
                page=lambda t: f"{t.path}/desk",
                api=lambda t: f"/api/v1/tickets/{t.pk}/checklist",
            )
        ),
        "prepare a macro": public(acts.MAKE_MACRO, "world", KEEPERS),
        "change a macro": right(acts.CHANGE_MACRO, "macro", KEEPERS, {"vera", "odile"}),
        "retire a macro": right(acts.RETIRE_MACRO, "macro", KEEPERS, {"vera", "odile"}),
        "write a rule": public(acts.MAKE_RULE, "world", {"clara"}),
        "change a rule": right(acts.CHANGE_RULE, "desk_rule", {"clara"}, {"nadia"}),
        "switch a rule on": right(acts.SWITCH_ON, "desk_rule", {"clara"}, {"nadia"}),
        "switch a rule off": right(acts.SWITCH_OFF, "desk_rule", {"clara"}, {"nadia"}),
        "put a rule away": right(acts.RETIRE_RULE, "desk_rule", {"clara"}, {"nadia"}),
        "try a rule out": right(
            Look(
                page=lambda r: f"/desk-rules/{r.pk}/trial",
                api=lambda r: f"/api/v1/desk-rules/{r.pk}/trial",
            ),
            "desk_rule",
            KEEPERS,
        ),
        "read the desk's report": public(
            Look(page=lambda _: "/reports/helpdesk", api=lambda _: "/api/v1/reports/helpdesk"),
            "world",
            {*AGENTS, "odile", "clara"},
        ),
    }
