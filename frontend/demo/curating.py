"""What moderators and helpers of the demo did with questions."""

from datetime import datetime
from uuid import uuid4

from forum import actions
from forum.models import Answer, Closure, Lock, Question, Relocation, Revision
from frontend.demo.people import People
from frontend.demo.reading import ago, read


def curate(people: People) -> None:
    """A question without a name, a duplicate, one split and locked; someone at work, a draft."""
    _split_and_lock(people)
    hidden = actions.ask(
        actor=people["marta-ruiz"],
        title="How do I move my site without my former partner finding it?",
        source="He knows the old domain and my mail address. What should I change first?",
        language="en",
        tag_names=["domains", "privacy"],
        under_pseudonym=True,
    )
    actions.answer(
        actor=people["bao"],
        question_id=hidden.pk,
        source="Register the new domain with the association as holder: then no name is public.",
        language="en",
    )
    again = actions.ask(
        actor=people["marta-ruiz"],
        title="All pages white since I updated WordPress",
        source="Since the update this morning every page is white.",
        language="en",
        tag_names=["wordpress"],
    )
    original = Question.objects.filter(language="en", title__startswith="White page").first()
    if original is not None:
        actions.close_question(
            actor=people["moira"], question_id=again.pk, reason="duplicate", original_id=original.pk
        )
    waiting = Question.objects.filter(language="en", closure=None).exclude(pk=again.pk)
    first = waiting.exclude(author=people["bao"]).filter(answer_count=0).order_by("pk").first()
    if first is not None:
        actions.take_lease(actor=people["bao"], question_id=first.pk)
        actions.keep_draft(
            actor=people["bao"],
            token=uuid4(),
            kind="answer",
            thing_id=first.pk,
            fields={"source": "I would first look at the log of the last deploy, and then"},
        )


def _split_and_lock(people: People) -> None:
    """Give what was asked in a comment its own question; close and lock where it stood."""
    row = next(row for row in read("questions.en") if "split" in row)
    crowded, told = Question.objects.get(title=row["title"]), row["split"]
    moderator, at = people["moira"], ago(told["days_ago"])
    move = actions.split_question(
        actor=moderator,
        question_id=crowded.pk,
        title=told["title"],
        source=told["body"],
        comment_ids=crowded.comments.values_list("pk", flat=True),
    )
    answer = actions.answer(
        actor=people[told["answer"]["author"]],
        question_id=move.into_id,
        source=told["answer"]["body"],
        language="en",
    )
    actions.close_question(actor=moderator, question_id=crowded.pk, reason=told["closed"])
    actions.lock_question(actor=moderator, question_id=crowded.pk, reason=told["locked"])
    Relocation.objects.filter(pk=move.pk).update(at=at)
    Closure.objects.filter(question=crowded).update(at=at)
    Lock.objects.filter(question=crowded).update(at=at)
    _date(move.into, answer, at)


def _date(question: Question, answer: Answer, moment: datetime) -> None:
    Question.objects.filter(pk=question.pk).update(created_at=moment, active_at=moment)
    Answer.objects.filter(pk=answer.pk).update(created_at=moment)
    Revision.objects.filter(question=question).update(at=moment)
    Revision.objects.filter(answer=answer).update(at=moment)
