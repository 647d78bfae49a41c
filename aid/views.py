"""Pages of the commons: the association's figures, my statement, help to be confirmed."""

from datetime import UTC, datetime, time
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from aid import actions, queries, rules
from aid.forms import ClaimForm, EditClaimForm, MinutesForm, ReversalForm
from aid.models import AidClaim, AidEntry, Kind
from core.again import refusal_of
from core.errors import NotAllowed, seen
from core.pages import done, once, secrets_in, sends_secrets, signed_in, submit, submit_small
from core.pagination import keyset_page
from people.present import me

CLAIMS = "/commons/claims"


@require_safe
def commons(request: HttpRequest) -> HttpResponse:
    """Show the association's hours by month and kind, and from where."""
    series = queries.month_series()
    year = timezone.localdate().year
    places = queries.places_of_year(year)
    return render(
        request,
        "aid/commons.html",
        {
            "plot": [
                {"month": m.month, "local": m.total - m.across, "across": m.across} for m in series
            ],
            "living": queries.living_figure(),
            "total": sum(month.total for month in series),
            "months": [month.month for month in series],
            "kinds": _kinds(series),
            # A single "elsewhere" says nothing.
            "places": places if any(place.name for place in places) else [],
            "year": year,
        },
    )


def _kinds(series: list[queries.MonthFigure]) -> list[tuple[str, list[int]]]:
    """Return (name, minutes of each month) of every kind."""
    return [(str(kind.label), [month.by_kind[kind.value] for month in series]) for kind in Kind]


@require_safe
@signed_in
def statement(request: HttpRequest) -> HttpResponse:
    """Show one's own year."""
    this_year = timezone.localdate().year
    asked = request.GET.get("year", str(this_year))
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else this_year
    return render(
        request,
        "aid/statement.html",
        {
            "statement": queries.statement(me(request), max(year, 2008)),
            "year": year,
            "years": [this_year, this_year - 1, this_year - 2],
        },
    )


@signed_in
def claims(request: HttpRequest) -> HttpResponse:
    """Show the help one takes part in and, by POST, claim help given outside."""
    if request.method == "POST":
        return new_claim(request)
    return _claims_page(request, _new_form())


def _new_form() -> ClaimForm:
    return ClaimForm(initial={"happened_on": timezone.localdate()})


def _claims_page(
    request: HttpRequest, form: Any, status: int = 200, refused: AidClaim | None = None
) -> HttpResponse:
    """refused: the claim that `form` was to correct or to confirm, where it is not a new one."""
    page = keyset_page(queries.claims_of(request.user), ("-id",), request.GET.get("cursor") or None)
    rows = [claim_facts(request.user, claim) for claim in page.results if claim != refused]
    if refused is not None:
        rows.insert(0, claim_facts(request.user, refused, form))
        form = _new_form()
    context = {"form": form, "page": page, "claims": rows}
    return render(request, "aid/claims.html", context, status=status)


def claim_facts(person: Any, claim: AidClaim, refused: Form | None = None) -> dict[str, Any]:
    """Return what the template shows of a claim; reads only what claims_of() prefetched.

    refused: the form that was to answer or to correct it, with what is wrong.
    """
    queries.hide_receivers(person, [claim])
    receivers = list(claim.receivers.all())
    givers = [row.person for row in claim.givers.all()]
    mine = next((row for row in receivers if row.person_id == person.pk), None)
    pending = claim.state == AidClaim.State.PENDING
    gives = person in givers
    is_edit = isinstance(refused, EditClaimForm)
    stands = {"minutes": claim.minutes, "note": claim.note}
    answer_form = refused if refused and not is_edit else MinutesForm(initial=stands)
    edit_form = refused if refused and is_edit else EditClaimForm(initial=stands)
    answer_form.auto_id, edit_form.auto_id = f"answer-{claim.pk}-%s", f"edit-{claim.pk}-%s"
    return {
        "answer_form": answer_form,
        "edit_form": edit_form,
        "is_open": is_edit,
        "claim": claim,
        "givers": givers,
        "receivers": receivers,
        "can_answer": pending and mine is not None and not (mine.confirmed_at or mine.declined_at),
        "can_edit": pending and gives and not any(row.confirmed_at for row in receivers),
        "can_withdraw": pending and gives,
    }


@once
def new_claim(request: HttpRequest) -> HttpResponse:
    """Claim help given outside."""
    form = ClaimForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        claim = submit(
            form,
            actions.claim_help,
            actor=me(request),
            givers=[me(request)],
            receivers=data["receivers"],
            minutes=data["minutes"],
            kind=Kind.OTHER,
            happened_at=_noon(data["happened_on"]),
            note=data["note"],
            send_secrets=sends_secrets(request),
        )
        if claim is not None:
            return done(request, CLAIMS)
        if not form.errors and not secrets_in(form):
            form.add_error("receivers", queries.nobody_to_confirm())
    return _claims_page(request, form, 422)


def _noon(day: Any) -> datetime:
    """Return noon of a day in the writer's zone, never later than now."""
    noon = datetime.combine(day, time(12), tzinfo=timezone.get_current_timezone())
    return min(noon.astimezone(UTC), timezone.now()) if day <= timezone.localdate() else noon


@require_POST
@signed_in
@once
def confirm(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Confirm as a receiver."""
    form = MinutesForm(request.POST)
    claim = None
    if form.is_valid():
        minutes = form.cleaned_data["minutes"]
        claim = submit(
            form, actions.confirm_claim, actor=me(request), claim_id=claim_id, minutes=minutes
        )
    if claim is None:
        refused = seen(queries.claims_of(request.user), pk=claim_id)
        if not rules.can_answer_claim(request.user, refused):
            raise NotAllowed
        return _claims_page(request, form, 422, refused)
    return _answered(request, claim)


@require_POST
@signed_in
@once
def decline(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Say as a receiver that it was not so."""
    return _answered(request, actions.decline_claim(actor=me(request), claim_id=claim_id))


@require_POST
@signed_in
@once
def withdraw(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Take one's claim back."""
    return _answered(request, actions.withdraw_claim(actor=me(request), claim_id=claim_id))


@require_POST
@signed_in
@once
def edit(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Correct one's claim."""
    form = EditClaimForm(request.POST)
    claim = None
    if form.is_valid():
        claim = submit(
            form,
            actions.edit_claim,
            actor=me(request),
            claim_id=claim_id,
            send_secrets=sends_secrets(request),
            **form.cleaned_data,
        )
    if claim is None:
        refused = seen(queries.claims_of(request.user), pk=claim_id)
        return _claims_page(request, form, 422, refused)
    return _answered(request, claim)


def _answered(request: HttpRequest, claim: AidClaim) -> HttpResponse:
    fresh = queries.claims_of(request.user).get(pk=claim.pk)
    facts = claim_facts(request.user, fresh)
    return done(request, CLAIMS, "aid/_claim.html", facts)


@require_POST
@signed_in
@once
def reverse_entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Undo an entry."""
    form = ReversalForm(request.POST)
    if not form.is_valid():
        entry = seen(AidEntry.objects.visible_to(request.user), pk=entry_id)
        if not rules.can_reverse(request.user, entry):
            raise NotAllowed
        raise refusal_of(form)
    reason = form.cleaned_data["reason"]
    submit_small(form, actions.reverse_entry, actor=me(request), entry_id=entry_id, reason=reason)
    return done(request, "/commons/statement")
