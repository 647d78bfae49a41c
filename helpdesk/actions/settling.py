"""What becomes of a mail: a ticket, an answer, a label, or a decision for an agent.

A From header gives no rights: it opens a ticket for a stub, or adds to the address's own thread. A
signed token is believed where the mail comes from the address of the person it was made for. The
writer whom a form names gets a ticket, and nothing else: anyone may fill in a form.
"""

from core import replies
from core.errors import NotSeen, Refusal
from core.journal import STAFF, record
from core.mail import mark_deliverable
from core.replies import Answered
from core.things import kind_of
from helpdesk import rules
from helpdesk.actions import writing
from helpdesk.actions.bouncing import settle_bounce
from helpdesk.actions.direct_replies import is_direct, settle_direct, writes_too_much
from helpdesk.actions.opening import default_queue
from helpdesk.actions.threads import Thread, find_thread, is_our_own, lives_on, takes_part
from helpdesk.mail import ParsedMail, parse_mail
from helpdesk.mail.delivery import delivered_to
from helpdesk.models import InboundMail, Queue, QueueAddress, Ticket
from helpdesk.queries.letters import NOTE, TICKET
from helpdesk.states import Side
from people.actions import person_of_mail
from people.models import Person
from people.models.person import UNPROVEN
from people.queries import person_writing_from
from people.rules import can_act

Outcome = InboundMail.Outcome


class Quarantine(Exception):  # noqa: N818  (an answer, not a fault)
    """An agent must decide; `reason` is a stable key of helpdesk.queries.mails.REASONS."""

    def __init__(self, reason: str, ticket: Ticket | None = None) -> None:
        super().__init__(reason)
        self.reason, self.ticket = reason, ticket


def settle(mail: InboundMail) -> None:
    """Read a mail its caller has locked, and do what it asks for; saves it."""
    parsed, raw, reached = note_facts(mail)
    answered = replies.find_answered(reached, parsed.references)
    try:
        _settle(mail, parsed, raw, reached, answered)
    except Quarantine as why:
        mail.outcome, mail.reason = Outcome.QUARANTINED, why.reason
        mail.ticket = why.ticket or mail.ticket
        if mail.ticket is not None:
            mail.queue = mail.ticket.queue
    mail.error = ""
    mail.attempts += 1
    mail.save()
    if mail.outcome == Outcome.QUARANTINED:
        record(
            "helpdesk.mail_quarantined",
            actor=None,
            thing=mail,
            audience=STAFF,
            changes={"reason": mail.reason},
        )


def note_facts(mail: InboundMail) -> tuple[ParsedMail, bytes, list[str]]:
    """Write on a mail what it says of itself, and the queue it came to; saves it not.

    Return it as read, as it came, and the addresses it reached.
    """
    raw = bytes(mail.raw or b"")
    parsed = parse_mail(raw)
    reached = [*parsed.to, *parsed.cc, *delivered_to(raw)]
    mail.mail_id = parsed.message_id[:500]
    name, address = parsed.writer
    mail.from_email, mail.from_name = address[:320], name[:300]
    mail.subject = parsed.subject[:300]
    mail.to, mail.cc = list(parsed.to[:50]), list(parsed.cc[:50])
    mail.is_automatic, mail.is_bounce = parsed.is_automatic, parsed.is_bounce
    mail.queue = queue_of(reached)
    mail.person = person_writing_from(address) if address else None
    return parsed, raw, reached


def queue_of(addresses: list[str]) -> Queue:
    """Return the queue whose address a mail came to, else the default one."""
    found = QueueAddress.objects.filter(address__in=addresses).select_related("queue")
    first = found.order_by("pk").first()
    return first.queue if first else default_queue()


def _settle(
    mail: InboundMail,
    parsed: ParsedMail,
    raw: bytes,
    reached: list[str],
    answered: Answered | None,
) -> None:
    if parsed.is_bounce:
        settle_bounce(mail, raw)
        return
    if answered is not None and is_direct(answered):
        settle_direct(mail, parsed, answered)
        return
    thread = find_thread(parsed, answered)
    _check_no_robot(mail, parsed, thread)
    if mail.outcome == Outcome.KEPT:
        return
    _check_sender(mail, parsed, thread)
    if answered is not None and answered.kind not in (TICKET, NOTE):
        _answer_elsewhere(mail, parsed, answered)
    elif thread is None:
        _open(mail, parsed)
    else:
        _add(mail, parsed, thread)


