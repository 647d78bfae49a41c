"""Who hears of what happens to a question: pure, from what people follow and muted."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

QUESTION, TAG, PERSON = "forum.question", "forum.tag", "people.person"
LAST_WINS: Final = (TAG, PERSON, QUESTION)  # who follows several hears by the nearest


@dataclass(frozen=True)
class Pointer:
    """That someone follows a thing, or said that they do so no more."""

    person_id: int
    kind: str
    object_id: int
    is_stopped: bool = False


@dataclass(frozen=True)
class Happening:
    """What happened to a question.

    takers: who takes part and hears by that alone, whether or not they have a row: asker, author
    of the answer that was commented on. is_new: the question itself, of which who follows its tags
    hears, and who follows it knows. by_author: whether who follows its author hears of it.
    """

    question_id: int
    author_id: int | None
    tag_ids: Collection[int] = ()
    takers: Collection[int] = field(default=())
    is_new: bool = False
    by_author: bool = False

    def things(self) -> dict[str, set[int]]:
        """Return what may be followed or muted about it: ids by kind."""
        author = {self.author_id} if self.author_id is not None else set()
        return {QUESTION: {self.question_id}, TAG: set(self.tag_ids), PERSON: author}


def listeners(
    what: Happening, follows: Iterable[Pointer], mutes: Iterable[Pointer]
) -> dict[int, str]:
    """Return who hears of it, each with the kind by which they do; never its author.

    follows, mutes: of the happening's things alone. What is muted is silent, whatever is followed;
    but a muted tag is no matter to who follows the question itself.
    """
    heard: dict[str, set[int]] = {QUESTION: set(what.takers), TAG: set(), PERSON: set()}
    stopped = set()
    for row in follows:
        if row.is_stopped and row.kind == QUESTION:
            stopped.add(row.person_id)
        elif not row.is_stopped:
            heard[row.kind].add(row.person_id)
    heard[QUESTION] -= stopped
    heard[QUESTION if what.is_new else TAG] = set()
    if not what.by_author:
        heard[PERSON] = set()
    found = {person_id: kind for kind in LAST_WINS for person_id in heard[kind]}
    return _without_muted(found, what.author_id, mutes)


def _without_muted(
    found: Mapping[int, str], author_id: int | None, mutes: Iterable[Pointer]
) -> dict[int, str]:
    silent: set[int] = set()
    for row in mutes:
        if row.kind != TAG or found.get(row.person_id) != QUESTION:
            silent.add(row.person_id)
    return {
        person_id: kind
        for person_id, kind in sorted(found.items())
        if person_id not in silent and person_id != author_id
    }
