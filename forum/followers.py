"""What happens after a line of the forum's journal is committed: notices and the index."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core import things
from core.journal import follows
from core.markup import find_mentions
from core.models import JournalLine, Visibility
from forum.models import Answer, Comment, Question
from people import notices
from people.actions import notify
from people.queries import people_called
from search.actions import index_thing

notices.declare("forum.answer_posted", _("%(who)s answered: %(what)s"))
notices.declare("forum.comment_posted", _("%(who)s commented: %(what)s"))
notices.declare("forum.answer_accepted", _("%(who)s accepted your answer: %(what)s"))

POSTS = ("forum.question", "forum.answer", "forum.comment")


@follows("forum.answer_posted")
def tell_asker(line: JournalLine) -> None:
    """Tell the asker, by notice and mail, that there is an answer."""
    row = Answer.objects.select_related("question__author", "author").get(pk=line.thing_id)
    asker = row.question.author
    if asker is not None and row.visibility == Visibility.VISIBLE:
        notify(person=asker, line=line, mail="answer_posted", context={"answer": row})


@follows("forum.comment_posted")
def tell_author_of_post(line: JournalLine) -> None:
    """Tell who wrote the post, and who is mentioned."""
    row = Comment.objects.select_related("question__author", "answer__author").get(pk=line.thing_id)
    if row.visibility != Visibility.VISIBLE:
        return
    author = row.answer.author if row.answer else row.question.author
    told = {author} if author else set()
    told.update(people_called(find_mentions(row.source)))
    for person in told:
        notify(person=person, line=line)


@follows("forum.answer_accepted")
def tell_answerer(line: JournalLine) -> None:
    """Thank the one whose answer solved it."""
    row = Answer.objects.select_related("author").get(pk=line.thing_id)
    if row.author is not None:
        notify(person=row.author, line=line)


@follows(
    "forum.question_asked",
    "forum.question_edited",
    "forum.answer_posted",
    "forum.answer_edited",
    "forum.answer_accepted",
    "forum.acceptance_undone",
    "people.post_removed",
    "people.post_restored",
)
def keep_index(line: JournalLine) -> None:
    """Keep the question's search document true."""
    if line.thing_kind not in POSTS:
        return
    model = things.thing_of(line.thing_kind).model
    row: Any = model._default_manager.filter(pk=line.thing_id).first()
    if row is None:
        return
    question_id = row.pk if isinstance(row, Question) else row.question_id
    index_thing("forum.question", question_id)


@follows("people.post_removed", "people.post_restored")
def keep_count(line: JournalLine) -> None:
    """Keep the number of visible answers true, and an acceptance off removed answers."""
    if line.thing_kind != "forum.answer":
        return
    row = Answer.objects.get(pk=line.thing_id)
    question = Question.objects.select_for_update().get(pk=row.question_id)
    question.answer_count = question.answers.filter(visibility=Visibility.VISIBLE).count()
    question.save(update_fields=["answer_count"])
