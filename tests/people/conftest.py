"""A post of the tests' own: what any higher room may declare."""

import pytest
from django.db import connection, models
from django.db.models import Q

from core import things
from core.models import Visibility
from people import rules
from people.models import Person
from tests.cast import SECRET


class PostQuerySet(models.QuerySet):
    def visible_to(self, person):
        """Return what is visible; authors see their own, moderators all."""
        if rules.has_role(person, "moderator"):
            return self
        seen = Q(visibility=Visibility.VISIBLE)
        if person.is_authenticated:
            seen |= Q(author_id=person.pk)
        return self.filter(seen)


class Post(models.Model):
    author_id = models.BigIntegerField()
    text = models.CharField(max_length=100)
    visibility = models.CharField(max_length=10, default=Visibility.VISIBLE)

    objects = PostQuerySet.as_manager()

    class Meta:
        app_label = "tests_people"
        managed = False

    def __str__(self):
        return self.text


KIND = "tests.post"


@pytest.fixture
def posts(db, monkeypatch):
    """Declare posts, and have a table for them in this test."""
    monkeypatch.setattr(things, "_things", dict(things._things))
    monkeypatch.setattr(things, "_kinds", dict(things._kinds))
    things.declare(
        things.Thing(
            kind=KIND,
            model=Post,
            visible_to=Post.objects.visible_to,
            url=lambda post: f"/posts/{post.pk}",
            label=lambda post: post.text,
            participants=lambda post: Person.objects.filter(pk=post.author_id),
            author_ids=lambda post: {post.author_id},
            text=lambda post: post.text,
        )
    )
    key = "bigserial" if connection.vendor == "postgresql" else "integer"
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE tests_people_post (id {key} PRIMARY KEY, author_id bigint,"
            " text varchar(100), visibility varchar(10))"
        )
    yield Post.objects
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE tests_people_post")


@pytest.fixture
def post(posts, cast):
    """Return a post of bao's."""
    return posts.create(author_id=cast.bao.pk, text=f"Buy my plugin {SECRET}")
