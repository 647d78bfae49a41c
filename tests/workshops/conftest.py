import pytest
import time_machine

NOW = "2026-10-01T10:00:00Z"


@pytest.fixture(autouse=True)
def first_of_october():
    """Let every test begin on the same day, two months before its workshops."""
    with time_machine.travel(NOW) as traveller:
        yield traveller
