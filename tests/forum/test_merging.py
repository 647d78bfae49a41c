"""Two changes of one text brought together: what must hold of any, and what a reader meets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.contents import Content
from forum.merging import Marks, has_marks, merge, merge_contents, merge_tags

MARKS = Marks("<<< mine", "===", ">>> theirs")
TEXTS = st.lists(st.sampled_from(["one", "two three", "four", "", "é x", "  y"]), max_size=8).map(
    "\n".join
)
TAGS = st.lists(st.sampled_from("abcdefg"), unique=True, max_size=5)


@given(TEXTS, TEXTS)
def test_a_change_by_one_side_is_taken_as_it_is(base, changed):
    assert merge(base, changed, base, MARKS).text == changed
    assert merge(base, base, changed, MARKS).text == changed
    assert merge(base, changed, changed, MARKS).text == changed


@given(TEXTS, TEXTS, TEXTS)
def test_both_sides_give_the_same_and_none_loses_a_line(base, mine, theirs):
    one, other = merge(base, mine, theirs, MARKS), merge(base, theirs, mine, MARKS)

    assert one.conflicts == other.conflicts
    if not one.conflicts:
        assert one.text == other.text
    assert has_marks(one.text, MARKS) == bool(one.conflicts)
    written = {word for text in (mine, theirs) for word in text.split()} - set(base.split())
    assert written <= set(one.text.split())


@given(st.data(), st.integers(2, 9))
def test_changes_of_different_lines_do_not_touch(data, count):
    base = [f"line {number}" for number in range(count)]
    owners = data.draw(st.lists(st.sampled_from("mt "), min_size=count, max_size=count))
    mine, theirs, both = list(base), list(base), list(base)
    for place, owner in enumerate(owners):
        if owner != " ":
            both[place] = (mine if owner == "m" else theirs)[place] = f"new {owner} {place}"
    apart = "\n--\n"  # each line of the base stands once, and no change touches another
    texts = (apart.join(lines) for lines in (base, mine, theirs))

    merged = merge(*texts, MARKS)

    assert (merged.text, merged.conflicts) == (apart.join(both), 0)


@given(TAGS, TAGS, TAGS)
def test_tags_added_and_taken_away_by_either_side(base, mine, theirs):
    merged = merge_tags(base, mine, theirs)

    assert len(merged) == len(set(merged))
    assert set(merged) == {
        tag
        for tag in "abcdefg"
        if (tag in mine and tag in theirs) or ((tag in mine) + (tag in theirs) > (tag in base))
    }


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "expected"),
    [
        ("Use PHP 7 here, please", "Use PHP 8 here, please", "Use PHP 7 here, thanks",
         "Use PHP 8 here, thanks"),
        ("a\nb\nc", "a!\nb\nc", "a\nb\nc!", "a!\nb\nc!"),
        ("a\nb", "a\nb\nc", "z\nb", "z\nb\nc"),
        ("see a", "see a\n\nmine", "look a", "look a\n\nmine"),
    ],
)  # fmt: skip
def test_apart(base, mine, theirs, expected):
    merged = merge(base, mine, theirs, MARKS)

    assert (merged.text, merged.conflicts) == (expected, 0)


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "expected"),
    [
        ("Use PHP 7.", "Use PHP 8.1.", "Use PHP 8.2.",
         "<<< mine\nUse PHP 8.1.\n===\nUse PHP 8.2.\n>>> theirs"),
        ("a\nb\nc", "a\nc", "a\nB\nc", "a\n<<< mine\n===\nB\n>>> theirs\nc"),
        ("a", "a\nmine", "a\ntheirs", "a\n<<< mine\nmine\n===\ntheirs\n>>> theirs"),
        ("it is slow", "it was slow", "it is fast",
         "<<< mine\nit was slow\n===\nit is fast\n>>> theirs"),
    ],
)  # fmt: skip
def test_touching(base, mine, theirs, expected):
    merged = merge(base, mine, theirs, MARKS)

    assert (merged.text, merged.conflicts) == (expected, 1)
    assert has_marks(merged.text, MARKS)


def test_title_text_and_tags_merge_together():
    base = Content.of("A white page", "One.\n\nTwo.", ["php"])
    mine = Content.of("A white page today", "One.\n\nTwo!", ["php", "mail"])
    theirs = Content.of("A blank page", "One!\n\nTwo.", ["wordpress"])

    merged = merge_contents(base, mine, theirs, MARKS)

    assert merged.content == Content.of("A blank page today", "One!\n\nTwo!", ["mail", "wordpress"])
    assert merged.conflicts == 0


def test_titles_that_touch_and_too_many_tags_are_conflicts():
    base = Content.of("A white page", "x", "ab")
    mine = Content.of("A black page", "x", "abcd")
    theirs = Content.of("A green page", "x", "abef")

    merged = merge_contents(base, mine, theirs, MARKS)

    assert (merged.content.title, merged.conflicts) == ("A black page", 2)
