"""Telling people what happened, and what they have read."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core import journal, things
from core.among import among
from core.errors import InvalidInput, NotAllowed, locked
from core.mail import send_mail_to
from core.models import JournalLine, StoredFile
from people import notices
from people.actions.push import push_to
from people.follow_queries import way_of
from people.models import MailChoice, Notice, NoticeChoice, Person
from people.models.standing import MOST_UNREAD
from people.moments import as_read_by
from people.queries import email_of


@transaction.atomic
def notify(
    *,
    person: Person,
    line: JournalLine,
    mail: str = "",
    context: Mapping[str, Any] | None = None,
    headers: dict[str, str] | None = None,
    token: str = "",
    about: Model | None = None,
    verb: str = "",
    topic: str = "",
    files: Collection[StoredFile] = (),
    address: str = "",
) -> Notice | None:
    """Put what a journal line tells on a person's bell, once however often it is asked.

    Called by followers. None for who did it, for who may not see the thing, and for the erased.
    mail: a mail template of core.mail, sent along with the first notice; its context has `notice`
    (people.notices.ShownNotice), `url` (absolute), and what `context` adds. "people/notice" fits
    any: the notice's text and where it leads. The person's browsers are told too. headers, token,
    files: of core.mail.send_mail_to. about: the thing whose agents see whether the mail arrived,
    where it is another than the notice's. verb: what the line means to this person, where that is
    another text. topic: of people.follows, by which the person chose how its mail comes: at once,
    in the next mail of many, or never. address: where the mail goes to who has no proven one
    (email_of).
    """
    if person.pk == line.actor_id or person.state == Person.State.ERASED:
        return None
    thing = things.thing_of(line.thing_kind)
    row = thing.visible_to(person).filter(pk=line.thing_id).first()
    if row is None:
        return None
    way = way_of(person, topic) if topic else MailChoice.Way.AT_ONCE
    notice, is_new = Notice.objects.get_or_create(
        person=person,
        line=line,
        defaults={
            "verb": verb or line.verb,
            "topic": topic,
            "waits": way in (MailChoice.Way.DAILY, MailChoice.Way.WEEKLY),
            "thing_kind": line.thing_kind,
            "thing_id": line.thing_id,
            "at": line.at,
        },
    )
    if is_new:
        with as_read_by(person):
            actor, label = things.named_for(person, row, line.actor)
            shown = notices.show(notice, actor=actor, label=label, url=things.url_of(row))
        push_to(
            person=person,
            title=shown.text,
            url=reverse("notice", args=[notice.pk]),
            tag=f"notice-{notice.pk}",
            kind=notice.thing_kind,
            object_id=notice.thing_id,
        )
        if mail and way == MailChoice.Way.AT_ONCE:
            _send(
                person,
                shown,
                about or row,
                mail,
                context or {},
                headers=headers or {},
                token=token,
                files=files,
                address=address,
            )
    return notice


def _send(
    person: Person,
    shown: notices.ShownNotice,
    row: Any,
    template: str,
    context: Mapping[str, Any],
    *,
    headers: dict[str, str],
    token: str,
    files: Collection[StoredFile],
    address: str,
) -> None:
    address = email_of(person) or address
    if not address:
        return
    send_mail_to(
        to=address,
        language=person.interface_language,
        time_zone=person.time_zone,
        template=template,
        context={
            "notice": replace(shown, text=notices.without_marks(shown.text)),
            "url": settings.PUBLIC_URL + shown.url,
            **context,
        },
        thing=row,
        headers=headers,
        token=token,
        files=files,
    )


@transaction.atomic
def read_notice(*, actor: Person, notice_id: int) -> Notice:
    """Mark one of one's own notices as read."""
    notice = locked(Notice.objects.visible_to(actor), pk=notice_id)
    if notice.read_at is None:
        notice.read_at = timezone.now()
        notice.save(update_fields=["read_at"])
    return notice


def read_notices_about(*, actor: Person, shown: Mapping[str, Collection[int]]) -> int:
    """Mark as read the notices about what a page shows; return how many.

    shown: ids by kind of thing. A notice is of its own thing and of what its line belongs to, but
    a thing of a kind that is shown counts where it is shown itself: an answer on another page of
    its question is not read on this one. Called by the page; rights were its to check. Without
    unread notices, which is known with who reads, nothing is asked; without one that fits, nothing
    is written.
    """
    if actor.unread_notices == 0:
        return 0
    fits = Q(pk__in=[])
    for kind, ids in shown.items():
        fits |= Q(among("thing_id", ids), thing_kind=kind)
        belongs = Q(among("line__parent_id", ids), line__parent_kind=kind)
        fits |= belongs & ~Q(thing_kind__in=list(shown))
    unread = Notice.objects.visible_to(actor).unread()
    found = list(unread.filter(fits).values_list("pk", flat=True))
    if found:
        unread.filter(among("pk", found)).update(read_at=timezone.now())
        if actor.unread_notices is not None:
            left = actor.unread_notices - len(found)
            if actor.unread_notices >= MOST_UNREAD:  # more were not told apart
                left = unread[:MOST_UNREAD].count()
            actor.unread_notices = max(left, 0)
    return len(found)


def read_all_notices(*, actor: Person) -> int:
    """Mark all of one's own notices as read; return how many were not."""
    return Notice.objects.visible_to(actor).unread().update(read_at=timezone.now())


@transaction.atomic
def choose_digest(*, actor: Person, digest: str) -> NoticeChoice:
    """Choose how often a mail tells what one missed in chat; suspended people may too.

    digest: of NoticeChoice.Digest. Raises NotAllowed, InvalidInput.
    """
    if not (isinstance(actor, Person) and actor.is_active):
        raise NotAllowed
    if digest not in NoticeChoice.Digest.values:
        raise InvalidInput.of("digest", "invalid_choice", _("Choose how often."))
    locked(Person.objects.all(), pk=actor.pk)
    choice, _is_new = NoticeChoice.objects.update_or_create(
        person=actor, defaults={"digest": digest}
    )
    journal.record(
        "people.digest_chosen",
        actor=actor,
        thing=actor,
        audience=journal.SYSTEM,
        changes={"digest": digest},
    )
    return choice
