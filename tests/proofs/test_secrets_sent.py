"""A secret is put into every text of every act of the table, as its form and a program send it.

It is pointed out before any statement writes it, and goes through once that is confirmed; or the
action that writes it stands among those that ask nothing back, with the reason.
"""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction

from core.confided import SecretsFound
from tests import faces
from tests.faces import Act
from tests.proofs import contract
from tests.proofs.acts import Look
from tests.proofs.rights import TABLE
from tests.proofs.samples import places, put
from tests.proofs.test_rights import thing_of
from tests.proofs.test_secrets import NO_WORDS, ROOMS, WITHOUT, actions_of, asks_back, words_of

SECRET = "Blue!Sky9x"
TYPED = f"The password is {SECRET}"
# What the acts of the table leave out of their forms.
MORE: dict[str, dict[str, Any]] = {
    "edit an answer": {"why": ""},
    "edit a question": {"why": ""},
    "accept a suggestion": {"source": "", "revision": lambda row: _present(row).revision},
    "translate a guide": {"summary": ""},
    "flag": {"text": ""},
    "call a workshop off": {"reason": ""},
    "run a macro": {"source": ""},
    "edit one's profile": {"about": ""},
}
# Actions with values of their own, beside those of test_secrets.WITHOUT.
SPARED = WITHOUT | {
    "forum.keep_draft": "its writer alone reads it",
    "helpdesk.write_public_text": "what is private in it is found as its requester is asked",
}
CHOSEN = {
    ("helpdesk.open_ticket_for", "requester"),
    ("helpdesk.open_ticket_for", "site"),
    ("forum.ask", "tag_names"),
    ("forum.edit_question", "tag_names"),
    ("forum.tag_question", "tag_names"),
    ("forum.split_question", "reason"),
    ("forum.suggest", "tag_names"),
    ("people.appeal", "subject"),
    ("people.flag", "reason"),
}
# Asked about, and refused for another reason then.
REFUSED = {("name a tag", "name"): "a tag's name has no such signs"}


class Writes:
    """What statements that write were told, while it is on."""

    def __init__(self) -> None:
        self.tables: set[str] = set()
        self.by: set[str] = set()

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        words = sql.split()
        if words and words[0] in ("INSERT", "UPDATE") and SECRET in _told(params):
            self.tables.add(next(word for word in words if word.startswith('"')).strip('"'))
            self.by |= {action for action, _values in _running()}
        return execute(sql, params, many, context)


def _told(params: Any) -> str:
    values = params.values() if isinstance(params, dict) else params or ()
    return " ".join(
        bytes(one).decode(errors="replace") if isinstance(one, (bytes, memoryview)) else str(one)
        for one in values
    )


@contextmanager
def watched(monkeypatch: Any) -> Iterator[tuple[Writes, set[tuple[str, str]]]]:
    """Yield what is written, and the (action, parameter) that a secret was pointed out in."""
    writes = Writes()
    found: set[tuple[str, str]] = set()
    original = SecretsFound.__init__

    def watch(self: SecretsFound, *args: Any) -> None:
        found.update(_pointed_out())
        original(self, *args)

    with monkeypatch.context() as patch, connection.execute_wrapper(writes):
        patch.setattr(SecretsFound, "__init__", watch)
        yield writes, found


