"""Mail out: every message becomes a row and a task, in the transaction of what it tells of.

QueueBackend is Django's EMAIL_BACKEND, so sign-up mails go this way too: they survive a crash and
never hold up a request. The worker sends through settings.MAIL_TRANSPORT. A mail can go twice only
if the worker is killed between the server's 250 and our commit, and then with the same Message-ID.
Every mail has a text and, made of its words, an HTML part (core.markup.letters).
"""

import email
import email.policy
import re
import smtplib
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from core import replies, things
from core.addresses import bare
from core.enclosing import with_files
from core.markup.letters import Piece, Pieces, letter_html, letter_text
from core.models import MailedFile, OutgoingMail, StoredFile, UndeliverableAddress
from core.replies import host

BODY_KEPT_FOR = timedelta(hours=24)
UNSENT_KEPT_FOR = timedelta(days=7)
ADDRESS_KEPT_FOR = timedelta(days=30)
BRAKED_OVER = timedelta(hours=1)  # of which settings say how many mails it holds
DIGEST = "digest"  # the kind of a mail of many things
# A full mailbox (5.2.2), our own address as the sender (5.1.7, 5.1.8) and policy (5.7.x) say
# nothing of the recipient's address; all else that is for good does. Source: RFC 3463.
OF_THE_ADDRESS = re.compile(r"5\.(?!2\.2\b|1\.[78]\b|7\.)\d{1,3}\.\d{1,3}\b")

_looks: dict[str, Callable[[OutgoingMail], bool]] = {}


def look_before(kind: str, look: Callable[[OutgoingMail], bool]) -> None:
    """Let a room look at each mail of a kind right before it goes; called once, from ready().

    look: returns whether it goes; False where it was taken back.
    """
    _looks[kind] = look


