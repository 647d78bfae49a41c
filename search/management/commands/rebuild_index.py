"""Make the search index anew from the database."""

from typing import Any

from django.core.management.base import BaseCommand

from search.actions import rebuild_index


class Command(BaseCommand):
    help = "Make the search index anew, beside the old one, and swap."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{rebuild_index()} documents")
