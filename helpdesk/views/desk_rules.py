"""Pages of the desk's rules: the list, one to write or change, and what it would do."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import InvalidInput, NotAllowed, WrongMoment, seen
from core.pages import done, once, signed_in, whole_number
from helpdesk import actions, queries, rules
from helpdesk.forms_desk import DeskRuleForm
from helpdesk.models import DeskRule, Macro
from helpdesk.views.macros import stand_in, steps_as_form
from people.present import me

RULES = "/desk-rules"
DAYS = 7
RUNS_SHOWN = 20
LONGEST_TOKEN = 200


@require_safe
@signed_in
def desk_rules(request: HttpRequest) -> HttpResponse:
    """List the rules of one's queues: which act, and what each does."""
    _check_may_read(request)
    language = get_language() or "en"
    names = queries.queue_names(language)
    macros = list(Macro.objects.order_by("pk"))
    rows = [
        {
            "rule": row,
            "queue": row.queue.name(language) if row.queue else "",
            "steps": queries.step_words(queries.steps_of(row), names, macros),
        }
        for row in queries.desk_rules(request.user).order_by("pk")
    ]
    may_write = rules.can_keep_some_desk_rule(request.user)
    return render(request, "helpdesk/desk_rules.html", {"rows": rows, "may_write": may_write})


@signed_in
@once
def new(request: HttpRequest) -> HttpResponse:
    """Write a rule down; it is off until it is switched on."""
    if not rules.can_keep_some_desk_rule(request.user):
        raise NotAllowed(_("Rules are kept by the coordinators of their queue."))
    if request.method != "POST":
        return _form_page(request, _form(request, None))
    form = _form(request, None, request.POST)
    made = None
    if form.is_valid():
        made = _sent(form, lambda plan: actions.make_desk_rule(actor=me(request), plan=plan))
    if made is None:
        return _form_page(request, form, status=422)
    messages.success(request, _("The rule is written down. Try it out, then switch it on."))
    return done(request, f"{RULES}/{made.pk}/trial")


@signed_in
@once
def desk_rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Show a rule to be changed; by POST, change it, which switches it off."""
    row = seen(queries.desk_rules(request.user), pk=rule_id)
    if request.method != "POST":
        return _form_page(request, _form(request, row), row)
    form = _form(request, row, request.POST)
    if not rules.can_keep_desk_rule(request.user, row.queue_id):
        raise NotAllowed
    if form.is_valid():
        revision = form.cleaned_data["revision"] or 0

        def change(plan: actions.RulePlan) -> DeskRule:
            return actions.change_desk_rule(
                actor=me(request), rule_id=rule_id, revision=revision, plan=plan
            )

        try:
            changed = _sent(form, change)
        except WrongMoment as refusal:
            form.add_error(None, str(refusal.detail))
            return _form_page(request, form, row, refusal.status)
        if changed is not None:
            messages.success(request, _("The rule is changed, and off until you switch it on."))
            return done(request, f"{RULES}/{rule_id}/trial")
    return _form_page(request, form, row, 422)


@require_safe
@signed_in
def trial(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Show what a rule would do, and what it did; nothing is changed."""
    return _trial_page(request, rule_id)


def _trial_page(
    request: HttpRequest, rule_id: int, refused: actions.NotTried | None = None
) -> HttpResponse:
    """Show the dry run; refused: why the rule is not on yet."""
    row = seen(queries.desk_rules(request.user), pk=rule_id)
    days = min(whole_number(request.GET.get("days", ""), 3) or DAYS, queries.LONGEST_DAYS)
    language = get_language() or "en"
    macros = Macro.objects.filter(pk=queries.steps_of(row).reply or 0)
    context = {
        "rule": row,
        "days": days,
        "found": queries.dry_run(request.user, row, days=days, now=timezone.now()),
        "may_write": rules.can_keep_desk_rule(request.user, row.queue_id),
        "steps": queries.step_words(queries.steps_of(row), queries.queue_names(language), macros),
        "runs": row.runs.order_by("-pk")[:RUNS_SHOWN],
        "refused": refused,
    }
    status = refused.status if refused else 200
    return render(request, "helpdesk/desk_rule_trial.html", context, status=status)


@require_POST
@signed_in
@once
def activity(request: HttpRequest, rule_id: int, *, on: bool) -> HttpResponse:
    """Switch a rule off; or on, from the page that shows what it would do as it is now."""
    trial = request.POST.get("trial", "")[:LONGEST_TOKEN]
    try:
        actions.switch_desk_rule(actor=me(request), rule_id=rule_id, on=on, trial=trial)
    except actions.NotTried as refusal:
        return _trial_page(request, rule_id, refusal)
    messages.success(request, _("The rule acts from now on.") if on else _("The rule is off."))
    return done(request, RULES)


@require_POST
@signed_in
@once
def retirement(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Put a rule away for good."""
    actions.retire_desk_rule(actor=me(request), rule_id=rule_id)
    messages.success(request, _("The rule is put away."))
    return done(request, RULES)


def _check_may_read(request: HttpRequest) -> None:
    if not rules.can_read_desk(request.user):
        raise NotAllowed(_("Rules are kept by the coordinators of their queue."))


def _form(request: HttpRequest, row: DeskRule | None, data: Any = None) -> DeskRuleForm:
    language = get_language() or "en"
    macros = queries.macros(request.user).filter(texts__isnull=False).distinct().order_by("pk")
    initial = _as_form(row) if row else {"acts_as": me(request).handle}
    return DeskRuleForm(
        list(queries.queue_names(language).items()),
        data,
        initial=initial,
        levels=queries.level_choices(queries.level_versions()),
        macros=[(macro.pk, macro.name(language)) for macro in macros],
    )


def _sent(form: DeskRuleForm, action: Callable[[actions.RulePlan], DeskRule]) -> DeskRule | None:
    """Do it with what the form says; None when the refusal now stands in the form."""
    data = form.cleaned_data
    try:
        return action(
            actions.RulePlan(
                name=data["name"],
                when=data["when"],
                queue=data["queue"],
                conditions=form.conditions(),
                steps=form.steps(reply=data["reply"], notify=data["notify"]),
                acts_as=data["acts_as"],
            )
        )
    except InvalidInput as refusal:
        stand_in(form, refusal, {})
        return None


def _as_form(row: DeskRule) -> dict[str, Any]:
    """Return a rule as its form's values."""
    kept = row.conditions
    return {
        "name": row.name,
        "queue": row.queue.slug if row.queue else "",
        "when": row.when,
        "acts_as": row.acts_as.handle,
        "revision": row.revision,
        **{name: kept.get(name, []) for name in ("subject", "queues", "levels", "languages")},
        "states": kept.get("states", []),
        "has_tags": kept.get("tags", []),
        "unassigned": kept.get("unassigned", False),
        "waiting_minutes": kept.get("waiting_minutes"),
        "due_within_minutes": kept.get("due_within_minutes"),
        **steps_as_form(queries.steps_of(row)),
    }


def _form_page(
    request: HttpRequest, form: DeskRuleForm, row: DeskRule | None = None, status: int = 200
) -> HttpResponse:
    may = row is None or rules.can_keep_desk_rule(request.user, row.queue_id)
    context = {"form": form, "rule": row, "may": may}
    return render(request, "helpdesk/desk_rule.html", context, status=status)
