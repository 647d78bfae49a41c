"""What changed from one text to another: properties, and what a reader is told."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.differences import Piece, changes, share_changed, word_diff, words

TEXTS = st.text(st.sampled_from("ab cd\n.é٠"), max_size=60) | st.text(max_size=60)
ITEMS = st.lists(st.sampled_from("abcde"), max_size=30)


def told(old: str, new: str) -> str:
    signs = {"same": "{}", "removed": "[-{}-]", "added": "[+{}+]"}
    return "".join(signs[piece.kind].format(piece.text) for piece in word_diff(old, new))


@given(TEXTS, TEXTS)
def test_pieces_make_both_texts(old, new):
    pieces = word_diff(old, new)

    assert "".join(piece.text for piece in pieces if piece.kind != "added") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == new
    assert all(piece.text for piece in pieces)


@given(TEXTS)
def test_words_make_the_text(text):
    assert "".join(words(text)) == text


@given(TEXTS)
def test_same_text_has_no_change(text):
    assert word_diff(text, text) == ([Piece("same", text)] if text else [])
    assert share_changed(text, text) == 0


@given(ITEMS, ITEMS)
def test_changes_make_the_new_sequence_from_the_old(old, new):
    made, done = [], 0
    for change in changes(old, new):
        assert change.old_start >= done + (1 if done else 0)
        made += old[done : change.old_start] + new[change.new_start : change.new_end]
        done = change.old_end

    assert made + old[done:] == new


@given(TEXTS, TEXTS)
def test_share_is_between_none_and_all(old, new):
    assert 0 <= share_changed(old, new) <= 1


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Rename the folder.", "Rename this folder.", "Rename [-the-][+this+] folder."),
        ("It works", "It works now", "It works[+ now+]"),
        ("Use PHP 7.4", "Use PHP 8.2", "Use PHP [-7.4-][+8.2+]"),
        ("one\ntwo\nthree", "one\nthree", "one\n[-two\n-]three"),
        ("a b c", "x y z", "[-a b c-][+x y z+]"),
        ("caf\u0065\u0301 noir", "caf\u0065\u0301 vert", "caf\u0065\u0301 [-noir-][+vert+]"),
        ("", "new", "[+new+]"),
        ("old", "", "[-old-]"),
    ],
)
def test_reader_is_told(old, new, expected):
    assert told(old, new) == expected


@pytest.mark.parametrize(
    ("old", "new", "share"),
    [
        ("", "", 0),
        ("one two", "one, two!", 0),
        ("one two three four", "one two three five", 0.25),
        ("one", "two", 1),
    ],
)
def test_share_counts_words(old, new, share):
    assert share_changed(old, new) == share


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            " ".join(f"a{n + 1} a{n}" for n in range(2500)),
            " ".join(f"a{n} a{n + 1}" for n in range(2500)),
        ),
        ("a " * 15000, "b a " * 7500),
        ("a b " * 7500, "b c a " * 5000),
        (" ".join(map(str, range(6000))), " ".join(map(str, range(6000, 0, -1)))),
        ("\n" * 30000, "\n " * 15000),
        ("abc " * 7500, "x\nabc. " * 4000),
        (
            " ".join(f"{n}" + " a" * 60 for n in range(250)),
            " ".join(f"{n}" + " b" * 60 for n in range(250)),
        ),
    ],
)
def test_hostile_texts_are_compared_in_bounded_time(old, new):
    started = time.process_time()
    pieces = word_diff(old, new)
    spent_seconds = time.process_time() - started

    assert "".join(piece.text for piece in pieces if piece.kind != "added") == old
    assert spent_seconds < 1
