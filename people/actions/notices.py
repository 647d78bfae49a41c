"""Telling people what happened, and what they have read."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from core import things
from core.errors import locked
from core.mail import send_mail_to
from core.models import JournalLine
from people import notices
from people.models import Notice, Person
from people.queries import email_of


@transaction.atomic
def notify(
    *,
    person: Person,
    line: JournalLine,
    mail: str = "",
    context: Mapping[str, Any] | None = None,
) -> Notice | None:
    """Put what a journal line tells on a person's bell, once however often it is asked.

    Called by followers. None for who did it, for who may not see the thing, and for the erased.
    mail: a mail template of core.mail, sent along with the first notice; its context has `notice`
    (people.notices.ShownNotice), `url` (absolute), and what `context` adds. "people/notice" fits
    any: the notice's text and where it leads.
    """
    if person.pk == line.actor_id or person.state == Person.State.ERASED:
        return None
    thing = things.thing_of(line.thing_kind)
    row = thing.visible_to(person).filter(pk=line.thing_id).first()
    if row is None:
        return None
    notice, is_new = Notice.objects.get_or_create(
        person=person,
        line=line,
        defaults={
            "verb": line.verb,
            "thing_kind": line.thing_kind,
            "thing_id": line.thing_id,
            "at": line.at,
        },
    )
    if mail and is_new:
        _send(notice, row, mail, context or {})
    return notice


def _send(notice: Notice, row: Any, template: str, context: Mapping[str, Any]) -> None:
    person = notice.person
    address = email_of(person)
    if address is None:
        return
    with translation.override(person.interface_language):
        shown = notices.show(notice, label=things.label_of(row), url=things.url_of(row))
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
    )


@transaction.atomic
def read_notice(*, actor: Person, notice_id: int) -> Notice:
    """Mark one of one's own notices as read."""
    notice = locked(Notice.objects.visible_to(actor), pk=notice_id)
    if notice.read_at is None:
        notice.read_at = timezone.now()
        notice.save(update_fields=["read_at"])
    return notice


def read_all_notices(*, actor: Person) -> int:
    """Mark all of one's own notices as read; return how many were not."""
    return Notice.objects.visible_to(actor).unread().update(read_at=timezone.now())
