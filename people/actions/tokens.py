"""Tokens that let programs act for a person."""

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import journal
from core.errors import InvalidInput, NotAllowed, WrongMoment, locked
from people import rules
from people.models import ApiToken, Person, Scope

MAX_TOKENS = 20
MAX_DAYS = 366


@transaction.atomic
def create_token(
    *, actor: Person, name: str, scopes: Collection[str], days: int
) -> tuple[ApiToken, str]:
    """Make a token for a program; its text is returned this once and kept nowhere.

    scopes: of people.models.Scope. days: until it ends, at most 366.
    Raises NotAllowed, InvalidInput, WrongMoment when there are too many.
    """
    if not rules.can_act(actor):
        raise NotAllowed
    locked(Person.objects.all(), pk=actor.pk)
    _check(actor, name, scopes, days)
    if ApiToken.objects.visible_to(actor).count() >= MAX_TOKENS:
        raise WrongMoment(
            _("You have many tokens. Revoke one first."), code="too_many_tokens", allowed=["revoke"]
        )
    token, text = ApiToken.issue(
        actor,
        name=name.strip(),
        scopes=sorted(set(scopes)),
        expiry=timezone.now() + timedelta(days=days),
    )
    _record("people.token_created", actor, token)
    return token, text


@transaction.atomic
def revoke_token(*, actor: Person, token_id: int) -> Person:
    """Make one of one's own tokens useless. Raises NotSeen."""
    token = locked(ApiToken.objects.visible_to(actor), pk=token_id)
    _record("people.token_revoked", actor, token)
    token.delete()
    return actor


def _record(verb: str, actor: Person, token: ApiToken) -> None:
    journal.record(
        verb,
        actor=actor,
        thing=actor,
        audience=journal.SYSTEM,
        changes={"token": token.pk, "scopes": token.scopes},
    )


def _check(actor: Person, name: str, scopes: Collection[str], days: int) -> None:
    if not name.strip() or len(name) > 60:
        raise InvalidInput.of("name", "invalid", _("Name the program, in at most 60 characters."))
    if not scopes or not set(scopes) <= set(Scope.values):
        raise InvalidInput.of("scopes", "invalid_choice", _("Choose what the token may do."))
    if Scope.IMPORT in scopes and not rules.can_import(actor):
        raise InvalidInput.of("scopes", "not_allowed", _("Importing is for integrators."))
    if not 1 <= days <= MAX_DAYS:
        raise InvalidInput.of("days", "invalid", _("Between 1 and 366 days."))
