"""A workshop's pack: what is in it, and that a browser opens it from the disk without a network."""

import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from playwright.sync_api import sync_playwright

from forum import actions
from forum.pack import LARGEST_BYTES, build_pack
from forum.pack.words import folded, letter_of, script, words_of

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))


def test_words_are_folded_and_said_once():
    assert folded("Été À L'ÉCOLE") == "ete a l'ecole"
    assert words_of("Été, été!", "l'école de PHP 8.4") == ["ete", "ecole", "de", "php"]
    assert (letter_of("Étoile"), letter_of("  «ça»"), letter_of("404!")) == ("E", "C", "#")
    assert letter_of("العربية") == "ا"


def test_script_of_words_is_sound_in_older_browsers():
    text = script([(1, 'a "b" \u2028 </script>', "", "")])

    assert "\u2028" not in text
    assert json.loads(text.removeprefix("window.PACK=").rstrip(";\n"))[0][1].startswith("a")


@pytest.fixture
def pack(cast, question, answer, tmp_path, settings):
    settings.PUBLIC_URL = "https://entraide.example"
    actions.accept_answer(actor=cast.aminata, question_id=question.pk, answer_id=answer.pk)
    other = actions.ask(
        actor=cast.bao,
        title="لماذا صفحتي بيضاء؟",
        source=f"See https://entraide.example and [this]({question.path}) ![a picture](/x.png)",
        language="en",
        tag_names=["wordpress"],
    )
    actions.comment(actor=cast.omar, question_id=other.pk, source="Thanks @bao")
    with zipfile.ZipFile(io.BytesIO(build_pack(tag="WordPress", language="en").data)) as archive:
        archive.extractall(tmp_path)
    return tmp_path, question, other


def test_pack_names_nobody_and_leads_within_itself(pack):
    folder, question, other = pack

    asked = (folder / f"questions/{question.pk}.html").read_text()
    led = (folder / f"questions/{other.pk}.html").read_text()

    assert "Accepted by the asker" in asked
    assert "Aminata" not in asked + led
    assert "Bao" not in asked + led
    assert f'href="{question.pk}.html"' in led
    assert "<img" not in led
    assert "[a picture]" in led
    assert 'href="https://entraide.example/people/bao"' in led
    for page in folder.rglob("*.html"):
        assert 'src="/' not in page.read_text()
        assert 'href="/' not in page.read_text()
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"index.html", "words.js", "search.js", "pack.css", "tags/1.html"} <= names


@pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine")
@pytest.mark.django_db
def test_browser_finds_a_question_from_the_disk_without_a_network(pack, settings):
    folder, question, other = pack
    found = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        context = browser.new_context(offline=True)
        page = context.new_page()
        page.on("request", lambda request: found.append(request.url))
        page.on("pageerror", lambda error: found.append(f"error: {error}"))
        page.goto((folder / "index.html").as_uri())
        page.fill("#q", "PLUGÍN renam")
        hits = page.locator("#hits a").all_inner_texts()
        page.fill("#q", "بيضا")
        arabic = page.locator("#hits a").all_inner_texts()
        page.fill("#q", "plugins folder")
        page.click("#hits a")
        shown = page.inner_text("article.accepted")
        plain = browser.new_context(offline=True, java_script_enabled=False).new_page()
        plain.goto((folder / "index.html").as_uri())
        hidden = plain.is_hidden("#q")
        plain.click(".shelves a >> text=wordpress")
        plain.click(f"text={question.title}")
        by_list = plain.inner_text("h1")
        browser.close()

    assert hits == [question.title]
    assert arabic == [other.title]
    assert "Rename the plugins folder." in shown
    assert (hidden, by_list) == (True, question.title)
    assert all(url.startswith("file://") for url in found), found


def test_arabic_pack_reads_from_right_to_left(cast, db):
    actions.ask(actor=cast.bao, title="لماذا صفحتي بيضاء؟", source="x", language="ar", tag_names=[])

    with zipfile.ZipFile(io.BytesIO(build_pack(language="ar").data)) as archive:
        first = archive.read("index.html").decode()

    assert '<html lang="en" dir="rtl">' in first
    assert '<main lang="ar">' in first


def test_what_has_no_room_is_left_out(cast, question, monkeypatch):
    for number in range(3):
        actions.ask(
            actor=cast.bao,
            title=f"Question number {number}",
            source="x" * 500,
            language="en",
            tag_names=[],
        )
    monkeypatch.setattr("forum.pack.building.PAGES_BYTES", 1000)

    built = build_pack(language="en")

    assert 1 <= built.questions < 4


def test_command_writes_a_pack_and_says_its_size(question, answer, tmp_path, capsys):
    call_command("make_pack", str(tmp_path / "out.zip"), "--tag", "php", "--language", "en")

    size = (tmp_path / "out.zip").stat().st_size
    assert size < LARGEST_BYTES
    assert capsys.readouterr().out == f"1 questions, 1 answers: {size:,} bytes.\n"
    with pytest.raises(CommandError, match="No question"):
        call_command("make_pack", str(tmp_path / "no.zip"), "--tag", "php", "--language", "ar")
