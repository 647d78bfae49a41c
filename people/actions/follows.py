"""Hearing of a thing, hearing of it no more, and hearing nothing of it at all."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import journal, things
from core.errors import InvalidInput, NotAllowed, WrongMoment, locked
from core.prepared import insert_unless_there, new
from people import follows, rules
from people.actions.notices import choose_digest
from people.follow_queries import ways_of
from people.models import Follow, MailChoice, Mute, NoticeChoice, Person


@transaction.atomic
def follow(*, actor: Person, kind: str, object_id: int) -> Follow:
    """Be told of what happens to a thing; what was muted is heard again. The same again is once.

    Raises NotSeen, NotAllowed, WrongMoment (oneself).
    """
    _thing(actor, kind, object_id)
    Mute.objects.filter(person=actor, kind=kind, object_id=object_id).delete()
    row, is_new = Follow.objects.get_or_create(person=actor, kind=kind, object_id=object_id)
    if not is_new and row.stopped_at is not None:
        row.stopped_at, row.reason, row.at = None, Follow.Reason.CHOSEN, timezone.now()
        row.save(update_fields=["stopped_at", "reason", "at"])
    return row


@transaction.atomic
def unfollow(*, actor: Person, kind: str, object_id: int) -> Any:
    """Be told no more of a thing; return it. Answering or commenting does not undo this.

    Who does not follow is told no more either: the asker of a question from before there were
    follows. Raises NotSeen, NotAllowed, WrongMoment (oneself).
    """
    thing = _thing(actor, kind, object_id)
    stop_following(person=actor, kind=kind, object_id=object_id)
    return thing


@transaction.atomic
def stop_following(*, person: Person, kind: str, object_id: int) -> None:
    """Let someone hear no more of a thing, which they may not even see any more.

    For who proves by a signed link that a mail of ours reached them.
    """
    now = timezone.now()
    row, is_new = Follow.objects.get_or_create(
        person=person, kind=kind, object_id=object_id, defaults={"stopped_at": now}
    )
    if not is_new and row.stopped_at is None:
        Follow.objects.filter(pk=row.pk).update(stopped_at=now)


def follow_by_itself(*, person: Person, kind: str, object_id: int, reason: str) -> None:
    """Let who takes part in a thing hear of it from now on, unless they said no. One statement.

    reason: of Follow.Reason.
    """
    row = new(Follow, person=person, kind=kind, object_id=object_id, reason=reason)
    insert_unless_there(row)


@transaction.atomic
def mute(*, actor: Person, kind: str, object_id: int) -> Mute:
    """Hear nothing of a thing, whatever else one follows. The same again is once.

    Raises NotSeen, NotAllowed, WrongMoment (oneself).
    """
    _thing(actor, kind, object_id)
    return Mute.objects.get_or_create(person=actor, kind=kind, object_id=object_id)[0]


@transaction.atomic
def unmute(*, actor: Person, kind: str, object_id: int) -> Any:
    """Hear of a thing again; return it. Raises NotSeen, NotAllowed, WrongMoment (oneself)."""
    thing = _thing(actor, kind, object_id)
    Mute.objects.filter(person=actor, kind=kind, object_id=object_id).delete()
    return thing


@transaction.atomic
def choose_mails(*, actor: Person, ways: Mapping[str, str]) -> list[MailChoice]:
    """Choose how mail of what one follows comes, by kind; suspended people may too.

    ways: of MailChoice.Way, by kinds of people.follows; others stay. Raises NotAllowed,
    InvalidInput.
    """
    if not (isinstance(actor, Person) and actor.is_active):
        raise NotAllowed
    for kind, way in ways.items():
        if not follows.is_followable(kind) or way not in MailChoice.Way.values:
            raise InvalidInput.of("mails", "invalid_choice", _("Choose how often."))
    locked(Person.objects.all(), pk=actor.pk)
    chosen = [
        MailChoice.objects.update_or_create(person=actor, kind=kind, defaults={"way": way})[0]
        for kind, way in sorted(ways.items())
    ]
    journal.record(
        "people.mails_chosen",
        actor=actor,
        thing=actor,
        audience=journal.SYSTEM,
        changes={"ways": dict(ways)},
    )
    return chosen


@transaction.atomic
def end_digests(*, actor: Person) -> None:
    """Let no mail of many things come any more: of conversations, and of what comes in a digest.

    Mail that comes at once goes on. Raises NotAllowed.
    """
    choose_digest(actor=actor, digest=NoticeChoice.Digest.OFF)
    ways = ways_of(actor)
    digested = (MailChoice.Way.DAILY, MailChoice.Way.WEEKLY)
    ended = {kind: str(MailChoice.Way.NEVER) for kind, way in ways.items() if way in digested}
    if ended:
        choose_mails(actor=actor, ways=ended)


def _thing(actor: Person, kind: str, object_id: int) -> Any:
    """Return what is followed or muted. Raises NotSeen, NotAllowed, WrongMoment."""
    declared = follows.followable(kind)
    thing = things.find(kind, object_id, actor)
    if not rules.can_act(actor):
        raise NotAllowed
    if declared.is_own(actor, object_id):
        raise WrongMoment(_("You hear of yourself already."), code="oneself")
    return thing
