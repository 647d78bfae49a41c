"""What the host runs, what people found to work on it, and what waits, in JSON lines of a copy.

A copy without these files is one from before there were any.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db.models import Model, QuerySet

from forum.exchange.shapes import json_line, moment_of, moment_text, read_json
from forum.models import Attestation, Platform, PlatformVersion, Recheck
from forum.stackexchange import chunks

CHUNK = 1000
KEPT: tuple[type[Model], ...] = (Platform, PlatformVersion, Attestation, Recheck)
# Of each file: the table, and the fields in the order they are written.
FILES: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    "platforms": (Platform, ("id", "key", "name")),
    "platform_versions": (
        PlatformVersion,
        ("id", "platform_id", "value", "name", "since", "until", "default_since"),
    ),
    "attestations": (Attestation, ("id", "answer_id", "person_id", "version_id", "is_claim", "at")),
    "rechecks": (
        Recheck,
        ("id", "answer_id", "version_id", "why", "since", "outcome", "outcome_by_id", "outcome_at"),
    ),
}
OF_PEOPLE = ("attestations", "rechecks")  # not in a public copy: they say who said what


def write_platforms(folder: Path, *, public: bool) -> None:
    """Write the files; of a public copy those that tell of people are empty."""
    for name, (model, fields) in FILES.items():
        rows: QuerySet[Any] = model._default_manager.order_by("pk")
        if public and name in OF_PEOPLE:
            rows = rows.none()
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8", newline="\n") as file:
            for row in rows.iterator(CHUNK):
                file.write(json_line({field: _text(getattr(row, field)) for field in fields}))


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return moment_text(value)
    return value.isoformat() if isinstance(value, date) else value


def read_platforms(folder: Path) -> None:
    """Bring the files in, with the ids they have; after people and answers."""
    for name, (model, _fields) in FILES.items():
        path = folder / f"{name}.jsonl"
        if path.is_file():
            for chunk in chunks(_rows(path, model)):
                model._default_manager.bulk_create(chunk)


def _rows(path: Path, model: type[Model]) -> Iterator[Model]:
    readers: dict[str, Callable[[str], Any]] = {
        "DateField": date.fromisoformat,
        "DateTimeField": moment_of,
    }
    kinds = {field.attname: field.get_internal_type() for field in model._meta.concrete_fields}
    for facts in read_json(path):
        for name, value in facts.items():
            reader = readers.get(kinds[name])
            if reader is not None and value is not None:
                facts[name] = reader(value)
        yield model(**facts)
