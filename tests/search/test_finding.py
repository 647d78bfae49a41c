"""What is found, by the page, while one types, by suggestions and by the API."""

import pytest

from forum import actions

# By language: a question in it, and words of it as others write them.
ASKED = {
    "fr": ("Le certificat expiré du cadenas", ["certificat", "CERTIFICATS", "expire", "cadenas"]),
    "en": ("The padlock warns of an outdated licence", ["padlocks", "LICENCES", "warning"]),
    "es": ("La contraseña caducó en la migración", ["contrasena", "contraseñas", "migracion"]),
    "de": ("Zertifikate für Häuser erneuern", ["Zertifikat", "hauser", "Haus", "HÄUSERN"]),
    "ar": ("تجديد الشهادة في الموقع", ["الشهادة", "شهاده", "الْمَوْقِع"]),
}
WORDS = [(language, word) for language, (_title, words) in ASKED.items() for word in words]


@pytest.fixture
def asked(cast, run_tasks):
    """One question in each language; each says in its text that it was tried at Brème."""
    found = {
        language: actions.ask(
            actor=cast.clara,
            title=title,
            source="Brème.",
            language=language,
            tag_names=["sécurité"] if language == "fr" else [],
        )
        for language, (title, _words) in ASKED.items()
    }
    run_tasks()
    return found


@pytest.mark.parametrize(("language", "word"), WORDS)
def test_one_word_finds_what_has_its_stem_in_the_language_of_the_post(
    browse, call, asked, language, word
):
    row = asked[language]
    program, reader = call(None), browse()

    found = program.get("/api/v1/search", {"q": word}).json()["results"]
    like = program.get("/api/v1/search/similar", {"title": word}).json()

    assert [hit["id"] for hit in found] == [row.pk]
    assert [hit["id"] for hit in like] == [row.pk]
    for path, name in (("/search", "q"), ("/search/now", "q"), ("/questions/similar", "title")):
        assert row.path in reader.get(path, {name: word}).content.decode(), path


def test_accents_are_folded_in_titles_texts_and_tags(call, asked):
    program = call(None)

    def found(word):
        return {hit["id"] for hit in program.get("/api/v1/search", {"q": word}).json()["results"]}

    assert found("breme") == found("BRÈME") == {row.pk for row in asked.values()}
    assert found("securite") == found("Sécurités") == {asked["fr"].pk}


def test_control_signs_are_not_searched_for_nor_shown(browse, asked):
    page = browse().get("/search?q=cadenas%00%1b&tag=x%00").content.decode()

    assert 'value="cadenas"' in page
    assert not any(sign in page for sign in "\x00\x1b")
    for path in ("/search/now?q=cadenas%00", "/questions/similar?title=cadenas%00"):
        assert asked["fr"].path in browse().get(path).content.decode()
