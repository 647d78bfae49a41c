"""The mailbox of the help desk, fetched by IMAP.

Each mail is stored before it is marked as seen, and left in the mailbox: a crash between the two
fetches it again, and the same mail makes one row.
"""

import ssl
from typing import Any
from urllib.parse import unquote, urlsplit

from imap_tools import (
    AND,
    BaseMailBox,
    ImapToolsError,
    MailBox,
    MailBoxStartTls,
    MailBoxUnencrypted,
    MailMessageFlags,
)

from helpdesk.actions import receive_mail

TIMEOUT_SECONDS = 30
MOST_AT_ONCE = 200
SCHEMES = ("imap", "imaps", "imap+tls")


class MailboxUrlError(ValueError):
    """INBOUND_MAIL_URL cannot be read; says how it is written, never what it holds."""


def fetch(url: str, *, most: int = MOST_AT_ONCE) -> int:
    """Receive the unseen mails of a mailbox, oldest first; return how many were new to it.

    url: `imaps://user:password@host:port/FOLDER` (993), `imap+tls://…` (STARTTLS, 143), `imap://…`
    (143, without encryption: on this machine alone). Raises MailboxUrlError, OSError, and what
    imap_tools raises where the server refuses.
    """
    with opened(url) as box:
        uids = box.uids(AND(seen=False))[:most]
        for uid in uids:
            receive_one(box, uid)
    return len(uids)


def receive_one(box: BaseMailBox, uid: str) -> None:
    """Store one mail, then mark it as seen."""
    # imap_tools would give the mail as Python writes it again, which is not always as it came.
    _status, parts = box.client.uid("fetch", uid, "(BODY.PEEK[])")
    for part in parts:
        if isinstance(part, tuple):
            receive_mail(raw=bytes(part[1]))
    box.flag([uid], MailMessageFlags.SEEN, True)


def wait_for_mail(url: str, *, seconds: float) -> bool:
    """Wait until the server says that something changed (IMAP IDLE); return whether it did."""
    with opened(url) as box:
        return bool(box.idle.wait(timeout=seconds))


def opened(url: str) -> Any:
    """Return the mailbox, signed in, its folder chosen: a context that leaves it again."""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES or not parts.hostname or not parts.username:
        raise MailboxUrlError("INBOUND_MAIL_URL is imaps://user:password@host/INBOX.")
    kinds: dict[str, Any] = {
        "imaps": (MailBox, 993, {"ssl_context": ssl.create_default_context()}),
        "imap+tls": (MailBoxStartTls, 143, {"ssl_context": ssl.create_default_context()}),
        "imap": (MailBoxUnencrypted, 143, {}),
    }
    kind, port, options = kinds[parts.scheme]
    box = kind(parts.hostname, parts.port or port, timeout=TIMEOUT_SECONDS, **options)
    folder = unquote(parts.path.strip("/")) or "INBOX"
    try:
        return box.login(unquote(parts.username), unquote(parts.password or ""), folder)
    except (ImapToolsError, OSError):
        box.client.shutdown()
        raise
