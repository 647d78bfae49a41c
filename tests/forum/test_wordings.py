import pytest

from core.differences import Piece
from forum.contents import Content, Difference, difference
from forum.wordings import is_large, wording_after

LONG = " ".join(f"word{number}" for number in range(60))


def content(source: str, title: str = "") -> Content:
    return Content.of(title, source, ())


@pytest.mark.parametrize(
    ("new", "large"),
    [
        (LONG, False),
        (f"{LONG}!", False),
        (f"{LONG} {' '.join(f'more{number}' for number in range(59))}", False),
        (f"{LONG} {' '.join(f'more{number}' for number in range(60))}", True),
        (LONG.replace("word1", "verb1"), False),  # 11 of 60 words
        (LONG.replace("word", "verb"), True),
        ("", True),
    ],
)
def test_large_is_a_third_of_the_words_of_both(new, large):
    assert is_large(content(LONG), content(new)) is large


def test_title_counts_and_tags_do_not():
    assert is_large(Content.of("one two", "three", ()), Content.of("four five", "three", ()))
    assert not is_large(
        Content.of("one two", "three", ["a"]), Content.of("one two", "three", ["b"])
    )


def test_small_steps_add_up():
    began = content(LONG)
    step = content(LONG.replace("word1", "verb1"))
    far = content(step.source.replace("word2", "verb2"))

    assert wording_after(began, 1, step, 2) == 1
    assert not is_large(step, far)
    assert wording_after(began, 1, far, 3) == 3


def test_difference_has_no_pieces_where_nothing_changed():
    old, new = Content.of("Title", "text", ["a", "b"]), Content.of("Title", "text!", ["b", "c"])

    assert difference(old, old) == Difference([], [], [])
    assert not difference(old, old)
    assert difference(old, new) == Difference(
        title=[],
        source=[Piece("same", "text"), Piece("added", "!")],
        tags=[Piece("same", "b"), Piece("removed", "a"), Piece("added", "c")],
    )
