"""Taking words and files out of a room for good, wherever they stand in it."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from chat.actions.steps import Kind, append
from chat.models import ChatMessage, Room, RoomClosure
from chat.queries import files_in_room
from core.files import files_of, forget_file
from core.markup import RENDERER_VERSION, write_text
from core.markup.written import mentions_in
from core.purging import Clean, empty_answers
from people.actions import purge_flags
from people.models import Person


@dataclass(frozen=True)
class PurgedTalk:
    """The ids of messages that had words, and of those that were flagged with them."""

    rewritten: list[int] = field(default_factory=list)
    flagged: list[int] = field(default_factory=list)

    @property
    def all(self) -> list[int]:
        return sorted({*self.rewritten, *self.flagged})


@transaction.atomic
def purge_words(
    *,
    actor: Person | None,
    kind: str,
    object_id: int,
    clean: Clean,
    whose: Person | None = None,
) -> PurgedTalk:
    """Rewrite what is and was said in the room of a thing, and what flags on that say.

    clean: gives a text without the words, the same where they are not in it. Whoever reads the
    room learns of it as of an edit; actor: None, where they must not learn by whom. whose: only
    what this person said. Asks for no
    right and writes no journal line: the caller, whose thing it is, does both.
    """
    room = Room.objects.select_for_update().filter(thing_kind=kind, thing_id=object_id).first()
    if room is None:
        return PurgedTalk()
    changed = []
    rows = ChatMessage.objects.select_for_update().filter(room=room)
    if whose is not None:
        rows = rows.filter(author=whose)
    for row in rows.exclude(source="").order_by("number"):
        source = clean(row.source)
        if source == row.source:
            continue
        changed.append(row.pk)
        if row.kind == Kind.MESSAGE:
            _rewrite(room, row, source, actor)
        else:
            ChatMessage.objects.filter(pk=row.pk).update(source=source)
    every = list(ChatMessage.objects.filter(room=room).values_list("pk", flat=True))
    told = purge_flags(kind="chat.message", ids=every, clean=clean, by=whose)
    if whose is None:
        _rewrite_closures(room, clean)
    if changed or told:
        _empty_answers(room)
    return PurgedTalk(changed, sorted(told))


@transaction.atomic
def purge_files(
    *, actor: Person, kind: str, object_id: int, keys: Collection[str], mark: str
) -> list[str]:
    """Delete files that were sent in the room of a thing; return the keys of those found there.

    mark: what a message says then that said nothing else. Whoever reads the room learns of it as
    of an edit. Asks for no right, as purge_words().
    """
    room = Room.objects.select_for_update().filter(thing_kind=kind, thing_id=object_id).first()
    if room is None:
        return []
    gone = [file for file in files_in_room(room) if str(file.key) in keys]
    for file in gone:
        forget_file(file)
    rows = ChatMessage.objects.select_for_update()
    for row in rows.filter(pk__in={file.thing_id for file in gone}).order_by("pk"):
        row.file_count = len(files_of(row))
        _rewrite(room, row, row.source or ("" if row.file_count else mark), actor)
    if gone:
        _empty_answers(room)
    return [str(file.key) for file in gone]


def _rewrite_closures(room: Room, clean: Clean) -> None:
    for row in RoomClosure.objects.filter(room=room).order_by("pk"):
        if (reason := clean(row.reason)) != row.reason:
            RoomClosure.objects.filter(pk=row.pk).update(reason=reason[:500])


def _empty_answers(room: Room) -> None:
    empty_answers([f"/rooms/{room.pk}", f"/api/v1/rooms/{room.pk}"])


def _rewrite(room: Room, row: ChatMessage, source: str, actor: Person | None) -> None:
    write_text(row, source, language=row.language, mentions=mentions_in(row.html))
    row.revision += 1
    row.edited_at = timezone.now()
    row.save()
    append(room, Kind.EDITED, author=actor, about=row, source="", renderer_version=RENDERER_VERSION)
