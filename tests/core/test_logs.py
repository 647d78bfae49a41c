"""What is logged as an error is one of ours."""

import io
import logging

import pytest

from core.logs import VisitorsFault


@pytest.fixture
def logged():
    """Return what the process writes to its log, as it is written there."""
    handlers = logging.getLogger().handlers
    console = next(
        one for one in handlers if any(isinstance(f, VisitorsFault) for f in one.filters)
    )
    assert isinstance(console, logging.StreamHandler)
    written = io.StringIO()
    before = console.setStream(written)
    yield written
    console.setStream(before)


@pytest.mark.django_db
def test_host_that_is_not_ours_is_answered_plainly_and_is_no_error(logged, client, settings):
    settings.ALLOWED_HOSTS = ["entraide.example"]

    answer = client.get("/questions", headers={"host": "evil.example"})

    assert (answer.status_code, b"Bad Request" in answer.content) == (400, True)
    lines = logged.getvalue()
    assert "evil.example" in lines
    assert "warning" in lines
    assert "error" not in lines
    assert "Traceback" not in lines


def test_faults_of_ours_stay_errors_with_their_traceback(logged):
    try:
        int("ours")
    except ValueError:
        logging.getLogger("core.tested").exception("broken")

    assert "error" in logged.getvalue()
    assert "Traceback" in logged.getvalue()
