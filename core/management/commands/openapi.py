"""The API's description as a file, so that a change of the contract shows in review."""

import difflib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema

SNAPSHOT: Path = settings.BASE_DIR / "docs" / "openapi.yaml"


class Command(BaseCommand):
    help = "Write docs/openapi.yaml, or (--check) say whether it is the API as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare, write nothing")
        parser.add_argument("--file", type=Path, default=SNAPSHOT, help="another file than docs/")

    def handle(self, *args: Any, **options: Any) -> None:
        described, paths = describe()
        target: Path = options["file"]
        if not options["check"]:
            target.parent.mkdir(exist_ok=True)
            target.write_text(described, encoding="utf-8")
            self.stdout.write(f"{target.name} describes {paths} addresses.")
        elif not paths and not target.exists():
            self.stdout.write("There is no API yet, and so no description of it.")
        else:
            self.compare(target, described)

    def compare(self, target: Path, described: str) -> None:
        kept = target.read_text(encoding="utf-8") if target.exists() else ""
        if kept == described:
            self.stdout.write(f"{target.name} is the API as it is.")
            return
        change = difflib.unified_diff(
            kept.splitlines(), described.splitlines(), "described", "as it is", lineterm="", n=1
        )
        for line in list(change)[:200]:
            self.stderr.write(line)
        raise CommandError(
            "The API is no longer as described. If that is meant: make openapi, and commit it."
        )


def describe() -> tuple[str, int]:
    """Return the description as YAML and how many addresses it has.

    Raises CommandError when something of the API could not be described.
    """
    GENERATOR_STATS.reset()
    with translation.override("en"):
        schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    validate_schema(schema)  # type: ignore[no-untyped-call]
    GENERATOR_STATS.emit_summary()
    if GENERATOR_STATS:
        raise CommandError("Parts of the API cannot be described; the lines above say which.")
    text = OpenApiYamlRenderer().render(schema, renderer_context={})  # type: ignore[no-untyped-call]
    return text.decode(), len(schema["paths"])
