"""The mails about a ticket: to who asked, who takes part, and who works on it."""

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.urls import reverse

from core.enclosing import enclosed
from core.files import files_of
from core.mail import one_click, send_mail_to
from core.markup import written_piece
from core.models import JournalLine, StoredFile
from helpdesk.actions.automation import is_by_a_rule
from helpdesk.masking import files_as_seen_by, message_as_seen_by
from helpdesk.models import Message, Share, Ticket
from helpdesk.queries import letters
from helpdesk.queries.mails import asks_by_program
from helpdesk.tokens import SHARE, token
from people.actions import notify
from people.models import Person
from people.models.person import UNPROVEN
from people.queries import email_of

# What is sent by no person, to who wrote by mail. Source: RFC 3834, section 3.1.7.
BY_ITSELF = {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "OOF, AutoReply"}
BY_A_PERSON = {"Auto-Submitted": "no"}


def mail_receipt(ticket: Ticket, *, opener: Person | None = None) -> None:
    """Tell who asked that it arrived, if there is an address. What they wrote does not stand in it.

    opener: who opened it for them.

    Nor in any other mail we send by ourselves: whoever forged the sender would have us deliver it.
    A program hears nothing.
    """
    person = ticket.requester
    address = email_of(person) or _named_address(person, ticket)
    if not address or asks_by_program(ticket):
        return
    send_mail_to(
        to=address,
        language=person.interface_language,
        time_zone=person.time_zone,
        template="helpdesk/ticket_opened",
        context={"ticket": ticket, "url": settings.PUBLIC_URL + ticket.path, "opener": opener},
        thing=ticket,
        token=letters.token_for(person, ticket),
        headers={**letters.thread_headers(person, ticket), **BY_ITSELF},
    )


def mail_message(line: JournalLine, message: Message, person: Person, *, mail: str) -> None:
    """Tell of a message or note, with a mail that can be answered and has what was said before.

    Its files go along as far as core.enclosing lets them; the mail leads to the others.
    A rule's message is sent by itself: nothing that was said before stands in it, and a program
    that asked does not get it.
    """
    if person.pk == line.actor_id:
        return
    ticket = message.ticket
    if person.pk == ticket.requester_id and _is_between_programs(line, ticket):
        mail = ""
    seen = message_as_seen_by(person, message)
    is_alone = message.internal or is_by_a_rule(line)
    before = None if is_alone else letters.said_before(message, person)
    files, linked = _files_for(person, message)
    notify(
        person=person,
        line=line,
        mail=mail,
        context={
            "message": seen,
            "said": written_piece(seen),
            "before": before,
            "linked": linked,
        },
        token=letters.token_for(person, ticket, note=message.internal),
        headers={**letters.thread_headers(person, ticket), **_sent_by(line)},
        about=ticket,
        files=files,
        address=_named_address(person, ticket),
    )


def _files_for(person: Person, message: Message) -> tuple[list[StoredFile], list[StoredFile]]:
    """Return which files of a message go along with its mail to a person, and which it names."""
    return enclosed(files_as_seen_by(person, message, files_of(message)))


def mail_requester(
    line: JournalLine,
    ticket: Ticket,
    mail: str,
    facts: dict[str, Any],
    *,
    about: Ticket | None = None,
) -> None:
    """Tell who asked what became of their ticket, with a mail that can be answered.

    A program that asked gets none of what happens by itself.
    mail: a template of core.mail. about: the ticket whose messages it quotes, where that is
    another: what is purged there leaves the mail too.
    """
    by_itself = BY_ITSELF if is_by_a_rule(line) else {}
    notify(
        person=ticket.requester,
        line=line,
        mail="" if _is_between_programs(line, ticket) else mail,
        context={"ticket": ticket, **facts},
        token=letters.token_for(ticket.requester, ticket),
        headers={**letters.thread_headers(ticket.requester, ticket), **by_itself},
        about=about,
        address=_named_address(ticket.requester, ticket),
    )


def _named_address(person: Person, ticket: Ticket) -> str:
    """Return the unproven address to which this ticket's mails go to who asked, else nothing.

    As to a stub: they wrote from it, or an agent was told it. It gives what an answer to the ticket
    gives; signing in asks for a code all the same. Whom we imported hears of nothing else there.
    """
    if person.pk != ticket.requester_id or person.state_now not in UNPROVEN:
        return ""
    row = ticket.named_address
    return row.email if row is not None and row.user_id == person.pk else ""


def _is_between_programs(line: JournalLine, ticket: Ticket) -> bool:
    """Whether no person would send a mail, and none asked: it is not sent."""
    by_itself = line.actor_id is None or is_by_a_rule(line)
    return by_itself and asks_by_program(ticket)


def mail_reply_to_guest(line: JournalLine, message: Message, share: Share) -> None:
    """Send a reply to the address of an invitation, with what was said before it, since then.

    As mail_message(): nothing of that beside a rule's message.
    """
    by_rule = is_by_a_rule(line)
    before = None if by_rule else letters.said_before(message, share.person, share=share)
    files, linked = _files_for(share.person, message)
    facts = {
        "message": message,
        "said": written_piece(message),
        "before": before,
        "linked": linked,
    }
    mail_guest(share, "helpdesk/guest_reply", facts, _sent_by(line), files)


def _sent_by(line: JournalLine) -> dict[str, str]:
    return BY_ITSELF if is_by_a_rule(line) else BY_A_PERSON


def mail_guest(
    share: Share,
    template: str,
    facts: dict[str, Any],
    headers: dict[str, str] | None = None,
    files: Collection[StoredFile] = (),
) -> None:
    """Send a mail to the address of an invitation, with the way out."""
    person, ticket = share.person, share.ticket
    leaving = settings.PUBLIC_URL + reverse("share_leaving", args=[token(SHARE, share.pk)])
    send_mail_to(
        to=share.address,
        language=person.interface_language,
        time_zone=person.time_zone,
        template=template,
        context={
            **facts,
            "ticket": ticket,
            "url": settings.PUBLIC_URL + ticket.path,
            "leaving": leaving,
        },
        thing=ticket,
        token=letters.token_for(person, ticket),
        headers={
            **letters.thread_headers(person, ticket),
            **one_click(leaving),
            **(headers or {}),
        },
        files=files,
    )
