"""Words are found whatever their case and accents, alike on both databases."""

import pytest
from django.db.models import CharField, TextField, Value

from core.accents import folded
from core.finding import has_each, spans_found, words_sought
from people.models import Person

TEXTS = [
    "Échec de l'envoi",
    "E\u0301CHEC de l'envoi",  # in two signs
    "ÇA MARCHE déjà",
    "Straße, STRASSE",
    "ΟΔΟΣ, οδός",
    "İstanbul",
    "Привет, Ёлка",
    "مُحَمَّد",
    "\ufb01n",  # a ligature
    "100 %_ sure",
    "",
]
WORDS = ["échec", "ECHEC", "ca", "Deja", "strasse", "straße", "οδος", "istanbul", "ЕЛКА", "محمد"]
WORDS += ["fin", "%_", "_", "\\", "nowhere"]


@pytest.mark.django_db
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("field", [TextField(), CharField(max_length=40)])
def test_the_database_finds_what_python_finds(text, field, cast):
    rows = Person.objects.filter(pk=cast.bao.pk).alias(said=Value(text, output_field=field))

    found = [word for word in WORDS if rows.filter(said__folded__contains=word).exists()]

    assert found == [word for word in WORDS if folded(word) in folded(text)]


@pytest.mark.django_db
def test_each_word_must_be_there(cast):
    rows = Person.objects.filter(pk=cast.bao.pk)
    rows = rows.alias(said=Value("C'est très **important**, OK ?", output_field=TextField()))

    def finds(words):
        return rows.filter(has_each("said", words_sought(words))).exists()

    assert finds("tres important")
    assert finds("IMPORTANT très")
    assert not finds("très grave")


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("Un ÉCHEC, des échecs", "echec", ["ÉCHEC", "échec"]),
        ("Un e\u0301chec", "echec", ["e\u0301chec"]),
        ("Cafe\u0301 noir", "CAFÉ", ["Cafe\u0301"]),  # with the mark over its last letter
        ("La Straße", "STRASSE rue", ["Straße"]),
        ("plain words", "WORDS plain", ["plain", "words"]),
        ("plain words", "nowhere", []),
    ],
)
def test_what_was_found_is_where_it_stands(text, words, marked):
    spans = spans_found(text, words_sought(words))

    assert [text[start:end] for start, end in spans] == marked


def test_what_is_sought_are_words_with_letters_each_once():
    assert words_sought(" Été ete\x00 \u0301 DÉJÀ") == ["ete", "deja"]
