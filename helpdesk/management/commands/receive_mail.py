"""manage.py receive_mail: take in one mail from standard input, for the pipe of a mail server."""

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import Error

from helpdesk.actions import receive_mail


class Command(BaseCommand):
    help = (
        "Take in one mail from standard input. Exit 0: stored, whatever becomes of it; 75: the "
        "store is away, the server keeps the mail and tries again; 66: there was no mail."
    )
    requires_system_checks = []  # a server may start it for every mail

    def handle(self, *args: Any, **options: Any) -> None:
        raw = sys.stdin.buffer.read(settings.MAX_MAIL_BYTES + 1)
        if not raw.strip():
            self.stderr.write("There was no mail on standard input.")
            raise SystemExit(os.EX_NOINPUT)
        try:
            mail = receive_mail(raw=raw)
        except (Error, OSError) as error:
            self.stderr.write(f"The store is away: {type(error).__name__}.")
            raise SystemExit(os.EX_TEMPFAIL) from None
        self.stdout.write(f"{mail.outcome} {mail.pk}")
