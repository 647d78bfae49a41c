"""One planted world for all the proofs of a file; every test takes back what it did."""

import logging

import pytest

from tests.proofs.planting import planted_for_a_while


@pytest.fixture(scope="module")
def planted(django_db_setup, django_db_blocker, tmp_path_factory):
    """Plant once for the file; each test then works inside a savepoint of its own."""
    with (
        django_db_blocker.unblock(),
        planted_for_a_while(tmp_path_factory.mktemp("index")) as found,
    ):
        yield found


@pytest.fixture(autouse=True)
def say_nothing_of_refusals():
    """Keep the thousands of refusals asked for here out of the log (and the seconds they cost)."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def world(planted, db, settings):
    settings.SEARCH_INDEX = planted.index
    settings.WRITES_PER_MINUTE = settings.WRITES_PER_HOUR = 10**6
    return planted
