"""How numbers, moments, texts and rows are written in the files of a copy, and read again."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

FORMAT = 1
MANIFEST = "entraide.json"
QUESTION, ANSWER = "1", "2"
ACCEPTED, UP, DOWN = "1", "2", "3"
# Of PostHistory: first and later texts, by what they are of.
TITLE, BODY, TAGS = ("1", "4"), ("2", "5"), ("3", "6")
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
ESCAPED = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}

Row = dict[str, str]
Facts = dict[str, Any]


def post_number(*, question_id: int | None = None, answer_id: int | None = None) -> int:
    """Return the Id of a question or an answer among posts."""
    if answer_id is not None:
        return 2 * answer_id + 1
    return 2 * (question_id or 0)


def moment_text(moment: datetime) -> str:
    """Return a moment as dumps write it: UTC without a zone; microseconds only where there are."""
    plain = moment.astimezone(UTC).replace(tzinfo=None)
    exact = "milliseconds" if plain.microsecond % 1000 == 0 else "microseconds"
    return plain.isoformat(timespec=exact)


def moment_of(text: str) -> datetime:
    """Return the moment of a dump's text."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def tags_text(names: Iterable[str]) -> str:
    """Return tags as newer dumps write them: `|a|b|`; empty for none."""
    joined = "|".join(names)
    return f"|{joined}|" if joined else ""


def tags_of(text: str) -> list[str]:
    return [name for name in text.split("|") if name]


def xml_row(facts: Facts) -> str:
    """Return one row, without facts that are None and without signs that XML has not."""
    words = []
    for name, value in facts.items():
        if value is not None:
            text = NOT_IN_XML.sub("", str(value))
            words.append(f"{name}={quoteattr(text, ESCAPED)}")
    return f"  <row {' '.join(words)} />\n"


def write_xml(path: Path, rows: Iterable[Facts]) -> int:
    """Write a file of rows as they come; return how many."""
    count, name = 0, path.stem.lower()
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f'<?xml version="1.0" encoding="utf-8"?>\n<{name}>\n')
        for facts in rows:
            file.write(xml_row(facts))
            count += 1
        file.write(f"</{name}>\n")
    return count


def json_line(facts: Facts) -> str:
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":")) + "\n"


def read_json(path: Path) -> Iterator[Facts]:
    """Yield the lines of a file."""
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield json.loads(line)
