"""Tags of a ticket."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed
from core.journal import STAFF, record
from helpdesk import rules
from helpdesk.actions.steps import ticket_of
from helpdesk.models import Tagging, Ticket, TicketTag
from helpdesk.queries.states import check_not_merged
from people.models import Person
from people.queries import plain, skills_named

MOST_TAGS, LONGEST = 20, 40


@transaction.atomic
def tag_ticket(*, actor: Person, ticket_id: int, names: Sequence[str]) -> list[TicketTag]:
    """Put tags on a ticket; return those that are new on it.

    names: of skills, in any language, or free words; compared without case and accents.
    Raises NotSeen, NotAllowed, WrongMoment (merged), InvalidInput (tags).
    """
    ticket = _workable(actor, ticket_id)
    tags = tags_named(names)
    had = set(Tagging.objects.filter(ticket=ticket).values_list("tag_id", flat=True))
    new = [tag for tag in tags if tag.pk not in had]
    if len(had) + len(new) > MOST_TAGS:
        raise InvalidInput.of("tags", "too_many", _("A ticket has at most 20 tags."))
    Tagging.objects.bulk_create(Tagging(ticket=ticket, tag=tag, by=actor) for tag in new)
    _record(actor, ticket, added=[tag.pk for tag in new])
    return new


@transaction.atomic
def untag_ticket(*, actor: Person, ticket_id: int, tag_id: int) -> Ticket:
    """Take a tag off a ticket; one it does not have is no change.

    Raises NotSeen, NotAllowed, WrongMoment (merged).
    """
    ticket = _workable(actor, ticket_id)
    gone, _each = Tagging.objects.filter(ticket=ticket, tag=tag_id).delete()
    _record(actor, ticket, removed=[tag_id] if gone else [])
    return ticket


def tags_named(names: Sequence[str]) -> list[TicketTag]:
    """Return the tags of these names, made where there were none; each once, in their order."""
    words = [" ".join(name.split()) for name in names if name.strip()]
    for word in words:
        if len(word) > LONGEST or not plain(word) or "," in word:
            raise InvalidInput.of("tags", "invalid", _("A tag has at most 40 letters, no comma."))
    skills = skills_named(words)
    found: dict[int, TicketTag] = {}
    for word in words:
        skill = skills.get(word)
        tag = _made(skill.slug if skill else word, skill_id=skill.pk if skill else None)
        found[tag.pk] = tag
    return list(found.values())


def _made(name: str, *, skill_id: int | None) -> TicketTag:
    """Return the tag, made if need be; two agents at once make one."""
    if skill_id is not None:
        known = TicketTag.objects.filter(skill=skill_id).first()
        if known is not None:
            return known
    folded = plain(name)
    known = TicketTag.objects.filter(name_folded=folded).first()
    if known is None:
        try:
            with transaction.atomic():
                return TicketTag.objects.create(name=name, name_folded=folded, skill_id=skill_id)
        except IntegrityError:
            known = TicketTag.objects.get(name_folded=folded)
    if skill_id is not None and known.skill_id is None:  # a free word became a skill
        known.skill_id = skill_id
        known.save(update_fields=["skill"])
    return known


def _workable(actor: Person, ticket_id: int) -> Ticket:
    ticket = ticket_of(actor, ticket_id)
    if not rules.can_work(actor, ticket):
        raise NotAllowed(_("Tags are the agents' own."))
    check_not_merged(ticket)
    return ticket


def _record(actor: Person, ticket: Ticket, **changes: list[int]) -> None:
    told = {name: ids for name, ids in changes.items() if ids}
    if told:
        record("helpdesk.tags_changed", actor=actor, thing=ticket, audience=STAFF, changes={**told})
