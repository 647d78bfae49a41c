"""A large site from one seed: `python -m tests.load.data --topics 10000 --posts 50000`.

Only for an empty database: rows are written in bulk, past the actions.
"""

import argparse
import os
import random
import sys
from datetime import timedelta
from typing import Any

import django

WORDS = [
    "site",
    "page",
    "mail",
    "domain",
    "server",
    "update",
    "plugin",
    "theme",
    "backup",
    "restore",
    "error",
    "white",
    "blank",
    "database",
    "table",
    "query",
    "slow",
    "cache",
    "cookie",
    "login",
    "password",
    "form",
    "photo",
    "image",
    "upload",
    "folder",
    "file",
    "script",
    "certificate",
    "redirect",
    "spam",
    "record",
    "zone",
    "address",
    "account",
    "panel",
    "archive",
    "import",
    "export",
    "encoding",
    "accent",
    "menu",
    "button",
    "colour",
    "contrast",
    "reader",
    "keyboard",
    "screen",
    "mobile",
    "desktop",
    "browser",
    "network",
    "wordpress",
    "spip",
    "joomla",
    "mariadb",
    "apache",
    "php",
    "version",
    "upgrade",
    "memory",
    "limit",
    "time",
    "cron",
    "task",
    "log",
]
TAGS = "wordpress php mail dns https mariadb backup migration css forms".split()  # noqa: SIM905
CHUNK = 2000


def text(dice: random.Random, words: int) -> str:
    """Return sentences of so many words."""
    chosen = dice.choices(WORDS, k=words)
    sentences = [" ".join(chosen[i : i + 12]).capitalize() + "." for i in range(0, words, 12)]
    return " ".join(sentences)


def generate(topics: int, posts: int, people_count: int, seed: int = 2008) -> dict[str, int]:
    """Fill the database; one in ten topics also becomes a ticket. Return counts."""
    dice = random.Random(seed)
    people = _people(people_count)
    bodies = _bodies(dice)
    questions = _questions(dice, topics, people, bodies)
    answers = _answers(dice, posts - topics, people, questions, bodies)
    from tests.load.tickets import generate_tickets

    tickets = generate_tickets(dice, max(topics // 10, 50), people, bodies)
    return {"people": people_count, "questions": topics, "answers": answers, "tickets": tickets}


def _people(count: int) -> list[int]:
    from people.models import Person, PersonLanguage

    made = Person.objects.bulk_create(
        [
            Person(
                handle=f"person-{n}",
                handle_folded=f"person-{n}",
                display_name=f"Person {n}",
                password="!",
            )
            for n in range(count)
        ],
        batch_size=CHUNK,
    )
    PersonLanguage.objects.bulk_create(
        [PersonLanguage(person=person, language="en") for person in made], batch_size=CHUNK
    )
    return [person.pk for person in made]


def _bodies(dice: random.Random) -> list[tuple[str, str]]:
    """Return a few hundred rendered texts to draw from."""
    from core.markup import preview

    sources = [
        f"{text(dice, 60)}\n\n```php\n$x = {n};\n```\n\n{text(dice, 30)}" for n in range(300)
    ]
    return [(source, preview(source)) for source in sources]


def _facts(dice: random.Random, people: list[int], bodies: list[tuple[str, str]]) -> dict[str, Any]:
    from django.utils import timezone

    from core.markup import RENDERER_VERSION

    source, html = dice.choice(bodies)
    return {
        "author_id": dice.choice(people),
        "language": "en",
        "source": source,
        "html": html,
        "renderer_version": RENDERER_VERSION,
        "created_at": timezone.now() - timedelta(minutes=dice.randrange(500_000)),
        "up": dice.randrange(8),
    }


def _questions(
    dice: random.Random, count: int, people: list[int], bodies: list[tuple[str, str]]
) -> list[int]:
    from forum import tags
    from forum.models import Question, TaggedQuestion

    known = []
    for start in range(0, len(TAGS), 5):
        known += tags.resolve(TAGS[start : start + 5])
    ids: list[int] = []
    for start in range(0, count, CHUNK):
        made = Question.objects.bulk_create(
            [
                Question(title=text(dice, 8)[:190], **_facts(dice, people, bodies))
                for _n in range(min(CHUNK, count - start))
            ]
        )
        TaggedQuestion.objects.bulk_create(
            [
                TaggedQuestion(tag=tag, content_object=question)
                for question in made
                for tag in dice.sample(known, 2)
            ]
        )
        ids += [question.pk for question in made]
    return ids


def _answers(
    dice: random.Random,
    count: int,
    people: list[int],
    questions: list[int],
    bodies: list[tuple[str, str]],
) -> int:
    """Spread the answers; the first question gets exactly twenty: the page that is measured."""
    from django.db.models import Count

    from forum.models import Answer, Question

    parents = [questions[0]] * 20 + dice.choices(questions[1:], k=max(count - 20, 0))
    for start in range(0, len(parents), CHUNK):
        Answer.objects.bulk_create(
            [
                Answer(question_id=parent, **_facts(dice, people, bodies))
                for parent in parents[start : start + CHUNK]
            ]
        )
    counted = Question.objects.annotate(now=Count("answers")).filter(now__gt=0)
    rows = [Question(pk=pk, answer_count=now) for pk, now in counted.values_list("pk", "now")]
    Question.objects.bulk_update(rows, ["answer_count"], batch_size=500)
    return len(parents)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--topics", type=int, default=10_000)
    parser.add_argument("--posts", type=int, default=50_000)
    parser.add_argument("--people", type=int, default=2_000)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
    django.setup()
    from people.models import Person
    from search.actions import rebuild_index

    if Person.objects.exists():
        sys.exit("There are people here already: load data wants an empty database.")
    print(generate(options.topics, options.posts, options.people))
    print(rebuild_index(), "documents indexed")
