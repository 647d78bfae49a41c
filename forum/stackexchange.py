"""Reading and importing public Stack Exchange dumps (Posts, Users, Comments, Votes if there).

Streaming: memory does not grow with the dump. Idempotent: a row is known by (source, kind, its
number there), and one that is here already is left as it is.
Source: the schema of the public data dump; files begin with a byte order mark and a DOCTYPE, which
is read over and never followed; a file that declares entities is refused. Posts come as HTML: they
become Markdown where that looks the same, else they stay HTML, also for who changes them.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar
from xml.parsers import expat

from django.db import transaction
from django.db.models import Count, F, Q

from core.markup import RENDERER_VERSION, preview, render_imported_html
from core.models import Visibility, WrittenText
from forum.actions import keep_imported, tag_imported
from forum.markdown_of_html import as_markdown
from forum.models import Acceptance, Answer, Comment, ExternalId, Question, Tag, TaggedQuestion
from forum.tags import folded, tags_for
from people.handles import given_handle
from people.models import Person
from people.models.person import folded as folded_handle
from search.actions import index_things

CHUNK = 500
QUESTION, ANSWER = "1", "2"
UP, DOWN = "2", "3"
Row = dict[str, str]
T = TypeVar("T")


@dataclass(frozen=True)
class Counts:
    """What of one source is here after a run; `skipped` are rows of other types in the dump."""

    questions: int
    answers: int
    accepted: int
    comments: int
    users: int
    tags: int
    skipped: int

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


class DumpError(ValueError):
    """The folder is not a dump that can be read, and why."""


def rows_of(path: Path) -> Iterator[Row]:
    """Yield the attributes of every row of a file. Raises DumpError."""
    found: list[Row] = []
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def start(name: str, attributes: Row) -> None:
        if name == "row":
            found.append(attributes)

    def refuse(*_facts: Any) -> None:
        raise DumpError(f"{path.name} declares entities.")

    parser.StartElementHandler = start
    parser.EntityDeclHandler = refuse
    with path.open("rb") as file:
        while block := file.read(1 << 16):
            try:
                parser.Parse(block, False)
            except expat.ExpatError as error:
                raise DumpError(f"{path.name}: {error}") from error
            yield from found
            found.clear()
    try:
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise DumpError(f"{path.name}: {error}") from error
    yield from found


def chunks(rows: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Yield the rows in lists of at most `size`."""
    iterator = iter(rows)
    while chunk := list(islice(iterator, size)):
        yield chunk


def import_dump(folder: Path, *, source: str, language: str = "en") -> Counts:
    """Import a dump and return what of this source is here now.

    source: its name; language: BCP 47, of all posts. Scores are the dump's; where Votes.xml is
    there they are counted from it. Raises DumpError before anything is written for missing files.
    """
    posts, users, comments = (folder / f"{name}.xml" for name in ("Posts", "Users", "Comments"))
    missing = [path.name for path in (posts, users, comments) if not path.is_file()]
    if missing:
        raise DumpError(f"Not in {folder}: {', '.join(missing)}")
    votes = folder / "Votes.xml"
    for chunk in chunks(rows_of(users)):
        _import_users(source, chunk)
    kinds = Counter(row.get("PostTypeId", "") for row in rows_of(posts))
    for chunk in chunks(row for row in rows_of(posts) if row.get("PostTypeId") == QUESTION):
        _import_questions(source, chunk, language, scored=not votes.is_file())
    for chunk in chunks(row for row in rows_of(posts) if row.get("PostTypeId") == ANSWER):
        _import_answers(source, chunk, language, scored=not votes.is_file())
    for chunk in chunks(row for row in rows_of(posts) if row.get("AcceptedAnswerId")):
        _import_acceptances(source, chunk)
    for chunk in chunks(rows_of(comments)):
        _import_comments(source, chunk, language)
    if votes.is_file():
        for chunk in chunks(row for row in rows_of(votes) if row.get("VoteTypeId") in (UP, DOWN)):
            _import_votes(source, chunk)
    skipped = sum(count for kind, count in kinds.items() if kind not in (QUESTION, ANSWER))
    return counts(source, skipped)


