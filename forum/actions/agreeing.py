"""Publishing what someone agreed to, without a name."""

from collections.abc import Iterable

from django.db import transaction

from core.journal import PUBLIC, record
from forum import tags
from forum.actions.counting import put_under
from forum.actions.steps import checked_title, keep_revision, write
from forum.models import Acceptance, Answer, Question
from people.models import Person


@transaction.atomic
def publish_agreed(
    *,
    actor: Person | None,
    title: str,
    source: str,
    answer_source: str,
    language: str,
    tag_names: Iterable[str],
) -> Question:
    """Publish a question with its accepted answer, word for word as someone agreed to it.

    For the room whose text it is, which has checked the consent. Neither has an author: nobody
    learns whose it was, not from the journal either. Raises InvalidInput (title, source, tags).
    """
    question = Question(author=None, title=checked_title(title), is_agreed=True)
    write(question, source, language)
    question.answer_count = 1
    question.save()
    found = tags.resolve(tag_names, language)
    put_under(question, found)
    keep_revision(question, None)
    solution = Answer(question=question, author=None, is_agreed=True)
    write(solution, answer_source, language)
    solution.save()
    keep_revision(solution, None)
    Acceptance.objects.create(question=question, answer=solution, by=None)
    facts = {"language": language, "tags": [tag.pk for tag in found]}
    record("forum.question_asked", actor=actor, thing=question, audience=PUBLIC, changes=facts)
    return question
