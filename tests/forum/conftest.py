import pytest

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