def _running() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the actions that run, with their values."""
    for one in inspect.stack(0):
        room, _, rest = one.frame.f_globals.get("__name__", "").partition(".")
        if room in ROOMS and rest.partition(".")[0] == "actions":
            yield f"{room}.{one.function}", one.frame.f_locals


def _pointed_out() -> Iterator[tuple[str, str]]:
    """Yield (action, parameter) of the actions that run, where the secret is in one."""
    for action, values in _running():
        for name, value in values.items():
            if SECRET in repr(value):
                yield action, name


def sendings(face: str, name: str, thing: Any) -> Iterator[tuple[str, Act, Act]]:
    """Yield where a text stands, the act with the secret in it, and the same confirmed."""
    act: Any = TABLE[name].act
    if face == "page":
        path, form = act.page(thing)
        more = MORE.get(name, {}).items()
        form = {**{key: one(thing) if callable(one) else one for key, one in more}, **form}
        for field, value in form.items():
            if isinstance(value, (str, list)) and field not in NO_WORDS:
                sent = {**form, field: [TYPED, *value[1:]] if isinstance(value, list) else TYPED}
                yield field, _form(path, sent), _form(path, {**sent, "send_secrets": "1"})
        return
    method, path, body = act.api(thing)
    for place in _texts_in(method, path, body) if isinstance(body, dict) else ():
        sent = put({place[0]: "", **body}, place, TYPED)
        confirmed = {**sent, "send_secrets": True}
        yield str(place[-1]), _body(method, path, sent), _body(method, path, confirmed)


def _present(suggestion: Any) -> Any:
    return type(suggestion).objects.get(pk=suggestion.pk).post


def _form(path: str, form: dict[str, Any]) -> Act:
    return Act(page=lambda _: (path, form), api=lambda _: ("", "", None))


def _body(method: str, path: str, body: Any) -> Act:
    return Act(page=lambda _: ("", {}), api=lambda _: (method, path, body))


def _texts_in(method: str, path: str, body: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return where a body has texts, and where it may have by the API's description."""
    label, _values = contract.operation_at(method, path)
    where, here = label.split(" ", 1)
    raw: Any = contract.SCHEMA.raw_schema
    asked = raw["paths"][here][where.lower()].get("requestBody", {}).get("content", {})
    ref = asked.get("application/json", {}).get("schema", {}).get("$ref", "")
    described = raw["components"]["schemas"].get(ref.rpartition("/")[2], {}).get("properties", {})
    left_out = [
        (name,)
        for name, facts in described.items()
        if name not in body
        and facts.get("type") in ("string", ["string", "null"])
        and not {"enum", "format"} & facts.keys()
    ]
    given = [place for place in places(body) if isinstance(_at(body, place), str)]
    return [place for place in (*given, *left_out) if place[-1] not in NO_WORDS]


def _at(body: Any, place: tuple[Any, ...]) -> Any:
    for key in place:
        body = body[key]
    return body


def sent(face: str, client: Any, act: Act, thing: Any, monkeypatch: Any) -> Any:
    """Send an act and take back what it did; return status, answer, writes, what was found."""
    cache.clear()  # who did so much in a minute that they wait
    with transaction.atomic(), watched(monkeypatch) as (writes, found):
        answer = faces.send(face, client, act, thing)
        content = answer.content.decode(errors="replace")
        transaction.set_rollback(True)
    return answer.status_code, content, writes, found


@pytest.mark.parametrize("face", ["page", "api"])
def test_every_text_that_is_sent_is_asked_about_before_it_is_kept(
    face, world, browse, call, monkeypatch
):
    wrong, covered = [], set()
    for name, right in TABLE.items():
        if isinstance(right.act, Look) or face not in right.faces or not right.doers():
            continue
        person = world.people[right.doers()[0]]
        thing, client = thing_of(world, right, person), (call if face == "api" else browse)(person)
        for field, act, confirmed in sendings(face, name, thing):
            status, content, writes, found = sent(face, client, act, thing, monkeypatch)
            if not found:
                wrong += [
                    (name, field, one) for one in writes.tables if not writes.by & SPARED.keys()
                ]
                continue
            covered |= found
            if status != 422 or writes.tables or "send_secrets" not in content:
                wrong.append((name, field, status))
            status, content, writes, _found = sent(face, client, confirmed, thing, monkeypatch)
            if status >= 400 and (name, field) not in REFUSED:
                wrong.append((name, field, "confirmed", status, content[:200]))

    assert wrong == []
    asking = {
        (f"{room}.{action}", word)
        for room in ROOMS
        for action, found in actions_of(room)
        if asks_back(found)
        for word in words_of(found)
    }
    assert asking - covered == CHOSEN
