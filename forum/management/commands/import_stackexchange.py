"""Import a public Stack Exchange dump."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from forum.stackexchange import DumpError, import_dump
from search.actions import FOUND_LATER


class Command(BaseCommand):
    help = "Import a public Stack Exchange dump (Posts, Users, Comments, Votes if there)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--source", help="name of the dump (default: the folder's)")
        parser.add_argument("--language", default="en", help="BCP 47 language of all posts")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"].resolve()
        source = options["source"] or folder.name
        try:
            counts = import_dump(folder, source=source, language=options["language"])
        except DumpError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(counts.as_dict()))
        else:
            for name, count in counts.as_dict().items():
                self.stdout.write(f"{name}: {count}")
            self.stdout.write(FOUND_LATER)
