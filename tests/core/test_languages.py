import pytest

from core.languages import guess, is_language_tag

CLEAR = {
    "fr": "Depuis hier la page de notre association est blanche et je ne sais pas quoi faire.",
    "en": "Since last night every page of my site is white and I do not know what to do about it.",
    "es": "Desde ayer la página de la asociación está en blanco y no sé qué es lo que pasa.",
    "de": "Seit gestern ist die Seite von unserem Verein weiss und ich kann nicht mehr.",
    "ar": "منذ أمس صفحة جمعيتنا بيضاء ولا أعرف ماذا أفعل.",
}


@pytest.mark.parametrize("language", CLEAR)
def test_text_is_known_by_its_commonest_words(language):
    assert guess(CLEAR[language]) == language


@pytest.mark.parametrize("text", ["", "Try this.", "php -v", "OK !", "👍"])
def test_short_text_says_nothing(text):
    assert guess(text) == ""


def test_code_and_addresses_say_nothing():
    code = "```\nfor the line in the file: if not there then this is the end of it\n```"

    assert guess(code) == ""
    assert guess(f"{code}\n{CLEAR['fr']} https://the.is.of.to.example/and/for") == "fr"


@pytest.mark.parametrize("tag", ["fr", "zh-Hant-HK", "ca-valencia", "de-DE-u-co-phonebk", "gsw"])
def test_language_tags_are_known_by_their_form(tag):
    assert is_language_tag(tag)


@pytest.mark.parametrize("text", ["", "français", "f", "fr-", "fr_FR", "fr FR", "fr-abcdefghi"])
def test_what_is_no_language_tag_is_told(text):
    assert not is_language_tag(text)
