"""Compare the search index with the database."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from search.actions import every_document
from search.engines import engine


class Command(BaseCommand):
    help = "List what differs between index and database; exit 1 when something does."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        indexed = engine().digests()
        missing, changed, count = [], [], 0
        for document in every_document():
            count += 1
            digest = indexed.pop(document.key, None)
            if digest is None:
                missing.append(document.key)
            elif digest != document.digest:
                changed.append(document.key)
        found = {"missing": missing, "changed": changed, "left_over": sorted(indexed)}
        if options["json"]:
            self.stdout.write(json.dumps({"documents": count, **found}))
        else:
            for word, keys in found.items():
                for key in keys:
                    self.stdout.write(f"{word} {key}")
            self.stdout.write(f"{count} documents, {sum(map(len, found.values()))} differences")
        if any(found.values()):
            sys.exit(1)
