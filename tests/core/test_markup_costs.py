"""No text of 64 KiB costs more than about a second, and none is lost."""

from html import unescape

import pytest
from pygments.lexers import get_lexer_by_name

from core import markup
from core.markup import code, posts
from core.markup.sources import MAX_SOURCE_BYTES
from tests.costs import A_SECOND, multiple


def cost_of(render, text):
    return multiple(render, text.encode()[:MAX_SOURCE_BYTES].decode(errors="ignore"))


HOSTILE = {
    "4,000 brackets": "[" * 4_000,
    "64k brackets": "[" * 65_536,
    "10,000 backticks": "`" * 10_000,
    "runs of backticks": "".join("`" * length + "a" for length in range(1, 350)),
    "600 nested lists": "".join("  " * depth + "- a\n" for depth in range(600)),
    "600 nested lists on a line": "- " * 600 + "a",
    "600 nested quotes": ">" * 600 + "a",
    "lists and quotes": "> - " * 300 + "a\n" * 100,
    "quotes with lazy lines": ("> " * 11 + "a\n" + "a\n" * 290) * 20,
    "deep quotes": ("> " * 11 + "a\n") * 2_000,
    "deep lists": ("- " * 5 + "a\n" + ("  " * 5 + "b\n") * 10) * 500,
    "emphasis that opens": "*a " * 50_000,
    "strong and emphasis": "*a **b " * 9_000,
    "nested emphasis": "*" * 30_000 + "a" + "*" * 30_000,
    "crossed emphasis": "*a_ " * 16_000,
    "long runs": "a**b" + "c* " * 20_000,
    "nested images": "!" + "[" * 60_000,
    "opened images": "![" * 30_000,
    "images in images": "![" * 5_000 + "a" + "](a)" * 5_000,
    "links in links": "[" * 8_000 + "a" + "](a)" * 8_000,
    "brackets and emphasis": "[*" * 6_000,
    "brackets and code": "[`a" * 20_000,
    "references": "[a][" * 15_000,
    "wide table": "|" + "a|" * 1_000 + "\n|" + "-|" * 1_000 + "\n" + "|a\n" * 10_000,
    "long table": "|a|b|c|\n|-|-|-|\n" + "|a|b|c|\n" * 7_000,
    "many tables": "|a\n|-\n" * 10_000,
    "tables that end": "|a\n|-\n> x\n" * 7_000,
    "short rows": "|" + "a|" * 99 + "\n|" + "-|" * 99 + "\n" + "|\n" * 190,
    "escaped pipes": "|a\\|" * 10_000 + "\n|-\n",
    "less than": "<" * 60_000,
    "unclosed tags": "<a " * 20_000,
    "unclosed comments": "<!--" * 15_000,
    "unclosed autolinks": "<http:" * 10_000,
    "unclosed addresses": "<a@" + "a." * 30_000,
    "autolinks": "<a:>" * 15_000,
    "links without addresses": "[](" * 20_000,
    "links without an end": "[a](<b" * 10_000,
    "titles without an end": "[a](b '" * 8_000,
    "long definition": "[a]: " + "x" * 60_000,
    "long label": "[" + "a\n" * 30_000,
    "many definitions": "".join(f"[a{number}]: /u\n" for number in range(4_000)) + "[a1] " * 900,
    "definitions with titles": "[a]: b\n'" * 8_000,
    "bare links": "http://a.b " * 6_000,
    "bare schemes": "http://" * 9_000,
    "no schemes": "://" * 20_000,
    "schemes of one letter": "a://" * 15_000,
    "parentheses in links": "http://a.b/" + "(a" * 30_000,
    "dots in links": ("http://" + "a." * 900 + " ") * 30,
    "hosts of many letters": "<http://" + "".join(map(chr, range(0x4E00, 0x9E00))) + ">",
    "percent signs": "[a](" + "%é" * 20_000 + ")",
    "mentions": "@zoe " * 13_000,
    "at signs": "@" * 60_000,
    "handles": "@a." * 20_000,
    "entities": "&#" * 30_000,
    "backslashes": "\\" * 60_000,
    "strikes": "~~a~" * 16_000,
    "items": "- a\n" * 15_000,
    "numbers": "".join(f"{number}. a\n" for number in range(7_000)),
    "headings": "# a\n" * 15_000,
    "underlines": "a\n---\n" * 10_000,
    "rules": "* * *\n" * 10_000,
    "fences": "```\n" * 15_000,
    "codes": "```js\na\n```\n" * 2_600,
    "code of blanks": "```python\n" + "\n " * 3_990 + "\n```",
    "many codes of blanks": ("```python\n" + "\n " * 500 + "```\n") * 60,
    "code of quotes": "```css\n" + ('\\"' * 190 + "\n") * 20 + "```",
    "new lines": "\n" * 60_000,
    "paragraph": "a\n" * 30_000,
    "blanks": " " * 60_000 + "a",
    "tabs": "-\t" * 30_000,
    "trailing blanks": ("a" + " " * 30_000 + "\n") * 2,
    "controls of direction": "`" + "\u202e" * 21_000 + "`",
    "images": "![a](/b)" * 8_000,
    "remote images": "![a](http://b/)" * 4_300,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_post_that_exhausts_parsers_is_rendered_in_time(name):
    assert cost_of(markup.preview, HOSTILE[name]) < A_SECOND
    assert cost_of(markup.find_mentions, HOSTILE[name]) < A_SECOND


@pytest.mark.parametrize(
    "tag",
    [
        "<b>",
        "<p><b>",
        "<div>",
        "<ul><li>",
        "<dl><dd>",
        "<a href=x><b>",
        "<table><td>",
        "<i><b><p></i>",
        "<blockquote>",
        "<pre><code>",
        "<!--",
        "<b></p>",
        "<b a='",
        "<",
        "&amp",
        "<details><summary>",
    ],
)
def test_imported_html_is_rendered_in_time(tag):
    assert cost_of(markup.render_imported_html, tag * 60_000) < A_SECOND
    assert cost_of(markup.plain_text, tag * 60_000) < A_SECOND


@pytest.mark.parametrize(
    "text", ["[" * 65_536, "![" * 30_000, "<" * 65_536, "- " * 600, "> " * 5_000]
)
def test_guide_that_exhausts_its_parser_is_rendered_in_time(text):
    assert cost_of(markup.render_guide, text) < A_SECOND


LEXERS = {get_lexer_by_name(name).name: name for name in sorted(code.LANGUAGES)}


@pytest.mark.parametrize("name", sorted(LEXERS))
def test_every_lexer_reads_hostile_code_in_time(name):
    for unit in ('\\"', "\n ", "\n", "a ", "<?", "a.", "#{", "("):
        text = unit * (code.MAX_COLOURED // len(unit))
        lines = [text[at : at + code.MAX_LINE] for at in range(0, len(text), code.MAX_LINE + 1)]

        assert cost_of(lambda text: code.coloured(text, LEXERS[name]), "\n".join(lines)) < A_SECOND


def test_code_too_long_or_too_wide_to_colour_stays_plain():
    line = "echo 1;\n"

    assert "<span" in code.coloured(line * 700, "php")
    assert code.coloured(line * 751, "php") == line * 751
    assert code.coloured("echo 1;" * 60, "php") == "echo 1;" * 60
    assert "<span" not in code.coloured("class A {}", "java")


def test_colours_run_out_in_one_post_but_the_code_stays():
    block = "```php\n" + "echo 1;\n" * 700 + "```\n"

    html = markup.render_post(block * 2)

    assert html.count('<code class="language-php"') == 2
    assert html.count("<span") == 700 * 2
    assert html.count("echo") == 700 * 2


@pytest.mark.parametrize(
    "text",
    [
        "> " * (posts.MAX_DEPTH + 1) + "deep",
        "- " * posts.MAX_DEPTH + "deep",
        "*a " * (posts.MAX_MARKS + 1),
        "a\n\n" * posts.MAX_LINES,
        "|" + "a|" * 40 + "\n|" + "-|" * 40 + "\n" + "|b\n" * 600,
    ],
)
def test_post_beyond_a_limit_is_shown_as_it_was_written(text):
    html = markup.render_post(text + "\n\n<b>end</b> @zoe", mentions={"zoe": "/people/1"})

    assert html.count("<p") == 1
    assert (
        unescape(html.removeprefix('<p dir="auto">').removesuffix("</p>")).replace("<br>\n", "\n")
        == text + "\n\n<b>end</b> @zoe"
    )


def test_post_within_the_limits_keeps_its_depth():
    html = markup.render_post("> " * posts.MAX_DEPTH + "deep")

    assert html.count("<blockquote") == posts.MAX_DEPTH
    assert "deep" in html
