"""The files that go with questions and answers."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from core.models import StoredFile
from core.things import kind_of
from forum.models import Answer, Question


def read_files(posts: Iterable[Question | Answer]) -> None:
    """Give posts their files, oldest first. One query, none where none of them has any.

    Posts are read with the `has_files` of core.files.
    """
    found: dict[tuple[str, int], list[StoredFile]] = {}
    posts = list(posts)
    for post in posts:
        post.files = []
        if _has_files(post):
            found[kind_of(post), post.pk] = post.files
    if not found:
        return
    ids: dict[str, list[int]] = {}
    for kind, pk in found:
        ids.setdefault(kind, []).append(pk)
    wanted = Q()
    for kind, some in ids.items():
        wanted |= Q(thing_kind=kind, thing_id__in=some)
    for file in StoredFile.objects.filter(wanted).order_by("pk"):
        found[file.thing_kind, file.thing_id].append(file)


def files_below(post: Any) -> list[StoredFile]:
    """Return those of a post's files that do not stand in its text, as imported pictures do."""
    return [file for file in post.files if str(file.key) not in post.html]


def _has_files(post: Any) -> bool:
    return bool(post.has_files)
