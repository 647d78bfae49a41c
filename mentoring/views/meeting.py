"""A pair's page: what was agreed, its sessions, the talk of the two."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chat.queries import room_panel
from core.errors import NotAllowed, seen
from core.pages import done, once, sends_secrets, signed_in, submit
from mentoring import actions, queries, rules
from mentoring.forms import MinutesForm, SessionForm
from mentoring.models import MentoringSession
from people.present import me


@require_safe
@signed_in
def mentorship(request: HttpRequest, mentorship_id: int) -> HttpResponse:
    """Show a pair: agreed hours, sessions, the talk of the two."""
    return _mentorship_page(request, mentorship_id)


def _mentorship_page(
    request: HttpRequest,
    mentorship_id: int,
    *,
    plan_form: Any = None,
    log_form: Any = None,
    minutes_forms: Mapping[int, MinutesForm] = MappingProxyType({}),
    status: int = 200,
) -> HttpResponse:
    """The forms: refused ones; minutes_forms by the id of their session."""
    person = me(request)
    page = queries.mentorship_page(person, mentorship_id)
    today = timezone.localdate()
    panel = None
    if page.side is not None:
        panel = room_panel(person, "mentoring.mentorship", mentorship_id)
    context = {
        "page": page,
        "pair": page.mentorship,
        "sessions": [
            (shown, minutes_forms.get(shown.session.pk) or _minutes_form(shown.session))
            for shown in page.sessions
        ],
        "plan_form": plan_form or SessionForm(prefix="plan"),
        "log_form": log_form or SessionForm(prefix="log", initial={"day": today}),
        "panel": panel,
    }
    return render(request, "mentoring/mentorship.html", context, status=status)


def _minutes_form(session: MentoringSession) -> MinutesForm:
    ids = _minutes_ids(session.pk)
    return MinutesForm(initial={"minutes": session.minutes}, auto_id=ids)


@require_POST
@signed_in
@once
def plan(request: HttpRequest, mentorship_id: int) -> HttpResponse:
    """Agree on a session to come."""
    return _save_session(request, mentorship_id, "plan", actions.plan_session)


@require_POST
@signed_in
@once
def log(request: HttpRequest, mentorship_id: int) -> HttpResponse:
    """Say that the two have met."""
    return _save_session(request, mentorship_id, "log", actions.log_session)


def _save_session(
    request: HttpRequest, mentorship_id: int, kind: str, action: Callable[..., Any]
) -> HttpResponse:
    person = me(request)
    pair = seen(queries.mentorships_of(person), pk=mentorship_id)
    if not rules.can_meet(person, pair):
        raise NotAllowed(_("The two of the pair agree on their meetings."))
    form = SessionForm(request.POST, prefix=kind)
    if form.is_valid():
        facts = {**form.cleaned_data, "start": form.cleaned_data["start"].replace(second=0)}
        facts["send_secrets"] = sends_secrets(request)
        saved = submit(form, action, actor=person, mentorship_id=mentorship_id, **facts)
        if saved is not None:
            return done(request, f"{pair.path}#session-{saved.pk}")
    forms: dict[str, Any] = {f"{kind}_form": form}
    return _mentorship_page(request, mentorship_id, status=422, **forms)


@require_POST
@signed_in
@once
def end(request: HttpRequest, mentorship_id: int) -> HttpResponse:
    """End a pair."""
    pair = actions.end_mentorship(actor=me(request), mentorship_id=mentorship_id)
    messages.success(request, _("This pair has ended. The hours you met still count."))
    return done(request, pair.path)


@require_POST
@signed_in
@once
def confirm(request: HttpRequest, session_id: int) -> HttpResponse:
    """Say that a session took place."""
    form = MinutesForm(request.POST, auto_id=_minutes_ids(session_id))
    session = None
    if form.is_valid():
        minutes = form.cleaned_data["minutes"]
        session = submit(
            form,
            actions.confirm_session,
            actor=me(request),
            session_id=session_id,
            minutes=minutes,
        )
    if session is None:
        row = seen(MentoringSession.objects.visible_to(request.user), pk=session_id)
        return _mentorship_page(
            request, row.mentorship_id, status=422, minutes_forms={session_id: form}
        )
    return done(request, f"{session.mentorship.path}#session-{session.pk}")


def _minutes_ids(session_id: int) -> str:
    """Return how the fields of a session's form are called, of which a page has many."""
    return f"session-{session_id}-%s"


@require_POST
@signed_in
@once
def cancel(request: HttpRequest, session_id: int) -> HttpResponse:
    """Say that a session will not be, or was not."""
    session = actions.cancel_session(actor=me(request), session_id=session_id)
    return done(request, f"{session.mentorship.path}#session-{session.pk}")
