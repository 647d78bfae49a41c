"""Mails that wait for an agent: to which ticket they belong, or that they belong nowhere."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed, WrongMoment, locked
from core.journal import STAFF, record
from helpdesk import rules
from helpdesk.actions import writing
from helpdesk.mail import ParsedMail, parse_mail
from helpdesk.models import InboundMail, Ticket
from helpdesk.queries.states import check_not_merged
from people.actions import person_of_mail
from people.models import Person

Outcome = InboundMail.Outcome
CHOICES = ("attach", "open", "discard")


@transaction.atomic
def attach_mail(*, actor: Person, mail_id: int, ticket_id: int) -> InboundMail:
    """Put a mail into a ticket: as a message of its sender; an automatic one beside the thread.

    The sender becomes its author and sees no more of the ticket than before. The same again is no
    change. Raises NotSeen, NotAllowed, InvalidInput (ticket), WrongMoment.
    """
    mail = _mail_of(actor, mail_id)
    if mail.ticket_id == ticket_id and mail.outcome in (Outcome.REPLIED, Outcome.KEPT):
        return mail
    _check_waits(mail)
    ticket = locked(Ticket.objects.visible_to(actor), pk=ticket_id)
    if not rules.can_work(actor, ticket):
        raise NotAllowed
    check_not_merged(ticket)
    parsed = _parsed(mail)
    mail.proof, mail.ticket, mail.queue = "agent", ticket, ticket.queue
    if mail.is_automatic:
        mail.outcome = Outcome.KEPT
    else:
        writing.reply_of(mail, parsed, person=_sender(mail, parsed), ticket=ticket)
    return _decided(mail, actor, "attach")


@transaction.atomic
def open_mail(*, actor: Person, mail_id: int) -> InboundMail:
    """Open a ticket with a mail, for who sent it; an automatic one is not answered.

    The same again is no change. Raises NotSeen, NotAllowed, InvalidInput, WrongMoment.
    """
    mail = _mail_of(actor, mail_id)
    if mail.outcome == Outcome.OPENED:
        return mail
    _check_waits(mail)
    parsed = _parsed(mail)
    mail.proof = "agent"
    writing.open_ticket_of(
        mail, parsed, requester=_sender(mail, parsed), queue=mail.queue, actor=actor
    )
    return _decided(mail, actor, "open")


@transaction.atomic
def discard_mail(*, actor: Person, mail_id: int, reason: str) -> InboundMail:
    """Say that nothing is to be done with a mail, and why; it is kept as long as others.

    The same again is no change. Raises NotSeen, NotAllowed, InvalidInput (reason), WrongMoment.
    """
    mail = _mail_of(actor, mail_id)
    if mail.outcome == Outcome.DISCARDED:
        return mail
    if mail.outcome != Outcome.FAILED:
        _check_waits(mail)
    reason = " ".join(reason.split())
    if not 3 <= len(reason) <= 300:
        raise InvalidInput.of("reason", "length", _("Say why, in 3 to 300 characters."))
    mail.outcome, mail.decision_reason = Outcome.DISCARDED, reason
    return _decided(mail, actor, "discard")


def _mail_of(actor: Person, mail_id: int) -> InboundMail:
    return locked(InboundMail.objects.visible_to(actor), pk=mail_id)


def _check_waits(mail: InboundMail) -> None:
    if mail.outcome != Outcome.QUARANTINED:
        raise WrongMoment(_("This mail was decided on already."), code="decided")


def _parsed(mail: InboundMail) -> ParsedMail:
    return parse_mail(bytes(mail.raw or b""))


def _sender(mail: InboundMail, parsed: ParsedMail) -> Person:
    """Return who wrote a mail, made known if need be. Raises InvalidInput where that is nobody."""
    name, address = parsed.writer
    if not address:
        raise InvalidInput.of("sender", "no_sender", _("This mail says not who sent it."))
    return person_of_mail(address=address, name=name, language=parsed.language)


def _decided(mail: InboundMail, actor: Person, choice: str) -> InboundMail:
    mail.decided_by, mail.decided_at = actor, timezone.now()
    mail.save()
    record(
        "helpdesk.mail_decided",
        actor=actor,
        thing=mail,
        parent=mail.ticket,
        audience=STAFF,
        changes={"choice": choice},
    )
    return mail
