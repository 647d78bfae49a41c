"""The forum's part of the large site: questions with tags, answers, comments and votes."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

TAGS = "wordpress php mail dns https mariadb backup migration css forms".split()  # noqa: SIM905
RARE_TAG = "gopher"  # of a few of the first questions alone: its list has far to look
SKILL = "wordpress"  # of the helper who is measured
MUTED = "forms"  # by the helper who is measured
FOLLOWED = "mail"  # by them too
RARE_LANGUAGE = "es"  # of as few questions, none of them among those of the rare tag
CHUNK = 5000
MEASURED_ANSWERS = 20
MEASURED_COMMENTS = 10
RARE_QUESTIONS = 30
UNANSWERED = 7  # one question of so many is left alone
SOLVED = 3  # and one of so many that have answers is solved

Bodies = list[tuple[str, str]]


@dataclass(frozen=True)
class Sizes:
    """How much is written; answers, comments and votes are spread over the questions."""

    questions: int
    answers: int
    comments: int = 0
    votes: int = 0


def generate_forum(
    dice: random.Random, sizes: Sizes, people: list[int], bodies: Bodies
) -> dict[str, int]:
    """Write the forum; return counts. The first question is the one that is measured."""
    questions = _questions(dice, sizes.questions, people, bodies)
    answers = _answers(dice, sizes.answers, people, questions, bodies)
    _acceptances(answers)
    _comments(dice, sizes.comments, people, answers)
    _votes(dice, sizes.votes, people, answers)
    return {"questions": len(questions), "answers": len(answers)}


def give_skill(person_id: int) -> None:
    """Give a person the skill that is measured: `questions for me` looks for its tag."""
    from people.models import PersonSkill, Skill

    skill, _made = Skill.objects.get_or_create(slug=SKILL)
    PersonSkill.objects.get_or_create(person_id=person_id, skill=skill, defaults={"level": 2})


def mute_tag(person_id: int) -> None:
    """Let a person mute a tag of one question in five: it is left out of their lists."""
    from forum.models import Tag
    from people.models import Mute

    tag = Tag.objects.get(name_folded=MUTED)
    Mute.objects.get_or_create(person_id=person_id, kind="forum.tag", object_id=tag.pk)


def follow_tag(person_id: int) -> None:
    """Let a person follow a tag of one question in five: `my tags` lists what stands under it."""
    from forum.models import Tag
    from people.models import Follow

    tag = Tag.objects.get(name_folded=FOLLOWED)
    Follow.objects.get_or_create(person_id=person_id, kind="forum.tag", object_id=tag.pk)


def _chunks(count: int) -> Iterator[range]:
    return (range(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK))


def _facts(dice: random.Random, people: list[int], bodies: Bodies) -> dict[str, Any]:
    from core.markup import RENDERER_VERSION

    source, html = dice.choice(bodies)
    return {
        "author_id": dice.choice(people),
        "language": "en",
        "source": source,
        "html": html,
        "renderer_version": RENDERER_VERSION,
        "created_at": _moment(dice),
        "up": dice.randrange(8),
    }


def _moment(dice: random.Random) -> datetime:
    from django.utils import timezone

    return timezone.now() - timedelta(minutes=dice.randrange(500_000))


def _questions(
    dice: random.Random, count: int, people: list[int], bodies: Bodies
) -> list[tuple[int, bool]]:
    """Write the questions; return the id of each, and whether anyone answers it."""
    from forum import tags
    from forum.actions import recount_tags
    from forum.models import Question, TaggedQuestion
    from tests.load.data import text
    from tests.load.writing import write

    known = [
        tag for start in range(0, len(TAGS), 5) for tag in tags.resolve(TAGS[start : start + 5])
    ]
    (rare,) = tags.resolve([RARE_TAG])
    found: list[tuple[int, bool]] = []
    for numbers in _chunks(count):
        made = write(
            Question,
            [
                Question(
                    title=text(dice, 8)[:190],
                    active_at=_moment(dice),
                    **{**_facts(dice, people, bodies), "language": _language(number)},
                )
                for number in numbers
            ],
        )
        pairs = [(tag, row.pk) for row in made for tag in dice.sample(known, 2)]
        pairs += [(rare, row.pk) for row in made[: max(0, RARE_QUESTIONS - numbers.start)]]
        write(TaggedQuestion, [TaggedQuestion(tag=tag, content_object_id=pk) for tag, pk in pairs])
        found += [
            (row.pk, number % UNANSWERED != 1) for number, row in zip(numbers, made, strict=True)
        ]
    recount_tags([tag.pk for tag in (*known, rare)])
    return found


def _language(number: int) -> str:
    is_rare = RARE_QUESTIONS <= number < 2 * RARE_QUESTIONS
    return RARE_LANGUAGE if is_rare else "en"


def _answers(
    dice: random.Random,
    count: int,
    people: list[int],
    questions: list[tuple[int, bool]],
    bodies: Bodies,
) -> list[tuple[int, int]]:
    """Write the answers, exactly twenty of them to the first question; return (id, question)."""
    from django.db.models import Count, OuterRef, Subquery

    from forum.models import Answer, Question
    from tests.load.writing import write

    first, *others = [pk for pk, is_answered in questions if is_answered]
    parents = [first] * MEASURED_ANSWERS + dice.choices(others, k=max(count - MEASURED_ANSWERS, 0))
    found: list[tuple[int, int]] = []
    for numbers in _chunks(len(parents)):
        rows = [
            Answer(question_id=parents[number], **_facts(dice, people, bodies))
            for number in numbers
        ]
        found += [(row.pk, row.question_id) for row in write(Answer, rows)]
    given = Answer.objects.filter(question=OuterRef("pk")).order_by().values("question")
    now = Subquery(given.values(now=Count("pk")))
    Question.objects.filter(pk__in=Answer.objects.values("question")).update(answer_count=now)
    return found


def _acceptances(answers: list[tuple[int, int]]) -> None:
    """Let a third of the questions be solved by their first answer."""
    from forum.models import Acceptance
    from tests.load.writing import write

    firsts: dict[int, int] = {}
    for answer, question in answers:
        firsts.setdefault(question, answer)
    solved = list(firsts.items())[::SOLVED]
    write(Acceptance, [Acceptance(question_id=q, answer_id=a) for q, a in solved])


def _comments(
    dice: random.Random, count: int, people: list[int], answers: list[tuple[int, int]]
) -> None:
    """Write short comments on answers, ten of them under the first question."""
    from core.markup import preview
    from forum.models import Comment
    from tests.load.data import text
    from tests.load.writing import write

    bodies = [(said, preview(said)) for said in (text(dice, 12) for _number in range(100))]
    others = answers[MEASURED_ANSWERS:]
    for numbers in _chunks(count):
        rows = []
        for number in numbers:
            measured = number < MEASURED_COMMENTS
            answer, question = answers[number] if measured else dice.choice(others)
            facts = {**_facts(dice, people, bodies), "up": 0}
            rows.append(Comment(question_id=question, answer_id=answer, **facts))
        write(Comment, rows)


def _votes(
    dice: random.Random, count: int, people: list[int], answers: list[tuple[int, int]]
) -> None:
    """Write votes on answers, no two of one person on one answer."""
    from forum.models import Vote
    from tests.load.writing import write

    for numbers in _chunks(count):
        # Round by round of all answers, each time by the next person: no pair comes twice.
        pairs = (divmod(number, len(answers)) for number in numbers)
        write(
            Vote,
            [
                Vote(
                    person_id=people[(place + turn) % len(people)],
                    answer_id=answers[place][0],
                    value=1 if dice.random() < 0.9 else -1,
                    at=_moment(dice),
                )
                for turn, place in pairs
            ],
        )
