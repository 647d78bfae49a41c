"""Pages of macros: the list, and one to write or change."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import InvalidInput, NotAllowed, StaleRevision, seen
from core.pages import done, once, signed_in
from helpdesk import actions, queries, rules
from helpdesk.forms_desk import MacroForm
from helpdesk.models import Macro
from helpdesk.prepared import Steps
from people.present import me

MACROS = "/macros"


@require_safe
@signed_in
def macros(request: HttpRequest) -> HttpResponse:
    """List the macros of one's queues, with what each does and which texts are stale."""
    _check_may_read(request)
    language = get_language() or "en"
    names = queries.queue_names(language)
    rows = [
        {
            "macro": row,
            "name": row.name(language),
            "queue": row.queue.name(language) if row.queue else "",
            "languages": [text.language for text in row.texts.all()],
            "stale": queries.stale_languages(row),
            "steps": queries.step_words(queries.steps_of(row), names),
        }
        for row in queries.macros(request.user).order_by("pk")
    ]
    rows.sort(key=lambda row: str(row["name"]).casefold())
    return render(request, "helpdesk/macros.html", {"rows": rows})


@signed_in
@once
def new(request: HttpRequest) -> HttpResponse:
    """Prepare a macro."""
    _check_may_read(request)
    queues = _queues()
    if request.method != "POST":
        form = MacroForm(queues, initial={"language": me(request).interface_language})
        return _form_page(request, form)
    form = MacroForm(queues, request.POST)
    if form.is_valid() and _sent(
        form, lambda plan: actions.make_macro(actor=me(request), plan=plan)
    ):
        messages.success(request, _("The macro is ready to be used."))
        return done(request, MACROS)
    return _form_page(request, form, status=422)


@signed_in
@once
def macro(request: HttpRequest, macro_id: int) -> HttpResponse:
    """Show a macro to be changed; by POST, change it."""
    row = seen(queries.macros(request.user), pk=macro_id)
    may = rules.can_keep_macro(request.user, row.queue_id)
    queues, stale = _queues(), queries.stale_languages(row)
    if request.method != "POST":
        return _form_page(request, MacroForm(queues, initial=_as_form(row), stale=stale), row, may)
    form = MacroForm(queues, request.POST, stale=stale)
    revision = row.revision
    if form.is_valid():
        revision = form.cleaned_data["revision"] or 0

        def change(plan: actions.MacroPlan) -> Macro:
            return actions.change_macro(
                actor=me(request), macro_id=macro_id, revision=revision, plan=plan
            )

        try:
            if _sent(form, change):
                messages.success(request, _("The macro is changed."))
                return done(request, MACROS)
        except StaleRevision as refusal:
            form.add_error(None, _("Someone changed this macro meanwhile: look at it first."))
            return _form_page(request, form, row, may, refusal.status)
    elif not may:
        raise NotAllowed
    return _form_page(request, form, row, may, 422)


@require_POST
@signed_in
@once
def retirement(request: HttpRequest, macro_id: int) -> HttpResponse:
    """Offer a macro no more."""
    actions.retire_macro(actor=me(request), macro_id=macro_id)
    messages.success(request, _("The macro is not offered any more."))
    return done(request, MACROS)


def _check_may_read(request: HttpRequest) -> None:
    if not rules.can_read_desk(request.user):
        raise NotAllowed(_("Macros are kept by agents and coordinators."))


def _queues() -> list[tuple[str, str]]:
    return list(queries.queue_names(get_language() or "en").items())


def _sent(form: MacroForm, action: Callable[[actions.MacroPlan], Macro]) -> Macro | None:
    """Do it with what the form says; None when the refusal now stands in the form."""
    data = form.cleaned_data
    try:
        return action(
            actions.MacroPlan(
                names=form.told("name"),
                texts=form.told("text"),
                language=data["language"],
                queue=data["queue"],
                steps=form.steps(),
                checked=form.checked(),
            )
        )
    except InvalidInput as refusal:
        stand_in(form, refusal, {"names": f"name_{data['language']}"})
        return None


def stand_in(form: Any, refusal: InvalidInput, fields: dict[str, str]) -> None:
    """Put what is refused beside its fields; fields: how the form calls what is named otherwise."""
    for error in refusal.errors:
        part, _dot, code = error.field.partition(".")
        name = fields.get(error.field, f"text_{code}" if part == "texts" and code else part)
        form.add_error(name if name in form.fields else None, error.detail)


def _as_form(row: Macro) -> dict[str, Any]:
    """Return a macro as its form's values."""
    texts = {text.language: text.source for text in row.texts.all()}
    values: dict[str, Any] = {
        "queue": row.queue.slug if row.queue else "",
        "language": row.language,
        "revision": row.revision,
        **steps_as_form(queries.steps_of(row)),
    }
    for code, _name in settings.SPOKEN_LANGUAGES:
        values[f"name_{code}"] = row.names.get(code, "")
        values[f"text_{code}"] = texts.get(code, "")
    return values


def steps_as_form(steps: Steps) -> dict[str, Any]:
    """Return steps as the form's values."""
    return {
        "state": steps.state,
        "assign": steps.assign,
        "queue_to": steps.queue,
        "tags": list(steps.tags),
        "note": steps.note,
        "checklist": list(steps.checklist),
        "reply": steps.reply,
        "notify": list(steps.notify),
    }


def _form_page(
    request: HttpRequest,
    form: MacroForm,
    row: Macro | None = None,
    may: bool = True,
    status: int = 200,
) -> HttpResponse:
    name = row.name(get_language() or "en") if row else ""
    context = {"form": form, "macro": row, "name": name, "may": may}
    return render(request, "helpdesk/macro.html", context, status=status)
