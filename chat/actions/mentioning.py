"""Telling people that what was said in a room names them."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from chat.entrants import who_may_enter
from chat.models import ChatMessage, RoomMark
from core.journal import PARTICIPANTS, record
from core.markup import find_mentions
from core.models import JournalLine, Visibility
from people.actions import notify
from people.models import Notice, Person
from people.queries import blocked_ids, people_called

VERB = "chat.people_mentioned"
KIND = "chat.message"


def record_mentions(message: ChatMessage, *, actor: Person, paths: Mapping[str, str]) -> None:
    """Write down, in the message's transaction, that it names people: they are told after commit.

    paths: of people.queries.mention_paths. Most messages name nobody, and cost nothing here.
    """
    if paths:
        changes = {"number": message.number}
        record(
            VERB,
            actor=actor,
            thing=message,
            parent=message.room,
            audience=PARTICIPANTS,
            changes=changes,
        )


@transaction.atomic
def tell_mentioned(*, line: JournalLine) -> list[Notice]:
    """Put a message on the bells of those it names; once each, however often it is edited.

    Not of those who may not enter the room or muted it, who have read that far, or who keep away
    from its author. Their browsers are told with it, and the sweep tells them of it no more.
    """
    rows = ChatMessage.objects.select_for_update(of=("self",)).select_related("author")
    message = rows.filter(pk=line.thing_id, visibility=Visibility.VISIBLE).first()
    if message is None or message.author is None:
        return []
    named = people_called(find_mentions(message.source))
    entrants = who_may_enter(message.room_id, [person.pk for person in named])
    passed = _told(message) | _do_not_ask(message) | blocked_ids(message.author)
    wanted = [one for one in named if one.pk in entrants - passed]
    told = [notify(person=person, line=line) for person in wanted]
    return [notice for notice in told if notice is not None]


def _told(message: ChatMessage) -> set[int]:
    told = Notice.objects.filter(verb=VERB, thing_kind=KIND, thing_id=message.pk)
    return set(told.values_list("person_id", flat=True))


def _do_not_ask(message: ChatMessage) -> set[int]:
    """Return who has muted the room, or read the message already."""
    marks = RoomMark.objects.filter(room=message.room_id)
    quiet = marks.filter(muted_at__isnull=False) | marks.filter(seen__gte=message.number)
    return set(quiet.values_list("person_id", flat=True))


def notices_of(person: Person) -> Exists:
    """Return, for a query of messages, whether a notice told this person that they are named."""
    return Exists(_notices(person))


def read_notices_of(person: Person) -> Exists:
    """Return the same of notices they have read."""
    return Exists(_notices(person).filter(read_at__isnull=False))


def _notices(person: Person) -> QuerySet[Notice]:
    return Notice.objects.filter(person=person, verb=VERB, thing_kind=KIND, thing_id=OuterRef("pk"))


def read_mentions(*, actor: Person, room_id: int, number: int) -> int:
    """Mark as read what told one of messages up to a number; return how many notices."""
    if actor.unread_notices == 0:  # known with who asks: nearly always there is nothing to do
        return 0
    seen = ChatMessage.objects.filter(pk=OuterRef("thing_id"), room=room_id, number__lte=number)
    own = Notice.objects.unread().filter(Exists(seen), person=actor, verb=VERB, thing_kind=KIND)
    return own.update(read_at=timezone.now())
