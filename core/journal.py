"""The journal: what happened, written in the transaction of the change, followed after commit."""

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Model
from django.utils import timezone
from structlog.contextvars import bound_contextvars

from core import kept, things
from core.faces import TASK, coming_from, current_face, current_means, current_request_id
from core.models import Following, JournalLine
from core.prepared import insert, new

Follower = Callable[[JournalLine], None]
Hint = Callable[[JournalLine], None]
PUBLIC = JournalLine.Audience.PUBLIC
PARTICIPANTS = JournalLine.Audience.PARTICIPANTS
STAFF = JournalLine.Audience.STAFF
SYSTEM = JournalLine.Audience.SYSTEM
STABLE_KEY = re.compile(r"[A-Za-z0-9_.:/+-]{0,60}")

_followers: dict[str, Follower] = {}
_followers_of_verb: dict[str, list[str]] = {}
_hints_of_verb: dict[str, list[Hint]] = {}


def follows(*verbs: str) -> Callable[[Follower], Follower]:
    """Declare a follower of these verbs (in an app's followers.py, imported by its ready()).

    A follower is called by the worker after commit, inside one transaction with the mark that it
    is done: what it writes to this database happens exactly once. What it does elsewhere may
    happen again after a crash and must be safe to repeat. It holds SQLite's one write lock: what
    waits for another machine (mail, a webhook) is a task of its own, enqueued by the follower.
    """

    def declare(follower: Follower) -> Follower:
        name = f"{follower.__module__}.{follower.__qualname__}"
        if len(name) > 100:  # the column's; SQLite would take it, PostgreSQL not
            raise ValueError(f"The name {name} is too long for a follower.")
        _followers[name] = follower
        for verb in verbs:
            _followers_of_verb.setdefault(verb, []).append(name)
        return follower

    return declare


def at_commit(hint: Hint, *verbs: str) -> None:
    """Let a function be called with each line of these verbs, right after it is committed.

    In the process that wrote, whose caller waits: it asks nothing of the database. It is a hint:
    lost where the process dies there, so that something else must find the same a little later.
    """
    for verb in verbs:
        _hints_of_verb.setdefault(verb, []).append(hint)


def record(
    verb: str,
    *,
    actor: Any,
    thing: Model,
    parent: Model | None = None,
    audience: str = PARTICIPANTS,
    changes: dict[str, Any] | None = None,
    on_behalf_of: Any = None,
    at: datetime | None = None,
) -> JournalLine:
    """Write what happened, with a task for its followers, in the caller's transaction.

    verb: `room.past_participle`, such as `forum.answer_accepted`. changes: ids, stable keys and
    numbers; never bodies, names or addresses. actor: a Person, or None for the installation. What
    the change was done by (core.faces.by_means) is added to them as `means`. at: the moment that
    the change itself bears; left out, now.
    Raises TransactionManagementError outside of a transaction, ValueError for changes in words.
    """
    from core.tasks import follow

    means = current_means()
    told = {**(changes or {}), **({"means": means} if means else {})}
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("record() belongs to the change it tells of.")
    line = new(
        JournalLine,
        actor=actor,
        on_behalf_of=on_behalf_of,
        face=current_face(),
        request_id=current_request_id(),
        verb=verb,
        thing_kind=things.kind_of(thing),
        thing_id=thing.pk,
        parent_kind=things.kind_of(parent) if parent else "",
        parent_id=parent.pk if parent else None,
        audience=audience,
        changes=_without_words(told),
        at=at or timezone.now(),
    )
    insert(line)
    _outdate_pages(verb)
    for hint in _hints_of_verb.get(verb, ()):
        transaction.on_commit(functools.partial(hint, line), robust=True)
    if verb in _followers_of_verb:
        follow.enqueue(line_id=line.pk)
    return line


def record_all(
    verb: str,
    *,
    actor: Any,
    things_with_changes: Sequence[tuple[Model, dict[str, Any]]],
    audience: str = PARTICIPANTS,
) -> list[JournalLine]:
    """Write the same verb on many things of one import, in a few statements.

    For verbs that nobody follows: effects of imports are asked for by the import itself.
    Raises ValueError for a followed verb or changes in words, and TransactionManagementError
    outside of a transaction.
    """
    if verb in _followers_of_verb:
        raise ValueError(f"{verb} has followers: record its lines one by one.")
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("record_all() belongs to its change.")
    face, request_id = current_face(), current_request_id()
    return JournalLine.objects.bulk_create(
        [
            JournalLine(
                actor=actor,
                face=face,
                request_id=request_id,
                verb=verb,
                thing_kind=things.kind_of(thing),
                thing_id=thing.pk,
                audience=audience,
                changes=_without_words(changes),
            )
            for thing, changes in things_with_changes
        ],
        batch_size=1000,
    )


def _outdate_pages(verb: str) -> None:
    room = verb.partition(".")[0]
    transaction.on_commit(functools.partial(kept.outdate, room), robust=True)


def _without_words(changes: dict[str, Any]) -> dict[str, Any]:
    """Return changes that hold stable keys, ids and numbers alone: a line is never taken back."""
    for text in _texts_in(changes):
        if not STABLE_KEY.fullmatch(text):
            raise ValueError(f"The journal takes no words, and {text[:20]!r} … looks like some.")
    return changes


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _texts_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts_in(inner)


def run_followings(line_id: int) -> None:
    """Call each follower of a line that has not followed it yet; then raise what went wrong.

    Called again, it leaves alone those who are done. Raises the one fault, or a group of them.
    """
    line = JournalLine.objects.get(pk=line_id)
    faults = []
    for name in _followers_of_verb.get(line.verb, []):
        try:
            run_following(line, name)
        except (OperationalError, InterfaceError):  # the database is away: for all of them
            raise
        except Exception as fault:  # the worker's loop: kept, and raised once all had their turn
            faults.append(fault)
    if len(faults) > 1:
        raise ExceptionGroup(f"{len(faults)} followers failed.", faults)
    if faults:
        raise faults[0]


@transaction.atomic
def run_following(line: JournalLine, name: str) -> None:
    """Call a follower, once: the mark that it is done is made in the same transaction."""
    _following, is_new = Following.objects.get_or_create(line=line, follower=name)
    if is_new:
        with coming_from(TASK), bound_contextvars(request_id=line.request_id):
            _followers[name](line)
