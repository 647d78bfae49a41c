"""The one queue of moderators; held posts, appeals; what was decided, for oneself and for all."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import NotAllowed, NotSeen, seen
from core.pages import done, once, secrets_in, sends_secrets, signed_in, submit, whole_number
from core.pagination import keyset_page
from people import actions, decisions, public_log, reviews, rules
from people.forms import AppealDecisionForm, AppealForm, HoldForm
from people.models import Appeal, Hold, Removal
from people.present import me


@signed_in
@require_safe
def moderation(request: HttpRequest) -> HttpResponse:
    """Show what waits for a decision, oldest first: flags, held posts and changes, appeals."""
    if not rules.can_review(request.user):
        raise NotAllowed
    kind = request.GET.get("kind", "")
    kind = kind if kind in reviews.KINDS else ""
    page = reviews.waiting_page(request.user, kind=kind, cursor=request.GET.get("cursor"))
    return render(request, "people/moderation.html", {"page": page, "kind": kind})


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Show everyone what was done to keep the place kind, newest first, and to whom to nobody."""
    page = keyset_page(public_log.lines(), public_log.ORDER, request.GET.get("cursor"))
    lines = [public_log.show(row) for row in page.results]
    return render(request, "people/moderation_log.html", {"page": page, "lines": lines})


@signed_in
@require_safe
def my_moderation(request: HttpRequest) -> HttpResponse:
    """Show what moderators decided about oneself and what one wrote."""
    decided = decisions.decisions_about(me(request))
    return render(request, "people/my_moderation.html", {"decisions": decided})


@signed_in
@require_safe
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Show why a post waits, to its author and moderators; moderators decide here."""
    held = seen(Hold.objects.visible_to(request.user).select_related("person"), pk=pk)
    return render(request, "people/hold.html", _hold_context(request, held, HoldForm()))


def _hold_context(request: HttpRequest, held: Hold, form: Form) -> dict[str, Any]:
    key = (held.thing_kind, held.thing_id)
    moderates = rules.can_review(request.user)
    return {
        "held": held,
        "form": form,
        "subject": reviews.subject_of_hold(request.user, held),
        "reasons": reviews.reasons_of(held),
        "percent": round(held.score * 100),
        "earlier": _earlier(key, held) if moderates else [],
        "can_decide": not held.decision and rules.can_decide_hold(request.user, held.person_id),
    }


def _earlier(
    key: tuple[str, int], about: Hold | Appeal, besides: Any = None
) -> list[decisions.Past]:
    author_id = about.person_id if about.is_named else None
    return decisions.earlier_decisions(*key, author_id, besides)


@signed_in
@once
@require_POST
def hold_decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a held post, or take it away."""
    held = seen(Hold.objects.visible_to(request.user).select_related("person"), pk=pk)
    form = HoldForm(request.POST)
    if form.is_valid():
        facts = form.cleaned_data
        decided = submit(form, actions.decide_hold, actor=me(request), hold_id=pk, **facts)
        if decided is not None:
            messages.success(request, _("Decided. Those concerned are told."))
            return done(request, reverse("moderation"))
    return render(request, "people/hold.html", _hold_context(request, held, form), status=422)


@signed_in
@once
def new_appeal(request: HttpRequest) -> HttpResponse:
    """Ask for another look at a decision; linked from it as /appeals/new?subject=&id=."""
    asks = request.method == "GET"
    initial = {"subject": request.GET.get("subject", ""), "id": request.GET.get("id", "")}
    form = AppealForm(initial=initial) if asks else AppealForm(request.POST)
    decided = _decided(str(form["subject"].value()), str(form["id"].value()))
    if not rules.can_appeal(request.user, decisions.who_is_concerned(decided)):
        raise NotSeen
    if not asks and form.is_valid():
        data = form.cleaned_data
        made = submit(
            form,
            actions.appeal,
            actor=me(request),
            subject=data["subject"],
            subject_id=data["id"],
            text=data["text"],
            send_secrets=sends_secrets(request),
        )
        if made is not None:
            messages.success(request, _("Sent. You are told what is decided."))
            return done(request, reverse("appeal", args=[made.pk]))
    context = {
        "form": form,
        "decided": decided,
        "rule": decisions.rule_name(decided.rule),
        "is_removal": isinstance(decided, Removal),
    }
    status = 422 if form.errors or secrets_in(form) else 200
    return render(request, "people/appeal_new.html", context, status=status)


def _decided(subject: str, number: str) -> Any:
    """Return the decision a form names. Raises NotSeen."""
    subject_id = whole_number(number)
    if subject not in Appeal.Subject.values or subject_id is None:
        raise NotSeen
    decided = decisions.decided_of(Appeal(subject=subject, subject_id=subject_id))
    if decided is None:
        raise NotSeen
    return decided


@signed_in
@require_safe
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an appeal and its answer; another moderator decides here."""
    made = seen(Appeal.objects.visible_to(request.user).select_related("person"), pk=pk)
    context = _appeal_context(request, made, AppealDecisionForm())
    return render(request, "people/appeal.html", context)


def _appeal_context(request: HttpRequest, made: Appeal, form: Form) -> dict[str, Any]:
    decided = decisions.decided_of(made)
    key = ("people.person", made.person_id)
    if isinstance(decided, Removal):
        key = (decided.thing_kind, decided.thing_id)
    moderates = rules.can_review(request.user)
    first = decisions.first_decision_by(decided)
    may = rules.can_decide_appeal(request.user, made, first_by_id=first)
    return {
        "appeal": made,
        "form": form,
        "decided": decided,
        "rule": decisions.rule_name(decided.rule) if decided is not None else "",
        "subject": reviews.subject_of(request.user, *key),
        "earlier": _earlier(key, made, decided) if moderates else [],
        "can_decide": not made.decision and may,
        "is_for_others": not made.decision and moderates and not may,
    }


@signed_in
@once
@require_POST
def appeal_decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Uphold a decision, or take it back."""
    made = seen(Appeal.objects.visible_to(request.user).select_related("person"), pk=pk)
    form = AppealDecisionForm(request.POST)
    if form.is_valid():
        facts = form.cleaned_data
        decided = submit(form, actions.decide_appeal, actor=me(request), appeal_id=pk, **facts)
        if decided is not None:
            messages.success(request, _("Decided. Those concerned are told."))
            return done(request, reverse("moderation"))
    context = _appeal_context(request, made, form)
    return render(request, "people/appeal.html", context, status=422)
