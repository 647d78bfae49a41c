"""What is sent to browsers: one style sheet, one script, hashed and compressed."""

import re
from pathlib import Path

import brotli
import pytest
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from frontend import storage


def compressed(text: str) -> int:
    return len(brotli.compress(text.encode()))


def test_style_sheet_is_flat_for_older_browsers():
    css = storage.site_css()

    assert "@layer" not in css
    assert "light-dark(" not in css
    assert "&" not in css
    depth = deepest = 0
    for sign in re.findall(r"[{}]", css):
        depth += 1 if sign == "{" else -1
        deepest = max(deepest, depth)
    assert deepest == 2  # a rule inside a media query, and no rule inside a rule


def test_style_sheet_knows_no_left_and_right():
    for path in sorted((storage.SOURCES / "css").glob("*.css")):
        found = re.findall(
            r"(?<![-\w])(?:margin|padding|border|inset)-(?:left|right)|(?<![-\w])(?:left|right)\s*:",
            path.read_text(),
        )

        assert found == [], path.name


def test_style_sheet_and_script_are_small():
    assert compressed(storage.site_css()) <= 8_000
    assert compressed(storage.site_js()) <= 15_000


def test_modules_of_every_page_can_be_joined():
    for name in storage.MODULES:
        source = (storage.SOURCES / "js" / f"{name}.js").read_text()

        assert not re.search(r"^\s*(?:import|export)\b", source, re.MULTILINE), name
        assert source.count("\n") < 150, name


@pytest.mark.parametrize("name", ["site.css", "rooms.css", "site.js"])
def test_finder_gives_what_is_built_from_the_sources(name):
    path = Path(finders.find(name) or "")

    assert path.read_text("utf-8") == storage.BUILT[name]()


def test_collecting_hashes_and_compresses_our_own_files_alone(tmp_path):
    place = storage.SiteStorage(location=tmp_path, base_url="/static/")
    files = {"site.css": "a{color:red}" * 50, "admin/base.css": "b{color:blue}" * 50}
    for name, text in files.items():
        place.save(name, ContentFile(text.encode()))

    done = list(place.post_process({name: (place, name) for name in files}))

    assert [name for name, _hashed, _processed in done] == ["site.css"]
    hashed = place.stored_name("site.css")
    assert re.fullmatch(r"site\.[0-9a-f]{12}\.css", hashed)
    assert brotli.decompress((tmp_path / f"{hashed}.br").read_bytes()) == files["site.css"].encode()
    assert (tmp_path / f"{hashed}.gz").exists()
    assert place.url("admin/base.css") == "/static/admin/base.css"
    assert not (tmp_path / "admin/base.css.br").exists()


def test_names_are_plain_before_anything_was_collected(tmp_path):
    place = storage.SiteStorage(location=tmp_path, base_url="/static/")

    assert place.url("site.css") == "/static/site.css"


def test_tests_need_nothing_collected(client, db):
    response = client.get("/static/site.css")
    response.close()

    assert response.status_code == 200
    assert response["Content-Type"] == 'text/css; charset="utf-8"'


def test_scripts_go_out_without_their_comments(tmp_path):
    sources = FileSystemStorage(location=tmp_path / "sources")
    sources.save(
        "js/a.js", ContentFile(b"// What it is for.\nlet a = 1; // one\n  // two\ntell(a);\n")
    )
    place = storage.SiteStorage(location=tmp_path / "static", base_url="/static/")
    with sources.open("js/a.js") as file:
        place.save("js/a.js", file)

    list(place.post_process({"js/a.js": (sources, "js/a.js")}))

    sent = (tmp_path / "static" / place.stored_name("js/a.js")).read_text()
    assert sent == "let a = 1; // one\ntell(a);\n"


def test_no_text_in_a_script_has_a_line_that_looks_like_a_comment():
    for path in sorted((storage.SOURCES / "js").glob("*.js")):
        code = re.sub(r"//.*", "", path.read_text("utf-8"))

        assert not [text for text in re.findall(r"`[^`]*`", code) if "\n" in text], path.name
