"""Under which name someone writes in a question: their own, or its asker's pseudonym."""

from typing import Any

from django.utils.translation import gettext as _

from forum.models import Post, Question
from people.models import Person
from people.notices import name_of


def is_hidden(person: Any, question: Question) -> bool:
    """Whether this person asked this question under a pseudonym."""
    pseudonym = question.pseudonym
    return pseudonym is not None and pseudonym.person_id == person.pk


def byline(person: Person, question: Question) -> dict[str, Any]:
    """Return the fields of a new post in a question that say who wrote it."""
    if is_hidden(person, question):
        return {"author": None, "pseudonym": question.pseudonym}
    return {"author": person}


def name_on(post: Post) -> str:
    """Return under which name a post stands."""
    if post.pseudonym_id is not None:
        return _("the asker, under a pseudonym")
    return name_of(post.author) if post.author is not None else _("a former member")


def shown_actor(person: Person | None, question: Question) -> Person | None:
    """Return who may be named as doing something in a question; None for its hidden asker.

    For the journal and for rows that say who: what is not written there is told to nobody.
    """
    return None if person is None or is_hidden(person, question) else person


def actor_on(person: Person | None, post: Post) -> Person | None:
    """Return who may be named as changing a post; None for whoever wrote it under a pseudonym."""
    hidden = post.pseudonym
    if person is None or (hidden is not None and hidden.person_id == person.pk):
        return None
    return person
