"""What moderators and helpers of the demo did with questions."""

from uuid import uuid4

from forum import actions
from forum.models import Question
from frontend.demo.people import People
from frontend.demo.reading import read


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
    moderator = people["moira"]
    move = actions.split_question(
        actor=moderator,
        question_id=crowded.pk,
        title=told["title"],
        source=told["body"],
        reason="strayed",
        comment_ids=crowded.comments.values_list("pk", flat=True),
    )
    actions.answer(
        actor=people[told["answer"]["author"]],
        question_id=move.into_id,
        source=told["answer"]["body"],
        language="en",
    )
    actions.close_question(actor=moderator, question_id=crowded.pk, reason=told["closed"])
    actions.lock_question(actor=moderator, question_id=crowded.pk, reason=told["locked"])
