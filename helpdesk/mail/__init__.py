"""Mails, read: bytes in, plain facts out. Pure: no database, no clock, and nothing ever raised."""

from helpdesk.mail.parsing import ParsedMail, parse_mail
from helpdesk.mail.parts import Attachment
from helpdesk.mail.pictures import without_pictures

__all__ = ["Attachment", "ParsedMail", "parse_mail", "without_pictures"]
