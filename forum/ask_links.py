"""The link in a mail that asks for help, by which such mails end without signing in."""

from typing import Final

from people.stop_links import StopLinks

ASK_MAILS: Final = StopLinks("forum.ask_mails", "ask_mails_stop")
