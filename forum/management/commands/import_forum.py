"""Bring an open copy of a forum into an empty site."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from forum.exchange import NotEmptyError, import_forum
from forum.stackexchange import DumpError
from search.actions import FOUND_LATER


class Command(BaseCommand):
    help = "Bring what export_forum wrote into an empty site; ids are kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            counts = import_forum(options["folder"])
        except (DumpError, NotEmptyError) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(counts))
        else:
            for name, count in counts.items():
                self.stdout.write(f"{name}: {count}")
            self.stdout.write(FOUND_LATER)
