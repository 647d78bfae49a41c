"""Reading the hosting panel's list: each row checked, before anything is written.

A row that is wrong is told by line, field and code, and skipped.
"""

import csv
import re
import unicodedata
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TextIO

from django.core.exceptions import ValidationError
from django.core.validators import DomainNameValidator, EmailValidator

from core.languages import is_language_tag

COLUMNS = (
    "external_id",
    "domain",
    "owner_external_id",
    "owner_email",
    "owner_name",
    "owner_language",
    "organisation_external_id",
    "organisation_name",
    "level",
    "platform",
)
REQUIRED = ("external_id", "domain", "owner_external_id", "owner_email")
LONGEST = {
    "owner_name": 100,
    "owner_language": 20,
    "organisation_name": 120,
    "domain": 253,
    "owner_email": 254,
}
PLATFORM_KEY = re.compile(r"[a-z][a-z0-9_-]{0,29}")
_is_domain = DomainNameValidator(accept_idna=True)
_is_email = EmailValidator()


@dataclass(frozen=True)
class RowError:
    """What is wrong with one field of one line; codes are stable."""

    line: int
    field: str
    code: str


@dataclass
class ImportReport:
    """What an import did, in sites; `skipped` lines have at least one error each."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    errors: list[RowError] = field(default_factory=list)

    def refuse(self, *errors: RowError) -> None:
        """Count a line as skipped, with what is wrong with it."""
        self.skipped += 1
        self.errors += errors

    def add(self, other: "ImportReport") -> None:
        """Count what another part of the same import did."""
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.skipped += other.skipped
        self.errors += other.errors


@dataclass(frozen=True)
class SiteRow:
    """A row that is sound by itself; `level` may still be unknown."""

    line: int
    external_id: str
    domain: str
    owner_external_id: str
    owner_email: str
    owner_name: str
    owner_language: str
    organisation_external_id: str
    organisation_name: str
    level: str
    platform: dict[str, str]


def read_csv(file: TextIO) -> Iterator[tuple[int, dict[str, Any] | RowError]]:
    """Yield each record with the line it begins on; a record that cannot be read as its error.

    A quote left open spoils its own line alone, not the rows behind it. A quoted line break that
    is closed again stays in its cell, which `checked` refuses: read line by line, what people
    wrote into such a cell would pass for rows.
    file: opened with newline="", encoding="utf-8-sig", errors="surrogateescape".
    Raises MissingColumns when the header lacks some.
    """
    lines = _Lines(file)
    reader = csv.reader(lines, strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
    except csv.Error:
        header = []
    if missing := [name for name in COLUMNS if name not in header]:
        raise MissingColumns(missing)
    line = 1
    while True:
        line += lines.forget()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            lines.keep_first()
            yield line, RowError(line, "", "quoting")
            continue
        if len(cells) == len(header):
            yield line, dict(zip(header, cells, strict=True))
        elif len(lines.taken) > 1:
            lines.keep_first()
            yield line, RowError(line, "", "quoting")
        elif cells:
            yield line, RowError(line, "", "columns")


class _Lines:
    """The lines of a file, which gives back those that a record took in vain."""

    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.again: deque[str] = deque()
        self.taken: list[str] = []  # by the record that is being read

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.again.popleft() if self.again else next(self.file)
        self.taken.append(line)
        return line

    def keep_first(self) -> None:
        """Let the record be its first line; the others are read once more."""
        self.again.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]

    def forget(self) -> int:
        """Begin another record; return how many lines the last one has."""
        count = len(self.taken)
        self.taken.clear()
        return count


@dataclass
class Seen:
    """What an import met so far, to tell rows that contradict each other."""

    sites: set[str] = field(default_factory=set)
    email_of: dict[str, str] = field(default_factory=dict)
    owner_of: dict[str, str] = field(default_factory=dict)

    def contradiction(self, row: SiteRow) -> RowError | None:
        """Return what makes this row contradict an earlier one, or keep it in mind."""
        if row.external_id in self.sites:
            return RowError(row.line, "external_id", "duplicate")
        if self.email_of.get(row.owner_external_id, row.owner_email) != row.owner_email:
            return RowError(row.line, "owner_email", "conflict")
        if self.owner_of.get(row.owner_email, row.owner_external_id) != row.owner_external_id:
            return RowError(row.line, "owner_email", "taken")
        self.sites.add(row.external_id)
        self.email_of[row.owner_external_id] = row.owner_email
        self.owner_of[row.owner_email] = row.owner_external_id
        return None


class MissingColumns(Exception):  # noqa: N818  (a fact of the file)
    """The header lacks columns: nothing of the file was read."""

    def __init__(self, missing: list[str]) -> None:
        self.missing = missing
        super().__init__(", ".join(missing))


def checked(line: int, record: Mapping[str, Any]) -> SiteRow | list[RowError]:
    """Return a record as a sound row, or everything that is wrong with it."""
    cells: dict[str, Any] = {name: record.get(name, "") for name in COLUMNS}
    platform = cells.pop("platform")
    errors: list[RowError] = []
    for name, value in cells.items():
        code, cells[name] = _text(value, LONGEST.get(name, 100))
        if code:
            errors.append(RowError(line, name, code))
        elif name in REQUIRED and not cells[name]:
            errors.append(RowError(line, name, "missing"))
    wrong = {error.field for error in errors}
    cells["domain"] = cells["domain"].lower().removesuffix(".")
    cells["owner_email"] = cells["owner_email"].lower()
    for name, is_sound in _SHAPES.items():
        if name not in wrong and not is_sound(cells[name]):
            errors.append(RowError(line, name, "invalid"))
    if cells["organisation_name"] and not cells["organisation_external_id"]:
        errors.append(RowError(line, "organisation_external_id", "missing"))
    facts = platform_facts(platform)
    if facts is None:
        errors.append(RowError(line, "platform", "invalid"))
    return errors or SiteRow(line=line, platform=facts or {}, **cells)


def platform_facts(written: Any) -> dict[str, str] | None:
    """Return `php=8.4;cms=wordpress`, or a mapping, as facts; None when it is neither."""
    if isinstance(written, Mapping):
        pairs: Iterable[Any] = written.items()
    elif isinstance(written, str):
        parts = [part for part in written.split(";") if part.strip()]
        pairs = [part.partition("=")[::2] for part in parts]
    else:
        return None
    facts: dict[str, str] = {}
    for key, value in pairs:
        code, text = _text(value, 100)
        name = str(key).strip()
        if code or not text or not PLATFORM_KEY.fullmatch(name) or name in facts:
            return None
        facts[name] = text
    return facts if len(facts) <= 30 else None


def _text(value: Any, longest: int) -> tuple[str, str]:
    """Return what is wrong with a cell ("" for nothing), and the cell without outer spaces."""
    if not isinstance(value, str):
        return "invalid", ""
    text = value.strip()
    if text.isascii() and text.isprintable():
        return ("too_long", text) if len(text) > longest else ("", text)
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        return "encoding", ""
    text = unicodedata.normalize("NFC", text)
    if any(unicodedata.category(sign) in {"Cc", "Zl", "Zp"} for sign in text):
        return "invalid", ""
    return ("too_long", text) if len(text) > longest else ("", text)


def _passes(validator: Any, value: str) -> bool:
    try:
        validator(value)
    except ValidationError:
        return False
    return True


_SHAPES: dict[str, Callable[[str], bool]] = {
    "domain": lambda domain: _passes(_is_domain, domain),
    "owner_email": lambda email: _passes(_is_email, email),
    "owner_language": lambda language: not language or is_language_tag(language),
}
