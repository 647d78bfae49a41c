"""Opening a ticket for somebody: who calls, or stands at the counter."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from core.confided import point_out_secrets
from core.errors import InvalidInput, NotAllowed
from helpdesk import rules
from helpdesk.actions.fields import fill_fields
from helpdesk.actions.opening import begin_ticket, checked_subject, default_queue, own_site
from helpdesk.models import Queue, Ticket
from helpdesk.queries.sites import site_meant, site_named
from people.actions import person_at
from people.models import HostedSite, Person
from people.models.person import folded


@transaction.atomic
def open_ticket_for(
    *,
    actor: Person,
    requester: str,
    subject: str,
    source: str,
    language: str,
    queue_slug: str = "",
    site: str | int | None = None,
    uploads: Sequence[Any] = (),
    fields: Mapping[str, Any] | None = None,
    send_secrets: bool = True,
) -> Ticket:
    """Open a ticket for somebody, with what they told the actor, who writes it down.

    requester: a handle, or a mail address; one that nobody here has makes a stub. They get the
    receipt, and see and answer the ticket as if they had opened it. queue_slug: empty, the default
    one. site: one of theirs, by its domain or its id, for staff to say; left out, the one they mean
    (see site_meant). fields: the queue's, by key, none of them
    required. send_secrets: see open_ticket().
    Raises NotAllowed (no agent of that queue), SecretsFound, InvalidInput (requester, queue,
    site, subject, source, language, attachments, fields.KEY).
    """
    queue = _queue(queue_slug)
    if not rules.can_open_for(actor, queue.pk):
        raise NotAllowed(_("Agents open tickets for others, in the queues they work."))
    if language not in (*dict(settings.SPOKEN_LANGUAGES), "und"):
        raise InvalidInput.of("language", "invalid_choice", _("Choose one of the languages."))
    subject = checked_subject(subject)
    point_out_secrets({"subject": subject, "source": source}, send_secrets=send_secrets)
    person = _requester(requester, language)
    if person.pk == actor.pk:
        raise InvalidInput.of("requester", "not_possible", _("Name somebody else."))
    about = _site(actor, person, site, queue)
    ticket = begin_ticket(
        requester=person,
        subject=subject,
        source=source,
        language=language,
        site=about or site_meant(person, f"{subject}\n{source}"),
        queue=queue,
        uploads=uploads,
        address=requester if _is_address(requester) else "",
        actor=actor,
        author=actor,
        changes={"person": person.pk},
    )
    if not fields:
        return ticket
    return fill_fields(actor=actor, ticket_id=ticket.pk, values=fields, send_secrets=send_secrets)


def _site(
    actor: Person, person: Person, named: str | int | None, queue: Queue
) -> HostedSite | None:
    if named is None or not str(named).strip():
        return None
    if not rules.can_open_about_site(actor, queue.pk):
        raise InvalidInput.of("site", "not_possible", _("Name it in what they said instead."))
    return own_site(person, named) if isinstance(named, int) else site_named(person, named)


def _queue(slug: str) -> Queue:
    if not slug:
        return default_queue()
    queue = Queue.objects.filter(slug=slug).first()
    if queue is None:
        raise InvalidInput.of("queue", "invalid_choice", _("Choose one of the queues."))
    return queue


def _requester(called: str, language: str) -> Person:
    """Return whom a handle or an address means; suspended people are helped by nobody."""
    called = called.strip()
    person = _person_at(called, language) if _is_address(called) else _person_called(called)
    if person.state_now == Person.State.SUSPENDED:  # volunteers are not told why
        raise InvalidInput.of("requester", "not_possible", _("This person cannot be helped so."))
    return person


def _is_address(called: str) -> bool:
    return "@" in called.strip()[1:]  # a handle may be written with the mark before it


def _person_called(handle: str) -> Person:
    people = Person.objects.exclude(state=Person.State.ERASED)
    person = people.filter(handle_folded=folded(handle.removeprefix("@"))).first()
    if person is None:
        raise InvalidInput.of("requester", "unknown_person", _("Nobody here is called so."))
    return person


def _person_at(address: str, language: str) -> Person:
    try:
        validate_email(address)
    except ValidationError:
        raise InvalidInput.of("requester", "invalid", _("This is not a mail address.")) from None
    return person_at(address=address, language=language)
