"""Every act of the table at a wrong moment, twice, and sent twice by mistake, on page and API.

Done, not allowed and unseen are replayed by tests/proofs/test_rights.py, from the same table. A
fragment is the page's own view, and is left to it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import connection, transaction

from tests.faces import DONE
from tests.proofs.growing import ROOMS
from tests.proofs.moments import AGAIN, MOMENTS, NOTED, ONCE
from tests.proofs.rights import TABLE
from tests.proofs.test_rights import WRITES, outcome_of, thing_of

CASES = [
    pytest.param(name, face, id=f"{name}-{face}")
    for name in WRITES
    for face in TABLE[name].faces
    if face != "fragment" and TABLE[name].doers()
]
# Rows that say that something was sent, not what it did: which of them count all the same.
TRACES = {
    "core.KeptAnswer": "false",
    "core.UnsentForm": "false",
    "people.Session": "false",
    "forum.Draft": "spent_at IS NULL",
}
# No key and no token makes these one: what is sent, and what is not said twice.
NOT_KEPT = {
    "revoke a token-api": "the token that asks is gone",
    "make a token-page": "an answer that is kept would keep the token",
}


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def rows_there() -> dict[str, int]:
    """Return how many rows each table has, by its model."""
    models = [model for room in ROOMS for model in apps.get_app_config(room).get_models()]
    counts = [
        f"SELECT '{model._meta.label}', count(*) FROM {model._meta.db_table}"
        f" WHERE {TRACES.get(model._meta.label, 'true')}"
        for model in models
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(counts))
        return dict(cursor.fetchall())


def what_more(before: dict[str, int], after: dict[str, int]) -> str:
    """Return ONCE, NOTED or AGAIN for what a second send made."""
    more = {name for name in after if after[name] != before[name]}
    if more <= {"core.JournalLine"}:
        return NOTED if more else ONCE
    return AGAIN


@pytest.fixture
def send(world, browse, call):
    """Return a function that does an act of the table, by the first who may; says how it went."""

    def prepared(name, face, *, on="", **same):
        right = TABLE[name]
        who = world.people[right.doers()[0]]
        thing = getattr(world, on) if on else thing_of(world, right, who)
        client = call(who) if face == "api" else browse(who)
        if face == "api":
            method, path, data = right.act.api(thing)
            headers = {"Idempotency-Key": same["key"]} if same else {}

            def do():
                return getattr(client, method.lower())(path, data, format="json", headers=headers)

        else:
            path, form = right.act.page(thing)

            def do():
                return client.post(path, {**form, **({"once": same["key"]} if same else {})})

        return lambda: outcome_of(face, do())

    return prepared


def test_every_act_says_its_wrong_moment_and_what_twice_does():
    assert set(WRITES) - set(MOMENTS) == set()
    assert set(MOMENTS) - set(WRITES) == set()
    done = (ONCE, NOTED, AGAIN)
    unsaid = [n for n, one in MOMENTS.items() if one.twice in done and not one.says_when]
    assert unsaid == [], "no wrong moment, and no reason why there is none"


@pytest.mark.parametrize(("name", "face"), CASES)
def test_twice(name, face, send):
    do = send(name, face)

    with taken_back():
        assert do() == DONE
        before = rows_there()
        again, after = do(), rows_there()

    expected = MOMENTS[name].twice
    refused = expected not in (ONCE, NOTED, AGAIN)
    assert again == (expected if refused else DONE)
    assert what_more(before, after) == (ONCE if refused else expected)


@pytest.mark.parametrize(("name", "face"), [case for case in CASES if case.id not in NOT_KEPT])
def test_sent_twice_by_mistake(name, face, send):
    do = send(name, face, key="0123456789abcdef0123456789abcdef")

    with taken_back():
        assert do() == DONE
        before = rows_there()
        again, after = do(), rows_there()

    if face == "api":
        assert (again, after) == (DONE, before)
    else:  # a form without a token is one whose act comes to the same when it is done again
        assert again in (DONE, MOMENTS[name].twice)
        assert what_more(before, after) in (ONCE, NOTED)


WRONG = [case for case in CASES if MOMENTS[str(case.values[0])].comes_wrong]


@pytest.mark.parametrize(("name", "face"), WRONG)
def test_wrong_moment(name, face, send):
    moment = MOMENTS[name]
    do = send(name, face, on=moment.on)
    with taken_back():
        if moment.after:
            before = send(moment.after, face if face in TABLE[moment.after].faces else "api")
            assert before() == DONE
        there = rows_there()
        assert (do(), rows_there()) == (moment.heard, there)
