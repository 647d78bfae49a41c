"""Flags, what is decided on them, and what was taken away."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import things
from core.errors import NotAllowed, NotSeen, seen
from core.pages import done, once, secrets_in, sends_secrets, signed_in, submit, whole_number
from people import actions, decisions, queries, reviews, rules
from people.forms import DecisionForm, FlagForm, RemovalForm
from people.models import Flag
from people.present import me


@signed_in
@once
def new_flag(request: HttpRequest) -> HttpResponse:
    """Ask the moderators to look at a thing; linked from it as /flags/new?kind=&id=."""
    form = FlagForm(request.POST) if request.method == "POST" else FlagForm(initial=_asked(request))
    row = _thing_of(request, form)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        raised = submit(
            form,
            actions.flag,
            actor=me(request),
            kind=data["kind"],
            object_id=data["id"],
            reason=data["reason"],
            text=data["text"],
            send_secrets=sends_secrets(request),
        )
        if raised is not None:
            messages.success(request, _("Thank you. A moderator will look at it."))
            return done(request, things.url_of(row))
    context = {
        "form": form,
        "label": things.label_for(request.user, row),
        "url": things.url_of(row),
    }
    return _form_page(request, "people/flag_new.html", form, context)


def _asked(request: HttpRequest) -> dict[str, Any]:
    return {"kind": request.GET.get("kind", ""), "id": request.GET.get("id", "")}


def _thing_of(request: HttpRequest, form: Form) -> Any:
    """Return the thing a form is about. Raises NotSeen."""
    kind, object_id = form["kind"].value(), whole_number(str(form["id"].value()))
    if object_id is None:
        raise NotSeen
    return things.find(kind, object_id, request.user)


def _form_page(
    request: HttpRequest, template: str, form: Form, context: dict[str, Any]
) -> HttpResponse:
    is_refused = form.errors or secrets_in(form)
    return render(request, template, context, status=422 if is_refused else 200)


@signed_in
@require_safe
def flag(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one's own flag and its answer; moderators decide here."""
    raised = seen(Flag.objects.visible_to(request.user).select_related("person"), pk=pk)
    form = DecisionForm(can_remove=actions.is_post(raised.thing_kind))
    return render(request, "people/flag.html", _flag_context(request, raised, form))


def _flag_context(request: HttpRequest, raised: Flag, form: Form) -> dict[str, Any]:
    key = (raised.thing_kind, raised.thing_id)
    row = queries.seen_things(request.user, [key]).get(key)
    authors = queries.authors_of(*key)
    moderates = rules.has_role(request.user, "moderator")
    subject = reviews.subject_of(request.user, *key)
    author = min(authors, default=None) if subject.is_named else None
    return {
        "flag": raised,
        "form": form,
        "label": things.label_for(request.user, row) if row is not None else "",
        "url": things.url_of(row) if row is not None else "",
        "can_decide": not raised.decision and rules.can_decide_flag(request.user, authors),
        "subject": subject if moderates else None,
        "earlier": decisions.earlier_decisions(*key, author) if moderates else [],
        "others": Flag.objects.filter(thing_kind=key[0], thing_id=key[1], decision="")
        .exclude(pk=raised.pk)
        .select_related("person")
        if moderates
        else [],
    }


@signed_in
@once
@require_POST
def flag_decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree with a flag or decline it."""
    raised = seen(Flag.objects.visible_to(request.user).select_related("person"), pk=pk)
    form = DecisionForm(request.POST, can_remove=actions.is_post(raised.thing_kind))
    if form.is_valid():
        decided = submit(
            form, actions.decide_flag, actor=me(request), flag_id=pk, **form.cleaned_data
        )
        if decided is not None:
            messages.success(request, _("Decided. Those concerned are told."))
            return done(request, reverse("moderation"))
    return _form_page(request, "people/flag.html", form, _flag_context(request, raised, form))


@signed_in
@once
def new_removal(request: HttpRequest) -> HttpResponse:
    """Take a post away; moderators come here from it as /removals/new?kind=&id=."""
    asks = request.method == "GET"
    form = RemovalForm(initial=_asked(request)) if asks else RemovalForm(request.POST)
    row = _thing_of(request, form)
    if not rules.has_role(request.user, "moderator"):
        raise NotAllowed
    if not asks and form.is_valid():
        data = form.cleaned_data
        removal = submit(
            form,
            actions.remove_post,
            actor=me(request),
            kind=data["kind"],
            object_id=data["id"],
            rule=data["rule"],
            reason=data["reason"],
        )
        if removal is not None:
            messages.success(request, _("Taken away. Its author is told why."))
            return done(request, reverse("removal", args=[removal.pk]))
    context = {
        "form": form,
        "label": things.label_for(request.user, row),
        "url": things.url_of(row),
    }
    return _form_page(request, "people/removal_new.html", form, context)


@signed_in
@require_safe
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Say to author and moderators what was taken away, by which rule, and what can be done."""
    row = queries.removal_for(request.user, pk)
    key = (row.thing_kind, row.thing_id)
    thing = queries.seen_things(request.user, [key]).get(key)
    authors = queries.authors_of(*key)
    context = {
        "removal": row,
        "rule": row.rule_name,
        "label": things.label_for(request.user, thing) if thing is not None else "",
        "url": things.url_of(thing) if thing is not None else "",
        "can_restore": row.undone_at is None and rules.can_restore_post(request.user, authors, row),
        "can_appeal": row.undone_at is None
        and row.rule in Flag.Reason.values
        and rules.can_appeal(request.user, authors),
        "appeal": decisions.appeal_about("removal", row.pk),
    }
    return render(request, "people/removal.html", context)


@signed_in
@once
@require_POST
def removal_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring a post back."""
    row = queries.removal_for(request.user, pk)
    actions.restore_post(actor=me(request), kind=row.thing_kind, object_id=row.thing_id)
    messages.success(request, _("It is back for all to see."))
    return done(request, reverse("removal", args=[row.pk]))
