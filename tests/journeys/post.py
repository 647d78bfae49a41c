"""The mail of a journey: what really left by SMTP, and what is put into the mailbox on IMAP."""

import email
import email.policy
import imaplib
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from email.message import EmailMessage
from typing import Any

from tests.helpdesk.mail_servers import Sink, dovecot, imap_server, smtp_sink

LINK = re.compile(r"https?://\S+")


class PostOffice:
    """Two real servers: one the site sends by, and one that it fetches from (if there is one)."""

    def __init__(self, sink: Sink, smtp_port: int, mailbox: str) -> None:
        self.sink = sink
        self.mailbox = mailbox
        self.settings = {
            "EMAIL_URL": f"smtp://127.0.0.1:{smtp_port}",
            "INBOUND_MAIL_URL": mailbox,
            "MAILS_TO_ADDRESS_PER_HOUR": "10000",
            "MAILS_FROM_ADDRESS_PER_HOUR": "10000",
        }

    def brings(self, address: str, *marks: str, seconds: float = 30) -> EmailMessage:
        """Return the newest mail to this address with all these marks, once it has come."""
        end = time.monotonic() + seconds
        while True:
            for _sender, to, raw in reversed(self.sink.mails):
                mail: Any = email.message_from_bytes(raw, policy=email.policy.default)
                said = f"{mail['Subject']}\n{text_of(mail)}"
                if address in to and all(mark in said for mark in marks):
                    return mail
            assert time.monotonic() < end, f"No mail with {marks} came to {address}."
            time.sleep(0.2)

    def posts(self, mail: EmailMessage) -> None:
        """Put a mail into the site's mailbox, as the mail server of the association would."""
        host, port = re.findall(r"@([\d.]+):(\d+)/", self.mailbox)[0]
        client = imaplib.IMAP4(host, int(port))
        client.login("desk", "plum")
        client.append("INBOX", "", "", mail.as_bytes())
        client.logout()


def text_of(mail: EmailMessage) -> str:
    """Return what a mail says as plain text."""
    part: Any = mail.get_body(("plain",))
    return str(part.get_content()) if part is not None else ""


def link_in(mail: EmailMessage, holding: str) -> str:
    """Return the link of a mail that holds this."""
    return next(link for link in LINK.findall(text_of(mail)) if holding in link)


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """Run both servers on ports of this machine."""
    with ExitStack() as stack:
        sink, port = stack.enter_context(smtp_sink())
        mailbox = stack.enter_context(imap_server()) if dovecot() else ""
        yield PostOffice(sink, port, mailbox)
