"""My organisations and my hosted sites."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import seen
from core.pages import done, once, signed_in, submit
from core.pagination import keyset_page
from people import actions, queries, rules
from people.forms import MemberForm, OrganisationForm
from people.models import HostedSite, Membership, Organisation
from people.present import me


@signed_in
@once
def my_organisations(request: HttpRequest) -> HttpResponse:
    """Show the organisations one is in; found a new one."""
    form = OrganisationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        founded = submit(
            form, actions.create_organisation, actor=me(request), name=form.cleaned_data["name"]
        )
        if founded is not None:
            return done(request, reverse("organisation", args=[founded.pk]))
    rows = Membership.objects.filter(person=me(request)).select_related("organisation")
    context = {"form": form, "memberships": rows.order_by("organisation__name", "pk")}
    return render(request, "people/organisations.html", context, status=422 if form.errors else 200)


@signed_in
@require_safe
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who is in an organisation and the sites it shares."""
    row = seen(Organisation.objects.visible_to(request.user), pk=pk)
    return _organisation_page(request, row, MemberForm())


def _organisation_page(request: HttpRequest, row: Organisation, form: Form) -> HttpResponse:
    context: dict[str, Any] = {
        "organisation": row,
        "form": form,
        "members": row.memberships.select_related("person").order_by("-role", "pk"),
        "sites": row.sites.order_by("domain", "pk")[:100],
        "can_manage": rules.can_manage_organisation(request.user, row),
    }
    return render(request, "people/organisation.html", context, status=422 if form.errors else 200)


@signed_in
@once
@require_POST
def members(request: HttpRequest, pk: int) -> HttpResponse:
    """Take someone in."""
    form = MemberForm(request.POST)
    if form.is_valid():
        added = submit(
            form, actions.add_member, actor=me(request), organisation_id=pk, **form.cleaned_data
        )
        if added is not None:
            messages.success(request, _("They are in it now."))
            return done(request, reverse("organisation", args=[pk]))
    row = seen(Organisation.objects.visible_to(request.user), pk=pk)
    return _organisation_page(request, row, form)


@signed_in
@once
@require_POST
def member_removal(request: HttpRequest, pk: int, person_id: int) -> HttpResponse:
    """Take someone out, or leave."""
    actions.remove_member(actor=me(request), organisation_id=pk, person_id=person_id)
    messages.success(request, _("Done."))
    left = person_id == request.user.pk
    return done(
        request, reverse("my_organisations") if left else reverse("organisation", args=[pk])
    )


@signed_in
@require_safe
def my_sites(request: HttpRequest) -> HttpResponse:
    """Show the sites hosted for oneself and one's organisations."""
    rows = queries.own_sites(me(request))
    page = keyset_page(rows, ["id"], request.GET.get("cursor"))
    levels = queries.level_names(get_language() or "en")
    sites = [(row, levels.get(row.level_id, "")) for row in page.results]
    context = {"page": page, "sites": sites, "can_import": rules.can_import(request.user)}
    return render(request, "people/sites.html", context)


@signed_in
@require_safe
def site(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the facts of a hosted site."""
    rows = HostedSite.objects.visible_to(request.user).select_related("owner", "organisation")
    row = seen(rows, pk=pk)
    levels = queries.level_names(get_language() or "en")
    return render(request, "people/site.html", {"site": row, "level": levels.get(row.level_id)})
