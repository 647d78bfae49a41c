"""Secrets typed into the forum are pointed out before others read them, whatever is written."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from forum import actions
from forum.models import (
    Answer,
    Comment,
    Guide,
    GuideRevision,
    Question,
    Rendition,
    Revision,
    Suggestion,
    Tag,
)
from tests.faces import DONE, FACES, INVALID, Act, send

SECRET = "Blue!Sky9"
TYPED = f"The password is {SECRET}, it was in the file."
LONG = {"title": "A white page after an update", "source": TYPED}
GUIDE = {"title": "Move a site here", "summary": "", "source": TYPED}
KEPT = (Question, Answer, Comment, Revision, Suggestion, Rendition, Guide, GuideRevision, Tag)


@dataclass(frozen=True)
class Writing:
    """How a text is written. on: the name of the fixture it is written on."""

    who: str
    on: str
    path: Callable[[Any], str]
    api: Callable[[Any], str]
    facts: dict[str, Any]
    method: str = "POST"

    def act(self, **more: Any) -> Act:
        facts = {**self.facts, **more}
        form = {
            name: ", ".join(value) if name == "tags" else value for name, value in facts.items()
        }
        if "posts" in facts:
            facts["answers"] = [int(facts.pop("posts").removeprefix("answer-"))]
        return Act(
            page=lambda row: (self.path(row), _of(row, form)),
            api=lambda row: (self.method, f"/api/v1/{self.api(row)}", _of(row, facts)),
        )


def _of(row: Any, facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value(row) if callable(value) else value for name, value in facts.items()}


def at(path: str) -> Callable[[Any], str]:
    return lambda row: path.format(id=getattr(row, "pk", ""), tag=getattr(row, "name", ""))


TAGS = ["php"]
WRITINGS = {
    "ask": Writing(
        "aminata",
        "nothing",
        at("/questions/ask"),
        at("questions"),
        {**LONG, "language": "en", "tags": TAGS, "looked": "1", "meant": "1"},
    ),
    "edit_question": Writing(
        "aminata",
        "question",
        at("/questions/{id}/edit"),
        at("questions/{id}"),
        {**LONG, "tags": TAGS, "revision": 1},
        "PUT",
    ),
    "tag_question": Writing(
        "moira",
        "question",
        at("/questions/{id}/tags"),
        at("questions/{id}/tags"),
        {"tags": TAGS, "why": f"password: {SECRET}", "revision": 1},
        "PUT",
    ),
    "answer": Writing(
        "bao",
        "question",
        at("/questions/{id}/answers"),
        at("questions/{id}/answers"),
        {"source": TYPED},
    ),
    "edit_answer": Writing(
        "bao",
        "answer",
        at("/answers/{id}/edit"),
        at("answers/{id}"),
        {"source": "Rename it.", "why": f"password: {SECRET}", "revision": 1},
        "PUT",
    ),
    "comment": Writing(
        "omar",
        "answer",
        at("/answers/{id}/comments"),
        at("answers/{id}/comments"),
        {"source": TYPED},
    ),
    "edit_comment": Writing(
        "clara",
        "remark",
        at("/comments/{id}/edit"),
        at("comments/{id}"),
        {"source": TYPED, "revision": 1},
        "PUT",
    ),
    "revert": Writing(
        "bao",
        "leaked",
        at("/answers/{id}/reversion"),
        at("answers/{id}/reversion"),
        {"number": 1, "revision": 2},
    ),
    "suggest": Writing(
        "omar",
        "answer",
        at("/answers/{id}/suggest"),
        at("answers/{id}/suggestions"),
        {"source": TYPED, "why": "Says how", "revision": 1},
    ),
    "accept_suggestion": Writing(
        "bao",
        "suggestion",
        at("/suggestions/{id}/acceptance"),
        at("suggestions/{id}/acceptance"),
        {},
        "PUT",
    ),
    "decline_suggestion": Writing(
        "bao",
        "suggestion",
        at("/suggestions/{id}/refusal"),
        at("suggestions/{id}/refusal"),
        {"reason": TYPED},
        "PUT",
    ),
    "render_post": Writing(
        "omar",
        "question",
        at("/questions/{id}/translate"),
        at("questions/{id}/renditions"),
        {**LONG, "language": "fr", "from_revision": 1},
    ),
    "edit_rendition": Writing(
        "omar",
        "rendition",
        at("/renditions/{id}/edit"),
        at("renditions/{id}"),
        {**LONG, "revision": 1, "from_revision": 1},
        "PUT",
    ),
    "split_question": Writing(
        "moira",
        "answer",
        lambda row: f"/questions/{row.question_id}/split",
        lambda row: f"questions/{row.question_id}/splits",
        {**LONG, "posts": "", "reason": "several"},
    ),
    "describe_tag": Writing(
        "bao",
        "tag",
        at("/tags/{tag}/words"),
        at("tags/{tag}/languages/en"),
        {"name": "php", "description": TYPED, "language": "en"},
        "PUT",
    ),
    "write_guide": Writing(
        "bao", "nothing", at("/guides/new"), at("guides"), {**GUIDE, "language": "en"}
    ),
    "translate_guide": Writing(
        "bao",
        "guide",
        at("/guides/{id}/translate"),
        at("guides/{id}/translations"),
        {**GUIDE, "language": "fr", "from_revision": 1},
    ),
    "edit_guide": Writing(
        "bao", "guide", at("/guides/{id}/edit"), at("guides/{id}"), {**GUIDE, "revision": 1}, "PUT"
    ),
}


@pytest.fixture
def nothing():
    return None


@pytest.fixture
def leaked(cast, answer):
    """An answer whose first text had a secret."""
    Answer.objects.filter(pk=answer.pk).update(source=TYPED)
    Revision.objects.filter(answer=answer).update(source=TYPED)
    return actions.edit_answer(actor=cast.bao, answer_id=answer.pk, revision=1, source="Rename it.")


@pytest.fixture
def suggestion(cast, answer):
    return actions.suggest(
        actor=cast.omar,
        kind="forum.answer",
        object_id=answer.pk,
        revision=1,
        source=TYPED,
        why="Says how",
    )


@pytest.fixture
def rendition(cast, question):
    return actions.render_post(
        actor=cast.omar,
        kind="forum.question",
        object_id=question.pk,
        language="fr",
        title="Une page blanche",
        source="Tout est blanc.",
        from_revision=1,
    )


@pytest.fixture
def guide(cast):
    return actions.write_guide(
        actor=cast.bao, title="Move a site here", source="## Begin", language="en"
    )


@pytest.fixture
def tag(question):
    return question.tags.get(name="php")


@pytest.fixture
def remark(cast, answer):
    return actions.comment(
        actor=cast.clara, question_id=answer.question_id, answer_id=answer.pk, source="Which one?"
    )


def kept():
    """Return all texts there are, and what was decided on them."""
    return [list(model._base_manager.order_by("pk").values()) for model in KEPT]


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("name", WRITINGS)
def test_a_secret_comes_back_once_and_goes_if_it_is_meant(face, name, perform, cast, request):
    writing = WRITINGS[name]
    on = request.getfixturevalue(writing.on)
    if name == "split_question":
        writing.facts["posts"] = f"answer-{on.pk}"
    who, before = getattr(cast, writing.who), kept()

    assert perform(face, who, writing.act(), on) == INVALID
    assert kept() == before
    assert perform(face, who, writing.act(send_secrets="1"), on) == DONE
    assert kept() != before


@pytest.mark.parametrize("name", WRITINGS)
def test_the_page_points_it_out_with_a_way_to_send_it_and_the_api_says_where(
    name, browse, call, cast, request
):
    writing = WRITINGS[name]
    on = request.getfixturevalue(writing.on)
    if name == "split_question":
        writing.facts["posts"] = f"answer-{on.pk}"
    who = getattr(cast, writing.who)

    page = send("page", browse(who), writing.act(), on).content.decode()
    told = send("api", call(who), writing.act(), on).json()

    assert "This looks like a secret" in page
    assert "Send all the same" in page
    assert "Blu…" in page
    # Enter in a line presses the first button of its form, which asks again.
    found = page.index("This looks like a secret")
    form = page[page.rindex("<form", 0, found) : page.index("</form>", found)]
    assert form.index("<button hidden>") == form.index("<button")
    assert (told["code"], told["allowed"]) == ("secrets_found", ["send_secrets"])
    assert {span["kind"] for span in told["spans"]} == {"password"}
    assert SECRET not in repr(told)


def test_every_action_of_the_forum_that_asks_back_is_in_the_table():
    asking = {name for name in actions.__all__ if "send_secrets" in _parameters(name)}

    assert asking == set(WRITINGS)


def _parameters(name: str) -> Any:
    found = getattr(actions, name)
    return inspect.signature(found).parameters if inspect.isfunction(found) else {}
