"""Telling people what happens to the questions, tags and people they follow."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction

from chat.actions import announce_change
from core import replies
from core.markup import written_piece
from core.models import JournalLine
from forum import pseudonyms
from forum.models import Answer, Comment, Question
from forum.queries import following
from people.actions import notify
from people.models import Person
from people.stop_links import FOLLOWED

FOLLOWED_GUIDE = "forum.followed_guide_edited"  # what its change means to who reads a guide
SOLVED = "forum.question_solved"  # what an acceptance means to who did not write the answer


def tell_page(*, line: JournalLine, question_id: int) -> None:
    """Tell who has a question's page open of a line; the same again is told once.

    By a room that is there for it, whether anyone talks in it or not.
    """
    announce_change(
        kind="forum.question",
        object_id=question_id,
        verb=line.verb,
        key=f"line-{line.pk}",
        opens=True,
    )


@transaction.atomic
def tell(*, line: JournalLine, person_ids: Iterable[int]) -> int:
    """Tell these people of a line, as far as they want to hear of it now; return how many.

    The same again tells nobody twice. What was taken away meanwhile is not told.
    """
    post = following.post_of(line)
    if post is None:
        return 0
    told = following.told_of(line, post)
    people = Person.objects.filter(pk__in=set(person_ids) & told.keys())
    for person in people.order_by("pk"):
        _tell(line, post, person, told[person.pk], verb=verb_for(line, post, person))
    return len(people)


def _tell(line: JournalLine, post: Any, person: Person, topic: str, *, verb: str) -> None:
    question = following.question_of(post)
    kind, object_id = _stopped(line, post, person, topic)
    target = following.subject_of_reply(post, line.verb)
    notify(
        person=person,
        line=line,
        verb=verb,
        topic=topic,
        mail="" if line.verb == following.ACCEPTED else "forum/post",
        context={
            "said": written_piece(post),
            "question": question,
            "topic": topic,
            "is_named": verb == following.NAMED,
            "is_own": question.writer_id == person.pk,
            "is_comment": isinstance(post, Comment),
            "is_answer": isinstance(post, Answer),
            "who": pseudonyms.name_on(post),
            "replies_to_question": target[0] == "forum.question",
            "replies_to_answer": target[0] == "forum.answer",
            "stop_url": FOLLOWED.url(person, kind, object_id),
        },
        token=replies.token_of(*target, person.pk),
        headers={
            **FOLLOWED.headers(person, kind, object_id),
            **thread_headers(person, question),
        },
    )


def tell_of(line: JournalLine, person_ids: Iterable[int]) -> None:
    """Tell these people of what they follow: a guide that changed, or what a post tells."""
    act = tell_of_guide if line.thing_kind == following.GUIDE else tell
    act(line=line, person_ids=person_ids)


@transaction.atomic
def tell_of_guide(*, line: JournalLine, person_ids: Iterable[int]) -> None:
    """Tell these people of a change of a guide they follow; the same again tells nobody twice."""
    for person in Person.objects.filter(pk__in=person_ids).order_by("pk"):
        notify(
            person=person,
            line=line,
            verb=FOLLOWED_GUIDE,
            topic=following.GUIDE,
            mail="forum/guide_changed",
            context={"stop_url": FOLLOWED.url(person, following.GUIDE, line.thing_id)},
            headers=FOLLOWED.headers(person, following.GUIDE, line.thing_id),
        )


@transaction.atomic
def tell_named(*, line: JournalLine, post: Any, others: Collection[int] = ()) -> None:
    """Tell whom a post names, but for `others`, who hear of the line anyway.

    By mail as they chose for questions they follow; on the bell alone where they said that they
    want no more of this question.
    """
    ids = [pk for pk in following.named_in(line, post) if pk not in others]
    quiet = following.stopped(following.question_of(post), ids) if ids else set()
    for person in Person.objects.filter(pk__in=ids).order_by("pk"):
        if person.pk in quiet:
            notify(person=person, line=line, verb=following.NAMED)
        else:
            _tell(line, post, person, "forum.question", verb=following.NAMED)


def verb_for(line: JournalLine, post: Any, person: Person) -> str:
    """Return what a line means to a person: another text where it is not about what is theirs."""
    if line.verb == following.ACCEPTED and post.writer_id != person.pk:
        return SOLVED
    return line.verb


def thread_headers(person: Person, question: Question) -> dict[str, str]:
    """Return what puts the mails about a question together in a person's mail program."""
    token = replies.token_of("forum.question", question.pk, person.pk)
    root = replies.thread_id(token)
    return {"In-Reply-To": root, "References": root}


def _stopped(line: JournalLine, post: Any, person: Person, topic: str) -> tuple[str, int]:
    """Return (kind, id) of what the link in the mail lets one hear no more of."""
    if topic == "people.person" and line.actor_id is not None:
        return topic, line.actor_id
    question = following.question_of(post)
    if topic == "forum.tag":
        tags = following.followed_tags(person, question)
        if tags:
            return topic, tags[0]
    return "forum.question", question.pk