def counts(source: str, skipped: int = 0) -> Counts:
    """Return what of a source is here."""
    here = ExternalId.objects.filter(source=source)
    kinds = dict(here.values_list("kind").annotate(Count("id")))
    questions = here.filter(kind="question").values("object_id")
    return Counts(
        questions=kinds.get("question", 0),
        answers=kinds.get("answer", 0),
        accepted=Acceptance.objects.filter(question__in=questions).count(),
        comments=kinds.get("comment", 0),
        users=kinds.get("user", 0),
        tags=Tag.objects.filter(tagged__content_object__in=questions).distinct().count(),
        skipped=skipped,
    )


def known(source: str, kind: str, numbers: Iterable[Any]) -> dict[int, int]:
    """Return our ids by the dump's numbers."""
    wanted = {int(number) for number in numbers if number}
    rows = ExternalId.objects.filter(source=source, kind=kind, external_id__in=wanted)
    return dict(rows.values_list("external_id", "object_id"))


def _new(source: str, kind: str, chunk: list[Row]) -> list[Row]:
    here = known(source, kind, (row["Id"] for row in chunk))
    return [row for row in chunk if int(row["Id"]) not in here]


def _remember(source: str, kind: str, chunk: list[Row], made: Iterable[Any]) -> None:
    ExternalId.objects.bulk_create(
        [
            ExternalId(source=source, kind=kind, external_id=int(row["Id"]), object_id=one.pk)
            for row, one in zip(chunk, made, strict=True)
        ]
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@transaction.atomic
def _import_users(source: str, chunk: list[Row]) -> None:
    chunk = _new(source, "user", chunk)
    people = []
    for row in chunk:
        handle = given_handle()  # a name made of the source would collide with one like it
        people.append(
            Person(
                handle=handle,
                handle_folded=folded_handle(handle),
                display_name=row.get("DisplayName", "")[:100] or handle,
                state=Person.State.IMPORTED,
                password="!",  # noqa: S106  (Django's mark of a password nobody can type)
                joined_at=_moment(row["CreationDate"]),
            )
        )
    _remember(source, "user", chunk, Person.objects.bulk_create(people))


def _post_facts(row: Row, people: dict[int, int], language: str, *, scored: bool) -> dict[str, Any]:
    owner = people.get(int(row["OwnerUserId"])) if row.get("OwnerUserId") else None
    score = int(row.get("Score", "0")) if scored else 0
    edited = row.get("LastEditDate")
    return {
        "author_id": owner,
        "created_at": _moment(row["CreationDate"]),
        "edited_at": _moment(edited) if edited else None,
        "up": max(score, 0),
        "down": max(-score, 0),
        "language": language,
        **_text_facts(row.get("Body", "")),
    }


def _text_facts(body: str) -> dict[str, Any]:
    """Return the text of a post: as Markdown, which people here write, where it says the same."""
    shown = render_imported_html(body)
    source = as_markdown(body, shown)
    facts: dict[str, Any] = {"source": body, "source_format": WrittenText.Format.HTML}
    if source is not None:
        shown = preview(source)
        facts = {"source": source, "source_format": WrittenText.Format.COMMONMARK}
    return {**facts, "html": shown, "renderer_version": RENDERER_VERSION}


@transaction.atomic
def _import_questions(source: str, chunk: list[Row], language: str, *, scored: bool) -> None:
    chunk = _new(source, "question", chunk)
    people = known(source, "user", (row.get("OwnerUserId") for row in chunk))
    made = Question.objects.bulk_create(
        [
            Question(
                title=row.get("Title", "")[:200] or "?",
                active_at=_moment(row.get("LastActivityDate") or row["CreationDate"]),
                **_post_facts(row, people, language, scored=scored),
            )
            for row in chunk
        ]
    )
    _remember(source, "question", chunk, made)
    names = [tag_names(row.get("Tags", "")) for row in chunk]
    tags = tags_for({name for of_one in names for name in of_one}, language)
    tag_imported(
        [
            TaggedQuestion(tag=tag, content_object=question)
            for question, of_one in zip(made, names, strict=True)
            for tag in dict.fromkeys(tags[name] for name in of_one)  # two words may be one
        ]
    )
    keep_imported(made)
    index_things("forum.question", [question.pk for question in made])


def tag_names(text: str) -> list[str]:
    """Return folded tags of `<a><b>` (older dumps) or `|a|b|` (newer ones), each once."""
    return list(dict.fromkeys(folded(name) for name in re.findall(r"[^<>|]+", text)))


@transaction.atomic
def _import_answers(source: str, chunk: list[Row], language: str, *, scored: bool) -> None:
    chunk = _new(source, "answer", chunk)
    questions = known(source, "question", (row.get("ParentId") for row in chunk))
    chunk = [row for row in chunk if int(row["ParentId"]) in questions]
    people = known(source, "user", (row.get("OwnerUserId") for row in chunk))
    made = Answer.objects.bulk_create(
        [
            Answer(
                question_id=questions[int(row["ParentId"])],
                **_post_facts(row, people, language, scored=scored),
            )
            for row in chunk
        ]
    )
    _remember(source, "answer", chunk, made)
    keep_imported(made)
    touched = {answer.question_id for answer in made}
    count_answers(touched)
    index_things("forum.question", sorted(touched))


def count_answers(questions: Iterable[int]) -> None:
    """Keep the number of visible answers of these questions true."""
    visible = Count("answers", filter=Q(answers__visibility=Visibility.VISIBLE))
    rows = Question.objects.filter(pk__in=set(questions)).annotate(now=visible)
    for question_id, now in rows.values_list("pk", "now"):
        Question.objects.filter(pk=question_id).update(answer_count=now)


@transaction.atomic
def _import_acceptances(source: str, chunk: list[Row]) -> None:
    questions = known(source, "question", (row["Id"] for row in chunk))
    answers = known(source, "answer", (row["AcceptedAnswerId"] for row in chunk))
    solved = set(
        Acceptance.objects.filter(question__in=questions.values()).values_list(
            "question_id", flat=True
        )
    )
    made = [
        Acceptance(
            question_id=questions[int(row["Id"])],
            answer_id=answers[int(row["AcceptedAnswerId"])],
            at=_moment(row.get("LastActivityDate") or row["CreationDate"]),
        )
        for row in chunk
        if int(row["Id"]) in questions
        and int(row["AcceptedAnswerId"]) in answers
        and questions[int(row["Id"])] not in solved
    ]
    Acceptance.objects.bulk_create(made)
    index_things("forum.question", [acceptance.question_id for acceptance in made])


@transaction.atomic
def _import_comments(source: str, chunk: list[Row], language: str) -> None:
    chunk = _new(source, "comment", chunk)
    numbers = [row["PostId"] for row in chunk]
    questions = known(source, "question", numbers)
    answers = known(source, "answer", numbers)
    parents = dict(Answer.objects.filter(pk__in=answers.values()).values_list("pk", "question_id"))
    people = known(source, "user", (row.get("UserId") for row in chunk))
    chunk = [row for row in chunk if int(row["PostId"]) in questions.keys() | answers.keys()]
    made = []
    for row in chunk:
        answer_id = answers.get(int(row["PostId"]))
        made.append(
            Comment(
                author_id=people.get(int(row["UserId"])) if row.get("UserId") else None,
                question_id=parents[answer_id] if answer_id else questions[int(row["PostId"])],
                answer_id=answer_id,
                created_at=_moment(row["CreationDate"]),
                up=max(int(row.get("Score", "0")), 0),
                language=language,
                source=row.get("Text", ""),
                html=preview(row.get("Text", "")),
                renderer_version=RENDERER_VERSION,
            )
        )
    _remember(source, "comment", chunk, Comment.objects.bulk_create(made))


@transaction.atomic
def _import_votes(source: str, chunk: list[Row]) -> None:
    """Count votes; a public dump does not say whose they are."""
    chunk = _new(source, "vote", chunk)
    numbers = [row["PostId"] for row in chunk]
    for kind, model in (("question", Question), ("answer", Answer)):
        here = known(source, kind, numbers)
        added: dict[int, Counter[str]] = {}
        for row in chunk:
            post = here.get(int(row["PostId"]))
            if post is not None:
                added.setdefault(post, Counter())[row["VoteTypeId"]] += 1
        for post, count in added.items():
            model._default_manager.filter(pk=post).update(
                up=F("up") + count[UP], down=F("down") + count[DOWN]
            )
    ExternalId.objects.bulk_create(
        [
            ExternalId(source=source, kind="vote", external_id=int(row["Id"]), object_id=0)
            for row in chunk
        ]
    )
