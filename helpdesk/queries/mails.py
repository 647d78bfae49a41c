"""Mails for agents: those to decide on, one in full, and what a ticket's page tells of them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import seen
from core.models import OutgoingMail, UndeliverableAddress
from helpdesk.mail import ParsedMail, parse_mail
from helpdesk.mail.shown import rejoined
from helpdesk.models import InboundMail, Message, Ticket

REASONS: dict[str, Any] = {
    "automatic": _("Written by a program, and answers no mail of ours."),
    "own_mail": _("Comes from our own address: it may have gone round in a circle."),
    "no_sender": _("Does not say who sent it."),
    "too_large": _("Larger than we take: the end is missing."),
    "too_many": _("Too many mails from this address within an hour."),
    "suspended": _("The sender's account is suspended."),
    "another_address": _(
        "Answers a mail of ours from another address than the one it was sent to."
    ),
    "not_a_participant": _("Names a ticket in which the sender does not take part."),
    "sees_no_more": _("Answers what the sender does not see any more."),
    "may_not_act": _("The sender's account may not write there."),
}
PROOFS: dict[str, Any] = {
    "token": _("The sender had our mail: its signed address or id came back."),
    "reference": _("By the mail it refers to, and the sender's address alone."),
    "subject": _("By the number in its subject, and the sender's address alone."),
    "agent": _("An agent decided it."),
}
BY_NEWEST = ("-id",)
SETTLED_WITHIN = timedelta(minutes=15)  # after the first five, each minute is a new attempt


@dataclass(frozen=True)
class MailPage:
    """One mail in full. parsed: None once the mail itself was purged, or where nobody can read it.

    text, folded: what it says, and what it quotes and signs, as people read them (rejoined).
    waits, has_failed: an agent must decide on it; then it can only be tried again, or discarded.
    """

    mail: InboundMail
    parsed: ParsedMail | None
    text: str
    folded: str
    reason: str
    proof: str
    waits: bool
    has_failed: bool


@dataclass(frozen=True)
class TicketMails:
    """What agents of a ticket should know of its mails."""

    automatic: list[InboundMail]
    failed: list[OutgoingMail]
    dead: list[str]


def mails_of(person: Any, *, waiting: bool = True) -> QuerySet[InboundMail]:
    """Return the mails of one's queues: those to decide on, or all."""
    rows = InboundMail.objects.visible_to(person).defer("raw", "folded_text")
    rows = rows.waiting() if waiting else rows
    return rows.select_related("queue", "ticket", "person")


def health_of_mails() -> dict[str, Any]:
    """Return whether mails that came in found their way: none failed, or lies there unsettled."""
    rows = InboundMail.objects.order_by()
    failed = rows.filter(outcome=InboundMail.Outcome.FAILED).count()
    old = timezone.now() - SETTLED_WITHIN
    waiting = rows.filter(outcome=InboundMail.Outcome.RECEIVED, received_at__lt=old).count()
    return {"ok": not failed and not waiting, "failed": failed, "waiting": waiting}


def asks_by_program(ticket: Ticket) -> bool:
    """Whether all that who asked has said in a ticket was written by a program.

    An agent opened it with such a mail. Its requester hears of what people do, and of nothing that
    happens by itself: two programs would answer each other for ever.
    """
    said = Message.objects.filter(ticket=ticket, author=ticket.requester_id, internal=False)
    return set(said.values_list("mail__is_automatic", flat=True)) == {True}


def reason_words(mail: InboundMail) -> str:
    """Return why a mail waits, or what was found."""
    if mail.outcome == InboundMail.Outcome.FAILED:
        return str(_("We failed to take it in, again and again. The office sees why."))
    if mail.reason.startswith("refused_"):
        return str(_("What it answers cannot be answered so now."))
    return str(REASONS.get(mail.reason, ""))


def mail_page(person: Any, mail_id: int) -> MailPage:
    """Return one mail of one's queues, or of a ticket one works on. Raises NotSeen."""
    mail = seen(_readable(person).select_related("queue", "ticket", "person"), pk=mail_id)
    raw = bytes(mail.raw or b"")
    has_failed = mail.outcome == InboundMail.Outcome.FAILED
    is_read = not has_failed or bool(mail.from_email)  # else reading is what fails
    parsed = parse_mail(raw) if raw and is_read else None
    return MailPage(
        mail=mail,
        parsed=parsed,
        text=rejoined(parsed.visible_text) if parsed else "",
        folded=rejoined(parsed.folded_text) if parsed else "",
        reason=reason_words(mail),
        proof=str(PROOFS.get(mail.proof, "")),
        waits=has_failed or mail.outcome == InboundMail.Outcome.QUARANTINED,
        has_failed=has_failed,
    )


def _readable(person: Any) -> QuerySet[InboundMail]:
    worked = Ticket.objects.staffed_by(person).unmasked_to(person).values("pk")
    own = InboundMail.objects.visible_to(person).values("pk")
    return InboundMail.objects.filter(Q(pk__in=own) | Q(ticket__in=worked))


def rest_of_message(person: Any, messages: Any, message_id: int) -> InboundMail:
    """Return the mail a message one reads came by, with what it quoted. Raises NotSeen.

    messages: those this person reads, of one ticket.
    """
    readable = messages.filter(pk=message_id).values("pk")
    return seen(InboundMail.objects.filter(message__in=readable).defer("raw"))


def has_mails(ticket: str) -> "ExpressionWrapper[Any]":
    """Return, for annotate(), whether ticket_mails() finds any; ticket: the field of its id."""
    kept = InboundMail.objects.filter(ticket=OuterRef(ticket), outcome=InboundMail.Outcome.KEPT)
    failed = OutgoingMail.objects.filter(
        ~Q(failure=""), thing_kind="helpdesk.ticket", thing_id=OuterRef(ticket)
    )
    return ExpressionWrapper(Exists(kept) | Exists(failed), output_field=BooleanField())


def ticket_mails(ticket: Ticket) -> TicketMails:
    """Return the automatic mails kept with a ticket, and the mails of ours that did not arrive."""
    kept = InboundMail.objects.filter(ticket=ticket, outcome=InboundMail.Outcome.KEPT)
    failed = OutgoingMail.objects.filter(
        ~Q(failure=""), thing_kind="helpdesk.ticket", thing_id=ticket.pk
    ).defer("raw")
    rows = list(failed.order_by("-pk")[:10])
    wanted = {row.to.lower() for row in rows}
    dead = UndeliverableAddress.objects.filter(address__in=wanted) if wanted else ()
    return TicketMails(
        automatic=list(kept.defer("raw").order_by("-pk")[:20]),
        failed=rows,
        dead=[row.address for row in dead],
    )
