"""By which addresses a mail reached us, beside those it names itself."""

from typing import Final

from helpdesk.mail.headers import addresses, all_headers
from helpdesk.mail.parsing import mail_of

WRITTEN_BY_SERVERS: Final = (
    "Delivered-To",
    "X-Original-To",
    "Envelope-To",
    "X-Envelope-To",
    "X-Delivered-To",
)


def delivered_to(raw: bytes) -> list[str]:
    """Return the addresses that the servers on the way wrote down, lower-cased."""
    mail = mail_of(raw)
    values = [value for name in WRITTEN_BY_SERVERS for value in all_headers(mail, name)]
    return [address for value in values for _name, address in addresses(value)]
