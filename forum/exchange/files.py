"""The files that hang on what is copied: a line each in files.jsonl, the contents in files/.

A copy without them is one from before there were any. Keys are kept, since texts link to them.
Left out: packs, which are made on demand, and files of what was asked or said under a pseudonym,
whose owner would be told.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.db.models import Q, QuerySet

from core.models import StoredFile
from core.uploads import BadFile, clean_file
from forum.exchange.shapes import Facts, json_line, moment_of, moment_text, read_json
from forum.models import Answer, Comment, Guide, Question, Rendition
from forum.stackexchange import DumpError

CHUNK = 100
NAME, FOLDER = "files.jsonl", "files"
KINDS: dict[str, Any] = {
    "forum.question": Question,
    "forum.answer": Answer,
    "forum.comment": Comment,
    "forum.guide": Guide,
    "forum.rendition": Rendition,
}
UNDER_PSEUDONYMS = (Question, Answer, Comment)
FIELDS = (
    *("id", "key", "owner_id", "name", "sha256", "size", "content_type"),
    *("thing_kind", "thing_id", "created_at"),
)


def files_copied(*, public: bool) -> QuerySet[StoredFile]:
    """Return the files of what is copied: of all of it, or of what everyone sees."""
    wanted = Q()
    for kind, model in KINDS.items():
        things = model.objects.visible_to(AnonymousUser()) if public else model.objects.all()
        if model in UNDER_PSEUDONYMS:
            things = things.filter(pseudonym=None)
        wanted |= Q(thing_kind=kind, thing_id__in=things.order_by().values("pk"))
    return StoredFile.objects.filter(wanted)


def write_files(folder: Path, *, public: bool) -> dict[str, int]:
    """Write each file with its facts; return how many there are, and how many contents are lost."""
    counts = {"files": 0, "files-lost": 0}
    (folder / FOLDER).mkdir()
    rows = files_copied(public=public).order_by("pk").iterator(CHUNK)
    with (folder / NAME).open("w", encoding="utf-8", newline="\n") as lines:
        for row in rows:
            try:
                with row.content.open() as content:
                    data = content.read()
            except FileNotFoundError:
                counts["files-lost"] += 1
                continue
            (folder / FOLDER / row.key.hex).write_bytes(data)
            lines.write(json_line(_facts(row)))
            counts["files"] += 1
    return counts


def _facts(row: StoredFile) -> Facts:
    facts = {name: getattr(row, name) for name in FIELDS}
    return {**facts, "key": row.key.hex, "created_at": moment_text(row.created_at)}


def read_files(folder: Path) -> int:
    """Bring the files in, after people; return how many.

    They pass the look at uploads again: a copy cannot bring in what nobody could send here.
    Raises DumpError for a content that is not there, or is not what its line says.
    """
    count = 0
    for facts in _read(folder):
        data = _content(folder, facts)
        row = StoredFile(**{**facts, "created_at": moment_of(facts["created_at"])})
        row.content.save(facts["key"], ContentFile(data), save=False)
        row.save(force_insert=True)
        count += 1
    return count


def _read(folder: Path) -> Iterator[Facts]:
    if (folder / NAME).is_file():
        yield from read_json(folder / NAME)


def _content(folder: Path, facts: Facts) -> bytes:
    """Return a file's content, checked against its line."""
    key = str(facts["key"])
    path = folder / FOLDER / key
    if not key.isalnum() or not path.is_file():
        raise DumpError(f"The content of {facts['name']} is not in this copy.")
    data = path.read_bytes()
    try:
        looked = clean_file(facts["name"], data)
    except BadFile as refusal:
        raise DumpError(f"{facts['name']} cannot be kept here: {refusal.code}") from None
    said = (facts["name"], facts["content_type"], facts["sha256"], facts["size"])
    found = (looked.name, looked.content_type, hashlib.sha256(data).hexdigest(), len(data))
    if said != found or facts["thing_kind"] not in KINDS:
        raise DumpError(f"{facts['name']} is not what this copy says of it.")
    return data
