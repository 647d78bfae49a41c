"""manage.py retry_mail: settle again the mails that failed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from helpdesk.actions import retry_mails
from helpdesk.models import InboundMail


class Command(BaseCommand):
    help = "Settle again the mails that were stored and failed: all of them, or those named."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ids", nargs="*", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        settled = retry_mails(ids=options["ids"] or None)
        left = InboundMail.objects.filter(outcome=InboundMail.Outcome.FAILED)
        self.stdout.write(f"Settled: {settled}. Still failing: {left.count()}.")
        for mail in left.order_by("pk")[:20]:
            self.stdout.write(f"{mail.pk} after {mail.attempts} attempts: {mail.error[:200]}")
