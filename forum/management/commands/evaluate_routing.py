"""Say how well questions would have found who answered them."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from forum.replay import LEARNED, evaluate
from forum.stackexchange import DumpError


class Command(BaseCommand):
    help = (
        "Replay a Stack Exchange dump: the share of questions whose true answerer is among the "
        "first ten asked, and the Gini coefficient of asks, beside simple rules (forum/replay.py)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--learned", type=float, default=LEARNED, help="share learned from")
        parser.add_argument("--until", type=float, default=1.0, help="where the test ends")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0 <= options["learned"] < options["until"] <= 1:
            raise CommandError("0 ≤ learned < until ≤ 1, please.")
        folder: Path = options["folder"]
        if not (folder / "Posts.xml").is_file():
            raise CommandError(f"There is no Posts.xml in {folder}.")
        try:
            found = evaluate(folder, learned=options["learned"], until=options["until"])
        except DumpError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(found))
            return
        baselines = found.pop("baselines")
        for name, value in found.items():
            self.stdout.write(f"{name}: {value}")
        for name, row in baselines.items():
            self.stdout.write(f"{name}: top10 {row['top10']}, gini {row['gini']}")
