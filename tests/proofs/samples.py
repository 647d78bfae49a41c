"""For each operation of the API one request that is answered well, and what is odd about it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any
from urllib.parse import parse_qsl

from schemathesis.core import NOT_SET

from tests.proofs import contract, walking
from tests.proofs.acts import Look
from tests.proofs.rights import TABLE
from tests.proofs.test_rights import thing_of
from tests.proofs.world import World

READERS = (None, "aminata", "bao", "nadia", "clara", "moira", "tomas", "panel", "sam")
ODD: tuple[Any, ...] = (
    "\x00",
    "\ud800",
    "x" * 70_000,
    "",
    "٣",
    "0001-01-01T00:00:00+14:00",
    2**63,
    10**400,
    None,
    ["\x00"],
    {"a": "\x00"},
)
ODD_IN_PATH = (str(2**63), "%00", "%FF", "%ED%A0%80", "x" * 300)
ODD_IN_QUERY = ("\x00", "٣", "NaN", str(2**63), "x" * 500)
NOT_DESCRIBED = {"api/v1/openapi.yaml", "api/v1/docs"}


@dataclass(frozen=True)
class Sample:
    """A request that is answered well: by whom (None: without a token) and with what."""

    label: str
    who: str | None
    values: dict[str, Any]  # of the path
    query: dict[str, Any] = field(default_factory=dict)
    body: Any = NOT_SET

    def case(self, **changes: Any) -> Any:
        """Return it, changed, as a case to send."""
        facts = {"path_parameters": self.values, "query": self.query, "body": self.body, **changes}
        if facts["body"] is not NOT_SET:
            facts["media_type"] = "application/json"
        return contract.OPERATIONS[self.label].Case(**facts)


def samples(world: World, send: Callable[[Any, str | None], Any]) -> dict[str, Sample]:
    """Return samples by label: of writes the acts of the table, of reads the first that is seen."""
    found: dict[str, Sample] = {}
    for sample in (*_writes(world), *_reads(send)):
        found.setdefault(sample.label, sample)
    return found


def _writes(world: World) -> Iterator[Sample]:
    for right in TABLE.values():
        if "api" in right.faces and right.doers() and not isinstance(right.act, Look):
            who = right.doers()[0]
            method, path, body = right.act.api(thing_of(world, right, world.people[who]))
            label, values = contract.operation_at(method, path)
            yield Sample(label, who, values, body=NOT_SET if body is None else body)


def _reads(send: Callable[[Any, str | None], Any]) -> Iterator[Sample]:
    rows, asked = walking.fillings(), walking.queries()
    for route in walking.walked():
        if route.is_api and "get" in route.api_methods and route.template not in NOT_DESCRIBED:
            queries = asked.get(route.template, [""])
            for path, query, who in product(route.paths(rows), queries, READERS):
                label, values = contract.operation_at("GET", path)
                sample = Sample(label, who, values, dict(parse_qsl(query.removeprefix("?"))))
                if send(sample.case(), who).status_code == 200:
                    yield sample
                    break


def oddities(sample: Sample) -> Iterator[Any]:
    """Yield the sample with an odd value in each of its places, one at a time."""
    for name, value in product(sample.values, ODD_IN_PATH):
        yield sample.case(path_parameters={**sample.values, name: value})
    for parameter, value in product(contract.OPERATIONS[sample.label].query, ODD_IN_QUERY):
        yield sample.case(query={**sample.query, parameter.name: value})
    if sample.body is not NOT_SET:
        for place, value in product(places(sample.body), ODD):
            yield sample.case(body=put(sample.body, place, value))
    yield sample.case(headers={"Idempotency-Key": "é\x01" * 500})


def places(body: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to each value of a JSON body, itself included."""
    yield at
    if isinstance(body, dict):
        for name in body:
            yield from places(body[name], (*at, name))
    elif isinstance(body, list):
        for index, value in enumerate(body):
            yield from places(value, (*at, index))


def put(body: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    changed = body.copy()
    changed[place[0]] = put(body[place[0]], place[1:], value)
    return changed


def grafted(body: Any, first: Any, good: Any) -> Any:
    """Return a good body with what `body` changes of `first`, so that the rest is accepted."""
    if not all(isinstance(each, dict) for each in (body, first, good)):
        return body
    new = {key: body[key] for key in body if repr(body[key]) != repr(first.get(key, NOT_SET))}
    kept = {key: good[key] for key in good if key in body or key not in first}
    return {**kept, **new}
