"""Which engine an installation has; in processes of their own, since settings load once."""

import pytest

from tests.core.test_settings import load

NAME_IT = """
import django
django.setup()
from search.engines import engine
print(type(engine()).__name__)
"""


def test_whoosh_is_taken_when_named_and_when_nothing_is(tmp_path):
    for named in ({}, {"SEARCH_ENGINE": ""}, {"SEARCH_ENGINE": "whoosh"}):
        done = load(tmp_path, NAME_IT, **named)

        assert (done.returncode, done.stdout.strip()) == (0, "WhooshEngine"), done.stderr


@pytest.mark.parametrize("named", ["elasticsearch", "Whoosh"])
def test_engine_that_there_is_not_is_refused_at_the_start(named, tmp_path):
    done = load(tmp_path, "import django; django.setup()", SEARCH_ENGINE=named)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1].endswith(
        f"ImproperlyConfigured: SEARCH_ENGINE is whoosh, not {named}."
    )
