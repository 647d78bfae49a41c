import os

import pytest
from babel.support import Translations
from django.contrib.staticfiles.finders import get_finder
from django.core.management import call_command

from core.management.commands import prepare


@pytest.fixture
def var(settings, tmp_path):
    """Give the command folders of its own, and one static file alone, that a test may change."""
    settings.VAR = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [tmp_path / "sources"]
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "planted.css").write_text(".a { color: red }")
    get_finder.cache_clear()
    yield tmp_path
    get_finder.cache_clear()


@pytest.mark.once
def test_static_files_are_collected_again_only_when_one_changed(db, var, capsys):
    call_command("prepare")
    first = capsys.readouterr().out
    call_command("prepare")
    second = capsys.readouterr().out
    (var / "sources" / "planted.css").write_text(".a { color: green }")
    call_command("prepare")
    third = capsys.readouterr().out

    assert [("Collecting" in told) for told in (first, second, third)] == [True, False, True]
    assert (var / "static" / "planted.css").read_text() == ".a { color: green }"


@pytest.mark.once
def test_catalogue_is_compiled_when_it_is_newer_than_what_was_compiled(db, var):
    source = var / "locale" / "fr" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        'msgid "Open"\nmsgstr "Fermé"\n'
    )
    call_command("prepare")
    source.write_text(source.read_text().replace("Fermé", "Ouvert"))
    later = source.with_suffix(".mo").stat().st_mtime + 1
    os.utime(source, (later, later))

    call_command("prepare")

    with source.with_suffix(".mo").open("rb") as file:
        assert Translations(file).gettext("Open") == "Ouvert"


class Demo:
    """Stands for the demo's command, which is a room's above: notes that it was called."""

    def __init__(self):
        self.calls = 0

    def __call__(self, name, *args, stdout=None, **options):
        assert name == "load_demo"
        self.calls += 1
        stdout.write("aminata  a member\n")


@pytest.fixture
def demo(monkeypatch):
    """Put a demo in place of the one there may be, without its seconds of work."""
    made = Demo()

    def call(name, *args, **options):
        return (
            made(name, *args, **options) if name == "load_demo" else call_command(name, **options)
        )

    monkeypatch.setattr(prepare, "call_command", call)
    monkeypatch.setattr(prepare, "get_commands", lambda: {"load_demo": "frontend"})
    return made


def test_empty_database_gets_the_demo(db, var, demo):
    call_command("prepare")

    assert demo.calls == 1
    assert (var / "demo_accounts.txt").read_text() == "aminata  a member\n"


def test_database_with_people_gets_no_demo(cast, var, demo):
    call_command("prepare")

    assert demo.calls == 0


def test_production_gets_no_demo(db, var, demo, settings):
    settings.PRODUCTION = True

    call_command("prepare")

    assert demo.calls == 0
