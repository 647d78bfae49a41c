"""On what a question is asked, on what an answer works, and what waits to be checked again."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.again import refusal_of
from core.errors import InvalidInput, NotAllowed, seen
from core.pages import done, once, signed_in, submit, whole_number
from forum import actions, queries, rules
from forum.forms import RecheckForm, SetupForm
from forum.freshness import facts_of
from forum.models import Answer, Question
from people.present import me


def setup_form(request: HttpRequest, initial: Any = None) -> SetupForm:
    """Return the form of what a question is asked on, filled from what was sent."""
    data = request.POST if request.method == "POST" else None
    return SetupForm(data, person=me(request), initial=initial)


def site_asked(request: HttpRequest) -> int | None:
    """Return for which of their sites someone wants to read; None: the first."""
    return whole_number(request.GET.get("site", ""))


@signed_in
@once
def setup(request: HttpRequest, question_id: int) -> HttpResponse:
    """Change on what a question is asked."""
    row = seen(Question.objects.visible_to(request.user), pk=question_id)
    if not rules.can_edit(request.user, row):
        raise NotAllowed
    initial = {f"fact-{key}": value for key, value in facts_of(row.facts).items()}
    form = setup_form(request, {**initial, "shows_site": bool(row.site_domain)})
    if request.method == "POST" and form.is_valid():
        changed = submit(
            form,
            actions.change_setup,
            actor=me(request),
            question_id=question_id,
            setup=form.setup(),
        )
        if changed is not None:
            return done(request, changed.path)
    context = {"form": form, "question": row}
    return render(request, "forum/setup.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in
def attest(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Say that an answer worked for me on this."""
    facts = _facts(request.POST.getlist("fact"))
    row = actions.attest(actor=me(request), answer_id=answer_id, facts=facts)
    return _answer_again(request, row)


@require_POST
@signed_in
def undo_attestation(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Take back what I said of an answer."""
    row = actions.undo_attestation(actor=me(request), answer_id=answer_id)
    return _answer_again(request, row)


def _facts(written: Iterable[str]) -> dict[str, str]:
    """Return the facts of `php=8.4`, …. Raises InvalidInput."""
    facts = dict(fact.split("=", 1) for fact in written if "=" in fact)
    if len(facts) != len(list(written)):
        raise InvalidInput.of("facts", "invalid_choice", "php=8.4, cms=wordpress, …")
    return facts


def _answer_again(request: HttpRequest, row: Answer) -> HttpResponse:
    facts = queries.question_page(
        request.user, row.question_id, site_asked(request), holding=row.pk
    )
    shown = next(one for one in facts.answers if one.post.pk == row.pk)
    context = {"facts": facts, "post": shown.post}
    return done(request, shown.post.path, "forum/_works_on.html", context)


@require_safe
def attestations(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Show who said on what an answer works, and when."""
    rows = Answer.objects.visible_to(request.user).select_related("question")
    row = seen(rows, pk=answer_id)
    context = {"answer": row, "attestations": queries.attestations_of(row)[:100]}
    return render(request, "forum/attestations.html", context)


@require_safe
@signed_in
def rechecks(request: HttpRequest) -> HttpResponse:
    """List the answers that wait to be checked again, what is read most first."""
    page = queries.recheck_page(request.user, request.GET.get("cursor") or None)
    for row in page.results:
        row.may_settle = rules.can_recheck(request.user, row.answer)
    return render(request, "forum/rechecks.html", {"page": page})


@require_POST
@signed_in
@once
def settle(request: HttpRequest, recheck_id: int) -> HttpResponse:
    """Say whether an answer works on what it waits for."""
    form = RecheckForm(request.POST)
    if not form.is_valid():
        raise refusal_of(form)
    row = actions.settle_recheck(
        actor=me(request), recheck_id=recheck_id, outcome=form.cleaned_data["outcome"]
    )
    words = {
        "works": _("Kept: it works. Thank you."),
        "fails": _("Kept: it does not work there. It stands behind until someone finds it does."),
    }
    messages.success(request, words[row.outcome])
    return done(request, reverse("rechecks"))