class QueueBackend(BaseEmailBackend):
    """Sends nothing itself: leaves the messages to the worker."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            queue(_dressed(message))
        return len(email_messages)


def _dressed(message: EmailMessage) -> EmailMessage:
    """Return a mail that is text alone with an HTML part beside it; any other as it is."""
    is_text = message.content_subtype == "plain" and not message.attachments
    if not is_text or getattr(message, "alternatives", None):
        return message
    both = EmailMultiAlternatives(
        message.subject,
        message.body,
        message.from_email,
        message.to,
        bcc=message.bcc,
        headers=message.extra_headers,
        cc=message.cc,
        reply_to=message.reply_to,
    )
    _attach_html(both, str(message.body), [])
    return both


def _attach_html(message: EmailMultiAlternatives, written: str, pieces: Sequence[Piece]) -> None:
    """Add what is written as HTML, in the language of now."""
    language, direction = _language()
    title = str(message.subject)
    page = letter_html(written, pieces, title=title, language=language, direction=direction)
    message.attach_alternative(page, "text/html")


def _language() -> tuple[str, str]:
    return (
        translation.get_language() or settings.LANGUAGE_CODE,
        "rtl" if translation.get_language_bidi() else "ltr",
    )


def queue(
    message: EmailMessage,
    *,
    thing: Model | None = None,
    kind: str = "",
    token: str = "",
    failure: str = "",
    is_braked: bool = False,
    files: Collection[StoredFile] = (),
) -> list[OutgoingMail]:
    """Write one row and one task for each recipient; each has a Message-ID of its own.

    kind: of a mail that is about no one thing. token: of core.replies, for a mail that may be
    answered. failure: why it is not even tried; then there is a row, and no task. is_braked:
    whether it waits its turn where many go to one address. files: of send_mail_to().
    """
    from core.tasks import send_mail

    message.extra_headers.setdefault("Auto-Submitted", "auto-generated")
    rows = []
    with transaction.atomic():
        for recipient in dict.fromkeys(message.recipients()):
            message_id = replies.new_message_id(token)
            message.extra_headers["Message-ID"] = message_id
            row = OutgoingMail.objects.create(
                message_id=message_id,
                to=bare(recipient),
                subject=message.subject[:300],
                raw=message.message().as_bytes(),
                thing_kind=things.kind_of(thing) if thing else kind,
                thing_id=thing.pk if thing else None,
                failure=failure,
            )
            MailedFile.objects.bulk_create(
                MailedFile(mail=row, file=file, name=file.name) for file in files
            )
            if not failure:
                send_mail.enqueue(mail_id=row.pk, is_braked=is_braked)
            rows.append(row)
    return rows


def send_mail_to(
    *,
    to: str,
    language: str,
    template: str,
    context: dict[str, Any],
    thing: Model | None = None,
    kind: str = "",
    headers: dict[str, str] | None = None,
    time_zone: str = "",
    token: str = "",
    files: Collection[StoredFile] = (),
) -> OutgoingMail:
    """Queue a mail in its reader's language and time zone; the association's zone if none is said.

    To an address that a server said takes no mail, none is sent: the row says so. Above so many
    an hour to one address (settings), mails wait for the hours in which they have room.

    template: `room/name`; templates/mail/room/name.txt has the subject in its first line, and both
    parts are made of it. It knows `public_url` and `pieces`; by these a text that people wrote
    stands in the HTML as on pages ({% put %} of frontend.templatetags.mails).
    kind: of queue(). headers: such as In-Reply-To and References. token: of core.replies, where the
    mail may be answered; it makes Reply-To and the Message-ID. files: what goes along, under the
    names they have here, chosen by core.enclosing; one that is gone by then does not.
    """
    zone = ZoneInfo(time_zone or settings.ASSOCIATION_TIME_ZONE)
    with translation.override(language), timezone.override(zone):
        pieces = Pieces()
        context = {**context, "public_url": settings.PUBLIC_URL, "pieces": pieces}
        subject, _newline, body = _plain(f"mail/{template}.txt", context).partition("\n")
        answers = {"Reply-To": replies.reply_address(token)} if token else {}
        message = EmailMultiAlternatives(
            " ".join(subject.split()),
            letter_text(body, pieces).strip() + "\n",
            to=[to],
            headers={"List-Id": f"Entraide <entraide.{host()}>", **answers, **(headers or {})},
        )
        _attach_html(message, body, pieces)
    dead = UndeliverableAddress.objects.filter(address=to.lower()).first()
    failure = f"{dead.status}: this address takes no mail, so none was sent." if dead else ""
    facts: dict[str, Any] = {"thing": thing, "kind": kind, "token": token, "failure": failure}
    return queue(message, **facts, files=files, is_braked=True)[0]


def one_click(url: str) -> dict[str, str]:
    """Return the headers by which a mail program ends such mails in one click.

    url: signed; a GET of it only asks, since mail programs and their guards open links, and a POST
    ends them without more. Source: RFC 2369, 8058.
    """
    return {
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def ends_mails(status: str) -> bool:
    """Whether a status of RFC 3463, such as 5.1.1, says that an address takes no mail, ever."""
    return OF_THE_ADDRESS.match(status) is not None


def mark_undeliverable(address: str, *, status: str) -> bool:
    """Note that an address takes no mail, as a server said; return whether that is new."""
    _row, is_new = UndeliverableAddress.objects.get_or_create(
        address=address.lower(), defaults={"status": status[:20]}
    )
    return is_new


def mark_deliverable(address: str) -> None:
    """Forget that an address took no mail: it was proven since."""
    UndeliverableAddress.objects.filter(address=address.lower()).delete()


def _plain(template: str, context: dict[str, Any]) -> str:
    """Render a text, in which nothing is escaped as it would be for HTML."""
    engine_template: Any = get_template(template)
    text: str = engine_template.template.render(Context(context, autoescape=False))
    return text.lstrip()


class _Bytes(email.message.Message):
    """A message that is sent exactly as it was written, with the line ends asked for.

    Django's transports ask by `linesep` before Django 6, by the policy of the message since.
    """

    def __init__(self, raw: bytes, policy: Any) -> None:
        super().__init__()
        self.raw = raw
        self.linesep = policy.linesep

    def as_bytes(self, *args: Any, linesep: str = "", **kwargs: Any) -> bytes:
        end = (linesep or self.linesep).encode()
        return end.join(self.raw.splitlines()) + end


class StoredMail(EmailMessage):
    """A row of OutgoingMail as Django's transports want it, with its files.

    Raises OSError where a file cannot be read now.
    """

    def __init__(self, row: OutgoingMail) -> None:
        self.raw = with_files(
            bytes(row.raw or b""), row.files.select_related("file").order_by("pk")
        )
        parsed: Any = email.message_from_bytes(self.raw, policy=email.policy.default)
        text = parsed.get_body(("plain", "html"))
        sender = bare(str(parsed["From"]))
        super().__init__(row.subject, text.get_content() if text else "", sender, [row.to])
        self.extra_headers = {name: str(value) for name, value in parsed.items()}

    def message(self, **asked: Any) -> Any:
        return _Bytes(self.raw, asked.get("policy", email.policy.default))


def send(mail_id: int, *, is_braked: bool = False) -> None:
    """Send one row's mail; a mail already sent, purged, forgotten or taken back is left.

    is_braked: queue it anew, for later, where so many went to its address within the hour.
    Outside of a transaction: SQLite's one write lock is not held while a server is spoken to.
    What a server refuses for good is written down; any other fault is raised, to be tried again.
    """
    row = OutgoingMail.objects.filter(pk=mail_id).first()
    if row is None or row.sent_at is not None or row.raw is None:
        return
    if is_braked and (wait := _wait(row)):
        _send_later(row, wait)
        return
    if (look := _looks.get(row.thing_kind)) and not look(row):
        return
    mail = OutgoingMail.objects.filter(pk=row.pk)
    try:
        import_string(settings.MAIL_TRANSPORT)().send_messages([StoredMail(row)])
    except (smtplib.SMTPException, OSError) as error:
        mail.update(failure=f"{type(error).__name__}: {error}"[:300])
        if status := _status_of(error):
            mark_undeliverable(row.to, status=status)
        if not _is_final(error):
            raise
    else:
        mail.update(sent_at=timezone.now(), failure="")


def _wait(row: OutgoingMail) -> timedelta:
    """Return how long a mail waits until its address has room for it; nothing where it has.

    Counted when it goes, not when it was written: of a thousand at once all would have their turn
    an hour later. Those that wait already go before it, so many in each hour.
    """
    now, most = timezone.now(), settings.MAILS_TO_ADDRESS_PER_HOUR
    # Bodies are not kept for longer: what is older cannot go any more, and is not read.
    since = now - UNSENT_KEPT_FOR - BRAKED_OVER
    rows = OutgoingMail.objects.filter(to=row.to, created_at__gt=since)
    lately = rows.filter(sent_at__gt=now - BRAKED_OVER).count()
    before = lately + rows.filter(sent_at=None, failure="", pk__lt=row.pk).count()
    if before < most:
        return timedelta(0)
    return BRAKED_OVER * (before // most if most else 1)


def _send_later(row: OutgoingMail, wait: timedelta) -> None:
    from core.tasks import send_mail

    later = send_mail.using(run_after=timezone.now() + wait)
    later.enqueue(mail_id=row.pk, is_braked=True)


def _status_of(error: Exception) -> str:
    """Return the status by which a server says that the recipient takes no mail, ever; else "".

    Its text begins with one, such as 5.1.1; a bare 550 may be about us.
    """
    refused = error.recipients if isinstance(error, smtplib.SMTPRecipientsRefused) else {}
    for code, text in refused.values():
        found = OF_THE_ADDRESS.match(text.decode("ascii", "replace"))
        if code >= 500 and found is not None:
            return found.group()
    return ""


def _is_final(error: Exception) -> bool:
    """Whether the server will never take this mail: 5xx for the recipient or the content."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


