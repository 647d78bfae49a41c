from search.snippets import marked, snippet


def test_words_of_the_query_are_marked_by_stem():
    assert marked("Updated pages", "update page", "en") == "<mark>Updated</mark> <mark>pages</mark>"


def test_snippet_shows_the_part_that_was_found_and_escapes_it():
    text = "nothing here. " * 60 + "Rename the <plugins> folder now. " + "and more words. " * 60

    html = snippet(text, "plugin folder", "en")

    assert "&lt;<mark>plugins</mark>&gt; <mark>folder</mark>" in html
    assert html.startswith("… ")
    assert html.endswith(" …")
    assert len(html) < 350


def test_snippet_of_a_short_text_is_the_text():
    assert snippet("All is well.", "other", "en") == "All is well."
