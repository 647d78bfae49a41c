import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import analysis


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("fr", "hébergement", "hebergements"),
        ("fr", "mises à jour", "mise a jour"),
        ("en", "updating", "updates"),
        ("es", "contraseñas", "contrasena"),
        ("de", "Häuser", "hauser"),
        ("ar", "الْمَوْقِع", "الموقع"),
    ],
)
def test_forms_of_a_word_share_their_terms(language, one, other):
    assert set(analysis.terms(one, language)) & set(analysis.terms(other, language))


def test_words_of_code_stay_whole_and_their_parts_are_found():
    words = analysis.words("Rename wp-config.php, use C++ and utf8_general_ci")

    assert "wp-config.php" in words
    assert "config" in words
    assert "C++" in words


def test_stop_words_say_nothing():
    assert analysis.terms("the and of", "en") == []
    assert analysis.terms("le la les", "fr") == []
    assert analysis.query_terms("the", ("en",)) == []


def test_unknown_language_is_folded_not_stemmed():
    assert analysis.terms("Überraschungen", "und") == ["und:uberraschungen"]
    assert analysis.base("fr-CA") == "fr"
    assert analysis.base("tlh") == "und"


@given(st.text(max_size=200), st.sampled_from(["fr", "en", "es", "de", "ar", "und"]))
def test_any_text_gives_terms_without_spaces(text, language):
    for term in analysis.terms(text, language):
        assert term.startswith(f"{language}:")
        assert not any(sign.isspace() for sign in term)
