"""Mails for tests: written as people's programs write them, and what was sent to them."""

import email
import email.policy
from email.message import EmailMessage
from typing import Any

from core.models import OutgoingMail
from helpdesk import actions


def written(
    sender: str = "Zoé <zoe@outside.example>",
    *,
    subject: str = "My site is down",
    body: str = "Bonjour, mon site ne marche plus depuis lundi.",
    to: str = "help@entraide.example",
    message_id: str = "",
    **headers: str,
) -> EmailMessage:
    """Return a mail; headers with `_` for `-`."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    if message_id:
        mail["Message-ID"] = message_id
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(body)
    return mail


def received(*args: Any, **facts: Any) -> Any:
    """Take in a mail written so, and return its row."""
    return actions.receive_mail(raw=written(*args, **facts).as_bytes())


def sent_to(address: str) -> list[Any]:
    """Return the mails queued for an address, parsed, the oldest first."""
    rows = OutgoingMail.objects.filter(to=address).order_by("pk")
    return [
        email.message_from_bytes(bytes(row.raw or b""), policy=email.policy.default) for row in rows
    ]


def answering(mail: Any, body: str, *, sender: str = "", **headers: str) -> EmailMessage:
    """Return the answer a mail program would write to a mail that was sent."""
    quoted = "".join(f"> {line}\n" for line in mail.get_body(("plain",)).get_content().splitlines())
    return written(
        sender or str(mail["To"]),
        subject=f"Re: {mail['Subject']}",
        body=f"{body}\n\nOn Sun, Mar 3, 2024 at 10:22 AM Entraide wrote:\n{quoted}",
        to=str(mail["Reply-To"] or mail["From"]),
        In_Reply_To=str(mail["Message-ID"]),
        References=f"{mail['References'] or ''} {mail['Message-ID']}".strip(),
        **headers,
    )


def bounce(
    mail: Any,
    status: str = "5.1.1",
    address: str = "aminata@people.example",
    action: str = "failed",
) -> bytes:
    """Return the report of a mail server that a mail did not arrive, or not yet."""
    return (
        f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nTo: reply@entraide.example\n"
        f"Subject: Undelivered Mail Returned to Sender\nMessage-ID: <b{status}@mx.example>\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        "--b\n\nIt did not arrive.\n--b\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; {address}\n"
        f"Action: {action}\nStatus: {status}\n--b\nContent-Type: message/rfc822\n\n"
        f"Message-ID: {mail['Message-ID']}\nSubject: x\n\nHello\n--b--\n"
    ).encode()
