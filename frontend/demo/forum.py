"""Questions and answers in five languages."""

import random
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from forum import actions
from forum.models import Answer, Comment, ListMark, Question, Revision, Tag, Vote
from frontend.demo.curating import curate
from frontend.demo.people import People
from frontend.demo.reading import ago, read
from people.actions import follow

LANGUAGES = ("fr", "en", "es", "de", "ar")
FOLLOWS = (  # who, tags, people
    ("aminata", ("wordpress", "php"), ("bao",)),
    ("bao", ("dns", "https"), ()),
    ("clara", ("accessibility",), ("tomas", "bao")),
)


def load_forum(people: People) -> int:
    """Ask, answer, comment, vote and accept as the files tell; return the number of questions."""
    rows = [(language, row) for language in LANGUAGES for row in read(f"questions.{language}")]
    rows.sort(key=lambda pair: -pair[1]["days_ago"])
    voters = random.Random(2008)  # noqa: S311  (the same demo every time)
    for language, row in rows:
        _load_question(people, language, row, voters)
    curate(people)
    load_changes(people)
    _bring_to_helpers()
    _let_them_follow(people)
    return len(rows)


def _let_them_follow(people: People) -> None:
    """Let some follow tags and each other, and have read what stood there two days ago."""
    for handle, tags, others in FOLLOWS:
        person = people[handle]
        for tag_id in Tag.objects.filter(name__in=tags).values_list("pk", flat=True):
            follow(actor=person, kind="forum.tag", object_id=tag_id)
        for other in others:
            follow(actor=person, kind="people.person", object_id=people[other].pk)
        ListMark.objects.create(person=person, tag="", read_at=ago(2))


def load_changes(people: People) -> None:
    """Under one question: a wiki that two wrote, an edit, and a change suggested to it."""
    answers = {
        row.author_id: row
        for row in Answer.objects.filter(question__title__startswith="Hundreds of login attempts")
    }
    wiki, edited = answers[people["karim-haddad"].pk], answers[people["bao"].pk]
    actions.make_wiki(actor=people["karim-haddad"], answer_id=wiki.pk)
    actions.edit_answer(
        actor=people["grace-okoro"],
        answer_id=wiki.pk,
        revision=1,
        source=wiki.source.replace("This alone defeats", "Length counts most. This alone defeats"),
        why="What the reading club learned on Saturday",
    )
    actions.edit_answer(
        actor=people["bao"],
        answer_id=edited.pk,
        revision=1,
        source=edited.source.replace("without scrolling through", "without reading"),
        why="Plainer",
    )
    actions.suggest(
        actor=people["peter-hall"],
        kind="forum.answer",
        object_id=edited.pk,
        revision=2,
        source=edited.source.replace("without scrolling through", "without reading").replace(
            "a time at which somebody got past the form", "a moment when somebody signed in"
        ),
        why="The log has one line a sign-in; “got past” reads like a break-in",
    )


def _bring_to_helpers() -> None:
    """Ask those who may answer what still waits, as the worker does with a new question."""
    now = timezone.now()
    waiting = Question.objects.filter(answer_count=0).order_by("pk")
    for question_id in waiting.values_list("pk", flat=True):
        actions.start_ladder(question_id)
        actions.climb(question_id=question_id, now=now + timedelta(seconds=1))


def _load_question(
    people: People, language: str, row: dict[str, Any], voters: random.Random
) -> None:
    question = actions.ask(
        actor=people[row["author"]],
        title=row["title"],
        source=row["body"],
        language=language,
        tag_names=row["tags"],
    )
    last = _backdate(question, row["days_ago"])
    _comments(people, row, question)
    _votes(people, question, row.get("votes", 0), voters)
    for entry in row.get("answers") or []:
        answer = actions.answer(
            actor=people[entry["author"]],
            question_id=question.pk,
            source=entry["body"],
            language=language,
        )
        last = _backdate(answer, entry["days_ago"])
        _comments(people, entry, question, answer)
        _votes(people, answer, entry.get("votes", 0), voters)
        if entry.get("accepted"):
            actions.accept_answer(
                actor=people[row["author"]], question_id=question.pk, answer_id=answer.pk
            )
    Question.objects.filter(pk=question.pk).update(active_at=last)


def _backdate(post: Question | Answer | Comment, days: float) -> datetime:
    moment = ago(days)
    type(post)._default_manager.filter(pk=post.pk).update(created_at=moment)
    if not isinstance(post, Comment):
        field = "question" if isinstance(post, Question) else "answer"
        Revision.objects.filter(**{field: post}).update(at=moment)
    return moment


def _comments(
    people: People, row: dict[str, Any], question: Question, answer: Answer | None = None
) -> None:
    for entry in row.get("comments") or []:
        comment = actions.comment(
            actor=people[entry["author"]],
            question_id=question.pk,
            answer_id=answer.pk if answer else None,
            source=entry["body"],
        )
        _backdate(comment, entry["days_ago"])


def _votes(people: People, post: Question | Answer, score: int, voters: random.Random) -> None:
    others = [person for person in people.values() if person.pk != post.author_id]
    chosen = voters.sample(others, min(abs(score), len(others)))
    value = 1 if score > 0 else -1
    field = "question" if isinstance(post, Question) else "answer"
    Vote.objects.bulk_create(
        [Vote(person=person, value=value, **{field: post}) for person in chosen]
    )
    counted = {"up": len(chosen)} if value == 1 else {"down": len(chosen)}
    type(post)._default_manager.filter(pk=post.pk).update(**counted)
