"""Organisations and who is in them."""

import secrets

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from core import journal
from core.errors import InvalidInput, NotAllowed, WrongMoment, locked
from people import rules
from people.models import Membership, Organisation, Person
from people.queries import person_by_handle

OWNER = Membership.Role.OWNER


def new_slug(name: str) -> str:
    """Return a slug that nobody has: the name's letters and a random end."""
    return f"{slugify(name)[:48] or 'organisation'}-{secrets.token_hex(4)}"


@transaction.atomic
def create_organisation(*, actor: Person, name: str) -> Organisation:
    """Found an organisation; who does owns it. Raises NotAllowed, InvalidInput."""
    if not rules.can_act(actor):
        raise NotAllowed
    name = " ".join(name.split())
    if not name or len(name) > 120:
        raise InvalidInput.of("name", "invalid", _("A name of at most 120 characters."))
    organisation = Organisation.objects.create(name=name, slug=new_slug(name))
    Membership.objects.create(person=actor, organisation=organisation, role=OWNER)
    journal.record("people.organisation_created", actor=actor, thing=organisation)
    return organisation


@transaction.atomic
def add_member(
    *, actor: Person, organisation_id: int, handle: str, role: str = Membership.Role.MEMBER
) -> Membership:
    """Take someone in, or change what they are in it: owners see its tickets and members.

    Raises NotSeen, NotAllowed, InvalidInput, WrongMoment for the last owner.
    """
    organisation = _managed(actor, organisation_id)
    if role not in Membership.Role.values:
        raise InvalidInput.of("role", "invalid_choice", _("Owner or member."))
    person = _person(actor, handle)
    membership, is_new = Membership.objects.get_or_create(
        organisation=organisation, person=person, defaults={"role": role}
    )
    if not is_new and membership.role == role:
        return membership
    if not is_new:
        _keep_an_owner(membership)
        membership.role = role
        membership.save(update_fields=["role"])
    journal.record(
        "people.member_added" if is_new else "people.member_changed",
        actor=actor,
        thing=organisation,
        changes={"person": person.pk, "role": role},
    )
    return membership


@transaction.atomic
def remove_member(*, actor: Person, organisation_id: int, person_id: int) -> Organisation:
    """Take someone out: owners anyone, everyone themselves.

    Raises NotSeen, NotAllowed, WrongMoment for the last owner among others.
    """
    organisation = locked(Organisation.objects.visible_to(actor), pk=organisation_id)
    membership = locked(Membership.objects.filter(organisation=organisation), person_id=person_id)
    leaves = rules.can_act(actor) and actor.pk == person_id
    if not leaves and not rules.can_manage_organisation(actor, organisation):
        raise NotAllowed
    _keep_an_owner(membership)
    journal.record(
        "people.member_removed",
        actor=actor,
        thing=organisation,
        changes={"person": person_id},
    )
    membership.delete()
    return organisation


def _managed(actor: Person, organisation_id: int) -> Organisation:
    organisation = locked(Organisation.objects.visible_to(actor), pk=organisation_id)
    if not rules.can_manage_organisation(actor, organisation):
        raise NotAllowed
    return organisation


def _person(actor: Person, handle: str) -> Person:
    from core.errors import NotSeen

    try:
        person = person_by_handle(actor, handle.strip().removeprefix("@"))
    except NotSeen:
        person = None
    if person is None or not person.may_act:
        raise InvalidInput.of("handle", "unknown", _("Nobody here has this handle."))
    return person


def _keep_an_owner(membership: Membership) -> None:
    """Refuse to lose the last owner of an organisation that has other people."""
    if membership.role != OWNER:
        return
    others = Membership.objects.filter(organisation=membership.organisation_id).exclude(
        pk=membership.pk
    )
    if others.exists() and not others.filter(role=OWNER).exists():
        raise WrongMoment(_("Make someone else an owner first."), code="last_owner")
