"""A mail as it came, to what the desk needs of it."""

import email
import email.policy
import hashlib
from dataclasses import dataclass
from email.message import Message as Mail

from helpdesk.mail import robots
from helpdesk.mail.charsets import decoded
from helpdesk.mail.folding import fold
from helpdesk.mail.headers import addresses, all_headers, header, ids, words_of
from helpdesk.mail.languages import language_of
from helpdesk.mail.parts import Attachment, Body, body_of
from helpdesk.mail.phrases import FORWARD_SUBJECT

# In this order: who wrote, else who is answered, else whom a server names.
SENDERS = ("From", "Reply-To", "Sender", "Return-Path", "X-Sender", "Envelope-From")
LONGEST_TEXT = 2_000_000


@dataclass(frozen=True)
class ParsedMail:
    """A mail, read. Addresses are lower-cased; ids have no angle brackets.

    writer: (name, address) of who wrote it, to be answered: the sender or, where a form sends from
    an address that nobody reads, whom it names in Reply-To; no server on the way checks that name.
    reply_to: where answers are wanted, None where the mail does not say. references: of both
    References and In-Reply-To, the nearest last. text: all of it; visible_text what was written
    now, folded_text what was quoted and signed. language: BCP 47 or "und". A bounce is automatic.
    """

    from_email: str
    from_name: str
    writer: tuple[str, str]
    reply_to: str | None
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    message_id: str
    references: tuple[str, ...]
    text: str
    visible_text: str
    folded_text: str
    html: str | None
    attachments: tuple[Attachment, ...]
    is_automatic: bool
    is_bounce: bool
    language: str

    @property
    def is_by_form(self) -> bool:
        """Whether a form sent it for its writer."""
        return self.writer[1] != self.from_email


def parse_mail(raw: bytes) -> ParsedMail:
    """Read a mail; whatever the bytes are, something is returned and nothing raised."""
    mail = mail_of(raw)
    try:
        body = body_of(mail)
    except Exception:  # mail parsing: the library stumbles over what it has itself read
        body = Body(texts=[decoded(raw.partition(b"\n\n")[2])])
    try:
        return _parsed(mail, body, raw)
    except Exception:  # mail parsing: better a mail without headers than a mail lost
        return _parsed(Mail(email.policy.compat32), Body(texts=[decoded(raw)]), raw)


def mail_of(raw: bytes) -> Mail:
    """Return the mail these bytes are, as the standard library reads it; never raises."""
    raw = raw.lstrip(b"\r\n\x00 ")
    first, _newline, rest = raw.partition(b"\n")
    if first.startswith((b"From ", b">From ")):  # of an mbox
        raw = rest
    try:
        return email.message_from_bytes(raw, policy=email.policy.compat32)
    except Exception:  # mail parsing: nested without end, or headers no library takes
        lines = raw.partition(b"\n\n")[0][:100_000]
        return email.message_from_bytes(lines + b"\n\n", policy=email.policy.compat32)


def _parsed(mail: Mail, body: Body, raw: bytes) -> ParsedMail:
    name, sender = _sender(mail)
    subject = words_of(header(mail, "Subject"))[:2000]
    text = body.text.replace("\r\n", "\n").replace("\r", "\n")[:LONGEST_TEXT]
    visible, folded = fold(text, is_forward=FORWARD_SUBJECT.match(subject) is not None)
    facts = {"sender": sender, "subject": subject, "text": text}
    is_bounce = robots.is_bounce(mail, **facts)
    answers = addresses(", ".join(all_headers(mail, "Reply-To")))
    return ParsedMail(
        from_email=sender,
        from_name=name,
        writer=robots.answered_elsewhere(mail, sender) or (name, sender),
        reply_to=answers[0][1] if answers else None,
        to=_everyone(mail, "To"),
        cc=_everyone(mail, "Cc"),
        subject=subject,
        message_id=_message_id(mail, raw),
        references=_references(mail),
        text=text,
        visible_text=visible,
        folded_text=folded,
        html=body.html,
        attachments=tuple(body.attachments),
        is_automatic=is_bounce or robots.is_automatic(mail, **facts),
        is_bounce=is_bounce,
        language=language_of(visible or subject, header(mail, "Content-Language")),
    )


def _sender(mail: Mail) -> tuple[str, str]:
    """Return name and address of who sent it; the address is empty where nothing names one."""
    named = ""
    for wanted in SENDERS:
        for value in all_headers(mail, wanted):
            found = addresses(value)
            if found:
                name, address = found[0]
                return (name or named)[:300], address
            named = named or words_of(value).strip(" <>\"'")
    return named[:300], ""


def _everyone(mail: Mail, name: str) -> tuple[str, ...]:
    found = [address for value in all_headers(mail, name) for _name, address in addresses(value)]
    return tuple(dict.fromkeys(found))


def _references(mail: Mail) -> tuple[str, ...]:
    found = [one for name in ("References", "In-Reply-To") for one in _ids(mail, name)]
    return tuple(dict.fromkeys(found))


def _ids(mail: Mail, name: str) -> list[str]:
    return [one for value in all_headers(mail, name) for one in ids(value)]


def _message_id(mail: Mail, raw: bytes) -> str:
    """Return the id of a mail; one without gets one from what it says, the same each time."""
    own = _ids(mail, "Message-ID")
    return own[0] if own else f"{content_hash(mail, raw)[:40]}@content.invalid"


def content_hash(mail: Mail, raw: bytes) -> str:
    """Return a sum of what a mail says, which the way it came changes nothing of."""
    said = [header(mail, name) for name in ("Message-ID", "Date", "From", "To", "Cc", "Subject")]
    body = raw.replace(b"\r\n", b"\n").lstrip(b"\n").partition(b"\n\n")[2].rstrip()
    total = hashlib.sha256("\n".join(said).encode("utf-8", "surrogatepass"))
    total.update(b"\n\n" + body)
    return total.hexdigest()
