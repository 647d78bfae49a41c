"""manage.py rerender: render again what an older renderer made."""

from typing import Any

from django.core.management.base import BaseCommand

from core.markup import rerender


class Command(BaseCommand):
    help = "Render again every stored text that an older renderer made."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{rerender()} texts rendered again.")
