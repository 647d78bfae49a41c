"""manage.py import_sites FILE.csv: bring in the hosting panel's people and sites."""

import gc
import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.faces import COMMAND, coming_from
from people.actions import import_sites
from people.imports import COLUMNS, ImportReport, MissingColumns, read_csv


class Command(BaseCommand):
    help = (
        "Create or update hosted sites and their owners from a CSV file (UTF-8, with a header: "
        + ", ".join(COLUMNS)
        + "). Wrong rows are told by line and skipped; the same file again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--json", action="store_true", help="Print the report as JSON alone.")

    def handle(self, *args: Any, **options: Any) -> None:
        # Millions of short-lived rows: looking for rings among them took a third of the time.
        gc.freeze()
        gc.set_threshold(50_000)
        try:
            # A byte that is not UTF-8 spoils its own row, not the file.
            with (
                open(
                    options["file"], encoding="utf-8-sig", errors="surrogateescape", newline=""
                ) as file,
                coming_from(COMMAND),
            ):
                report = import_sites(actor=None, records=read_csv(file))
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        except MissingColumns as error:
            raise CommandError(f"The header lacks: {error}. Nothing was imported.") from error
        self.stdout.write(json.dumps(asdict(report)) if options["json"] else words(report))


def words(report: ImportReport) -> str:
    """Return the report for people."""
    lines = [f"line {error.line}: {error.field or 'row'}: {error.code}" for error in report.errors]
    lines.append(
        f"{report.created} created, {report.updated} updated, {report.unchanged} unchanged, "
        f"{report.skipped} skipped"
    )
    return "\n".join(lines)
