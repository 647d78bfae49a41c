"""Who may what, of people. Every rule reads only and never raises."""

from typing import Any

from people.models import Appeal, Flag, Organisation, Person, Removal, RoleGrant
from people.trust import HIGHEST, RIGHTS, Right

BY_AUTHOR = "author"  # the rule by which people take away what they wrote themselves
WITHDRAWN = "withdrawn"  # the rule when who had agreed to it does so no more: it stays away


def can_act(person: Any) -> bool:
    """Whether this person may write at all: signed in and active."""
    return isinstance(person, Person) and person.may_act


def can_be_helped(person: Any) -> bool:
    """Whether this person may write to the help desk about what is theirs: the silenced too."""
    return isinstance(person, Person) and (
        person.may_act or person.state_now == Person.State.SILENCED
    )


def can_answer_for_oneself(person: Any) -> bool:
    """Whether this person may say what is theirs to say, as in an appeal: whoever has an account,
    silenced and suspended too."""
    return isinstance(person, Person) and person.is_active


def trust_of(person: Any) -> int:
    """Return how far someone is trusted now, 0 to 4 (people.trust); moderators in full.

    Rules of every room ask here, or has_right(), and nowhere else.
    """
    if not can_act(person):
        return 0
    return HIGHEST if has_role(person, "moderator") else person.level


def has_right(person: Any, right: Right) -> bool:
    """Whether the help someone gave has brought them this right."""
    return can_act(person) and trust_of(person) >= RIGHTS[right]


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


def is_unjudged(person: Any) -> bool:
    """Whether someone's posts are not judged: by the help they gave, or by their role."""
    return has_right(person, Right.UNJUDGED) or (can_act(person) and bool(person.grants))


def can_edit_profile(person: Any, profile: Person) -> bool:
    """Oneself alone."""
    return can_act(person) and person.pk == profile.pk


def can_flag(person: Any, authors: set[int], *, reason: str = "") -> bool:
    """Anyone active, what others wrote (`authors`, by id), and a secret in anything."""
    if reason == Flag.Reason.SECRET:
        return can_act(person)
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
    """Moderators, never own posts; authors what they took away themselves; nobody what was
    published by a consent that is withdrawn."""
    if removal.rule == WITHDRAWN:
        return False
    if removal.rule == BY_AUTHOR and can_act(person) and removal.by_id == person.pk:
        return True
    return has_role(person, "moderator") and person.pk not in authors


def can_review(person: Any) -> bool:
    """Moderators see the queue; superusers the appeals in it, and decide where those may not."""
    return has_role(person, "moderator") or (can_act(person) and person.is_superuser)


def can_decide_hold(person: Any, author_id: int) -> bool:
    """Moderators, never on own posts."""
    return has_role(person, "moderator") and person.pk != author_id


def can_appeal(person: Any, concerned: set[int]) -> bool:
    """Whom the decision concerns, by id; silenced and suspended people too."""
    return can_answer_for_oneself(person) and person.pk in concerned


def can_decide_appeal(person: Any, appeal: Appeal, *, first_by_id: int | None) -> bool:
    """Another moderator than who decided first, where there is another; never one's own.

    A moderator's own sanction is for superusers, as the sanction was.
    """
    if not can_review(person) or person.pk == appeal.person_id:
        return False
    if appeal.subject == Appeal.Subject.SANCTION and not can_sanction(person, appeal.person):
        return False
    return person.pk != first_by_id or not _others_who_decide(person, appeal).exists()


def _others_who_decide(person: Person, appeal: Appeal) -> Any:
    of_moderator = appeal.subject == Appeal.Subject.SANCTION and _judges(appeal.person)
    superusers = Person.objects.active().filter(is_superuser=True)
    rows = superusers if of_moderator else Person.objects.with_role("moderator")
    return rows.exclude(pk__in=[person.pk, appeal.person_id])


def _judges(person: Person) -> bool:
    """Whether someone is a moderator, also while they are silenced or suspended."""
    return person.role_grants.current().filter(role=RoleGrant.Role.MODERATOR).exists()


def can_sanction(person: Any, other: Person) -> bool:
    """Moderators, never themselves; of moderators and superusers only superusers."""
    if not can_review(person) or person.pk == other.pk or other.is_superuser:
        return False
    return person.is_superuser or not _judges(other)


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
