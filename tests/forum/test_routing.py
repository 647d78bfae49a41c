"""Who is asked to help: the score, and the replay that measures it."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from forum import replay, routing
from forum.routing import Deed, Helper, Wanted, best, fit

DUMP = Path(__file__).resolve().parents[3] / "shared" / "data" / "stackexchange-history-meta"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PHP = Wanted(frozenset({"php"}), "fr")


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def deed(days: float, *tags: str, confirmed: bool = False) -> Deed:
    return Deed(ago(days), frozenset(tags), ago(days) if confirmed else None)


def helper(number: int = 1, *deeds: Deed, **facts) -> Helper:
    return Helper(number, deeds, seen_at=facts.pop("seen_at", ago(1)), **facts)


def score(one: Helper) -> float:
    return fit(one, PHP, NOW).score


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (helper(1, deed(5, "php")), helper(1, deed(5, "mail"))),
        (helper(1, deed(5, "php", confirmed=True)), helper(1, deed(5, "php"))),
        (helper(1, deed(5, "php")), helper(1, deed(50, "php"))),
        (helper(1, deed(5, "php")), helper(1, deed(5, "php"), asked=2)),
        (helper(1, deed(5, "php")), helper(1, deed(5, "php"), seen_at=ago(30))),
        (
            helper(1, deed(5, "php"), languages=["fr", "en"]),
            helper(1, deed(5, "php"), languages=["en", "fr"]),
        ),
        (helper(1, declared=(("php", 3),)), helper(1, declared=(("php", 1),))),
    ],
    ids=["tag", "confirmed", "fresh", "load", "seen", "language", "level"],
)
def test_each_factor_counts(better, worse):
    assert score(better) > score(worse) > 0


def test_skill_is_what_the_pages_say(browse, cast, question):
    """Each number that the pages name is one that the score is reckoned with."""
    tags = frozenset({"php", "mail"})

    def skill(*deeds, **facts):
        return routing.skill_in(helper(1, *deeds, **facts), tags, NOW)

    whole = skill(deed(0, "php", "mail"))
    assert skill(deed(0, "php")) == whole / 2
    assert skill(*[deed(0, "css")] * routing.OFF_TAGS) == pytest.approx(whole)
    assert skill(deed(0, "php", "mail", confirmed=True)) == 2 * whole
    assert skill(deed(routing.SKILL_HALF_LIFE_DAYS, "php", "mail")) == pytest.approx(whole / 2)
    assert skill(deed(0, "php"), deed(0, "mail"), declared=(("php", 2),)) == whole + 1
    silent = helper(1, seen_at=ago(routing.SEEN_HALF_LIFE_DAYS))
    assert routing.availability_of(silent, NOW) == pytest.approx(0.5)

    for path in ("/questions/for-me", f"/questions/{question.pk}/ranking"):
        page = browse(cast.bao).get(path).content.decode()
        assert "your answers under its tags" in page
        assert "An answer under half of the tags counts half" in page
        assert f"{routing.OFF_TAGS} answers under none of them count as one" in page
        assert f"halve in weight in {routing.SKILL_HALF_LIFE_DAYS} days" in page
        assert f"with {routing.SEEN_HALF_LIFE_DAYS} days of silence" in page


@pytest.mark.parametrize(
    "facts",
    [
        {"is_away": True},
        {"asked": routing.MOST_ASKS},
        {"most_asks": 0},
        {"languages": ["de"]},
        {"seen_at": None},
    ],
)
def test_who_is_away_full_or_reads_another_language_is_never_asked(facts):
    out = helper(1, deed(5, "php"), **facts)
    here = helper(2, deed(5, "php"))

    assert [one.helper for one in best([out, here], PHP, NOW, 5)] == [here]


def test_acceptance_of_tomorrow_is_not_known_today():
    later = Deed(ago(5), frozenset({"php"}), NOW + timedelta(days=1))

    assert score(helper(1, later)) == score(helper(1, deed(5, "php")))


def test_why_names_the_strongest_reason_first():
    one = helper(
        1, deed(1, "mail"), deed(2, "php"), deed(3, "php", confirmed=True), languages=["fr"]
    )

    found = routing.why(one, Wanted(frozenset({"php", "mail"}), "fr"), NOW)

    assert found == [
        {"key": "answered", "tag": "php", "count": 2, "confirmed": 1},
        {"key": "answered", "tag": "mail", "count": 1, "confirmed": 0},
        {"key": "language", "language": "fr"},
    ]


@given(st.lists(st.tuples(st.floats(0, 900), st.booleans()), max_size=8), st.integers(0, 9))
def test_score_is_never_negative_and_another_answer_never_hurts(rows, asked):
    deeds = [deed(days, "php", confirmed=confirmed) for days, confirmed in rows]
    before = score(helper(1, *deeds, asked=asked))

    assert 0 <= before <= score(helper(1, *deeds, deed(1, "php"), asked=asked))


@given(st.lists(st.integers(0, 50), min_size=1))
def test_gini_is_the_mean_difference_of_pairs(numbers):
    pairs = sum(abs(a - b) for a in numbers for b in numbers)
    mean = sum(numbers) / len(numbers)

    expected = pairs / (2 * len(numbers) ** 2 * mean) if mean else 0
    assert replay.gini(numbers) == pytest.approx(expected)


@pytest.mark.skipif(not DUMP.is_dir(), reason="the shared dump is not on this machine")
def test_replay_gives_the_known_figures_of_simple_rules_and_ours_is_better():
    out = StringIO()
    call_command("evaluate_routing", str(DUMP), "--json", stdout=out)
    found = json.loads(out.getvalue())

    known = {name: row["top10"] for name, row in found["baselines"].items()}
    assert known == {"tag_activity": 0.709, "activity": 0.73, "recent_activity": 0.844}
    assert (found["questions"], found["ceiling"]) == (141, 0.936)
    assert found["top10"] >= 0.86
    assert found["gini"] < found["baselines"]["recent_activity"]["gini"]
    assert (found["top10"], found["gini"]) == (0.865, 0.874)  # as docs/measurements.md says


POSTS = """<posts>
<row Id="1" PostTypeId="1" CreationDate="2020-01-01T00:00:00" OwnerUserId="9" Tags="|a|" />
<row Id="2" PostTypeId="2" ParentId="1" CreationDate="2020-01-02T00:00:00" OwnerUserId="5" />
<row Id="3" PostTypeId="1" CreationDate="2020-01-03T00:00:00" OwnerUserId="9" Tags="|a|" />
<row Id="4" PostTypeId="2" ParentId="3" CreationDate="2020-01-04T00:00:00" OwnerUserId="{who}" />
<row Id="5" PostTypeId="2" ParentId="3" CreationDate="2020-01-04T00:00:01" OwnerUserId="9" />
</posts>"""


@pytest.mark.parametrize(("who", "share"), [("5", 1.0), ("6", 0.0)])
def test_nothing_later_than_the_question_is_known(who, share, tmp_path):
    (tmp_path / "Posts.xml").write_text(POSTS.format(who=who))

    found = replay.evaluate(tmp_path, learned=0.5)

    assert (found["questions"], found["top10"], found["ceiling"]) == (1, share, share)


def test_folder_without_a_dump_is_refused(tmp_path):
    with pytest.raises(CommandError, match="Posts"):
        call_command("evaluate_routing", str(tmp_path))
