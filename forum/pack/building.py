"""Building a pack: what goes into it, its pages, its zip."""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.db.models import Prefetch
from django.template.loader import render_to_string
from django.utils import timezone, translation

from core.markup import plain_text, portable_html
from forum.freshness import placed
from forum.models import Answer, Comment, Question
from forum.pack.words import letter_of, script, words_of
from forum.queries import tagged_with, tags_of
from forum.ranking import ranked

MOST_QUESTIONS = 500
LARGEST_BYTES = 5_000_000
PAGES_BYTES = 4_000_000  # of them; the rest is for lists and words
RIGHT_TO_LEFT = ("ar", "fa", "he", "ur")
QUESTION_PATH = re.compile(r"/questions/(\d+)(?:[/#?]|$)")
FIRST = 20  # named on the first page


@dataclass(frozen=True)
class Built:
    """A pack as it was made. answers: how many stand on its pages."""

    data: bytes
    questions: int
    answers: int


@dataclass(frozen=True)
class Shown:
    """A post as a page shows it."""

    post: Any
    html: str
    comments: list[str]
    is_accepted: bool = False


@dataclass
class Shelf:
    """Questions that are listed together: of a tag, or under a letter."""

    name: str
    path: str
    questions: list[Question] = field(default_factory=list)


def build_pack(*, tag: str = "", language: str, limit: int = MOST_QUESTIONS) -> Built:
    """Return a pack of what everyone sees in this language, and about this tag if one is named.

    What is solved comes first, then what is answered, then by votes: where there are too many, the
    last are left out, and so are those for which there is no room in LARGEST_BYTES.
    """
    questions = _chosen(tag, language, limit)
    file = io.BytesIO()
    now = timezone.localtime()
    with translation.override(_words_in(language)), _zip(file) as archive:
        held = _add_pages(archive, questions, language, now)
        _add_lists(archive, held, tag, language, now)
    answers = sum(len(row.answers.all()) for row in held)
    return Built(file.getvalue(), questions=len(held), answers=answers)


def _words_in(language: str) -> str:
    """Return the language of a pack's own words: its own where the site is translated into it."""
    return language if language in dict(settings.LANGUAGES) else "en"


def _chosen(tag: str, language: str, limit: int) -> list[Question]:
    everyone = AnonymousUser()
    rows = Question.objects.visible_to(everyone).filter(language=language)
    if tag:
        rows = rows.filter(pk__in=tagged_with(tag).values("content_object_id"))
    best = sorted(
        rows.values_list("pk", "acceptance", "answer_count", "up", "down"),
        key=lambda row: (row[1] is None, row[2] == 0, row[4] - row[3], -row[0]),
    )
    order = {row[0]: place for place, row in enumerate(best[:limit])}
    answers = Answer.objects.visible_to(everyone).order_by("pk")
    comments = Comment.objects.visible_to(everyone).order_by("pk")
    chosen = Question.objects.filter(pk__in=order).select_related("acceptance")
    chosen = chosen.prefetch_related(
        tags_of(), Prefetch("answers", answers), Prefetch("comments", comments)
    )
    return sorted(chosen, key=lambda row: order[row.pk])


def _zip(file: io.BytesIO) -> zipfile.ZipFile:
    return zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9)


def _add(archive: zipfile.ZipFile, path: str, text: str, now: datetime) -> int:
    """Add a page; return how many bytes it takes."""
    info = zipfile.ZipInfo(path, now.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, text)
    return info.compress_size + 2 * len(path) + 150


def _add_pages(
    archive: zipfile.ZipFile, questions: Sequence[Question], language: str, now: datetime
) -> list[Question]:
    """Add the pages of questions while there is room; return those that are in it."""
    ids = {row.pk for row in questions}
    held, size = [], 0
    for question in questions:
        if size > PAGES_BYTES:
            break
        context = {**_frame(language, now, up="../"), **_question_context(question, ids)}
        text = render_to_string("forum/pack/question.html", context)
        size += _add(archive, f"questions/{question.pk}.html", text, now)
        held.append(question)
    return held


def _frame(language: str, now: datetime, *, up: str = "") -> dict[str, Any]:
    """Return what every page needs; up: the way to the pack's first page."""
    words = _words_in(language)
    return {
        "up": up,
        "words_in": words,
        "language": language,
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        "made_at": now,
        "site": settings.PUBLIC_URL,
    }


def _question_context(question: Question, ids: set[int]) -> dict[str, Any]:
    def lead(path: str) -> str:
        found = QUESTION_PATH.match(path)
        if found and int(found[1]) in ids:
            return f"{found[1]}.html"
        return f"{settings.PUBLIC_URL}{path}"

    comments: dict[int | None, list[str]] = {}
    for row in question.comments.all():
        comments.setdefault(row.answer_id, []).append(portable_html(row, lead))
    acceptance = getattr(question, "acceptance", None)
    accepted_id = acceptance.answer_id if acceptance else None
    answers = list(question.answers.all())
    stale = {row.pk for row in answers if row.rechecks}
    order = placed(ranked(answers, accepted_id), stale=stale, fitting={})
    return {
        "question": question,
        "tags": [row.tag.name for row in question.tag_rows],
        "asked": Shown(question, portable_html(question, lead), comments.get(None, [])),
        "answers": [
            Shown(row, portable_html(row, lead), comments.get(row.pk, []), row.pk == accepted_id)
            for row in order
        ],
    }


def _add_lists(
    archive: zipfile.ZipFile, held: list[Question], tag: str, language: str, now: datetime
) -> None:
    """Add the first page, the lists by tag and letter, the words, the script and the style."""
    tags = _shelves(held, "tags", lambda row: [one.tag.name for one in row.tag_rows])
    letters = _shelves(held, "letters", lambda row: [letter_of(row.title)])
    for shelf in (*tags, *letters):
        context = {**_frame(language, now, up="../"), "shelf": shelf}
        _add(archive, shelf.path, render_to_string("forum/pack/shelf.html", context), now)
    context = {
        **_frame(language, now),
        "tag": tag,
        "count": len(held),
        "tags": sorted(tags, key=lambda shelf: (-len(shelf.questions), shelf.name)),
        "letters": letters,
        "first": held[:FIRST],
    }
    _add(archive, "index.html", render_to_string("forum/pack/index.html", context), now)
    _add(archive, "words.js", script(_searched(row) for row in held), now)
    for name in ("search.js", "pack.css"):
        text = Path(str(finders.find(f"pack/{name}"))).read_text("utf-8")
        _add(archive, name, text, now)


def _shelves(held: Iterable[Question], folder: str, names_of: Any) -> list[Shelf]:
    """Return shelves in the order of their names; their files are numbered, since a name may be
    written in signs that a file's name cannot be."""
    found: dict[str, list[Question]] = {}
    for row in held:
        for name in names_of(row):
            found.setdefault(name, []).append(row)
    return [
        Shelf(name, f"{folder}/{number}.html", found[name])
        for number, name in enumerate(sorted(found), start=1)
    ]


def _searched(question: Question) -> tuple[int, str, str, str]:
    texts = [question.html, *(row.html for row in question.answers.all())]
    words = words_of(question.title, *(plain_text(text) for text in texts))
    tags = " ".join(row.tag.name for row in question.tag_rows)
    return question.pk, question.title, tags, " ".join(words)
