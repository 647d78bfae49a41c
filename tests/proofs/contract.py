"""The API's own description: what it lets us send, and what every answer is held against."""

import re
from contextlib import closing
from typing import Any

import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.coverage import GenerationSession
from schemathesis.specs.openapi import checks

from core.management.commands.openapi import SNAPSHOT

SCHEMA: Any = schemathesis.openapi.from_dict(
    yaml.load(SNAPSHOT.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader),
    config=schemathesis.Config(),
)
OPERATIONS: dict[str, Any] = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}
MOST_CASES = 80
FUZZ_EXAMPLES = 4
PARTS = {"type", "title", "status", "detail", "code", "errors", "allowed"}


def operation_at(method: str, path: str) -> tuple[str, dict[str, str]]:
    """Return the label of what answers there, and what stands in its path; plain words first.

    Raises ValueError for an address that is not described.
    """
    found = []
    for label, operation in OPERATIONS.items():
        pattern = re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", operation.path)
        match = re.fullmatch(pattern, path)
        if match and operation.method.upper() == method:
            found.append((len(match.groups()), label, match.groupdict()))
    _count, label, values = min(found)
    return label, values


def covering(operation: Any) -> list[Any]:
    """Return the cases at and beyond every bound that is described: always the same ones.

    Of the few operations with very many, each second or third, so that all take under a minute.
    (A session of its own: the schema's remembers which methods were tried at an address.)
    """
    with closing(GenerationSession()) as session:
        cases = list(
            SCHEMA.iter_coverage_cases(
                operation,
                generation_modes=list(GenerationMode),
                generation_config=SCHEMA.config.generation,
                session=session,
            )
        )
    return cases[:: 1 + len(cases) // MOST_CASES]


def fuzzed(operation: Any) -> list[Any]:
    """Return some cases by Hypothesis, right ones and wrong ones: always the same ones."""
    found: list[Any] = []

    @settings(
        max_examples=FUZZ_EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of([operation.as_strategy(generation_mode=mode) for mode in GenerationMode]))
    def collect(case: Any) -> None:
        found.append(case)

    collect()
    return found


def problem_document(_ctx: Any, answer: Any, _case: Any) -> None:
    """Hold a refusal against the API's shape of RFC 9457, be its status described or not (405)."""
    if answer.status_code < 400:
        return
    assert answer.headers["content-type"] == ["application/problem+json"]
    body = answer.json()
    assert set(body) >= PARTS, body
    assert body["status"] == answer.status_code, body
    assert body["title"], body
    assert body["detail"], body
    assert re.fullmatch("[a-z_]+", body["code"]), body
    assert all(set(error) == {"field", "code", "detail"} for error in body["errors"]), body


def wrong_query_is_refused(ctx: Any, answer: Any, case: Any) -> None:
    """Hold that a filter of the wrong type is refused, not ignored.

    Not so an empty one, which asks for nothing, as in a form. Not so in a body: DRF reads the
    number 5 as the text "5", and an import takes the good rows and reports the others.
    """
    wrong = case.meta is not None and case.meta.is_negative_at(ParameterLocation.QUERY)
    if wrong and all(value not in ("", None, [], {}) for value in case.query.values()):
        checks.negative_data_rejection(ctx, answer, case)


# Not here: positive_data_acceptance. No description can say whose handle is known, which skills
# and time zones there are, or that a day is past.
CHECKS: list[Any] = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.unsupported_method,
    checks.allow_header_conformance,
    wrong_query_is_refused,
    problem_document,
]
