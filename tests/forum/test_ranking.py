from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forum import actions, queries
from forum.models import Answer
from forum.queries import places
from forum.ranking import WIDE_MARGIN, explained, outscores, ranked, standing


@dataclass(frozen=True)
class Row:
    pk: int
    up: int
    down: int


ROWS = st.lists(
    st.builds(Row, pk=st.integers(1, 99), up=st.integers(0, 50), down=st.integers(0, 50)),
    unique_by=lambda row: row.pk,
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # the first draw waits for its machine
@given(ROWS, st.integers(1, 99))
def test_accepted_stands_first_but_for_those_far_ahead(rows, accepted_id):
    order = ranked(rows, accepted_id)

    assert sorted(order, key=lambda row: row.pk) == sorted(rows, key=lambda row: row.pk)
    accepted = next((row for row in rows if row.pk == accepted_id), None)
    before = order[: order.index(accepted)] if accepted else []
    if accepted:
        ahead = {row for row in rows if row is not accepted and outscores(row, accepted)}
        assert set(before) == ahead
    for part in (before, [row for row in order if row not in before and row is not accepted]):
        shares = [standing(row.up, row.down) for row in part]
        assert shares == sorted(shares, reverse=True)
    assert [place.answer for place in explained(rows, accepted_id)] == list(order)


def test_few_votes_count_with_caution():
    assert standing(0, 0) == 0.5
    assert standing(1, 0) < standing(20, 1)


def test_accepted_answer_is_passed_by_a_wide_margin_alone():
    accepted = Row(1, up=2, down=1)
    near, far, popular = Row(2, up=10, down=0), Row(3, up=11, down=0), Row(4, up=90, down=70)

    assert (far.up - far.down) - (accepted.up - accepted.down) == WIDE_MARGIN
    assert [row.pk for row in ranked([accepted, near, far, popular], 1)] == [3, 1, 2, 4]
    assert [place.outscores for place in explained([accepted, near, far], 1)] == [
        True,
        False,
        False,
    ]


def test_page_of_places_says_what_the_database_says(browse, call, cast, question, answer):
    other = actions.answer(
        actor=cast.clara, question_id=question.pk, source="Second", language="en"
    )
    actions.accept_answer(actor=cast.aminata, question_id=question.pk, answer_id=answer.pk)
    Answer.objects.filter(pk=other.pk).update(up=12, down=1)

    told = call(cast.bao).get(f"/api/v1/questions/{question.pk}/ranking").json()

    rows = Answer.objects.filter(question=question)
    assert [row["answer"] for row in told["answers"]] == [row.pk for row in ranked(rows, answer.pk)]
    assert told["answers"][0] == {
        "place": 1,
        "answer": other.pk,
        "up": 12,
        "down": 1,
        "share": standing(12, 1),
        "is_accepted": False,
        "outscores": True,
        "rule": "outscores",
    }
    html = browse(cast.bao).get(f"/questions/{question.pk}/ranking").content.decode()
    assert "87 %" in html
    assert "at least 10 votes more" in html
    page = queries.question_page(cast.bao, question.pk)
    assert [facts.post.pk for facts in page.answers] == [other.pk, answer.pk]


def test_places_in_lists_are_those_of_the_lists(cast, call, question, ask_many):
    ask_many(3)
    for person in (cast.bao, cast.omar):
        for name in ("newest", "unanswered", "active"):
            order = [row.pk for row in queries.list_page(person, order=name, cursor=None).results]
            for number, pk in enumerate(order, 1):
                told = call(person).get(f"/api/v1/questions/{pk}/ranking").json()
                place = {row["list"]: row["place"] for row in told["lists"]}[name]
                assert place == number


def test_places_are_counted_so_far_and_no_further(monkeypatch, browse, call, question, ask_many):
    monkeypatch.setattr(places, "MOST_COUNTED", 3)
    rows = ask_many(4)

    def told(pk):
        lists = call(None).get(f"/api/v1/questions/{pk}/ranking").json()["lists"]
        return {row["list"]: (row["place"], row["is_beyond"]) for row in lists}

    assert told(rows[1].pk)["newest"] == (3, False)
    assert told(rows[0].pk)["newest"] == (None, True)
    assert told(rows[1].pk)["unanswered"] == (None, False)
    assert told(question.pk)["unanswered"] == (3, False)
    assert told(question.pk)["active"] == (None, True)
    html = browse().get(f"/questions/{rows[0].pk}/ranking").content.decode()
    assert "beyond place" in html
    assert "beyond place" not in browse().get(f"/questions/{rows[3].pk}/ranking").content.decode()


def test_place_for_me_shows_the_four_factors_and_their_product(cast, call, question):
    told = call(cast.bao).get(f"/api/v1/questions/{question.pk}/ranking").json()

    fit = told["fit"]
    product = fit["skill"] * fit["language"] * fit["availability"] * (1 - fit["load"])
    assert abs(fit["score"] - product) < 1e-9
    assert told["is_for_me"]
    assert call(None).get(f"/api/v1/questions/{question.pk}/ranking").json()["fit"] is None


def test_page_says_the_whole_rule_to_visitors_too(browse, question, answer):
    html = browse().get(question.path).content.decode()

    assert "The accepted answer first, then by (good votes + 1) / (all votes + 2);" in html
    assert "one ahead by 10 votes and a better share goes before it. What nobody confirmed" in html
    assert "since the platform moved comes last." in html


def test_reason_stands_beside_each_answer_that_is_not_alone(browse, cast, question, answer):
    alone = browse().get(question.path).content.decode()
    other = actions.answer(
        actor=cast.clara, question_id=question.pk, source="Second", language="en"
    )
    last = actions.answer(actor=cast.omar, question_id=question.pk, source="Third", language="en")
    actions.accept_answer(actor=cast.aminata, question_id=question.pk, answer_id=answer.pk)
    Answer.objects.filter(pk=other.pk).update(up=12, down=1)
    Answer.objects.filter(pk=last.pk).update(up=2)

    html = browse().get(question.path).content.decode()

    assert "Here by" not in alone
    told = [
        "Here, before the accepted one, by its votes: 87 %, at least 10 more.",
        "Here because the asker accepted it.",
        "Here by its votes: 75 % (2 good, 0 bad).",
    ]
    assert [html.count(text) for text in told] == [1, 1, 1]
    assert sorted(told, key=html.index) == told
