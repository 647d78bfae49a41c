"""Opening a ticket, or not having to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.actions import open_room
from core import things
from core.errors import InvalidInput, NotAllowed, NotSeen
from core.journal import STAFF, record
from helpdesk import clocks, rules
from helpdesk.actions.steps import MOVING
from helpdesk.actions.talking import say
from helpdesk.models import Queue, Suggestion, Ticket
from helpdesk.states import Side
from people.models import GuaranteeLevelVersion, HostedSite, Person
from people.queries import own_sites, seen_things
from search.documents import sources

SHORTEST_SUBJECT, LONGEST_SUBJECT = 3, 200
MOST_LOOKED = 10
FIRST_QUEUE = {"slug": "help", "names": {"en": "Help", "fr": "Aide"}}


@transaction.atomic
def open_ticket(
    *,
    actor: Person,
    subject: str,
    source: str,
    language: str,
    site_id: int | None = None,
    uploads: Sequence[Any] = (),
    looked: Sequence[tuple[str, int]] = (),
) -> Ticket:
    """Ask the association for help; return the ticket, its first message said, its room open.

    The level in force now is frozen on it. site_id: one of the actor's own sites; an
    organisation's site makes it a ticket of the organisation. uploads: attachments. looked:
    (kind, id) of past answers that were shown and did not help.
    Raises NotAllowed, InvalidInput (subject, source, language, site, attachments).
    """
    if not rules.can_open(actor):
        raise NotAllowed
    if language not in (*dict(settings.SPOKEN_LANGUAGES), "und"):
        raise InvalidInput.of("language", "invalid_choice", _("Choose one of the languages."))
    now = timezone.now()
    site = _own_site(actor, site_id)
    version = level_in_force(site, now)
    minutes = version.first_response_minutes if version else None
    ticket = Ticket.objects.create(
        requester=actor,
        organisation=site.organisation if site else None,
        site=site,
        queue=default_queue(),
        subject=_checked_subject(subject),
        language=language,
        level_version=version,
        opened_at=now,
        last_activity_at=now,
        waiting_since=now,
        turn_at=clocks.turn_at(now, minutes),
        first_response_due_at=clocks.due_at(now, minutes),
    )
    say(ticket, source, actor=actor, side=Side.REQUESTER, uploads=uploads, now=now)
    ticket.save(update_fields=MOVING)
    shown = _keep_looked(ticket, actor, looked)
    open_room(actor=actor, kind="helpdesk.ticket", object_id=ticket.pk)
    record(
        "helpdesk.ticket_opened",
        actor=actor,
        thing=ticket,
        changes={"queue": ticket.queue_id, "level_version": ticket.level_version_id, **shown},
    )
    return ticket


@transaction.atomic
def solved_by_answer(*, actor: Person, kind: str, object_id: int) -> Suggestion:
    """Say that a past answer solved it, so that no ticket is needed; counted once.

    Raises NotAllowed, NotSeen for what one cannot find by search.
    """
    if not rules.can_open(actor):
        raise NotAllowed
    if kind not in {source.kind for source in sources()}:
        raise NotSeen
    row = things.find(kind, object_id, actor)
    suggestion, is_new = Suggestion.objects.get_or_create(
        person=actor, thing_kind=kind, thing_id=object_id, ticket=None
    )
    if is_new:
        record("helpdesk.solved_by_answer", actor=actor, thing=row, audience=STAFF)
    return suggestion


def default_queue() -> Queue:
    """Return the queue that takes what nobody sorted; the first ticket of all makes it."""
    queue, _is_new = Queue.objects.get_or_create(is_default=True, defaults=FIRST_QUEUE)
    return queue


def level_in_force(site: HostedSite | None, now: datetime) -> GuaranteeLevelVersion | None:
    """Return what is promised now for a site, or to all; None where no level is written yet."""
    versions = GuaranteeLevelVersion.objects.filter(since__lte=now).order_by("-since", "-pk")
    if site is not None:
        return versions.filter(level=site.level_id).first()
    return versions.filter(level__is_default=True).first()


def _own_site(actor: Person, site_id: int | None) -> HostedSite | None:
    if site_id is None:
        return None
    site = own_sites(actor).filter(pk=site_id).select_related("organisation").first()
    if site is None:
        raise InvalidInput.of("site", "not_yours", _("Choose one of your own sites."))
    return site


def _checked_subject(subject: str) -> str:
    subject = " ".join(subject.split())
    if not SHORTEST_SUBJECT <= len(subject) <= LONGEST_SUBJECT:
        raise InvalidInput.of("subject", "length", _("Say it in 3 to 200 characters."))
    return subject


def _keep_looked(
    ticket: Ticket, actor: Person, looked: Sequence[tuple[str, int]]
) -> dict[str, list[str]]:
    """Keep which suggestions did not help, as far as the actor could see them."""
    shown = sorted(seen_things(actor, looked[:MOST_LOOKED]))
    Suggestion.objects.bulk_create(
        Suggestion(person=actor, ticket=ticket, thing_kind=kind, thing_id=object_id)
        for kind, object_id in shown
    )
    return {"looked": [f"{kind}:{object_id}" for kind, object_id in shown]} if shown else {}
