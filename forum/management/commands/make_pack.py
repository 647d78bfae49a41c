"""Make a workshop's pack, without a web server."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from forum.pack import MOST_QUESTIONS, build_pack


class Command(BaseCommand):
    help = (
        "Write the questions of a tag and language as one zip of pages that open from a disk, "
        "with a small search. Only what everyone sees is in it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the zip to write")
        parser.add_argument("--tag", default="", help="left out: all tags")
        parser.add_argument("--language", default="fr", choices=dict(settings.SPOKEN_LANGUAGES))
        parser.add_argument("--limit", type=int, default=MOST_QUESTIONS)

    def handle(self, *args: Any, **options: Any) -> None:
        built = build_pack(tag=options["tag"], language=options["language"], limit=options["limit"])
        if not built.questions:
            raise CommandError("No question has this tag and language.")
        options["file"].write_bytes(built.data)
        size = f"{len(built.data):,} bytes"
        self.stdout.write(f"{built.questions} questions, {built.answers} answers: {size}.")
