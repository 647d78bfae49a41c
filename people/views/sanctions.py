"""Silence and suspension of a person."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import NotAllowed
from core.pages import done, once, signed_in, submit
from people import actions, decisions, queries, rules
from people.forms import SanctionForm
from people.present import me


@signed_in
@once
def sanction(request: HttpRequest, handle: str) -> HttpResponse:
    """Show a sanction to whom it concerns; moderators silence and suspend here."""
    other = queries.person_by_handle(request.user, handle)
    can_sanction = rules.can_sanction(request.user, other)
    if not can_sanction and other.pk != me(request).pk:
        raise NotAllowed
    form = SanctionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = submit(form, actions.sanction, actor=me(request), handle=handle, **form.cleaned_data)
        if made is not None:
            messages.success(request, _("Done. They are told why."))
            return done(request, reverse("sanction", args=[other.handle]))
    found = decisions.sanction_of(other)
    context = {
        "form": form,
        "person": other,
        "sanction": found,
        "rule": decisions.rule_name(found.rule) if found else "",
        "can_sanction": can_sanction,
        "appeal": decisions.appeal_about("sanction", found.pk) if found else None,
        "earlier": decisions.earlier_decisions("people.person", other.pk, other.pk)
        if can_sanction
        else [],
    }
    status = 422 if form.errors else 200
    return render(request, "people/sanction.html", context, status=status)


@signed_in
@once
@require_POST
def sanction_undo(request: HttpRequest, handle: str) -> HttpResponse:
    """Lift it."""
    person = actions.lift_sanction(actor=me(request), handle=handle)
    messages.success(request, _("Lifted. They may write again."))
    return done(request, reverse("sanction", args=[person.handle]))
