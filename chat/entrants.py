"""Who of many people may enter a room now, in a few statements however many they are.

The kind's own rule is written once, for one person (`visible_to`). Its statement is made with a
stand-in for the person, and the stand-in's id then replaced by a column: the same rule, asked of
all who hold the same roles at once. Whom that does not let in is asked about alone.
"""

import json
from collections import defaultdict
from collections.abc import Collection
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.utils import timezone

from chat import rooms, rules
from chat.models import Room
from chat.queries import room_by_id
from core.among import AMONG, parameter_of
from core.errors import Refusal
from core.things import thing_of
from people.models import Person, RoleGrant
from people.models.standing import Held, held_of, stand_in

PLACE = -(2**31) + 7  # stands for a person's id while a statement is made: no id of ours
THING = PLACE + 1
ONE_BY_ONE = 2  # fewer people than this are asked about alone
# All ids in one row: SQLite's driver lets other threads in before each.
TOGETHER = {"sqlite": "json_group_array(entrant.id)", "postgresql": "json_agg(entrant.id)::text"}


def who_may_enter(room_id: int, person_ids: Collection[int]) -> set[int]:
    """Return those of these people who may enter the room now; nobody where it is not there."""
    found = room_by_id(room_id) if person_ids else []
    if not found:
        return set()
    room = found[0]
    entered: set[int] = set()
    if len(person_ids) >= ONE_BY_ONE:
        for held, group in _by_standing(person_ids).items():
            entered |= _entered(room, held, group)
    others = set(person_ids) - entered
    for person in Person.objects.filter(pk__in=others) if others else ():
        if _may_enter(person, room):
            entered.add(person.pk)
    return entered


def _may_enter(person: Person, room: Room) -> bool:
    try:
        return rules.can_enter(person, room)
    except Refusal:
        return False


def _by_standing(person_ids: Collection[int]) -> dict[Held, list[int]]:
    """Group people by the roles they hold now."""
    now = timezone.now()
    grants: dict[int, list[RoleGrant]] = defaultdict(list)
    table = RoleGrant._meta.db_table
    statement = f"SELECT * FROM {table} WHERE person_id {AMONG[connection.vendor]}"  # noqa: S608
    for grant in RoleGrant.objects.raw(statement, [parameter_of(person_ids)]):
        if grant.is_in_force(now):
            grants[grant.person_id].append(grant)
    groups: dict[Held, list[int]] = defaultdict(list)
    for person_id, held in grants.items():
        groups[held_of(held)].append(person_id)
    if others := [person_id for person_id in person_ids if person_id not in grants]:
        groups[held_of(())] += others
    return groups


def _entered(room: Room, held: Held, group: list[int]) -> set[int]:
    """Return who of a group may enter; superusers and who is not active are not found here."""
    rule = _statement(connection.vendor, room.thing_kind, held)
    if rule is None:
        return set()
    exists, parameters = rule
    # Names of tables and columns alone; every value is a parameter.
    statement = (
        f"SELECT {TOGETHER[connection.vendor]} FROM {Person._meta.db_table} entrant"  # noqa: S608
        f" WHERE entrant.id {AMONG[connection.vendor]} AND entrant.state = %s"
        f" AND NOT entrant.is_superuser AND EXISTS ({exists})"
    )
    filled = [room.thing_id if value == THING else value for value in parameters]
    with connection.cursor() as cursor:
        cursor.execute(statement, [parameter_of(group), Person.State.ACTIVE.value, *filled])
        found = set(json.loads(cursor.fetchone()[0] or "[]"))
    return found if rooms.is_enterable(room.thing_kind) else _by_rule(room, held, found)


def _by_rule(room: Room, held: Held, person_ids: set[int]) -> set[int]:
    """Return those whom the kind's own rule lets in too, which is asked of the thing as it is."""
    thing = thing_of(room.thing_kind).model._default_manager.filter(pk=room.thing_id).first()
    person = stand_in(PLACE, held)
    entered = set()
    for person_id in person_ids if thing is not None else ():
        person.id = person_id  # pk would look for parents each time
        if rooms.may_enter(room.thing_kind, person, thing):
            entered.add(person_id)
    return entered


@lru_cache(maxsize=512)
def _statement(_vendor: str, kind: str, held: Held) -> tuple[str, tuple[Any, ...]] | None:
    """Return the rule's statement with the person's id as the column entrant.id; None: nobody.

    Kept, as all statements of `visible_to` are: what it asks of the moment the database knows.
    """
    try:
        rows = rooms.enterable(kind, stand_in(PLACE, held)).filter(pk=THING)
        statement, parameters = rows.order_by().values("pk").query.sql_with_params()
    except (EmptyResultSet, Refusal):
        return None
    pieces = statement.split("%s")
    text, kept = pieces[0], []
    for value, piece in zip(parameters, pieces[1:], strict=True):
        is_person = isinstance(value, int) and value == PLACE
        text += ("entrant.id" if is_person else "%s") + piece
        if not is_person:
            kept.append(THING if isinstance(value, int) and value == THING else value)
    return text, tuple(kept)
