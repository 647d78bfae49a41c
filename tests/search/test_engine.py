import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from search.documents import Document
from search.found import Query
from search.whoosh_engine import WhooshEngine

WHITE = Document(
    kind="forum.question",
    object_id=1,
    language="en",
    title="White page after a WordPress update",
    body="Since last night every page of the site is white.",
    tags=("wordpress", "php"),
    solved=True,
    accepted="Rename the plugins folder, then switch plugins on one by one.",
    audience="public",
    created_at=datetime(2026, 11, 1, tzinfo=UTC),
    score=3,
    url="/questions/1/white-page",
)
FRENCH = replace(
    WHITE,
    object_id=2,
    language="fr",
    title="Page blanche après une mise à jour de SPIP",
    body="Depuis hier, toutes les pages sont blanches.",
    tags=("spip",),
    solved=False,
    accepted="",
)
MAIL = replace(
    WHITE,
    object_id=3,
    title="Mail lands in spam",
    body="A white list may help when pages of mail are updated.",
    tags=("mail",),
    solved=False,
    accepted="",
)
PRIVATE = replace(WHITE, object_id=4, title="SECRETPLUM white page", audience="person:7")


@pytest.fixture
def engine(tmp_path):
    made = WhooshEngine(tmp_path / "index")
    made.rebuild([WHITE, FRENCH, MAIL, PRIVATE])
    return made


def ids(engine, text, audiences=("public",), **limits) -> list[int]:
    found, total = engine.find(Query(text=text, audiences=audiences, **limits))
    assert total >= len(found)
    return [row.object_id for row in found]


def test_title_and_solution_weigh_more_than_a_mention(engine):
    assert ids(engine, "white pages updated") == [1, 3]


def test_stems_of_each_language_are_found(engine):
    assert ids(engine, "pages blanches") == [2]
    assert ids(engine, "PAGE BLANCHE apres mises a jour") == [2]


def test_private_documents_are_found_by_their_audience_alone(engine):
    assert ids(engine, "SECRETPLUM") == []
    assert ids(engine, "SECRETPLUM", ("public", "person:8")) == []
    assert ids(engine, "SECRETPLUM", ("public", "person:7")) == [4]


def test_filters_narrow(engine):
    assert ids(engine, "page", language="fr") == [2]
    assert ids(engine, "white", solved=True) == [1]
    assert ids(engine, "white", solved=False) == [3]
    assert ids(engine, "white", tags=("mail",)) == [3]


def test_unfinished_word_finds_what_it_begins(engine):
    assert ids(engine, "plug", unfinished=True) == [1]
    assert ids(engine, "plug") == []


@pytest.mark.parametrize("text", ["", "the of", "***", "(((", "AND OR NOT", '"', "a" * 5000])
def test_no_text_breaks_a_search(engine, text):
    assert isinstance(ids(engine, text), list)


def test_update_replaces_and_removes(engine):
    engine.update([replace(WHITE, title="Black page"), "forum.question:3"])

    assert ids(engine, "white") == [1], "the text still says white"
    assert ids(engine, "black") == [1]
    assert set(engine.digests()) == {"forum.question:1", "forum.question:2", "forum.question:4"}


def test_readers_see_a_rebuild_at_once(engine):
    assert ids(engine, "spam") == [3]

    engine.rebuild([FRENCH])

    assert ids(engine, "spam") == []
    assert ids(engine, "blanche") == [2]


def test_search_before_any_index_finds_nothing(tmp_path):
    assert WhooshEngine(tmp_path / "none").find(Query("page", ("public",))) == ([], 0)


def test_what_was_changed_and_taken_out_is_never_found_again(engine):
    for number in range(12):
        engine.update([replace(WHITE, title=f"White page, text {number}")])
        assert sorted(ids(engine, "white page")) == [1, 3]
    engine.update([WHITE.key])

    assert ids(engine, "wordpress update") == [3]


