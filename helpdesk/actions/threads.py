"""To which ticket a mail belongs, and by what that is known."""

import re
from dataclasses import dataclass
from typing import Final

from core import replies
from core.replies import Answered
from helpdesk.mail import ParsedMail
from helpdesk.models import InboundMail, Share, Ticket
from helpdesk.numbers import id_of
from helpdesk.queries.letters import NOTE, TICKET
from people.models import Person

NUMBER: Final = re.compile(r"\b([0-9A-Za-z]{3}-[0-9A-Za-z]{3}-[0-9A-Za-z])\b")


@dataclass(frozen=True)
class Thread:
    """The ticket a mail belongs to. proof: `token`, `reference` or `subject`.

    person_id: whose token it was; None without a token.
    """

    ticket: Ticket
    proof: str
    person_id: int | None = None
    is_note: bool = False


def find_thread(parsed: ParsedMail, answered: Answered | None) -> Thread | None:
    """Return the thread of a mail: by its token, by the mails it refers to, by its subject."""
    if answered is not None and answered.kind in (TICKET, NOTE):
        rows = Ticket.objects.filter(pk=answered.object_id)
        ticket = rows.select_related("queue").first()
        if ticket is not None:
            return Thread(ticket, "token", answered.person_id, answered.kind == NOTE)
    elif answered is not None:
        return None
    return _by_references(parsed) or _by_subject(parsed.subject)


def _by_references(parsed: ParsedMail) -> Thread | None:
    ids = list(parsed.references)[-50:]
    rows = InboundMail.objects.filter(mail_id__in=ids, ticket__isnull=False)
    known = {row.mail_id: row.ticket for row in rows.select_related("ticket__queue")}
    for one in reversed(ids):
        if (ticket := known.get(one)) is not None:
            return Thread(ticket, "reference")
    return None


def _by_subject(subject: str) -> Thread | None:
    for number in NUMBER.findall(subject):
        try:
            ticket_id = id_of(number)
        except ValueError:
            continue
        ticket = Ticket.objects.filter(pk=ticket_id).select_related("queue").first()
        if ticket is not None:
            return Thread(ticket, "subject")
    return None


def is_our_own(parsed: ParsedMail) -> bool:
    """Whether a mail is one of ours that went round in a circle, or would send us ours."""
    if replies.is_own([parsed.from_email, parsed.writer[1]]):
        return True
    return replies.read_token(parsed.message_id) is not None


def takes_part(person: Person, ticket: Ticket) -> bool:
    """Whether someone asked in a ticket, or has it shown to them: who may write by name alone.

    Never an agent: who writes as one, must have had a mail of ours.
    """
    if ticket.requester_id == person.pk:
        return True
    return Share.objects.filter(ticket=ticket, person=person).exists()


def lives_on(ticket: Ticket) -> Ticket:
    """Return the ticket in which a merged one goes on, else itself."""
    seen = {ticket.pk}
    while ticket.merged_into is not None and ticket.merged_into_id not in seen:
        ticket = ticket.merged_into
        seen.add(ticket.pk)
    return ticket
