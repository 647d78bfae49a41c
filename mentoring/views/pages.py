"""Pages of mentoring: what I ask and offer, and the coordinators' matching."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import things
from core.errors import InvalidInput, NotAllowed, seen
from core.kept import kept_for_visitors
from core.pages import done, once, sends_secrets, signed_in, submit, whole_number
from core.pagination import keyset_page
from mentoring import actions, queries, rules
from mentoring.forms import OfferForm, RequestForm
from mentoring.models import MatchRun, MentoringRequest, MentorOffer, Proposal
from mentoring.reasons import slot_words
from mentoring.terms import MOST_LANGUAGES, MOST_SKILLS, Terms, blank_terms, terms_of
from people.present import me
from people.profiles import time_zones
from people.queries import seen_things, skill_names

HOME = "/mentoring"
SHOWN_SKILLS = 200


def _names() -> dict[int, str]:
    return skill_names(get_language() or "en")


@require_safe
@kept_for_visitors()
def home(request: HttpRequest) -> HttpResponse:
    """Show what I want to learn, what I can teach, my pairs; to visitors what mentoring is."""
    if not request.user.is_authenticated:
        return render(request, "mentoring/welcome.html")
    person = me(request)
    found = queries.home_of(person)
    context = {
        "home": found,
        "pairs": [(pair, found.next_sessions.get(pair.pk)) for pair in found.mentorships],
        "asked": _facts(found.request) if found.request else None,
        "offered": _facts(found.offer) if found.offer else None,
        "reasons_to_decline": [("", _("I would rather not say")), *Proposal.Why.choices],
        "can_match": rules.can_run_matcher(person),
    }
    return render(request, "mentoring/home.html", context)


def _facts(row: MentorOffer | MentoringRequest) -> dict[str, Any]:
    """Return what a page shows of an offer or request, in the reader's language."""
    names = _names()
    return {
        "row": row,
        "skills": [names[skill.pk] for skill in row.skills.all() if skill.pk in names],
        "slots": [slot_words(slot) for slot in row.slots.all()],
    }


@signed_in
@once
def offer(request: HttpRequest) -> HttpResponse:
    """Say what I can teach, or change it."""
    person = me(request)
    row = queries.offers_of(person).filter(mentor=person).first()
    terms = terms_of(row, _names()) if row else blank_terms(person)
    capacity = {"capacity": row.capacity if row else 1}
    if request.method != "POST" or "more" in request.POST:
        form = _open_form(request, OfferForm, terms=terms, initial=capacity)
        return _form_page(request, "mentoring/offer.html", form, row)
    form = OfferForm(data=request.POST, terms=terms)
    if form.is_valid():
        saved = submit(
            form,
            actions.offer_mentoring,
            actor=person,
            terms=form.to_terms(),
            capacity=form.cleaned_data["capacity"],
            send_secrets=sends_secrets(request),
        )
        if saved is not None:
            messages.success(request, _("Thank you: coordinators can propose learners to you."))
            return done(request, HOME)
    return _form_page(request, "mentoring/offer.html", form, row, 422)


@signed_in
@once
def request_form(request: HttpRequest) -> HttpResponse:
    """Say what I want to learn; an open request is changed on the same page."""
    person = me(request)
    row = queries.requests_of(person).open().filter(learner=person).first()
    if request.method == "POST" and "more" not in request.POST:
        origin = _origin(request.POST.get("origin", ""))
        return _save_request(request, None, actions.request_mentoring, origin=origin)
    terms = terms_of(row, _names()) if row else _suggested(request, blank_terms(person))
    form = _open_form(request, RequestForm, terms=terms)
    return _form_page(request, "mentoring/request.html", form, row)


def _suggested(request: HttpRequest, terms: Terms) -> Terms:
    """Return what a link has filled in already, such as from a ticket; nothing is saved by it."""
    asked = request.GET
    return replace(
        terms,
        skills=asked.getlist("skills")[:MOST_SKILLS],
        languages=tuple(asked.getlist("languages")[:MOST_LANGUAGES]) or terms.languages,
        source=asked.get("source", "")[:1000],
    )


def _origin(text: str) -> tuple[str, int] | None:
    """Return the (kind, id) that a form names as `kind:id`; None for none."""
    kind, _colon, number = text.partition(":")
    object_id = whole_number(number)
    return (kind, object_id) if object_id is not None else None


@signed_in
def shown_request(request: HttpRequest, request_id: int) -> HttpResponse:
    """Show a request to who may read it and, by POST, change one's own."""
    if request.method == "POST":
        return change_request(request, request_id)
    row = seen(queries.requests_of(request.user), pk=request_id)
    context = {
        "row": row,
        "page_facts": _facts(row),
        "can_change": rules.can_change_request(request.user, row),
        "origin": _origin_link(request.user, row),
    }
    return render(request, "mentoring/shown_request.html", context)


def _origin_link(person: Any, row: MentoringRequest) -> tuple[str, str] | None:
    """Return (path, label) of what a request came of, if this person sees it."""
    if row.origin_id is None:
        return None
    found = seen_things(person, [(row.origin_kind, row.origin_id)])
    return next(((things.url_of(one), things.label_of(one)) for one in found.values()), None)


