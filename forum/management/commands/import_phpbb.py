"""Import a phpBB board from its database."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from forum.phpbb.board import Board, BoardError, opened
from forum.phpbb.importing import Import
from search.actions import FOUND_LATER


class Command(BaseCommand):
    help = (
        "Import a phpBB board (3.0 to 3.3, MySQL or MariaDB): topics become questions, posts "
        "answers, forums tags. Of its forums come in those that guests may find and read there, "
        "by its own permissions and without a password; or those that are named: name none that "
        "is private. It says which came in and which did not. Run again, it brings in what is new."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("database_url", help="mysql://user:password@host:3306/database")
        parser.add_argument(
            "--forums", default="", help="ids of forums to take, and no others: 2,3,7"
        )
        parser.add_argument("--prefix", default="phpbb_", help="of its tables")
        parser.add_argument("--source", default="phpbb", help="a name for this board")
        parser.add_argument("--language", default="fr", help="BCP 47 language of its texts")
        parser.add_argument(
            "--files",
            type=Path,
            help="folder of its attachments; of forums that are not named, those guests may fetch",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["language"] not in dict(settings.SPOKEN_LANGUAGES):
            raise CommandError("The language is one of those spoken here.")
        if options["files"] is not None and not options["files"].is_dir():
            raise CommandError(f"There is no folder {options['files']}.")
        try:
            with opened(options["database_url"], options["prefix"]) as board:
                chosen = _chosen(board, options["forums"])
                files_of = None if options["forums"] else board.files_open_to_guests()
                report = Import(
                    board=board,
                    source=options["source"],
                    language=options["language"],
                    forums=chosen,
                    files=options["files"],
                    files_of=files_of,
                ).run()
        except BoardError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False))
            return
        facts = report.as_dict()
        lists = {name: facts.pop(name) for name in ("taken", "left_out")}
        del facts["not_understood"]
        for name, rows in lists.items():
            self.stdout.write(f"forums {name.replace('_', ' ')}: {', '.join(rows) or 'none'}")
        for name, value in facts.items():
            self.stdout.write(f"{name}: {value}")
        for name, count in report.not_understood.most_common():
            self.stdout.write(f"not understood: {name} ({count})")
        self.stdout.write(FOUND_LATER)


def _chosen(board: Board, text: str) -> list[int]:
    """Return the forums asked for; none named, those that guests may read.

    Raises CommandError with the list of what there is.
    """
    there = board.forums()
    known = {row["forum_id"] for row in there}
    words = [word for word in text.replace(" ", "").split(",") if word]
    chosen = [int(word) for word in words if word.isdecimal()]
    if not text:
        chosen = sorted(board.open_to_guests() & known)
    if chosen and len(chosen) == len(words or chosen) and set(chosen) <= known:
        return chosen
    lines = [f"  {row['forum_id']}: {row['forum_name']} ({row['topics']} topics)" for row in there]
    refusal = "There is no such forum." if text else "Guests may read none of its forums."
    raise CommandError(f"{refusal} Name those to take, with --forums 1,2:\n" + "\n".join(lines))
