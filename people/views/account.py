"""Tokens, roles, one's data, and leaving."""

from functools import cache
from typing import Any

from allauth.headless.mfa.views import ManageTOTPView
from allauth.headless.spec.internal.schema import get_schema
from allauth.mfa.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.errors import InvalidInput, NotAllowed, NotSeen
from core.pages import done, once, signed_in, submit
from people import actions, queries, queues, rules
from people.forms import ErasureForm, RoleForm, TokenForm
from people.models import ApiToken, RoleGrant
from people.present import me


@never_cache
@signed_in
def my_tokens(request: HttpRequest) -> HttpResponse:
    """Show one's tokens; make a new one, shown this once.

    Not `once`: the kept answer would keep the token's text. Making two by a double click harms
    nobody, and both are listed.
    """
    can_import = rules.can_import(me(request))
    form = TokenForm(request.POST if request.method == "POST" else None, can_import=can_import)
    text = ""
    if request.method == "POST" and form.is_valid():
        made = submit(form, actions.create_token, actor=me(request), **form.cleaned_data)
        if made is not None:
            text, form = made[1], TokenForm(can_import=can_import)
    rows = ApiToken.objects.visible_to(request.user).order_by("-pk")
    context = {"form": form, "tokens": rows, "text": text}
    return render(request, "people/tokens.html", context, status=422 if form.errors else 200)


@signed_in
@once
@require_POST
def token_revocation(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a token useless."""
    actions.revoke_token(actor=me(request), token_id=pk)
    messages.success(request, _("The token no longer works."))
    return done(request, reverse("my_tokens"))


@require_safe
def account_openapi(request: HttpRequest) -> HttpResponse:
    """Send the description of the account's API, as allauth makes it, with our own fields."""
    return HttpResponse(_described(get_language()), content_type="application/json")


@cache
def _described(language: str) -> bytes:
    """Return it as JSON, made once a language: it is read from a large file of YAML."""
    return JsonResponse(get_schema()).content


class CodeAppView(ManageTOTPView):  # type: ignore[misc]  # allauth is not typed
    """allauth's own, which asks its adapter on the page alone whether the code app may go."""

    def delete(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kept = self._get_authenticator()
        if kept is not None and not get_adapter().can_delete_authenticator(kept):
            raise NotAllowed(_("Your role needs a second factor."))
        gone: HttpResponse = super().delete(request, *args, **kwargs)
        return gone


@never_cache
@signed_in
@require_safe
def my_data(request: HttpRequest) -> HttpResponse:
    """Download everything kept about oneself."""
    data = actions.export_person(actor=me(request))
    response = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = 'attachment; filename="entraide.json"'
    return response


@never_cache
@signed_in
def my_erasure(request: HttpRequest) -> HttpResponse:
    """Leave for good. Not `once`: the kept answer would outlive the person."""
    has_password = me(request).has_usable_password()
    form = ErasureForm(
        request.POST if request.method == "POST" else None, has_password=has_password
    )
    if request.method == "POST" and form.is_valid():
        erased = submit(form, actions.erase_person, actor=me(request), **form.cleaned_data)
        if erased is not None:
            logout(request)
            messages.success(request, _("Your account is gone. Thank you for having been here."))
            return done(request, "/")
    return render(
        request, "people/erasure.html", {"form": form}, status=422 if form.errors else 200
    )


@signed_in
@once
def roles(request: HttpRequest) -> HttpResponse:
    """Show who holds which role, for those who give roles; give one."""
    can_grant = rules.can_grant_some_role(request.user)
    if not can_grant and request.method == "POST":
        raise NotAllowed
    names = queues.queue_names(get_language() or "en") if can_grant else {}
    form = RoleForm(request.POST if request.method == "POST" else None, queues=names)
    if request.method == "POST" and form.is_valid():
        granted = submit(form, lambda: _grant(request, **form.cleaned_data))
        if granted is not None:
            messages.success(request, _("The role is given."))
            return done(request, reverse("roles"))
    context = {"form": form, "grants": _shown_grants(request, names), "can_grant": can_grant}
    return render(request, "people/roles.html", context, status=422 if form.errors else 200)


def _grant(request: HttpRequest, *, handle: str, organisation: str, **facts: Any) -> RoleGrant:
    """Give a role to who is named, for what is named."""
    granter = me(request)
    pk = queries.organisation_to_grant_for(granter, organisation).pk if organisation else None
    person_id = _person_id(request, handle)
    return actions.grant_role(actor=granter, person_id=person_id, organisation_id=pk, **facts)


def _shown_grants(request: HttpRequest, names: dict[int, str]) -> list[Any]:
    """Return the grants in force that one sees, with the names of their queues."""
    grants = RoleGrant.objects.visible_to(request.user).current()
    rows: list[Any] = list(
        grants.select_related("person", "organisation").order_by("role", "pk")[:200]
    )
    if not names and any(grant.queue_id for grant in rows):
        names = queues.queue_names(get_language() or "en")
    for grant in rows:
        grant.may_end = rules.can_end_role(request.user, grant)
        grant.queue_name = names.get(grant.queue_id, "")
    return rows


def _person_id(request: HttpRequest, handle: str) -> int:
    try:
        return queries.person_by_handle(request.user, handle.strip().removeprefix("@")).pk
    except NotSeen:
        raise InvalidInput.of("handle", "unknown", _("Nobody here has this handle.")) from None


@signed_in
@once
@require_POST
def role_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a role: one given, or one's own."""
    actions.end_role(actor=me(request), grant_id=pk)
    messages.success(request, _("The role has ended."))
    return done(request, reverse("roles"))
