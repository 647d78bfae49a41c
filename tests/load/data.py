"""A large site from one seed: `python -m tests.load.data --topics 10000 --posts 50000`.

Only for an empty database: rows are written in bulk, past the actions.
"""

import argparse
import os
import random
import sys

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


def text(dice: random.Random, words: int) -> str:
    """Return sentences of so many words."""
    chosen = dice.choices(WORDS, k=words)
    sentences = [" ".join(chosen[i : i + 12]).capitalize() + "." for i in range(0, words, 12)]
    return " ".join(sentences)


def generate(sizes: argparse.Namespace, seed: int = 2008) -> dict[str, int]:
    """Fill the database; return counts. Without a count of tickets, one for ten topics.

    A ticket has five messages and notes on average.
    """
    from tests.load.conversations import generate_conversations
    from tests.load.forum import Sizes, follow_tag, generate_forum, give_skill, mute_tag
    from tests.load.tickets import generate_tickets

    dice = random.Random(seed)
    people = _people(sizes.people)
    bodies = _bodies(dice)
    give_skill(people[0])
    wanted = Sizes(sizes.topics, sizes.posts - sizes.topics, sizes.comments, sizes.votes)
    forum = generate_forum(dice, wanted, people, bodies)
    mute_tag(people[0])
    follow_tag(people[0])
    tickets = max(sizes.topics // 10, 50) if sizes.tickets is None else sizes.tickets
    made = generate_tickets(dice, tickets, people, bodies)
    lines = generate_conversations(dice, sizes.lines, people, bodies) if sizes.lines else 0
    return {"people": sizes.people, **forum, "tickets": made, "lines": lines}


def _people(count: int) -> list[int]:
    from people.models import Person, PersonLanguage
    from tests.load.writing import write

    made = write(
        Person,
        (
            Person(
                handle=f"person-{n}",
                handle_folded=f"person-{n}",
                display_name=f"Person {n}",
                password="!",
            )
            for n in range(count)
        ),
    )
    write(PersonLanguage, (PersonLanguage(person=person, language="en") for person in made))
    return [person.pk for person in made]


def _bodies(dice: random.Random) -> list[tuple[str, str]]:
    """Return a few hundred rendered texts to draw from."""
    from core.markup import preview

    sources = [
        f"{text(dice, 60)}\n\n```php\n$x = {n};\n```\n\n{text(dice, 30)}" for n in range(300)
    ]
    return [(source, preview(source)) for source in sources]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--topics", type=int, default=10_000)
    parser.add_argument("--posts", type=int, default=50_000)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--tickets", type=int, help="without: one for ten topics")
    parser.add_argument("--lines", type=int, default=0, help="said live, in rooms of tickets")
    parser.add_argument("--comments", type=int, default=0)
    parser.add_argument("--votes", type=int, default=0)
    parser.add_argument("--unsearched", action="store_true", help="build no index for search")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
    django.setup()
    from people.models import Person
    from search.actions import rebuild_index

    if Person.objects.exists():
        sys.exit("There are people here already: load data wants an empty database.")
    from django.db import connection

    print(generate(options))
    if not options.unsearched:
        print(rebuild_index(), "documents indexed")
    with connection.cursor() as cursor:
        # As PostgreSQL does by itself in time: without, plans and counts cost many times more.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
