"""A small form without a page of its own, which the page of its refusal shows again."""

from typing import Any

from django.forms import Form
from django.http import HttpRequest

from core.errors import InvalidInput, Refusal

# A form that is sent again has tokens of its own.
TOKENS = {"csrfmiddlewaretoken", "once"}


def refusal_of(form: Form) -> InvalidInput:
    """Return the refusal of a small form: its first error, and the form to be shown again."""
    field, errors = next(iter(form.errors.items()))
    refusal = InvalidInput.of(field, "invalid", errors[0])
    refusal.form = form  # type: ignore[attr-defined]
    return refusal


def form_again(request: HttpRequest, refusal: Refusal) -> dict[str, Any]:
    """Return what the page of a refusal shows of its form: the form, its typed fields, and the
    (name, value) of what goes along unseen.

    A field to which the form gives a label is typed; the others were chosen on the page that is
    left, so nothing is shown where only such a one is wrong.
    """
    form: Form | None = getattr(refusal, "form", None)
    typed = [bound for bound in form or () if bound.field.label]
    if form is None or not any(bound.errors for bound in typed):
        return {}
    shown = TOKENS.union(bound.html_name for bound in typed)
    along = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in shown
    ]
    return {"form": form, "typed": typed, "along": along}
