"""manage.py fetch_mail: take in what waits in the mailbox."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from imap_tools import ImapToolsError

from helpdesk import mailbox


class Command(BaseCommand):
    help = "Take in the unseen mails of the mailbox INBOUND_MAIL_URL names."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--idle",
            type=float,
            metavar="SECONDS",
            help="Then wait so long for the server to say that a mail came (IDLE), and take it in.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        url = settings.INBOUND_MAIL_URL
        if not url:
            raise CommandError("INBOUND_MAIL_URL names no mailbox.")
        try:
            count = mailbox.fetch(url)
            if options["idle"] and mailbox.wait_for_mail(url, seconds=options["idle"]):
                count += mailbox.fetch(url)
        except (ImapToolsError, OSError, mailbox.MailboxUrlError) as error:
            raise CommandError(f"{type(error).__name__}: {error}") from None
        self.stdout.write(f"Mails taken in: {count}.")
