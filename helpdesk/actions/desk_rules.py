"""Keeping the rules by which the desk does things by itself."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import FieldError, InvalidInput, NotAllowed, WrongMoment, locked
from core.journal import STAFF, record
from helpdesk import rules
from helpdesk.actions.macros import wrong_steps
from helpdesk.conditions import Conditions
from helpdesk.models import DeskRule, Macro, Queue, RuleRun
from helpdesk.prepared import ME, Steps
from helpdesk.tokens import is_trial_of
from people.models import Person
from people.rules import has_role

LONGEST_NAME = 100
When = DeskRule.When


class NotTried(WrongMoment):
    """Nobody looked at what the rule, as it is now, would do."""

    code = "not_tried"
    title = gettext_lazy("Try it out first")
    detail = gettext_lazy("Look at what the rule would do as it is now, then switch it on.")


@dataclass(frozen=True)
class RulePlan:
    """What a rule shall be; queue: a slug, empty for all. acts_as: whose rights its steps have."""

    name: str
    when: str
    conditions: Conditions
    steps: Steps
    acts_as: Person
    queue: str = ""


@transaction.atomic
def make_desk_rule(*, actor: Person, plan: RulePlan) -> DeskRule:
    """Write a rule down; it is off until it is switched on.

    Raises NotAllowed, InvalidInput.
    """
    queue = _queue(plan)
    _check_may(actor, queue)
    _check(plan, queue)
    rule = DeskRule.objects.create(made_by=actor, **_facts(plan, queue))
    record("helpdesk.rule_made", actor=actor, thing=rule, audience=STAFF)
    return rule


@transaction.atomic
def change_desk_rule(*, actor: Person, rule_id: int, revision: int, plan: RulePlan) -> DeskRule:
    """Change a rule as a whole. It is off after: what was tried out is not what it is now.

    Raises NotSeen, NotAllowed, WrongMoment (changed meanwhile), InvalidInput.
    """
    rule = _rule_of(actor, rule_id)
    queue = _queue(plan)
    _check_may(actor, queue)
    _check(plan, queue)
    if revision != rule.revision:
        raise WrongMoment(
            _("Someone changed this rule meanwhile. Look at it, then change it again."),
            code="stale_revision",
            revision=rule.revision,
        )
    for name, value in _facts(plan, queue).items():
        setattr(rule, name, value)
    rule.is_on = False
    rule.revision += 1
    rule.save()
    _end_runs(rule)
    record("helpdesk.rule_changed", actor=actor, thing=rule, audience=STAFF)
    return rule


@transaction.atomic
def switch_desk_rule(*, actor: Person, rule_id: int, on: bool, trial: str = "") -> DeskRule:
    """Let a rule act from now on, or no more; the same is no change.

    trial: to switch it on, the token of a dry run (queries.dry_run) of the rule as it is now.
    Raises NotSeen, NotAllowed, NotTried, InvalidInput (when who it acts as lost the right to).
    """
    rule = _rule_of(actor, rule_id)
    if rule.is_on == on:
        return rule
    if on and not may_act_for(rule.acts_as, rule.queue_id):
        raise InvalidInput.of("acts_as", "not_an_agent", _not_an_agent())
    if on and not is_trial_of(trial, rule.pk, rule.revision):
        raise NotTried
    rule.is_on = on
    rule.save(update_fields=["is_on"])
    if not on:
        _end_runs(rule)
    verb = "helpdesk.rule_switched_on" if on else "helpdesk.rule_switched_off"
    record(verb, actor=actor, thing=rule, audience=STAFF)
    return rule


@transaction.atomic
def retire_desk_rule(*, actor: Person, rule_id: int) -> DeskRule:
    """Put a rule away for good; one that is away is no change. Raises NotSeen, NotAllowed."""
    rule = locked(DeskRule.objects.visible_to(actor), pk=rule_id)
    _check_may(actor, rule.queue)
    if not rule.retired:
        rule.is_on, rule.retired = False, True
        rule.save(update_fields=["is_on", "retired"])
        _end_runs(rule)
        record("helpdesk.rule_retired", actor=actor, thing=rule, audience=STAFF)
    return rule


def may_act_for(person: Person, queue_id: int | None) -> bool:
    """Whether rules of this queue (none: of all) may act as this person."""
    return has_role(person, "agent", queue_id=queue_id)


def _rule_of(actor: Person, rule_id: int) -> DeskRule:
    rule = locked(DeskRule.objects.visible_to(actor).filter(retired=False), pk=rule_id)
    _check_may(actor, rule.queue)
    return rule


def _check_may(actor: Person, queue: Queue | None) -> None:
    if not rules.can_keep_desk_rule(actor, queue.pk if queue else None):
        raise NotAllowed(_("Rules are kept by the coordinators of their queue."))


def _queue(plan: RulePlan) -> Queue | None:
    if not plan.queue:
        return None
    queue = Queue.objects.filter(slug=plan.queue).first()
    if queue is None:
        raise InvalidInput.of("queue", "invalid_choice", _("Choose one of the queues."))
    return queue


def _check(plan: RulePlan, queue: Queue | None) -> None:
    """Raise InvalidInput with all that is wrong with a plan."""
    wrong = list(wrong_steps(plan.steps))
    if not 1 <= len(plan.name.strip()) <= LONGEST_NAME:
        wrong.append(FieldError("name", "length", _("Name it in 1 to 100 characters.")))
    if plan.when not in When.values:
        wrong.append(FieldError("when", "invalid_choice", _("Choose when it looks.")))
    if plan.steps.is_empty:
        wrong.append(FieldError("steps", "required", _("Say what it does.")))
    if plan.when == When.TIMED and plan.conditions == Conditions():
        detail = _("Say what must hold: else it would act on every ticket there is.")
        wrong.append(FieldError("conditions", "required", detail))
    if plan.when == When.OPENED and (plan.conditions.states or plan.conditions.waiting_minutes):
        detail = _("A ticket that is just opened is new, and has not waited.")
        wrong.append(FieldError("states", "never_holds", detail))
    if plan.steps.assign == ME:
        detail = _("Name the agent who shall have it in hand.")
        wrong.append(FieldError("assign", "unknown_person", detail))
    if plan.steps.reply is not None and not _may_send(plan.steps.reply, queue):
        detail = _("Choose a macro with a text, of this queue or of all.")
        wrong.append(FieldError("reply", "invalid_choice", detail))
    if not may_act_for(plan.acts_as, queue.pk if queue else None):
        wrong.append(FieldError("acts_as", "not_an_agent", _not_an_agent()))
    if wrong:
        raise InvalidInput(errors=wrong)


def _may_send(macro_id: int, queue: Queue | None) -> bool:
    rows = Macro.objects.filter(pk=macro_id, retired=False, texts__isnull=False)
    queues = {None} if queue is None else {None, queue.pk}
    return any(row.queue_id in queues for row in rows)


def _not_an_agent() -> str:
    return _("Name an agent of all the tickets this rule looks at: it acts with their rights.")


def _facts(plan: RulePlan, queue: Queue | None) -> dict[str, object]:
    return {
        "name": " ".join(plan.name.split()),
        "when": plan.when,
        "queue": queue,
        "conditions": plan.conditions.as_json(),
        "steps": plan.steps.as_json(),
        "acts_as": plan.acts_as,
        "changed_at": timezone.now(),
    }


def _end_runs(rule: DeskRule) -> None:
    """Forget what a timed rule has acted on: switched on again, it begins anew."""
    RuleRun.objects.filter(rule=rule, ended_at=None).update(ended_at=timezone.now())
