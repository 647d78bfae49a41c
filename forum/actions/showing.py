"""What changes with who sees a post, in the same transaction (core.things: shown_as)."""

from forum.actions.counting import count_shown
from forum.models import Answer, Question
from search.actions import index_thing


def show_question(question: Question, was: str) -> None:
    """Count a locked question under its tags, or no more, and have it found, or not."""
    count_shown(question, was)
    index_thing("forum.question", question.pk)


def show_answer(answer: Answer, was: str) -> None:
    """Have the question's document written anew.

    Not by a follower: search would show the words of an answer taken away until that has run.
    """
    index_thing("forum.question", answer.question_id)
