import shutil
import subprocess
import sys

import pytest
from babel.messages.catalog import Catalog
from django.core.management import CommandError

from core.management.commands import check_translations
from core.management.commands.check_translations import complaints, copy_of_texts

needs_gettext = pytest.mark.skipif(shutil.which("xgettext") is None, reason="needs gettext")


def catalogue(**texts):
    made = Catalog(locale="fr")
    for text, translated in texts.items():
        made.add(text, translated)
    return made


def test_complete_catalogue_passes():
    kept = catalogue(Open="Ouvert")
    kept.add(
        ("%(n)s hour", "%(n)s hours"), ("%(n)s heure", "%(n)s heures"), flags=["python-format"]
    )

    assert list(complaints(kept, kept)) == []


def test_text_that_the_catalogue_does_not_have_is_missing():
    assert list(complaints(catalogue(), catalogue(Open=""))) == ["missing: Open"]


def test_text_without_translation_is_named():
    assert list(complaints(catalogue(Open=""), catalogue(Open=""))) == ["not translated: Open"]


def test_plural_with_one_empty_form_is_not_translated():
    kept = catalogue()
    kept.add(("hour", "hours"), ("heure", ""))

    assert list(complaints(kept, kept)) == ["not translated: hour"]


def test_guess_that_nobody_looked_through_is_named():
    kept = catalogue()
    kept.add("Open", "Ouverte", flags=["fuzzy"])

    assert list(complaints(kept, kept)) == ["not looked through (fuzzy): Open"]


def test_translation_that_loses_a_placeholder_is_named():
    kept = catalogue()
    kept.add("Hello %(name)s", "Bonjour %(nom)s", flags=["python-format"])

    (told,) = complaints(kept, kept)

    assert told.endswith("Hello %(name)s")


@pytest.mark.parametrize(
    "text",
    [
        "Fermée\u00a0: elle attend\u202f!",
        "«\u00a0Pourquoi ici\u00a0?\u00a0»",
        "De 9:00 à 18:00, voir https://example.org/?q=a",
        'Une liste comme [{"key": "small"}]',
        "Une ligne «\u00a0!!! note\u00a0» suivie du reste",
        "Tom &amp; Julie&nbsp;: %(n)s",
        "Quoi\u00a0?!",
    ],
)
def test_french_that_is_well_set_passes(text):
    assert list(complaints(catalogue(Text=text), catalogue(Text=text), "fr")) == []


@pytest.mark.parametrize(
    "text",
    [
        *("Fermée: elle", "Fermée : elle", "Pourquoi ici?", "Bravo !", "Fermé ; rouvert"),
        *("%(name)s: encore", "<strong>Fermée</strong>: oui", "Fermée:<br>", "« Ici\u00a0»"),
        *("«\u00a0Ici »", "«Ici\u00a0»", "«\u00a0Ici»"),
    ],
)
def test_french_without_its_spaces_is_named(text):
    (told,) = complaints(catalogue(Text=text), catalogue(Text=text), "fr")

    assert told.startswith("a space that does not break is missing: ")
    assert list(complaints(catalogue(Text=text), catalogue(Text=text), "de")) == []


@needs_gettext
def test_texts_are_gathered_from_code_and_templates_of_a_copy(tmp_path):
    copy_of_texts(tmp_path)
    page = tmp_path / "frontend" / "templates" / "planted.html"
    page.write_text("{% load i18n %}{% translate 'Planted in a page' %}")
    module = tmp_path / "core" / "planted.py"
    module.write_text("from django.utils.translation import gettext as _\n_('Planted in code')\n")

    check_translations.gather(tmp_path)

    texts = check_translations.read(tmp_path / "frontend/locale/fr/LC_MESSAGES/django.po")
    assert texts.get("Planted in a page") is not None
    assert texts.get("Planted in code") is not None


def test_copy_that_cannot_be_gathered_says_why(tmp_path):
    (tmp_path / "manage.py").write_text("raise SystemExit('no such thing')")

    with pytest.raises(CommandError, match="no such thing"):
        check_translations.gather(tmp_path)


@needs_gettext
def test_command_complains_of_a_language_that_lacks_texts(tmp_path):
    copy_of_texts(tmp_path)
    kept = tmp_path / "frontend/locale/fr/LC_MESSAGES/django.po"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n')

    done = subprocess.run(
        [sys.executable, "manage.py", "check_translations"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "missing: Not found" in done.stderr
    assert "texts need work" in done.stderr
