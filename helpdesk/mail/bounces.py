"""What a bounce tells: which address did not get which mail, and whether it never will."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message as Mail
from typing import Any, Final

from core.mail import ends_mails
from helpdesk.mail.charsets import decoded
from helpdesk.mail.headers import addresses, header, ids
from helpdesk.mail.parts import content_of

FIELD: Final = re.compile(r"^([A-Za-z-]{2,40}):[ \t]*(.*(?:\n[ \t]+.*)*)", re.M)
STATUS: Final = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
REPLY_CODE: Final = re.compile(r"\b(5[0-5]\d|4[0-5]\d)[ -]")
ENCLOSED_ID: Final = re.compile(r"^[> ]*Message-I[dD]:\s*(<[^<>]{3,400}>)", re.M)
NAMED: Final = re.compile(
    r"<([^<>\s@]{1,64}@[^<>\s]{1,250})>:?\s*$|^\s{2,8}([^\s@<>]{1,64}@[^\s<>:]{1,250})\s*$", re.M
)


@dataclass(frozen=True)
class Report:
    """What became of one recipient: address, action (`failed`, `delayed` …), status (`5.1.1`)."""

    address: str
    action: str
    status: str

    @property
    def has_failed(self) -> bool:
        """Whether the mail will not arrive any more."""
        return self.action in ("failed", "")

    @property
    def is_late(self) -> bool:
        """Whether the server goes on trying."""
        return self.action == "delayed"

    @property
    def is_for_good(self) -> bool:
        """Whether the address takes no mail, now and later."""
        return self.has_failed and ends_mails(self.status)


def reports(mail: Mail) -> list[Report]:
    """Return what a bounce says of each recipient, by its fields (RFC 3464) or its words."""
    found = [report for part in _walk(mail) for report in _of_part(part)]
    return found or _of_words(mail)


def enclosed_ids(mail: Mail) -> list[str]:
    """Return the Message-IDs of the mails a bounce encloses or quotes, and those it answers."""
    found: list[str] = []
    for part in _walk(mail):
        kind = part.get_content_type()
        if part is not mail and header(part, "Message-ID"):
            found += ids(header(part, "Message-ID"))
        if kind in ("text/rfc822-headers", "text/plain"):
            text = decoded(content_of(part)).replace("\r\n", "\n")
            found += [one for match in ENCLOSED_ID.findall(text) for one in ids(match)]
    found += ids(header(mail, "In-Reply-To")) + ids(header(mail, "References"))
    return list(dict.fromkeys(found))


def _walk(mail: Mail, depth: int = 0) -> Iterator[Mail]:
    yield mail
    payload: Any = mail.get_payload()
    if isinstance(payload, list) and depth < 6:
        for part in payload[:50]:
            yield from _walk(part, depth + 1)


def _of_part(part: Mail) -> Iterator[Report]:
    if part.get_content_type() != "message/delivery-status":
        return
    payload: Any = part.get_payload()
    blocks = payload if isinstance(payload, list) else []
    texts = ["\n".join(f"{name}: {value}" for name, value in block.items()) for block in blocks]
    if not texts:
        texts = re.split(r"\n\s*\n", decoded(content_of(part)).replace("\r\n", "\n"))
    for text in texts:
        fields = {name.lower(): value.strip() for name, value in FIELD.findall(text)}
        whom = fields.get("original-recipient") or fields.get("final-recipient") or ""
        found = addresses(whom.partition(";")[2] or whom)
        if found:
            status = STATUS.search(fields.get("status", ""))
            diagnosed = STATUS.search(fields.get("diagnostic-code", ""))
            code = _exact(status, diagnosed)
            yield Report(found[0][1], fields.get("action", "").split(";")[0].strip().lower(), code)


def _exact(status: re.Match[str] | None, diagnosed: re.Match[str] | None) -> str:
    """Return the more exact of two statuses: some servers say 5.0.0, and why in words."""
    if status is None:
        return diagnosed.group() if diagnosed else ""
    if status.group() in ("5.0.0", "4.0.0") and diagnosed and diagnosed[1] == status[1]:
        return diagnosed.group()
    return status.group()


def _of_words(mail: Mail) -> list[Report]:
    """Read what qmail, Exim and others say in words: the address, then why."""
    for part in _walk(mail):
        if part.get_content_type() != "text/plain":
            continue
        text = decoded(content_of(part))[:10_000].replace("\r\n", "\n")
        own, _line, _original = text.partition("--- Below this line is a copy")
        failed = header(mail, "X-Failed-Recipients")
        named = [one for pair in NAMED.findall(own) for one in pair if one]
        people = [address for _name, address in addresses(failed)] or [
            address for one in named for _name, address in addresses(one)
        ]
        code = STATUS.search(own)
        reply = REPLY_CODE.search(own)
        status = code.group() if code else (f"{reply[1][0]}.0.0" if reply else "")
        if people:
            return [Report(one, "failed", status) for one in dict.fromkeys(people)]
    return []
