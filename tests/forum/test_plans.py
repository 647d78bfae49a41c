"""No list of the forum, and no page, asks for more on a larger site."""

import pytest
from django.db import connection

from forum import actions, tags
from people.models import Mute, PersonSkill, Skill
from tests.plans import unbounded

pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL chooses by what stands in the tables"
)
LISTS = [
    "/questions",
    "/questions/active",
    "/questions/unanswered",
    "/questions?language=en",
    "/questions/active?language=en",
    "/questions?solved=yes",
    "/questions/active?solved=no",
    "/questions.atom",
    "/questions/active.atom",
    "/questions/tagged/php.atom",
    "/api/v1/questions",
    "/api/v1/questions?order=active",
    "/api/v1/questions?order=unanswered",
    "/api/v1/questions?tag=php&why=true",
    "/api/v1/questions?tag=php&order=active",
    "/api/v1/tags",
    "/tags",
    "/tags/php",
    "/tags/php?language=en",
    "/tags/php?order=active",
    "/tags/php?order=active&language=en",
    "/tags/php?order=active&solved=yes",
    "/tags/php?order=unanswered",
    "/tags/php?order=unanswered&language=en",
    "/tags/php?solved=yes",
    "/tags/php?solved=no",
]
OWN = ["/questions/for-me", "/questions/my-tags", "/questions/mine"]


@pytest.fixture
def helper(cast, question):
    """Return someone with a skill, who follows a tag and muted another."""
    for number in range(3):
        actions.ask(
            actor=cast.aminata,
            title=f"Question number {number}",
            source="x",
            language="en",
            tag_names=["php", "mail", "dns"],
        )
    actions.choose_tag(actor=cast.bao, tag_id=_tag("mail"), kind="follow")
    Mute.objects.create(person=cast.bao, kind="forum.tag", object_id=_tag("dns"))
    skill = Skill.objects.create(slug="php")
    PersonSkill.objects.create(person=cast.bao, skill=skill, level=2)
    return cast.bao


def _tag(name):
    return tags.find(name).pk


@pytest.mark.parametrize("path", [*LISTS, *OWN])
def test_lists_reach_no_further_than_a_page(path, browse, helper, question):
    readers = [browse(helper)] if path in OWN else [browse(), browse(helper)]
    for client in readers:
        client.get(path)  # what is read once and kept

        assert unbounded(lambda client=client: client.get(path)) == []


@pytest.mark.parametrize("page", ["", "/ranking"])
def test_page_of_a_question_reaches_no_further_than_itself(page, browse, helper, question):
    path = f"/questions/{question.pk}{page}" if page else question.path
    for client in (browse(), browse(helper)):
        client.get(path)

        assert unbounded(lambda client=client: client.get(path)) == []