def test_index_without_documents_is_searched_again_and_again(tmp_path):
    engine = WhooshEngine(tmp_path / "index")
    engine.rebuild([])
    assert ids(engine, "white") == ids(engine, "white") == []

    engine.update([WHITE])

    assert ids(engine, "white") == [1]


PLACES = [
    replace(WHITE, object_id=number, title=title, body="", accepted="", tags=(), solved=False)
    for number, title in enumerate(
        ["Contact", "Contact form", "Contact form mail", "Contact form mail spam", "Certificate"], 1
    )
]


@pytest.fixture
def places(engine):
    engine.rebuild(PLACES)
    return engine


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("spam mail form contact", [2, 3, 4]),  # two of four
        ("spam spam mails mail forms contact", [2, 3, 4]),  # each once, in whatever form
        ("spam mail contact", [3, 4]),  # two of three
        ("form nowhere", [2, 3, 4]),  # one of two
        ("form nowhere never", []),
        ("nowhere", []),
        ("contact of the form", [1, 2, 3, 4]),  # what says little is not counted
    ],
)
def test_half_of_the_words_is_enough_and_less_is_not(places, text, found):
    assert sorted(ids(places, text, enough=10)) == found


def test_word_still_typed_counts_with_the_others(places):
    assert sorted(ids(places, "nowhere never mail spa", unfinished=True, enough=10)) == [4]


def test_all_words_are_asked_for_as_long_as_enough_has_them(places):
    assert sorted(ids(places, "contact form mail", enough=2)) == [3, 4]
    assert sorted(ids(places, "contact form mail", enough=3)) == [2, 3, 4]


def test_filters_hold_when_half_of_the_words_is_enough(places):
    places.update([replace(PLACES[3], audience="person:7", language="fr")])

    assert sorted(ids(places, "contact form nowhere never", enough=10)) == [2, 3]
    both = ("public", "person:7")
    assert sorted(ids(places, "contact form nowhere never", both, enough=10)) == [2, 3, 4]
    assert ids(places, "contact form nowhere never", both, enough=10, language="fr") == [4]


def test_first_page_has_the_best_of_all_and_counts_all(engine):
    """As whoosh's short cuts do not: they lost some of the best, and some of the count."""
    words = [
        "page",
        "mail",
        "site",
        "plugin",
        "update",
        "folder",
        "white",
        "spam",
        "photo",
        "form",
        "cache",
        "cookie",
    ]
    dice = random.Random(3)
    engine.rebuild(
        replace(
            WHITE,
            object_id=number,
            title=" ".join(dice.choices(words, k=4)),
            body=" ".join(dice.choices(words + ["so"] * 30, k=dice.randint(1, 60))),
            accepted=" ".join(dice.choices(words, k=9)) if number % 3 else "",
        )
        for number in range(300)
    )
    for count in (1, 2, 3, 5, 8):
        asked = Query(text=" ".join(words[:count]), audiences=("public",), enough=300)
        page, total = engine.find(asked)
        everything, same = engine.find(replace(asked, size=300))

        assert [row.object_id for row in page] == [row.object_id for row in everything[:20]]
        assert total == same == len(everything)
        assert [row.score for row in page] == sorted((row.score for row in page), reverse=True)


def test_parts_make_the_score_whichever_segment_has_the_document(engine):
    for number in range(10, 16):
        row = replace(WHITE, object_id=number, title=f"White {'page ' * (number - 9)}{number}")
        engine.update([row])
    asked = Query(text="white page php", audiences=("public",), meant={"php": ("php",)})

    plain, _total = engine.find(asked)
    explained, _total = engine.find(replace(asked, explained=True))

    assert [row.object_id for row in explained] == [row.object_id for row in plain]
    assert len(explained) >= 7
    assert not any(row.parts for row in plain)
    for row in explained:
        assert sum(part.points for part in row.parts) == pytest.approx(row.score)
    assert {part.where for part in explained[0].parts} >= {"title", "all", "tags"}
