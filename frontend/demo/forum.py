"""Questions and answers in five languages."""

import random
from datetime import datetime
from typing import Any

from forum import actions
from forum.models import Answer, Comment, Question, Revision, Vote
from frontend.demo.people import People
from frontend.demo.reading import ago, read

LANGUAGES = ("fr", "en", "es", "de", "ar")


def load_forum(people: People) -> int:
    """Ask, answer, comment, vote and accept as the files tell; return the number of questions."""
    rows = [(language, row) for language in LANGUAGES for row in read(f"questions.{language}")]
    rows.sort(key=lambda pair: -pair[1]["days_ago"])
    voters = random.Random(2008)  # noqa: S311  (the same demo every time)
    for language, row in rows:
        _load_question(people, language, row, voters)
    return len(rows)


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
