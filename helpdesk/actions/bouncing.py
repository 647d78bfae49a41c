"""Mails that say that one of ours did not arrive."""

from allauth.account.models import EmailAddress
from django.db.models import QuerySet

from core import replies
from core.journal import STAFF, record
from core.mail import DIGEST, mark_undeliverable
from core.models import OutgoingMail
from core.replies import Answered
from helpdesk.actions.threads import lives_on
from helpdesk.mail import bounces
from helpdesk.mail.bounces import Report
from helpdesk.mail.parsing import mail_of
from helpdesk.models import InboundMail, Ticket
from helpdesk.queries.letters import NOTE, TICKET


def settle_bounce(mail: InboundMail, raw: bytes) -> None:
    """Note on its ticket that a mail did not arrive; the address takes no more, if so for good.

    That it is late is said in the ticket's history alone: it may arrive still.
    Believed is a bounce that encloses the signed id of a mail of ours, and only about addresses
    of the person that mail was for: anyone may send what looks like one. Of a mail with what was
    said to a few, no agent reads what it encloses.
    """
    bounced = mail_of(raw)
    mail.outcome, mail.reason = InboundMail.Outcome.BOUNCED, "not_ours"
    ids = bounces.enclosed_ids(bounced)
    answered = replies.find_answered((), ids)
    if _is_private(answered, ids):
        mail.queue, mail.raw, mail.subject = None, None, ""
    if answered is None:
        return
    mail.reason, mail.proof = "ours", "token"
    owned = EmailAddress.objects.filter(user_id=answered.person_id)
    addresses = {address.lower() for address in owned.values_list("email", flat=True)}
    told = [one for one in bounces.reports(bounced) if one.address in addresses]
    failed = [report for report in told if report.has_failed]
    for report in failed:
        _note(report, ids)
    ticket = None
    if answered.kind in (TICKET, NOTE):
        ticket = Ticket.objects.filter(pk=answered.object_id).first()
    if ticket is None:
        return
    mail.ticket = lives_on(ticket)
    mail.queue = mail.ticket.queue
    late = [report for report in told if report.is_late]
    if told and not failed and not late:
        return  # it arrived there; what failed did elsewhere
    worst = max((report.status for report in failed or late), default="")
    facts = {"mail": mail.pk, "person": answered.person_id, "status": worst}
    if late and not failed:
        facts["is_late"] = True
    record("helpdesk.mail_bounced", actor=None, thing=mail.ticket, audience=STAFF, changes=facts)


def _is_private(answered: Answered | None, ids: list[str]) -> bool:
    """Whether a mail of ours tells what was said to a few; one of many things has no token."""
    if answered is not None and replies.target_of(answered.kind).is_private:
        return True
    return _sent(ids).filter(thing_kind=DIGEST).exists()


def _sent(ids: list[str]) -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(message_id__in=[f"<{one}>" for one in ids])


def _note(report: Report, ids: list[str]) -> None:
    failure = f"{report.status} {report.action}".strip() or "bounced"
    _sent(ids).filter(to__iexact=report.address).update(failure=failure)
    if report.is_for_good:
        mark_undeliverable(report.address, status=report.status)