@once
def change_request(request: HttpRequest, request_id: int) -> HttpResponse:
    """Change one's open request."""
    row = seen(queries.requests_of(request.user), pk=request_id)
    if "more" in request.POST:
        form = _open_form(request, RequestForm, terms=terms_of(row, _names()))
        return _form_page(request, "mentoring/request.html", form, row)
    if not rules.can_change_request(request.user, row):
        raise NotAllowed
    return _save_request(request, row, actions.change_request, request_id=request_id)


def _save_request(
    request: HttpRequest, row: Any, action: Callable[..., MentoringRequest], **facts: Any
) -> HttpResponse:
    person = me(request)
    form = RequestForm(data=request.POST, terms=blank_terms(person))
    if form.is_valid():
        facts["send_secrets"] = sends_secrets(request)
        saved = submit(form, action, actor=person, terms=form.to_terms(), **facts)
        if saved is not None:
            messages.success(request, _("Noted. You will be told as soon as someone fits."))
            return done(request, HOME)
    return _form_page(request, "mentoring/request.html", form, row, 422)


def _open_form(request: HttpRequest, form_class: Any, *, terms: Any, initial: Any = None) -> Any:
    """Return the form to fill in; with "more" what was typed is kept, and rows are added."""
    if "more" not in request.POST:
        return form_class(terms=terms, initial=initial or {})
    typed = {name: value for name, value in request.POST.items() if name not in ("more", "once")}
    rows = sum(name.startswith("slots.") and name.endswith(".weekday") for name in typed)
    return form_class(terms=terms, initial={**(initial or {}), **typed}, more=min(rows, 21))


def _form_page(
    request: HttpRequest, template: str, form: Any, row: Any, status: int = 200
) -> HttpResponse:
    names = sorted(_names().values())[:SHOWN_SKILLS]
    context = {"form": form, "row": row, "skill_names": names, "time_zones": time_zones()}
    context["origin"] = request.POST.get("origin") or request.GET.get("origin", "")
    return render(request, template, context, status=status)


@require_safe
@signed_in
def shown_offer(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Show an offer to its mentor, to whom it is proposed, to coordinators."""
    row = seen(queries.offers_of(request.user), pk=offer_id)
    is_own = row.mentor_id == me(request).pk
    context = {"row": row, "page_facts": _facts(row), "is_own": is_own}
    return render(request, "mentoring/shown_offer.html", context)


@require_POST
@signed_in
@once
def pause(request: HttpRequest) -> HttpResponse:
    """Take no new learners for a while."""
    actions.pause_offer(actor=me(request))
    return done(request, HOME)


@require_POST
@signed_in
@once
def resume(request: HttpRequest) -> HttpResponse:
    """Take learners again."""
    actions.resume_offer(actor=me(request))
    return done(request, HOME)


@require_POST
@signed_in
@once
def withdraw(request: HttpRequest, request_id: int) -> HttpResponse:
    """Seek nobody any more."""
    actions.withdraw_request(actor=me(request), request_id=request_id)
    return done(request, HOME)


@require_POST
@signed_in
@once
def accept(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Say yes; on to the pair's page once both have."""
    proposal = actions.accept_proposal(actor=me(request), proposal_id=proposal_id)
    if proposal.is_agreed:
        messages.success(request, _("You are a pair now: say hello."))
        return done(request, proposal.mentorship.path)
    messages.success(request, _("Noted. You are a pair as soon as the other side says yes."))
    return done(request, HOME)


@require_POST
@signed_in
@once
def decline(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Say no, perhaps why."""
    why = request.POST.get("why", "")
    actions.decline_proposal(actor=me(request), proposal_id=proposal_id, why=why)
    messages.success(request, _("Noted: this pair will not be proposed again."))
    return done(request, HOME)


@require_safe
@signed_in
def matching(request: HttpRequest) -> HttpResponse:
    """Show coordinators the open requests, the free places and the last run."""
    person = me(request)
    _check_matcher(person)
    page = keyset_page(queries.open_requests(person), ("-id",), request.GET.get("cursor") or None)
    last = MatchRun.objects.visible_to(person).select_related("asked_by").order_by("-pk").first()
    offers = queries.offers_with_places(person)
    context = {
        "requests": [_facts(row) for row in page.results],
        "page": page,
        "offers": [{**_facts(offer), "places": places} for offer, places in offers],
        "are_cut": len(offers) == queries.MOST_SHOWN,
        "run": last,
        "alone": [(row, _facts(row.request)) for row in queries.alone_of(last)],
    }
    return render(request, "mentoring/matching.html", context)


@require_POST
@signed_in
@once
def run(request: HttpRequest) -> HttpResponse:
    """Run the matcher, for everyone or for one request."""
    asked = request.POST.get("request", "")
    request_id = whole_number(asked)
    if asked and request_id is None:
        raise InvalidInput.of("request", "invalid", "1, 2, …")
    actions.run_matcher(actor=me(request), request_id=request_id)
    return done(request, reverse("matching"))


@require_safe
@signed_in
def run_progress(request: HttpRequest, run_id: int) -> HttpResponse:
    """Show how far a run is: a fragment that asks again until it is done."""
    _check_matcher(request.user)
    row = seen(MatchRun.objects.visible_to(request.user).select_related("asked_by"), pk=run_id)
    response = render(request, "mentoring/matching.html#run", {"run": row})
    if row.finished_at is not None:
        response["HX-Refresh"] = "true"
    return response


def _check_matcher(person: Any) -> None:
    if not rules.can_run_matcher(person):
        raise NotAllowed(_("Coordinators run the matcher."))
