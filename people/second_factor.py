"""Staff roles need a second factor (in production: settings.SECOND_FACTOR_FOR_STAFF)."""

from collections.abc import Collection

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.among import among
from core.errors import NotAllowed
from core.pages import is_api, refusal_page
from people.models import Person, RoleGrant

STAFF_ROLES = frozenset(set(RoleGrant.Role) - {RoleGrant.Role.HELPER})
KNOWN = "second_factor"  # in the session: seen to be there, since staff cannot take it off
# Where a person signs in, sets the factor up, signs out, and what such a page is made of.
FREE = ("/accounts/", "/static/", "/language", "/health/")


class SecondFactorNeeded(NotAllowed):
    code = "second_factor_needed"
    detail = _("Your role needs a second factor. Set it up on the pages first.")


def is_needed_by(person: Person) -> bool:
    """Whether this person's roles, for everything or for a part, ask for a second factor."""
    if not settings.SECOND_FACTOR_FOR_STAFF:
        return False
    return person.is_staff or any(grant.role in STAFF_ROLES for grant in person.grants)


def is_missing(person: Person) -> bool:
    """Whether a person needs a second factor and has none."""
    return is_needed_by(person) and not is_mfa_enabled(person)


def missing_among(person_ids: Collection[int]) -> set[int]:
    """Return whom of these people it is missing: one statement, and some for each who has a role.

    None where no second factor is asked for.
    """
    if not settings.SECOND_FACTOR_FOR_STAFF:
        return set()
    holders = RoleGrant.objects.current().filter(role__in=sorted(STAFF_ROLES)).values("person")
    asked = Person.objects.filter(among("pk", person_ids))
    likely = asked.filter(Q(is_superuser=True) | Q(pk__in=holders))
    return {person.pk for person in likely if is_missing(person)}


def asked_of(request: HttpRequest) -> HttpResponse | None:
    """Return the answer that asks a signed-in person for a second factor, if it is missing."""
    if not settings.SECOND_FACTOR_FOR_STAFF or request.path_info.startswith(FREE):
        return None
    if not isinstance(request.user, Person) or request.session.get(KNOWN):
        return None
    if not is_needed_by(request.user):
        return None
    if is_mfa_enabled(request.user):
        request.session[KNOWN] = True
        return None
    if is_api(request):
        return refusal_page(request, SecondFactorNeeded())
    return HttpResponseRedirect(reverse("mfa_activate_totp"))
