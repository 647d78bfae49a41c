"""A dump, replayed question by question: who would have been asked, and who answered.

Protocol (the one by which the known figures of simple rules come out again): questions in order of
time; the first 70 % are learned from, the others tested. At each tested question all that was
answered before its moment is known, nothing later. Its true answerers are all who answered it and
are not its asker; a question without one is not counted. A rule hits when one of them is among its
first ten; nobody is asked who never answered anything (so `ceiling` is the share of questions
whose answerer had), nor the asker. `gini` is of asks over all who could have been asked by the end.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from forum import routing
from forum.routing import Deed, Helper, Wanted
from forum.stackexchange import ANSWER, QUESTION, rows_of, tag_names

LEARNED = 0.7
TOP = 10
ACTIVE_HALF_LIFE_DAYS = 60.0
ACCEPTED = "1"  # the type of a vote that accepts


@dataclass(frozen=True)
class Asked:
    """A question of the dump. answerers: all but its asker."""

    number: int
    at: datetime
    asker: str
    tags: frozenset[str]
    answerers: frozenset[str]


@dataclass(frozen=True)
class Event:
    """Something a person did: an answer (with its question's tags) or anything else."""

    at: datetime
    person: str
    deed: Deed | None = None


@dataclass
class Known:
    """What is known at a moment of the replay: answers and last signs of life, by person."""

    deeds: dict[str, list[Deed]] = field(default_factory=lambda: defaultdict(list))
    seen_at: dict[str, datetime] = field(default_factory=dict)
    asks: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def learn(self, event: Event) -> None:
        self.seen_at[event.person] = event.at
        if event.deed is not None:
            self.deeds[event.person].append(event.deed)


@dataclass(frozen=True)
class Outcome:
    """How a rule did: the share of questions it hit, and how unevenly it asked."""

    top10: float
    gini: float


# Of what is known and a question: people, best first (more than ten do not count).
Rule = Callable[[Known, Asked], Sequence[str]]


def evaluate(folder: Path, *, learned: float = LEARNED, until: float = 1.0) -> dict[str, Any]:
    """Return `questions`, `top10`, `gini`, `ceiling` and the same of simple rules in `baselines`.

    learned, until: which part of the questions is learned from, and where the test ends (the
    constants of forum.routing were chosen with 0.15 and 0.7). Raises DumpError.
    """
    questions, events = read(folder)
    tested = questions[int(len(questions) * learned) : int(len(questions) * until)]
    tested = [question for question in tested if question.answerers]
    rules: dict[str, Rule] = {"ours": by_score, **BASELINES}
    found = {name: replay(tested, events, rule) for name, rule in rules.items()}
    ours = found.pop("ours")
    return {
        "questions": len(tested),
        "top10": round(ours.top10, 3),
        "gini": round(ours.gini, 3),
        "ceiling": round(replay(tested, events, everyone, top=None).top10, 3),
        "baselines": {
            name: {"top10": round(one.top10, 3), "gini": round(one.gini, 3)}
            for name, one in found.items()
        },
    }


def replay(
    tested: Sequence[Asked], events: Sequence[Event], rule: Rule, *, top: int | None = TOP
) -> Outcome:
    """Return how a rule did on these questions, in order; it knows its own earlier asks."""
    known, asks, hits, position = Known(), Counter[str](), 0, 0
    for question in tested:
        while position < len(events) and events[position].at < question.at:
            known.learn(events[position])
            position += 1
        people = [person for person in rule(known, question) if person != question.asker][:top]
        hits += not question.answerers.isdisjoint(people)
        for person in people:
            asks[person] += 1
            known.asks[person].append(question.at)
    could = [asks[person] for person in known.deeds]
    return Outcome(top10=hits / len(tested) if tested else 0.0, gini=gini(could))


def by_score(known: Known, question: Asked) -> Sequence[str]:
    """Ours: the score of the product."""
    names = dict(enumerate(known.deeds))
    helpers = [
        Helper(
            id=number,
            deeds=known.deeds[person],
            seen_at=known.seen_at[person],
            asked=sum(at > question.at - routing.WEEK for at in known.asks[person]),
        )
        for number, person in names.items()
    ]
    fits = routing.best(helpers, Wanted(question.tags), question.at, TOP + 1)
    return [names[one.helper.id] for one in fits]


def most_active(known: Known, question: Asked) -> Sequence[str]:
    """Who answered most, whatever it was about."""
    return _first(known, len)


def most_active_in_tag(known: Known, question: Asked) -> Sequence[str]:
    """Who answered most under the question's tags."""
    return _first(known, lambda deeds: sum(len(deed.tags & question.tags) for deed in deeds))


def recently_active(known: Known, question: Asked) -> Sequence[str]:
    """Who answered most of late: every answer halves in weight with 60 days."""

    def weight(deeds: Sequence[Deed]) -> float:
        return sum(routing.decay(deed.at, question.at, ACTIVE_HALF_LIFE_DAYS) for deed in deeds)

    return _first(known, weight)


def everyone(known: Known, question: Asked) -> Sequence[str]:
    """All who ever answered: what no rule can do better than."""
    return list(known.deeds)


BASELINES: dict[str, Rule] = {
    "tag_activity": most_active_in_tag,
    "activity": most_active,
    "recent_activity": recently_active,
}


def _first(known: Known, weight: Callable[[Sequence[Deed]], float]) -> Sequence[str]:
    found = [(weight(deeds), person) for person, deeds in known.deeds.items()]
    found.sort(key=lambda pair: (-pair[0], int(pair[1])))
    return [person for points, person in found[: TOP + 1] if points > 0]


def gini(numbers: Iterable[float]) -> float:
    """Return the Gini coefficient: 0 when all have the same, towards 1 when one has all."""
    ordered = sorted(numbers)
    total, count = sum(ordered), len(ordered)
    if not total:
        return 0.0
    weighted = sum((2 * rank - count - 1) * one for rank, one in enumerate(ordered, 1))
    return weighted / (count * total)


def read(folder: Path) -> tuple[list[Asked], list[Event]]:
    """Return a dump's questions and what people did, both in order of time. Raises DumpError."""
    questions = {int(row["Id"]): row for row in rows_of(folder / "Posts.xml") if _is(row, QUESTION)}
    accepted_at = _acceptances(folder / "Votes.xml")
    tags = {number: frozenset(tag_names(row.get("Tags", ""))) for number, row in questions.items()}
    answerers: dict[int, set[str]] = defaultdict(set)
    events = [
        Event(_moment(row), row["OwnerUserId"])
        for row in questions.values()
        if row.get("OwnerUserId")
    ]
    for row in rows_of(folder / "Posts.xml"):
        person = row.get("OwnerUserId")
        if _is(row, ANSWER) and person and int(row["ParentId"]) in questions:
            parent = int(row["ParentId"])
            answerers[parent].add(person)
            at = _moment(row)
            deed = Deed(at, tags[parent], confirmed_at=accepted_at.get(row["Id"]))
            events.append(Event(at, person, deed))
    comments = folder / "Comments.xml"
    if comments.is_file():
        events += [
            Event(_moment(row), row["UserId"]) for row in rows_of(comments) if row.get("UserId")
        ]
    events.sort(key=lambda event: (event.at, int(event.person)))
    asked = [
        Asked(
            number=number,
            at=_moment(row),
            asker=row.get("OwnerUserId", ""),
            tags=tags[number],
            answerers=frozenset(answerers[number] - {row.get("OwnerUserId", "")}),
        )
        for number, row in questions.items()
    ]
    return sorted(asked, key=lambda one: (one.at, one.number)), events


def _acceptances(votes: Path) -> dict[str, datetime]:
    """Return when answers were accepted; a dump without votes does not tell, and then none was.

    Posts.xml names the accepted answer as of today: at the replayed moment nobody knew.
    """
    if not votes.is_file():
        return {}
    rows = (row for row in rows_of(votes) if row.get("VoteTypeId") == ACCEPTED)
    return {row["PostId"]: _moment(row) for row in rows}


def _is(row: dict[str, str], kind: str) -> bool:
    return row.get("PostTypeId") == kind


def _moment(row: dict[str, str]) -> datetime:
    return datetime.fromisoformat(row["CreationDate"]).replace(tzinfo=UTC)
