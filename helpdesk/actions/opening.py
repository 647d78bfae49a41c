"""Opening a ticket, or not having to."""

from collections.abc import Mapping, Sequence
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.actions import open_room
from core import things
from core.confided import point_out_secrets
from core.errors import InvalidInput, NotAllowed, NotSeen
from core.journal import STAFF, record
from helpdesk import rules
from helpdesk.actions.clocks import renew_clocks
from helpdesk.actions.fields import fill_new, texts_for_new
from helpdesk.actions.steps import MOVING
from helpdesk.actions.talking import say
from helpdesk.actions.visiting import keep_opened, keep_solved
from helpdesk.models import Queue, Suggestion, Ticket
from helpdesk.queries.levels import level_in_force
from helpdesk.states import Side
from people.models import HostedSite, Person
from people.models.person import UNPROVEN
from people.queries import email_of, own_sites, seen_things
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
    fields: Mapping[str, Any] | None = None,
    send_secrets: bool = True,
) -> Ticket:
    """Ask the association for help; return the ticket, its first message said, its room open.

    The best level in force now is frozen on it. site_id: one of the actor's own sites; an
    organisation's site makes it a ticket of the organisation. uploads: attachments. looked:
    (kind, id) of past answers that were shown and did not help. fields: the queue's, by key; None
    where nobody could be asked for them (a mail), and then none is required. send_secrets: False
    where the writer can be asked, which a mail's cannot.
    Raises NotAllowed, SecretsFound, InvalidInput (subject, source, language, site, attachments,
    fields.KEY).
    """
    if not rules.can_open(actor):
        raise NotAllowed
    if language not in (*dict(settings.SPOKEN_LANGUAGES), "und"):
        raise InvalidInput.of("language", "invalid_choice", _("Choose one of the languages."))
    texts = {"subject": subject, **texts_for_new(fields or {}), "source": source}
    point_out_secrets(texts, send_secrets=send_secrets)
    ticket = begin_ticket(
        requester=actor,
        subject=checked_subject(subject),
        source=source,
        language=language,
        site=own_site(actor, site_id),
        uploads=uploads,
        looked=looked,
        fields=fields,
    )
    keep_opened(actor, ticket, ticket.opened_at)
    return ticket


def begin_ticket(
    *,
    requester: Person,
    subject: str,
    source: str,
    language: str,
    site: HostedSite | None = None,
    queue: Queue | None = None,
    uploads: Sequence[Any] = (),
    looked: Sequence[tuple[str, int]] = (),
    fields: Mapping[str, Any] | None = None,
    address: str = "",
    actor: Person | None = None,
    author: Person | None = None,
    changes: dict[str, Any] | None = None,
) -> Ticket:
    """Make a ticket of what its caller has checked; rights are the caller's to ask.

    queue: left out, the default one. address: they wrote from it, or an agent was told it. actor:
    who opens it, where it is not the requester. author: who wrote its first message down, where
    that is not the requester; its files are the requester's all the same. changes: more for the
    journal. Raises InvalidInput (source, attachments).
    """
    now = timezone.now()
    ticket = Ticket.objects.create(
        requester=requester,
        organisation=site.organisation if site else None,
        site=site,
        queue=queue or default_queue(),
        subject=subject,
        language=language,
        level_version=level_in_force(requester, site, now),
        opened_at=now,
        last_activity_at=now,
        waiting_since=now,
        turn_at=now,  # until its clocks are made
        named_address=_unproven(requester, address) if address else None,
    )
    author = author or requester
    say(
        ticket,
        source,
        actor=author,
        side=Side.REQUESTER,
        uploads=uploads,
        files_of=requester,
        now=now,
    )
    renew_clocks(ticket)
    ticket.save(update_fields=MOVING)
    shown = _keep_looked(ticket, requester, looked)
    filled = [] if fields is None else fill_new(ticket, fields)
    if filled:
        shown["fields"] = filled
    open_room(actor=requester, kind="helpdesk.ticket", object_id=ticket.pk)
    record(
        "helpdesk.ticket_opened",
        actor=actor or requester,
        on_behalf_of=requester if author.pk != requester.pk else None,
        thing=ticket,
        changes={
            "queue": ticket.queue_id,
            "level_version": ticket.level_version_id,
            **shown,
            **(changes or {}),
        },
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
    keep_solved(actor, kind, object_id, timezone.now())
    suggestion, is_new = Suggestion.objects.get_or_create(
        person=actor, thing_kind=kind, thing_id=object_id, ticket=None
    )
    if is_new:
        record("helpdesk.solved_by_answer", actor=actor, thing=row, audience=STAFF)
    return suggestion


def _unproven(person: Person, address: str) -> EmailAddress | None:
    """Return this address of someone who has proven none, as nothing else would be mailed there."""
    if person.state_now not in UNPROVEN or email_of(person) is not None:
        return None
    return EmailAddress.objects.filter(user=person, email__iexact=address.strip()).first()


def default_queue() -> Queue:
    """Return the queue that takes what nobody sorted; the first ticket of all makes it."""
    queue, _is_new = Queue.objects.get_or_create(is_default=True, defaults=FIRST_QUEUE)
    return queue


def own_site(person: Person, site_id: int | None) -> HostedSite | None:
    """Return one of a person's own sites; of none, None. Raises InvalidInput (site)."""
    if site_id is None:
        return None
    site = own_sites(person).filter(pk=site_id).select_related("organisation").first()
    if site is None:
        raise InvalidInput.of("site", "not_yours", _("Choose one of the requester's own sites."))
    return site


def checked_subject(subject: str) -> str:
    """Return a subject with single spaces. Raises InvalidInput (subject)."""
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
