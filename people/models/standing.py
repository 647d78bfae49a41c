"""What every page asks of the person who reads it, in the one query that reads the person."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import IntegerField, OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Coalesce

from core.prepared import Prepared
from people.models.notices import Notice
from people.models.person import GRANT_FIELDS, Person, RoleGrant
from people.models.trust import Trust

MOST_UNREAD = 99  # more are not told apart
AS_JSON = {
    "sqlite": "(SELECT json_group_array(json_object(%(pairs)s)) FROM (%%(subquery)s))",
    "postgresql": "(SELECT coalesce(json_agg(t), '[]')::text FROM (%%(subquery)s) AS t)",
}


class RowsAsJson(Subquery):
    """The grants of a query set of GRANT_FIELDS as one JSON text."""

    output_field = TextField()

    def as_sql(self, compiler: Any, connection: Any, template: Any = None, **extra: Any) -> Any:
        pairs = ", ".join(f"'{name}', {name}" for name in GRANT_FIELDS)
        template = AS_JSON[connection.vendor] % {"pairs": pairs}
        return super().as_sql(compiler, connection, template, **extra)


class Counted(Subquery):
    """How many rows a query set has, which may be a slice."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()
    empty_result_set_value = 0


_counted: dict[str, Callable[[OuterRef], QuerySet[Any]]] = {}


def declare_count(name: str, rows: Callable[[OuterRef], QuerySet[Any]]) -> None:
    """Let the query that reads the person also count these rows of theirs, MOST_UNREAD at most.

    name: an attribute of Person. rows: given where the person's id stands; what they ask must be
    found by an index, since every page of who is signed in asks it. Called once, from ready().
    """
    _counted[name] = rows


def standing_of(person: str) -> dict[str, Any]:
    """Return the annotations `grant_rows`, read by Person.grants, `unread_notices`, `trust_level`,
    and what other rooms count (declare_count).

    person: the field of the query set that holds the person's id.
    """
    counted = {name: rows(OuterRef(person)) for name, rows in _counted.items()}
    grants = RoleGrant.objects.filter(person=OuterRef(person)).order_by("pk")
    unread = Notice.objects.unread().filter(person=OuterRef(person))[:MOST_UNREAD]
    return {
        "grant_rows": RowsAsJson(grants.values(*GRANT_FIELDS)),
        "unread_notices": Counted(unread.values("pk")),
        "trust_level": Coalesce(
            Subquery(Trust.objects.filter(person=OuterRef(person)).values("level")), 0
        ),
        **{name: Counted(rows[:MOST_UNREAD].values("pk")) for name, rows in counted.items()},
    }


def take_standing(person: Person, row: Any) -> None:
    """Give a person what a row of another table was annotated with by standing_of."""
    person.grant_rows, person.unread_notices = row.grant_rows, row.unread_notices
    person.trust_level = row.trust_level
    for name in _counted:
        setattr(person, name, getattr(row, name))


def _with_standing(person_id: int) -> Any:
    rows: Any = Person.objects.filter(pk=person_id)
    return rows.annotate(**standing_of("pk"))


Held = tuple[tuple[str, int | None, int | None, bool], ...]


def held_by(person: Any) -> Held:
    """Return the roles someone holds now, as a key under which a statement may be kept."""
    return held_of(person.grants)


def held_of(grants: Iterable[RoleGrant]) -> Held:
    """Return the same of grants, whatever their order."""
    held = ((row.role, row.queue_id, row.organisation_id, row.volunteer) for row in grants)
    return tuple(sorted(held, key=lambda one: (one[0], one[1] or 0, one[2] or 0, one[3])))


def read_by(reader: Any) -> Held | None:
    """Return the same of who reads a page; None: a visitor, who is nobody."""
    return held_by(reader) if reader.is_authenticated else None


def stand_in(person_id: int, held: Held | None) -> Any:
    """Return whom a statement is made for: holds these roles, and is nobody yet."""
    if held is None:
        return AnonymousUser()
    person = Person(pk=person_id)
    person.grants = [
        RoleGrant(role=role, queue_id=queue, organisation_id=organisation, volunteer=volunteer)
        for role, queue, organisation, volunteer in held
    ]
    return person


_readers: Prepared[Person] = Prepared(_with_standing)
_brought: ContextVar[Person | None] = ContextVar("brought", default=None)


@contextmanager
def brought(person: Person | None) -> Iterator[None]:
    """Let `reader` give this person, whom a session has just brought, without asking again."""
    token = _brought.set(person)
    try:
        yield
    finally:
        _brought.reset(token)


def reader(person_id: int) -> Person | None:
    """Return a person with `grant_rows`, read by Person.grants, and `unread_notices`."""
    person = _brought.get()
    if person is not None and person.pk == person_id:
        return person
    return next(iter(_readers(person_id)), None)
