"""Giving roles and taking them back."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import journal
from core.errors import InvalidInput, NotAllowed, WrongMoment, locked
from people import queues, rules
from people.models import Organisation, Person, RoleGrant

# Other roles act on everything at once: for one queue they would mean nothing.
ROLES_OF_A_QUEUE = {RoleGrant.Role.AGENT, RoleGrant.Role.COORDINATOR}


@transaction.atomic
def grant_role(
    *,
    actor: Person,
    person_id: int,
    role: str,
    queue_id: int | None = None,
    organisation_id: int | None = None,
    volunteer: bool = True,
    until: datetime | None = None,
) -> RoleGrant:
    """Give someone a role from now on; the same again returns the grant in force.

    volunteer: False for paid staff, whose help stays out of the ledger.
    Raises NotAllowed, NotSeen, InvalidInput.
    """
    if not rules.can_grant_role(actor, queue_id=queue_id, organisation_id=organisation_id):
        raise NotAllowed
    person = locked(Person.objects.visible_to(actor), pk=person_id)
    _check(role, queue_id, organisation_id, until)
    for grant in RoleGrant.objects.current().filter(person=person, role=role):
        if (grant.queue_id, grant.organisation_id) == (queue_id, organisation_id):
            return grant
    grant = RoleGrant.objects.create(
        person=person,
        role=role,
        queue_id=queue_id,
        organisation_id=organisation_id,
        volunteer=volunteer,
        granted_by=actor,
        until=until,
    )
    _record("people.role_granted", actor, grant)
    return grant


@transaction.atomic
def end_role(*, actor: Person, grant_id: int) -> RoleGrant:
    """End a role now: whoever could grant it, or the person stepping down.

    Raises NotSeen, NotAllowed, WrongMoment when it has ended.
    """
    grant = locked(RoleGrant.objects.visible_to(actor), pk=grant_id)
    if not rules.can_end_role(actor, grant):
        raise NotAllowed
    now = timezone.now()
    if grant.until is not None and grant.until <= now:
        raise WrongMoment(_("This role has ended already."), code="already_ended")
    grant.until = max(now, grant.since)
    grant.save(update_fields=["until"])
    _record("people.role_ended", actor, grant)
    return grant


def _record(verb: str, actor: Person, grant: RoleGrant) -> None:
    journal.record(
        verb,
        actor=actor,
        thing=grant.person,
        audience=journal.STAFF,
        changes={
            "grant": grant.pk,
            "role": grant.role,
            "queue": grant.queue_id,
            "organisation": grant.organisation_id,
        },
    )


def _check(
    role: str, queue_id: int | None, organisation_id: int | None, until: datetime | None
) -> None:
    if role not in RoleGrant.Role.values:
        raise InvalidInput.of("role", "invalid_choice", _("Choose one of the roles."))
    if queue_id is not None and role not in ROLES_OF_A_QUEUE:
        raise InvalidInput.of(
            "queue_id", "not_for_role", _("Only agents and coordinators have a queue.")
        )
    if queue_id is not None and queue_id not in queues.queue_names("en"):
        raise InvalidInput.of("queue_id", "unknown", _("There is no such queue."))
    if organisation_id is not None and not Organisation.objects.filter(pk=organisation_id).exists():
        raise InvalidInput.of("organisation_id", "unknown", _("There is no such organisation."))
    if until is not None and until <= timezone.now():
        raise InvalidInput.of("until", "past", _("Choose a moment to come."))


@transaction.atomic
def make_administrator(*, person_id: int) -> Person:
    """Let someone into the back office, and give roles; by the installation's own hand alone.

    Who is one already stays so. Raises NotSeen.
    """
    person = locked(Person.objects.active(), pk=person_id)
    if not person.is_superuser:
        person.is_superuser = True
        person.save(update_fields=["is_superuser"])
        journal.record(
            "people.administrator_made", actor=None, thing=person, audience=journal.STAFF
        )
    return person
