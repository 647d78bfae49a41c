"""A board's people, topics, posts and files become ours; known rows are left as they are."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from pathlib import Path, PurePath
from typing import Any

from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.validators import validate_email
from django.db import transaction
from django.forms import ValidationError

from core.errors import InvalidInput
from core.files import store_upload
from core.markup import MAX_SOURCE_BYTES, write_text
from forum import tags
from forum.actions import keep_imported, tag_imported
from forum.models import Answer, ExternalId, Question, Tag, TaggedQuestion
from forum.phpbb.board import Board, Row
from forum.phpbb.markdown import to_markdown, without_missing
from forum.phpbb.permissions import GUEST
from forum.stackexchange import count_answers, known
from people.handles import given_handle
from people.models import Person
from people.models.person import folded as folded_handle
from search.actions import index_things

LOCKED = 1  # topic_status
TOPIC_TYPES = {1: "sticky", 2: "announcement", 3: "announcement everywhere"}


@dataclass
class Report:
    """What came in. taken, left_out: forums, each `id: name`. not_understood: tags whose words
    stayed without their looks, and what else was lost, by what it was, and how often."""

    taken: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    users: int = 0
    questions: int = 0
    answers: int = 0
    files: int = 0
    known: int = 0
    hidden: int = 0
    not_understood: Counter[str] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, Any]:
        facts = dict(vars(self))
        return {**facts, "not_understood": dict(sorted(self.not_understood.items()))}


@dataclass(frozen=True)
class Import:
    """One run. source: the board's name; language: BCP 47, of all its texts; files: where its
    attachments lie, None without them; files_of: the forums whose files come in, None for all."""

    board: Board
    source: str
    language: str
    forums: Sequence[int]
    files: Path | None
    files_of: Collection[int] | None = None
    report: Report = field(default_factory=Report)

    def run(self) -> Report:
        """Bring the board in and return what came; a chunk is one transaction."""
        names = {row["forum_id"]: row["forum_name"] for row in self.board.forums()}
        for forum, name in names.items():
            told = self.report.taken if forum in self.forums else self.report.left_out
            told.append(f"{forum}: {unescape(name)}")
        for rows in self.board.users():
            self._users(rows)
        for rows in self.board.topics(self.forums):
            self._topics(rows, names)
        for rows in self.board.replies(self.forums):
            self._replies(rows)
        self.report.hidden = self.board.hidden(self.forums)
        return self.report

    @transaction.atomic
    def _users(self, rows: list[Row]) -> None:
        rows = self._new("user", rows)
        people = Person.objects.bulk_create(self._person(row) for row in rows)
        self._remember("user", rows, people)
        self._addresses(zip(rows, people, strict=True))
        self.report.users += len(people)

    def _person(self, row: Row) -> Person:
        handle = given_handle()  # a name made of the source would collide with one like it
        return Person(
            handle=handle,
            handle_folded=folded_handle(handle),
            display_name=unescape(row["username"])[:100] or handle,
            state=Person.State.IMPORTED,
            password="!",  # noqa: S106  (Django's mark of a password nobody can type)
            interface_language=self.language,
            joined_at=_moment(row["user_regdate"]),
        )

    def _addresses(self, pairs: Iterable[tuple[Row, Person]]) -> None:
        """Keep addresses as not proven: who signs in by a code sent there has the account.

        One that somebody here has already, or that is none, is left out: no account is taken over.
        """
        wanted: dict[str, Person] = {}
        for row, person in pairs:
            address = row["user_email"].strip().lower()
            try:
                validate_email(address)
            except ValidationError:
                self._lost("address: none")
                continue
            if address in wanted:
                self._lost("address: taken")
            else:
                wanted[address] = person
        here = EmailAddress.objects.filter(email__in=wanted).values_list("email", flat=True)
        for address in list(here):
            self._lost("address: taken")
            del wanted[address]
        EmailAddress.objects.bulk_create(
            EmailAddress(user=person, email=address, verified=False, primary=True)
            for address, person in wanted.items()
        )

    @transaction.atomic
    def _topics(self, rows: list[Row], names: dict[int, str]) -> None:
        rows = self._new("question", rows)
        people = self._people(rows)
        made = [
            Question(
                title=" ".join(unescape(row["topic_title"]).split())[:200] or "?",
                active_at=_moment(row["post_time"]),
                author_id=people.get(row["poster_id"]),
                created_at=_moment(row["post_time"]),
                edited_at=_moment(row["post_edit_time"]) if row["post_edit_time"] else None,
            )
            for row in rows
        ]
        self._write(rows, made)
        self._remember("question", rows, made)
        tag_imported(
            TaggedQuestion(tag=tag, content_object=question)
            for row, question in zip(rows, made, strict=True)
            for tag in self._tags(names.get(row["forum_id"], ""))
        )
        keep_imported(made)
        index_things("forum.question", [question.pk for question in made])
        self.report.questions += len(made)
        self._count_guests(rows)
        self._count_states(rows)

    def _tags(self, forum: str) -> list[Tag]:
        """Return the tag a forum's name makes; none for a name that makes none."""
        try:
            return tags.resolve([tags.from_words(unescape(forum))], self.language)
        except InvalidInput:
            self._lost("forum name without a tag")
            return []

    @transaction.atomic
    def _replies(self, rows: list[Row]) -> None:
        rows = self._new("answer", rows)
        questions = known(self.source, "question", (row["topic_id"] for row in rows))
        people = self._people(rows)
        rows = [row for row in rows if row["topic_id"] in questions]
        made = [
            Answer(
                question_id=questions[row["topic_id"]],
                author_id=people.get(row["poster_id"]),
                created_at=_moment(row["post_time"]),
                edited_at=_moment(row["post_edit_time"]) if row["post_edit_time"] else None,
            )
            for row in rows
        ]
        self._write(rows, made)
        self._remember("answer", rows, made)
        keep_imported(made)
        last: dict[int, datetime] = {}
        for answer in made:
            last[answer.question_id] = answer.created_at
        count_answers(last)
        for question_id, at in last.items():
            Question.objects.filter(pk=question_id, active_at__lt=at).update(active_at=at)
        index_things("forum.question", sorted(last))
        self.report.answers += len(made)
        self._count_guests(rows)

    def _count_states(self, rows: list[Row]) -> None:
        """Count what topics were besides questions: a question is none of it."""
        for row in rows:
            if row["poll_start"]:
                self._lost("topic: poll")
            if row["topic_status"] == LOCKED:
                self._lost("topic: locked")
            if row["topic_type"] in TOPIC_TYPES:
                self._lost(f"topic: {TOPIC_TYPES[row['topic_type']]}")

    def _count_guests(self, rows: list[Row]) -> None:
        """Count the names that guests gave: their posts have no author here."""
        for row in rows:
            if row["poster_id"] == GUEST and row["post_username"]:
                self._lost("name of a guest")

    def _write(self, rows: list[Row], made: Sequence[Question | Answer]) -> None:
        """Save the posts with their texts; those with files again, when these have addresses."""
        attached = self.board.attachments([row["post_id"] for row in rows])
        for row, post in zip(rows, made, strict=True):
            text = to_markdown(row["post_text"], row["bbcode_uid"])
            self.report.not_understood.update(f"[{name}]" for name in text.lost.elements())
            files = attached[row["post_id"]]
            self._render(post, without_missing(text.source, []))
            post.save()
            if self.files_of is not None and row["forum_id"] not in self.files_of:
                self.report.not_understood.update("file: not for guests" for _file in files)
            elif files:
                self._attach(post, text.source, set(text.files), files)

    def _attach(
        self, post: Question | Answer, source: str, inline: set[int], files: list[Row]
    ) -> None:
        """Keep a post's files; those that stand nowhere in its text are named under it."""
        found = [(index, row, self._store(post, row)) for index, row in enumerate(files)]
        kept = [(index, address) for index, _row, address in found if address]
        source = without_missing(source, kept)
        for index, row, address in found:
            if address and index not in inline:
                name = unescape(row["real_filename"]).replace("[", "(").replace("]", ")")
                source += f"\n\n[{name}](<{address}>)"
        self._render(post, source)
        post.save(update_fields=["source", "html", "renderer_version", "language"])

    def _store(self, post: Question | Answer, row: Row) -> str:
        """Return where a file is to be had now; empty when it could not be kept."""
        name = PurePath(row["physical_filename"]).name
        if self.files is None or post.author_id is None or not (self.files / name).is_file():
            self._lost("file: not there" if post.author_id else "file: of a guest")
            return ""
        upload = SimpleUploadedFile(
            unescape(row["real_filename"]), (self.files / name).read_bytes()
        )
        try:
            stored = store_upload(actor=post.author, upload=upload, thing=post)
        except InvalidInput as refusal:
            self._lost(f"file: {refusal.errors[0].code}")
            return ""
        self.report.files += 1
        return stored.get_absolute_url()

    def _render(self, post: Question | Answer, source: str) -> None:
        encoded = source.encode()
        if len(encoded) > MAX_SOURCE_BYTES:
            self._lost("text: cut")
            source = encoded[:MAX_SOURCE_BYTES].decode(errors="ignore")
        write_text(post, source, language=self.language)

    def _people(self, rows: list[Row]) -> dict[int, int]:
        return known(self.source, "user", (row["poster_id"] for row in rows))

    def _new(self, kind: str, rows: list[Row]) -> list[Row]:
        there = known(self.source, kind, (row["id"] for row in rows))
        self.report.known += len(there)
        return [row for row in rows if row["id"] not in there]

    def _remember(self, kind: str, rows: list[Row], made: Sequence[Any]) -> None:
        ExternalId.objects.bulk_create(
            ExternalId(source=self.source, kind=kind, external_id=row["id"], object_id=one.pk)
            for row, one in zip(rows, made, strict=True)
        )

    def _lost(self, what: str) -> None:
        self.report.not_understood[what] += 1


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
