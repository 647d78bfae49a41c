"""Write an open copy of the forum: every table of it but those that are left out on purpose.

Left out, since a copy is the community's and not its people's:
- `Draft`, what someone writes and has not posted; `Lease`, who is on a question for ten minutes;
- `QuestionMark` and `ListMark`, how far someone has read;
- `Ask` and `AskChoice`, who was asked to help, and how they want it; `Ladder`, how far a question
  has climbed: a new site asks its own people;
- of `Pseudonym`, who stands behind it: a copy never tells. Their posts stay under it, and nobody
  is their asker on the new site.

Left out, since it is made anew: `Pack` (files made on demand), `Traffic` (how much a question is
read, which halves in a month).

Of files, those of packs and of what was asked or said under a pseudonym, whose owner they name; and
those whose content is lost, which are counted.

Of other rooms: who follows which tag, flags and why something was taken away (people), notices, the
journal, the ledger of help.
"""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from forum.exchange import export_forum, sha256_of


class Command(BaseCommand):
    help = (
        "Write the forum to a folder, as Stack Exchange's XML with JSON beside it. The same forum "
        "gives the same bytes: one SHA-256 of them is told, by which two copies are seen to be "
        "equal. A whole copy says who voted for what, and holds what was taken away."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--public", action="store_true", help="only what everyone sees, without votes"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CommandError(f"{folder} is not an empty folder.")
        counts = export_forum(folder, public=options["public"])
        told = {**counts, "sha256": sha256_of(folder)}
        if options["json"]:
            self.stdout.write(json.dumps(told))
        else:
            for name, fact in told.items():
                self.stdout.write(f"{name}: {fact}")