def send_again(rows: Iterable[OutgoingMail]) -> int:
    """Queue anew what was not sent and has its body still; return how many."""
    from core.tasks import send_mail

    waiting = [row for row in rows if row.sent_at is None and row.raw is not None]
    for row in waiting:
        send_mail.enqueue(mail_id=row.pk)
    return len(waiting)


def mails_to(addresses: Iterable[str]) -> QuerySet[OutgoingMail]:
    """Return what is kept of the mails to these addresses, in any case, sent or waiting."""
    wanted = [Q(to__iexact=address) for address in addresses]
    if not wanted:
        return OutgoingMail.objects.none()
    return OutgoingMail.objects.filter(reduce(or_, wanted)).order_by("pk")


@transaction.atomic
def forget_mails_to(addresses: Iterable[str]) -> None:
    """Delete the mails to these addresses, and their tasks: an error may name the address.

    One that a worker has in hand this moment still goes out.
    """
    from core.tasks import send_mail

    addresses = list(addresses)
    UndeliverableAddress.objects.filter(address__in=[one.lower() for one in addresses]).delete()
    rows = mails_to(addresses)
    ids = list(rows.values_list("pk", flat=True))
    tasks = DBTaskResult.objects.filter(task_path=send_mail.module_path)
    tasks.filter(args_kwargs__kwargs__mail_id__in=ids).delete()
    rows.delete()


def take_back(kind: str, ids: Collection[int], *, before: datetime) -> int:
    """Delete the mails about these things that were queued before and are not sent; say how many.

    Their tasks find nothing to send. One that a worker has in hand this moment still goes out.
    """
    rows = OutgoingMail.objects.filter(thing_kind=kind, thing_id__in=list(ids), sent_at=None)
    return rows.filter(created_at__lt=before).delete()[0]


def purge() -> None:
    """Forget bodies a day after sending (a week, unsent), addresses and subjects after a month."""
    now = timezone.now()
    gone = Q(sent_at__lt=now - BODY_KEPT_FOR) | Q(created_at__lt=now - UNSENT_KEPT_FOR)
    OutgoingMail.objects.filter(gone, raw__isnull=False).update(raw=None, told=None)
    MailedFile.objects.filter(mail__raw=None).delete()
    old = OutgoingMail.objects.filter(created_at__lt=now - ADDRESS_KEPT_FOR)
    old.exclude(to="", subject="").update(to="", subject="", failure="")
