"""Profiles: of anyone to see, of oneself to edit."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import NotSeen
from core.pages import done, once, secrets_in, sends_secrets, signed_in, submit, wants_fragment
from people import actions, gifts, queries, rules
from people.follow_queries import standing
from people.forms import ProfileForm
from people.handles import GIVEN
from people.models import Block, Person, RoleGrant
from people.present import me
from people.profiles import WANTED, countries, profile_of, time_zones


@require_safe
def person(request: HttpRequest, handle: str) -> HttpResponse:
    """Show what everyone may know of a person."""
    found = queries.person_by_handle(request.user, handle)
    if found.state == Person.State.ERASED:
        raise NotSeen
    if found.handle != handle:
        return HttpResponseRedirect(reverse("person", args=[found.handle]))
    names = queries.skill_names(get_language() or "en")
    profile = profile_of(found, names)
    roles = RoleGrant.Role
    context = {
        "person": found,
        "profile": profile,
        "country": dict(countries(get_language() or "en")).get(profile.country, ""),
        "can": [row.name for row in profile.skills if row.standing != WANTED],
        "wants": [row.name for row in profile.skills if row.standing == WANTED],
        "roles": [roles(role).label for role in sorted(found.roles)],
        "about": queries.about_html(found),
        "gifts": gifts.gifts_of(request.user, found),
        **_between(request.user, found),
    }
    return render(request, "people/person.html", context)


def _between(viewer: Any, found: Person) -> dict[str, Any]:
    """Return what the page offers this viewer about this person."""
    if not isinstance(viewer, Person):
        return {}
    if viewer.pk == found.pk:
        return {"is_self": True, "is_sanctioned": found.is_sanctioned}
    moderates = rules.can_review(viewer)
    return {
        "is_sanctioned": found.is_sanctioned and moderates,
        "can_sanction": moderates and rules.can_sanction(viewer, found),
        "can_flag": rules.can_flag(viewer, {found.pk}),
        "can_block": rules.can_act(viewer),
        "standing": standing(viewer, "people.person", found.pk),
        "is_blocked": Block.objects.filter(person=viewer, blocked=found).exists(),
    }


@signed_in
@once
def my_profile(request: HttpRequest) -> HttpResponse:
    """Edit what one says about oneself."""
    language = get_language() or "en"
    names = queries.skill_names(language)
    owner = me(request)
    form = ProfileForm(
        data=request.POST if request.method == "POST" else None,
        profile=profile_of(owner, names),
        may_choose_handle=owner.handle.startswith(GIVEN),
    )
    if request.method == "POST" and form.is_valid():
        edited = submit(
            form,
            actions.edit_profile,
            actor=owner,
            profile=form.to_profile(),
            send_secrets=sends_secrets(request),
        )
        if edited is not None:
            messages.success(request, _("Your profile is saved."))
            answer = done(request, reverse("person", args=[edited.handle]))
            # What was chosen in the footer gives way to what is chosen here.
            answer.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
            return answer
    context = {
        "form": form,
        "skill_names": sorted(names.values(), key=queries.plain),
        "time_zones": time_zones(),
        "is_new": owner.handle.startswith(GIVEN),
        "blocked": Block.objects.filter(person=owner).select_related("blocked"),
    }
    is_refused = form.errors or secrets_in(form)
    return render(request, "people/profile_edit.html", context, status=422 if is_refused else 200)


@require_safe
def skills(request: HttpRequest) -> HttpResponse:
    """Return skills that contain what was typed, as the options of a datalist.

    A type-ahead sends its own field's name: any first value counts as `q`.
    """
    text = request.GET.get("q") or str(next(iter(request.GET.values()), ""))
    found = queries.skills_like(text[:80], get_language() or "en") if text.strip() else []
    template = "people/skills.html#options" if wants_fragment(request) else "people/skills.html"
    return render(request, template, {"skills": found, "text": text})


@signed_in
@once
@require_POST
def block(request: HttpRequest, handle: str) -> HttpResponse:
    """Keep away from someone."""
    row = actions.block(actor=me(request), handle=handle)
    messages.success(request, _("You will not be matched with this person. They are not told."))
    return done(request, reverse("person", args=[row.blocked.handle]))


@signed_in
@once
@require_POST
def block_undo(request: HttpRequest, handle: str) -> HttpResponse:
    """Take it back."""
    other = actions.unblock(actor=me(request), handle=handle)
    messages.success(request, _("You may be matched with this person again."))
    return done(request, reverse("person", args=[other.handle]))
