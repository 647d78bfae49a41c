"""Who may what, of people. Every rule reads only and never raises."""

from typing import Any

from people.models import Organisation, Person, Removal, RoleGrant

BY_AUTHOR = "author"  # the rule by which people take away what they wrote themselves


def can_act(person: Any) -> bool:
    """Whether this person may write at all: signed in and active."""
    return isinstance(person, Person) and person.may_act


def has_role(
    person: Any,
    role: str,
    *,
    queue_id: int | None = None,
    organisation_id: int | None = None,
    anywhere: bool = False,
) -> bool:
    """Whether an active person holds a role now: everywhere, or for this queue or organisation.

    A grant for one queue or organisation counts only where that one is named, or with `anywhere`,
    which asks whether the person holds the role at all (to show an agent the help desk's door).
    """
    if not can_act(person):
        return False
    return any(
        grant.role == role
        and (
            anywhere
            or (
                grant.queue_id in (None, queue_id)
                and grant.organisation_id in (None, organisation_id)
            )
        )
        for grant in person.grants
    )


def can_edit_profile(person: Any, profile: Person) -> bool:
    """Oneself alone."""
    return can_act(person) and person.pk == profile.pk


def can_flag(person: Any, authors: set[int]) -> bool:
    """Anyone active, what others wrote; `authors`: who wrote it, by id."""
    return can_act(person) and bool(authors) and person.pk not in authors


def can_decide_flag(person: Any, authors: set[int]) -> bool:
    """Moderators, never on own posts; `authors`: who wrote the flagged post, by id."""
    return has_role(person, "moderator") and person.pk not in authors


def can_remove_post(person: Any, authors: set[int], *, rule: str) -> bool:
    """Moderators, never own posts; by the rule "author" those who wrote it."""
    if rule == BY_AUTHOR:
        return can_act(person) and person.pk in authors
    return has_role(person, "moderator") and person.pk not in authors


def can_restore_post(person: Any, authors: set[int], removal: Removal) -> bool:
    """Moderators, never own posts; authors what they took away themselves."""
    if removal.rule == BY_AUTHOR and can_act(person) and removal.by_id == person.pk:
        return True
    return has_role(person, "moderator") and person.pk not in authors


def can_suspend(person: Any, other: Person) -> bool:
    """Moderators, never themselves; of moderators and superusers only superusers."""
    if not has_role(person, "moderator") and not (can_act(person) and person.is_superuser):
        return False
    if person.pk == other.pk or other.is_superuser:
        return False
    # A suspended moderator's roles rest, but it is still a moderator that is judged.
    judges = other.role_grants.current().filter(role=RoleGrant.Role.MODERATOR).exists()
    return person.is_superuser or not judges


def can_grant_role(person: Any, *, queue_id: int | None, organisation_id: int | None) -> bool:
    """Superusers; for a queue or an organisation its coordinator."""
    if not can_act(person):
        return False
    if person.is_superuser:
        return True
    if queue_id is None and organisation_id is None:
        return False
    return has_role(person, "coordinator", queue_id=queue_id, organisation_id=organisation_id)


def can_grant_some_role(person: Any) -> bool:
    """Superusers and coordinators: those who see the page where roles are given."""
    return can_act(person) and (
        person.is_superuser or has_role(person, "coordinator", anywhere=True)
    )


def can_end_role(person: Any, grant: RoleGrant) -> bool:
    """Who could grant it; and anyone may step down."""
    if can_act(person) and grant.person_id == person.pk:
        return True
    return can_grant_role(person, queue_id=grant.queue_id, organisation_id=grant.organisation_id)


def can_manage_organisation(person: Any, organisation: Organisation) -> bool:
    """Its owners."""
    return can_act(person) and organisation.memberships.filter(person=person, role="owner").exists()


def can_import(person: Any) -> bool:
    """Integrators."""
    return has_role(person, "integrator")
