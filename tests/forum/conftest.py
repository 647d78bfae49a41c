from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forum import actions


@pytest.fixture
def question(cast):
    return actions.ask(
        actor=cast.aminata,
        title="White page after a WordPress update",
        source="Since **last night** every page is white.",
        language="en",
        tag_names=["wordpress", "php"],
    )


@pytest.fixture
def answer(cast, question):
    return actions.answer(
        actor=cast.bao,
        question_id=question.pk,
        source="Rename the plugins folder.",
        language="en",
    )


@pytest.fixture
def ask_many(cast):
    """Return a function that asks so many questions, with one answer to every second."""

    def ask(count: int) -> list[Any]:
        rows = []
        for number in range(count):
            row = actions.ask(
                actor=cast.clara,
                title=f"Question of the many, {number}",
                source="x",
                language="en",
                tag_names=["php"],
            )
            if number % 2:
                actions.answer(
                    actor=cast.bao, question_id=row.pk, source=f"Answer {number}", language="en"
                )
            rows.append(row)
        return rows

    return ask


@pytest.fixture
def hidden(cast):
    """A question that aminata asked under a pseudonym."""
    return actions.ask(
        actor=cast.aminata,
        title="How do I leave without being found?",
        source="I would rather not be named here.",
        language="en",
        tag_names=["privacy"],
        under_pseudonym=True,
    )


@pytest.fixture
def statements():
    """Return a function that asks for a page and says with which statements it was made."""

    def ask(client: Any, path: str) -> list[str]:
        client.get(path)  # what is kept of it, and what a first visit writes
        cache.clear()
        with CaptureQueriesContext(connection) as found:
            assert client.get(path).status_code == 200
        return [row["sql"] for row in found.captured_queries]

    return ask
