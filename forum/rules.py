"""Who may what, in the forum."""

from typing import Any

from forum.models import Answer, Post, Question
from people.models import Person
from people.rules import can_act, has_role


def can_ask(person: Any) -> bool:
    """Anyone active; so is answering and commenting."""
    return can_act(person)


def can_edit(person: Any, post: Post) -> bool:
    """The author and moderators; others suggest."""
    return can_act(person) and (post.author_id == person.pk or has_role(person, "moderator"))


def can_vote(person: Any, post: Post) -> bool:
    """Anyone active, not on own posts."""
    return can_act(person) and post.author_id != person.pk


def can_accept(person: Any, question: Question) -> bool:
    """The asker; a moderator for imported or erased askers."""
    if not can_act(person):
        return False
    if question.author_id == person.pk:
        return True
    return has_role(person, "moderator") and is_without_asker(question)


def is_without_asker(question: Question) -> bool:
    """Whether nobody is there any more who could accept."""
    gone = (Person.State.IMPORTED, Person.State.ERASED, Person.State.STUB)
    return question.author is None or question.author.state in gone


def is_own_answer(question: Question, answer: Answer) -> bool:
    """Whether asker and answerer are one: it may be accepted, without aid or reputation."""
    return question.author_id is not None and question.author_id == answer.author_id
