"""What the host runs, on what answers worked, and what waits since PHP 8.4 became the default."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from forum import actions
from forum.models import Answer, Attestation, Platform, PlatformVersion, Question
from forum.queries import tags_of
from frontend.demo.people import People
from frontend.demo.reading import ago

BEGAN = date(2021, 1, 1)
# By platform: its name, and of each version what people call it and how many days ago it began,
# ended and became the default.
RUNS: dict[str, tuple[str, list[tuple[str, str, int, int | None, int | None]]]] = {
    "php": (
        "PHP",
        [
            ("8.1", "", 1700, 90, 1400),
            ("8.2", "", 1300, None, 1000),
            ("8.3", "", 900, None, None),
            ("8.4", "", 500, None, 21),
        ],
    ),
    "mariadb": (
        "MariaDB",
        [("10.6", "", 1500, None, 1500), ("10.11", "", 700, None, 400)],
    ),
    "cms": (
        "CMS",
        [
            (key, name, 1700, None, None)
            for key, name in (
                ("wordpress", "WordPress"),
                ("spip", "SPIP"),
                ("joomla", "Joomla"),
                ("drupal", "Drupal"),
                ("dokuwiki", "DokuWiki"),
            )
        ],
    ),
}
FACTS = ("wordpress", "spip", "joomla", "drupal")  # tags that are a CMS too


def load_platforms(people: People) -> None:
    """Fill the list of platforms, and say of accepted answers on what they worked."""
    versions = {version.fact: version for version in _versions()}
    _say_facts(versions)
    _attest(people, versions)
    actions.move_answers(timezone.now())
    views = Question.objects.values_list("pk", "up", "answer_count")
    actions.add_views({pk: 12 + 9 * up + 20 * count for pk, up, count in views})


def _versions() -> Iterator[PlatformVersion]:
    today = timezone.localdate()

    def day(days: int | None) -> date | None:
        return None if days is None else today - timedelta(days=days)

    for key, (name, rows) in RUNS.items():
        platform = Platform.objects.create(key=key, name=name)
        for value, called, since, until, default in rows:
            yield PlatformVersion.objects.create(
                platform=platform,
                value=value,
                name=called,
                since=day(since) or BEGAN,
                until=day(until),
                default_since=day(default),
            )


def _say_facts(versions: dict[str, PlatformVersion]) -> None:
    """Let questions about a CMS or PHP say what they run on."""
    questions = list(Question.objects.prefetch_related(tags_of()))
    for question in questions:
        names = {row.tag.name for row in question.tag_rows}
        facts = [f"cms={name}" for name in FACTS if name in names]
        if "php" in names:
            facts.append("php=8.4" if question.created_at > ago(30) else "php=8.2")
        question.facts = [{"fact": fact, "label": versions[fact].label} for fact in facts]
    Question.objects.bulk_update(questions, ["facts"], batch_size=200)


def _attest(people: People, versions: dict[str, PlatformVersion]) -> None:
    """Let askers and others say that answers worked, the older ones before the platform moved."""
    answers = list(
        Answer.objects.exclude(question__facts=[]).select_related("question").order_by("pk")
    )
    others = sorted((person.pk for person in people.values() if person.may_act), key=int)
    rows: list[Any] = []
    for place, answer in enumerate(answers):
        facts = [fact["fact"] for fact in answer.question.facts]
        if place % 3 == 1:
            facts = [fact if fact != "php=8.2" else "php=8.4" for fact in facts]
        sayers = others[place % 7 :: 11][: 1 + place % 3]
        rows += [
            Attestation(
                answer=answer,
                person_id=person,
                version=versions[fact],
                is_claim=person == answer.author_id,
                at=max(answer.created_at, ago(40 if fact == "php=8.2" else 4)),
            )
            for person in sayers
            for fact in facts
        ]
    Attestation.objects.bulk_create(rows)
    actions.keep_facts(answers)
