"""The spam score: what speaks for it, and how much."""

from hypothesis import given
from hypothesis import strategies as st

from people.spam import (
    LEAST_DECIDED,
    THRESHOLD,
    Facts,
    added_to,
    digest,
    judge,
    links_added,
    links_of,
    words_of,
)

PLAIN = Facts(signs=400, posts_before=0, typed_seconds=90)
counts = st.tuples(st.integers(0, 50), st.integers(0, 50))
facts = st.builds(
    Facts,
    signs=st.integers(1, 30000),
    posts_before=st.integers(0, 20),
    posts_lately=st.integers(0, 20),
    typed_seconds=st.none() | st.floats(0, 10**6),
    links=st.integers(0, 20),
    repeats=st.integers(0, 50),
    may_link=st.booleans(),
    words=st.dictionaries(st.sampled_from(["casino", "bonus", "site", "dns", "loto"]), counts),
    decided=st.tuples(st.integers(50, 90), st.integers(50, 90)),
)


def keys(facts):
    return [reason.key for reason in judge(facts).reasons]


@given(facts)
def test_score_is_a_share_and_every_point_is_explained(found):
    verdict = judge(found)

    assert 0 < verdict.score < 1
    assert verdict.is_held == (verdict.score >= THRESHOLD)
    assert verdict.is_held <= bool(verdict.reasons)
    assert all(reason.detail for reason in verdict.reasons)


def test_plain_first_post_is_published():
    assert not judge(PLAIN).is_held
    assert judge(PLAIN).reasons == ()


def test_no_single_haste_holds_a_post():
    assert keys(Facts(signs=400, posts_before=0, typed_seconds=1)) == ["typed_at_once"]
    assert keys(Facts(signs=4000, posts_before=0, typed_seconds=20)) == ["typed_fast"]
    assert keys(Facts(signs=400, posts_before=9, posts_lately=9)) == ["pace"]
    for hasty in (
        Facts(signs=400, posts_before=0, typed_seconds=0),
        Facts(signs=400, posts_before=20, posts_lately=20),
    ):
        assert not judge(hasty).is_held


def test_who_has_posted_before_may_paste():
    assert keys(Facts(signs=4000, posts_before=3, typed_seconds=1)) == []


def test_program_without_a_form_is_not_called_hasty():
    assert keys(Facts(signs=4000, posts_before=0, typed_seconds=None)) == []


def test_many_links_of_a_beginner_wait():
    many = Facts(signs=400, posts_before=0, links=3)

    assert judge(many).is_held
    assert not judge(Facts(signs=400, posts_before=0, links=2)).is_held
    assert not judge(Facts(signs=400, posts_before=0, links=3, may_link=True)).is_held


def test_same_link_in_many_posts_waits_and_says_so():
    verdict = judge(Facts(signs=80, posts_before=5, links=1, repeats=4))

    assert verdict.is_held
    assert [(one.key, one.detail) for one in verdict.reasons] == [("same_link", "4")]


def test_words_of_spam_weigh_once_enough_was_decided():
    words = {"casino": (9, 0), "bonus": (8, 0), "site": (5, 6)}

    verdict = judge(Facts(signs=80, posts_before=1, words=words, decided=(10, 10)))
    few = judge(Facts(signs=80, posts_before=1, words=words, decided=(LEAST_DECIDED - 1, 50)))

    assert verdict.is_held
    assert verdict.reasons[0].detail == "casino, bonus"
    assert few.reasons == ()


def test_words_of_good_posts_speak_for_a_post():
    words = {"dns": (0, 9), "wordpress": (0, 8)}
    hasty = Facts(signs=80, posts_before=0, typed_seconds=0, links=3, words=words, decided=(10, 10))

    assert keys(hasty) == ["links", "typed_at_once", "good_words"]
    assert not judge(hasty).is_held


def test_links_are_compared_without_what_does_not_tell_them_apart():
    text = "See https://www.Shop.example/a/, (http://shop.example/a) and https://other.example."

    assert links_of(text) == ["shop.example/a", "other.example"]


def test_words_are_told_apart_without_case_in_any_script():
    text = "CASINO casino Straße ЛОТО https://x.example/y"

    assert words_of(text) == ["casino", "strasse", "лото"]
    assert len(digest("casino")) == 16


def test_what_an_edit_adds_is_the_words_and_links_that_were_not_there():
    before = "See https://a.example and the cache."

    assert added_to(before, "First, see https://a.example and the other cache.") == (
        "First, see other"
    )
    assert added_to("one one", "one one one") == "one"
    assert added_to(before, before) == ""
    assert links_added(before, f"{before} (https://A.example/) https://b.example") == ["b.example"]