def _check_no_robot(mail: InboundMail, parsed: ParsedMail, thread: Thread | None) -> None:
    """Keep what no person wrote with its ticket, changing nothing; an agent decides of the rest.

    Kept is what a mail of ours was answered with, or what comes from who takes part: a number in a
    subject is no secret.
    """
    is_ours = is_our_own(parsed)
    if not parsed.is_automatic and not is_ours:
        return
    mail.is_automatic = True
    reason = "own_mail" if is_ours else "automatic"
    if writes_too_much(mail):
        raise Quarantine("too_many", thread.ticket if thread else None)
    if thread is None:
        raise Quarantine(reason)
    person = _believed(mail, parsed)
    if thread.proof != "token" and (person is None or not takes_part(person, thread.ticket)):
        raise Quarantine(reason, thread.ticket)
    mail.outcome, mail.reason, mail.proof = Outcome.KEPT, reason, thread.proof
    mail.ticket = lives_on(thread.ticket)
    mail.queue = mail.ticket.queue
    record(
        "helpdesk.mail_kept",
        actor=None,
        thing=mail.ticket,
        audience=STAFF,
        changes={"mail": mail.pk, "reason": reason},
    )


def _believed(mail: InboundMail, parsed: ParsedMail) -> Person | None:
    """Return whose mail it is as far as its From header says; nobody's where a form sent it."""
    return None if parsed.is_by_form else mail.person


def _believed_with_token(parsed: ParsedMail, person_id: int) -> Person | None:
    """Return whose mail it is where it has a token that we mailed to this person.

    Then whom we imported with an unproven address is believed, also where somebody became a stub
    by that address since.
    """
    if parsed.is_by_form:
        return None
    return person_writing_from(parsed.from_email, UNPROVEN, awaited_id=person_id)


def _check_sender(mail: InboundMail, parsed: ParsedMail, thread: Thread | None) -> None:
    """Raise Quarantine for who cannot be answered, may not write, or writes too much."""
    ticket = thread.ticket if thread else None
    if mail.reason == "too_large":
        raise Quarantine("too_large", ticket)
    if not parsed.from_email:
        raise Quarantine("no_sender", ticket)
    if writes_too_much(mail):
        raise Quarantine("too_many", ticket)
    if mail.person is not None and mail.person.state_now == Person.State.SUSPENDED:
        raise Quarantine("suspended", ticket)


def _open(mail: InboundMail, parsed: ParsedMail) -> None:
    name, address = parsed.writer
    person = mail.person or person_of_mail(address=address, name=name, language=parsed.language)
    writing.open_ticket_of(mail, parsed, requester=person, queue=mail.queue)


def _add(mail: InboundMail, parsed: ParsedMail, thread: Thread) -> None:
    """Add a mail to the thread it belongs to, as far as its sender is believed."""
    mail.proof = thread.proof
    ticket = mail.ticket = thread.ticket
    if thread.person_id is not None:
        person = _believed_with_token(parsed, thread.person_id)
        if person is None or person.pk != thread.person_id:
            raise Quarantine("another_address", ticket)
        mark_deliverable(parsed.from_email)
    else:
        person = _believed(mail, parsed)
        if person is None or not takes_part(person, ticket):
            raise Quarantine("not_a_participant", ticket)
    target = lives_on(ticket)
    if not Ticket.objects.visible_to(person).filter(pk=target.pk).exists():
        raise Quarantine("sees_no_more", target)
    if thread.is_note:
        if not rules.can_work(person, target):
            raise Quarantine("may_not_act", target)
        writing.note_of(mail, parsed, person=person, ticket=target)
        return
    if writing.is_over(target) and rules.side_of(person, target) == Side.REQUESTER:
        writing.open_ticket_of(mail, parsed, requester=person, queue=mail.queue, after=target)
        return
    if not rules.can_reply_by_mail(person, target):
        raise Quarantine("may_not_act", target)
    writing.reply_of(mail, parsed, person=person, ticket=target)


def _answer_elsewhere(mail: InboundMail, parsed: ParsedMail, answered: Answered) -> None:
    """Hand an answer to the room whose thing it answers; what that refuses, an agent decides."""
    mail.proof = "token"
    person = _believed(mail, parsed)
    if person is None or person.pk != answered.person_id:
        raise Quarantine("another_address")
    if not can_act(person):
        raise Quarantine("may_not_act")
    source, files, _inline = writing.content_of(parsed)
    try:
        row = replies.target_of(answered.kind).receive(
            actor=person,
            object_id=answered.object_id,
            source=source,
            language=writing.language_for(parsed),
            uploads=files,
            mail_id=mail.mail_id or mail.identity,
        )
    except NotSeen:
        raise Quarantine("sees_no_more") from None
    except Refusal as refusal:
        raise Quarantine(f"refused_{refusal.code}"[:40]) from None
    mail.outcome, mail.folded_text = Outcome.ANSWERED, parsed.folded_text
    mail.thing_kind, mail.thing_id = kind_of(row), row.pk
