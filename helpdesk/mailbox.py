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
from imap_tools.errors import MailboxFetchError

from helpdesk.actions import receive_mail

TIMEOUT_SECONDS = 30
MOST_AT_ONCE = 200
SCHEMES = ("imap", "imaps", "imap+tls")


class MailboxUrlError(ValueError):
    """INBOUND_MAIL_URL cannot be read; says how it is written, never what it holds."""


def fetch(url: str, *, most: int = MOST_AT_ONCE) -> int:
    """Receive the unseen mails of a mailbox, oldest first; return how many were taken in.

    What the server does not hand over stays unseen, for the next time, and holds up no other mail.
    url: `imaps://user:password@host:port/FOLDER` (993), `imap+tls://…` (STARTTLS, 143), `imap://…`
    (143, without encryption: on this machine alone). Raises MailboxUrlError, OSError, and what
    imap_tools raises where the server refuses.
    """
    count, refused = 0, None
    with opened(url) as box:
        for uid in box.uids(AND(seen=False))[:most]:
            try:
                count += receive_one(box, uid)
            except MailboxFetchError as error:
                refused = error
    if refused is not None:
        raise refused
    return count


def receive_one(box: BaseMailBox, uid: str) -> bool:
    """Store one mail, then mark it as seen; False where it is gone. Raises MailboxFetchError."""
    # imap_tools would give the mail as Python writes it again, which is not always as it came.
    status, parts = box.client.uid("fetch", uid, "(BODY.PEEK[])")
    if status != "OK":  # of a NO, imaplib says nothing
        raise MailboxFetchError((status, parts), "OK")
    mails = [bytes(part[1]) for part in parts if isinstance(part, tuple)]
    for raw in mails:
        receive_mail(raw=raw)
    if mails:
        box.flag([uid], MailMessageFlags.SEEN, True)
    return bool(mails)


def wait_for_mail(url: str, *, seconds: float) -> bool:
    """Wait until the server says that something changed (IMAP IDLE); return whether it did.

    What came before, since the last fetch, is not waited for.
    """
    with opened(url) as box:
        box.client.response("EXISTS")  # what was there on choosing the folder is searched below
        if box.uids(AND(seen=False)) or box.client.response("EXISTS")[1] != [None]:
            return True
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
