"""The API answers as its description says, whatever it is asked, whoever asks.

Asked are the cases at and beyond every bound the description names, some by chance, and odd values
in each place of a request that works. Always the same ones; what is done is taken back each time.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import cycle
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.utils import timezone
from schemathesis.core import NOT_SET
from schemathesis.core.parameters import ParameterLocation

from people.models import ApiToken
from tests.proofs import contract
from tests.proofs.samples import Sample, grafted, oddities, samples

PEOPLE = ("aminata", "nadia", "clara", "moira", None)  # a member, an agent …, and no token
# Done by a session alone, never by a token (tests/people); what else they refuse is asked here.
WITHOUT_TOKEN = {"POST /api/v1/tokens", "POST /api/v1/people/me/erasure"}
# All agents of this world are paid, and nobody is masked to them (tests/helpdesk/test_masking.py).
FOR_VOLUNTEERS = {"PUT /api/v1/tickets/{ticket_id}/unmasking"}
every_operation = pytest.mark.parametrize("label", sorted(contract.OPERATIONS))


@pytest.fixture(scope="module")
def one_connection():
    """Keep the connection with what is planted, as Django's own client for tests does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def send(planted, one_connection, django_db_blocker):
    """Return a function that sends a case as someone, takes back what it did, and answers."""
    application, tokens = WSGIHandler(), {}
    expiry = timezone.now() + timedelta(days=1)
    scopes = ["read", "write", "import"]
    with django_db_blocker.unblock():
        for name, person in planted.people.items():
            _row, tokens[name] = ApiToken.issue(person, name="x", scopes=scopes, expiry=expiry)

    def send_case(case: Any, who: str | None) -> Any:
        headers = {"Accept-Encoding": "identity"}
        if who is not None:
            headers["Authorization"] = f"Token {tokens[who]}"
        with transaction.atomic():
            answer = case.call(app=application, headers=headers)
            transaction.set_rollback(True)
        return answer

    return send_case


@pytest.fixture(scope="module")
def good(planted, send, django_db_blocker) -> dict[str, Sample]:
    with django_db_blocker.unblock():
        return samples(planted, send)


@pytest.fixture
def ask(world, send) -> Callable[[Any, str | None], int]:
    """Return a function that sends a case as someone, holds the answer against the description,
    and returns its status."""

    def ask_case(case: Any, who: str | None) -> int:
        answer = send(case, who)
        case.validate_response(answer, checks=contract.CHECKS)
        status: int = answer.status_code
        return status

    return ask_case


def test_every_operation_does_what_it_is_for(good, ask):
    statuses = {label: ask(sample.case(), sample.who) for label, sample in good.items()}

    assert set(contract.OPERATIONS) - set(good) == WITHOUT_TOKEN | FOR_VOLUNTEERS
    assert {label: status for label, status in statuses.items() if status >= 300} == {}


@every_operation
def test_odd_values_are_answered_as_described(label, good, ask):
    if label in good:
        for case in oddities(good[label]):
            ask(case, good[label].who)


@every_operation
def test_bounds_are_answered_as_described(label, good, ask):
    cases = contract.covering(contract.OPERATIONS[label])

    statuses = {ask(case, who) for case, who in asked(cases, good.get(label))}

    assert label in WITHOUT_TOKEN | FOR_VOLUNTEERS or min(statuses) < 300, (
        "nothing was accepted: asked in vain"
    )


@every_operation
def test_chance_is_answered_as_described(label, good, ask):
    cases = contract.fuzzed(contract.OPERATIONS[label])

    for case, who in asked(cases, good.get(label)):
        ask(case, who)


def asked(cases: list[Any], sample: Sample | None) -> Iterator[tuple[Any, str | None]]:
    """Yield each case and who sends it, in turn everyone and who may.

    Who may does it on the thing that is theirs, and in a body they would be heard with; a case
    that is about the path keeps its own.
    """
    first: Any = NOT_SET
    for number, (case, who) in enumerate(zip(cases, cycle(PEOPLE), strict=False)):
        first = case.body if first is NOT_SET else first
        of_path = case.meta.phase.data.parameter_location == ParameterLocation.PATH
        if sample is not None and not of_path:
            case.path_parameters = dict(sample.values)
        if sample is None or number % 2:
            yield case, who
        else:
            case.body = grafted(case.body, first, sample.body)
            yield case, sample.who
