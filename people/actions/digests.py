"""The one mail of many things, and what of the bell stands in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import ngettext

from core.mail import DIGEST, send_mail_to
from core.models import OutgoingMail
from people import follows, notices
from people.digests import Part, all_sections
from people.follow_queries import ways_of
from people.models import MailChoice, Notice, Person
from people.moments import as_read_by
from people.mornings import is_due
from people.queries import email_of, seen_things, show_notices
from people.stop_links import DIGESTS

MOST_NOTICES = 500
LINES_A_TOPIC = 20
Way = MailChoice.Way


def send_digests() -> int:
    """Give a task to each mail whose hour has come; return how many there are."""
    from people.tasks import send_digest as send_later

    now, hints = timezone.now(), dict[int, dict[str, Any]]()
    for section in all_sections():
        for person_id, hint in section.due(now).items():
            hints.setdefault(person_id, {})[section.name] = hint
    for person_id in sorted(hints):
        send_later.enqueue(person_id=person_id, hints=hints[person_id])
    return len(hints)


@transaction.atomic
def send_digest(*, person_id: int, hints: dict[str, Any]) -> bool:
    """Mail to a person what they missed, all in one; False when there is nothing, any more.

    Of who has no proven address, what they missed counts as told: it waits in the bell alone.
    hints: by section, what send_digests found. The mail's row and what the sections mark are one
    transaction, under the marks' locks: never twice, none lost.
    """
    now = timezone.now()
    person = Person.objects.active().filter(pk=person_id).first()
    if person is None:
        return False
    with as_read_by(person):
        found = {
            section.name: section.collect(person, hints[section.name], now)
            for section in all_sections()
            if section.name in hints
        }
    told = {name: part.told for name, part in found.items() if part is not None}
    parts = [part for part in found.values() if part is not None]
    address = email_of(person)
    if not parts or address is None:
        return False
    token = parts[0].token if len(parts) == 1 else ""
    mail = send_mail_to(
        to=address,
        language=person.interface_language,
        time_zone=person.time_zone,
        template="people/digest",
        context={
            "parts": parts,
            "is_answered": bool(token),
            "stop_url": DIGESTS.url(person),
        },
        kind=DIGEST,
        headers=DIGESTS.headers(person),
        token=token,
    )
    mail.told = {"person": person.pk, "hints": hints, "parts": told}
    mail.save(update_fields=["told"])
    return True


@transaction.atomic
def look_again(mail: OutgoingMail) -> bool:
    """Return whether a digest that waited may go as it is; else take it back and gather it anew.

    What it names may have been taken away since, or its reader shut out: the rest still comes, in
    a mail of its own.
    """
    if mail.told is None:  # from before that was kept
        return True
    hints, parts = mail.told["hints"], mail.told["parts"]
    person = Person.objects.filter(pk=mail.told["person"]).first()
    sections = [one for one in all_sections() if one.name in parts]
    if person is None or all(one.stands(person, parts[one.name]) for one in sections):
        return person is not None
    if OutgoingMail.objects.filter(pk=mail.pk, sent_at=None).delete()[0]:
        for section in sections:
            section.give_back(person, parts[section.name])
        send_digest(person_id=person.pk, hints=hints)
    return False


# Notices that wait for it.


@dataclass(frozen=True)
class Line:
    """A notice as a mail shows it."""

    text: str
    url: str


@dataclass(frozen=True)
class Topic:
    """The notices of one kind; `more`: how many have no line."""

    title: str
    lines: list[Line]
    more: int


def due_notices(now: datetime) -> dict[int, list[str]]:
    """Return the topics of which each active person is to be mailed now. Three queries."""
    waiting = Notice.objects.filter(waits=True, person__in=Person.objects.active()).order_by()
    rows = list(waiting.values_list("person_id", "topic").annotate(since=Min("at")))
    ids = {person_id for person_id, _topic, _since in rows}
    chosen = {
        (person_id, kind): way
        for person_id, kind, way in MailChoice.objects.filter(person__in=ids).values_list(
            "person_id", "kind", "way"
        )
    }
    zones = dict(Person.objects.filter(pk__in=ids).values_list("pk", "time_zone"))
    found: dict[int, list[str]] = {}
    for person_id, topic, since in sorted(rows):
        way = chosen.get((person_id, topic), str(follows.default_way(topic)))
        if _is_time(way, since, now, zones[person_id]):
            found.setdefault(person_id, []).append(topic)
    return found


def _is_time(way: str, since: datetime, now: datetime, zone: str) -> bool:
    """Whether it is time for what waited since; what was chosen meanwhile holds at once."""
    return way in (Way.AT_ONCE, Way.NEVER) or is_due(way, since, now, zone)


def collect_notices(person: Person, topics: Sequence[str], now: datetime) -> Part | None:
    """Return the notices of these topics that wait, and mark that they do so no more.

    Those read meanwhile, and those about what the person may not see any more, are not told. The
    part's `told` is their ids.
    """
    rows = Notice.objects.select_for_update(of=("self",)).filter(
        person=person, waits=True, topic__in=topics
    )
    waiting = list(rows.select_related("line__actor").order_by("pk")[:MOST_NOTICES])
    Notice.objects.filter(pk__in=[row.pk for row in waiting]).update(waits=False)
    ways = ways_of(person)
    told = [
        row
        for row in waiting
        if row.read_at is None and ways.get(row.topic, Way.DAILY) != Way.NEVER
    ]
    shown = {one.id: one for one in show_notices(person, told)}
    by_topic: dict[str, list[Line]] = {}
    for row in told:
        if (one := shown.get(row.pk)) is not None:
            line = Line(notices.without_marks(one.text), settings.PUBLIC_URL + one.url)
            by_topic.setdefault(row.topic, []).append(line)
    if not by_topic:
        return None
    count = sum(map(len, by_topic.values()))
    return Part(
        title=ngettext("%(count)s notice", "%(count)s notices", count) % {"count": count},
        template="mail/people/_notices.txt",
        facts={"topics": [_topic(kind, lines) for kind, lines in sorted(by_topic.items())]},
        told=sorted(shown),
    )


def notices_stand(person: Person, ids: Sequence[int]) -> bool:
    """Whether a person may still see all that these notices are about."""
    rows = Notice.objects.filter(person=person, pk__in=ids)
    pairs = list(rows.values_list("thing_kind", "thing_id"))
    return len(pairs) == len(ids) and set(pairs) <= seen_things(person, pairs).keys()


def give_notices_back(person: Person, ids: Sequence[int]) -> None:
    """Let these notices wait again for the next mail."""
    Notice.objects.filter(person=person, pk__in=ids).update(waits=True)


def _topic(kind: str, lines: list[Line]) -> Topic:
    title = str(follows.followable(kind).title) if follows.is_followable(kind) else ""
    return Topic(title, lines[:LINES_A_TOPIC], len(lines[LINES_A_TOPIC:]))
