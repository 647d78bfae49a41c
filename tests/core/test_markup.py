"""Posts, guides and imported HTML become safe HTML; HTML becomes words again."""

import re

import pytest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import markup
from core.errors import InvalidInput
from core.markup.dressing import MAX_IMAGES
from core.markup.posts import MAX_MENTIONS

REL = 'rel="ugc nofollow noopener"'


def test_a_post_gets_links_code_and_directions():
    html = markup.render_post("مرحبا https://example.org/a_b_c\n\n```php\necho 1;\n```\n")

    assert html == (
        f'<p dir="auto">مرحبا <a href="https://example.org/a_b_c" {REL}>'
        "https://example.org/a_b_c</a></p>\n"
        '<pre class="code" dir="ltr"><code class="language-php" dir="ltr">'
        '<span class="k">echo </span><span class="m">1</span>;\n</code></pre>\n'
    )


def test_the_outermost_block_alone_finds_its_direction():
    html = markup.render_post("> مرحبا\n>\n> - a `b`\n\n1. مرحبا\n\n   b\n")

    assert html.count('dir="auto"') == 2
    assert '<blockquote dir="auto">\n<p>' in html
    assert '<ol dir="auto">\n<li>\n<p>' in html
    assert '<code dir="ltr">b</code>' in html


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("see http://example.org.", "http://example.org"),
        ("(https://example.org/a_(b))", "https://example.org/a_(b)"),
        ("**https://example.org/**", "https://example.org/"),
        ("ftp://example.org/a?b=c&d", "ftp://example.org/a?b=c&amp;d"),
        ("HTTPS://example.org", "HTTPS://example.org"),
        ("<https://example.org>", "https://example.org"),
        ("<help@example.org>", "mailto:help@example.org"),
        ("http://münchen.example/ü", "http://xn--mnchen-3ya.example/%C3%BC"),
    ],
)
def test_addresses_become_links(source, address):
    html = markup.render_post(source)

    assert html.count("<a ") == 1
    assert f'<a href="{address}" {REL}>' in html


@pytest.mark.parametrize(
    "source",
    [
        "manage.py example.org www.example.org",
        "help@example.org",
        "`http://example.org`",
        "http://",
        "xhttp://example.org",
        "git+https://example.org",
        r"http\://example.org",
        "ssh://example.org",
    ],
)
def test_other_words_do_not(source):
    assert "<a " not in markup.render_post(source)


def test_a_mention_is_linked_only_of_a_known_person_outside_code_and_links():
    source = "@Zoé, `@zoé` [@zoé](/x) \\@zoé &#64;zoé a@zoé @zoé@example.org @nobody\n\n    @zoé"

    html = markup.render_post(source, mentions={"zoé": "/people/7"})

    assert html.count("/people/7") == 1
    assert f'<a href="/people/7" class="mention" {REL}>@Zoé</a>,' in html
    assert markup.find_mentions(source) == ["zoé", "nobody"]


def test_handles_may_hold_marks_and_end_before_the_dot():
    source = "Thanks @marie-claude_b, *@jean.d*. And @ana."

    assert markup.find_mentions(source) == ["marie-claude_b", "jean.d", "ana"]
    assert markup.find_mentions("@x " * 3 + " ".join(f"@p{n}" for n in range(90))) == [
        "x",
        *(f"p{n}" for n in range(MAX_MENTIONS - 1)),
    ]


@pytest.mark.parametrize(
    ("source", "levels"),
    [
        ("# a\n## b\n### c\n## d\n# e", "23432"),
        ("### a\n# b\n#### c\n###### d\n## e", "22343"),
        ("# a\n## b\n### c\n#### d\n##### e\n###### f", "234566"),
        ("#\n## [](/x)\n### a", "4"),
    ],
)
def test_headings_on_a_page_start_at_h2_and_leave_out_no_level(source, levels):
    for html in (markup.preview(source), markup.render_imported_html(markup.render_post(source))):
        assert "".join(re.findall(r"<h(\d)", html)) == levels
        assert "".join(re.findall(r"</h(\d)", html)) == levels


def test_headings_elsewhere_are_as_they_were_written():
    assert markup.render_post("# a\n### b") == '<h1 dir="auto">a</h1>\n<h3 dir="auto">b</h3>\n'


def test_what_a_screen_reader_would_announce_without_words_goes():
    html = markup.preview("a [](/x) [ ](/y)[![](/z.png)](/z)\n\n| | b |\n|-:|-|\n| | c |")

    assert html.count("<a ") == 1
    assert '<img src="/z.png" alt="/z.png" loading="lazy"></a>' in html
    assert html.count("<th") == len(["thead", "th"])
    assert '<td align="right"></td>\n<th>b</th>' in html


def test_what_scrolls_can_be_reached_by_keyboard():
    wide, narrow = "a" * 31, "b" * 30

    html = markup.preview(f"```\n{wide}\n```\n```\n{narrow}\n```\n| a |\n|-|\n")

    assert f'<pre class="code" tabindex="0" dir="ltr"><code dir="ltr">{wide}' in html
    assert f'<pre class="code" dir="ltr"><code dir="ltr">{narrow}' in html
    assert '<table dir="auto" tabindex="0">' in html


def test_own_images_stay_and_remote_ones_become_links():
    html = markup.render_post('![a *b*](/files/a.png "t") ![c](https://example.com/c.png "d")')

    assert html == (
        '<p dir="auto"><img src="/files/a.png" alt="a b" title="t" loading="lazy"> '
        f'<a href="https://example.com/c.png" class="remote-image" title="d" {REL}>c</a></p>\n'
    )


def test_a_remote_image_inside_a_link_becomes_its_words():
    html = markup.render_imported_html(
        '<a href="https://example.com"><img src="https://example.com/a.png" alt="the plan"></a>'
        '<img src="https://example.com/b.png">'
    )

    assert html == (
        f'<a href="https://example.com" {REL}>the plan</a>'
        f'<a href="https://example.com/b.png" class="remote-image" {REL}>'
        "https://example.com/b.png</a>"
    )


def test_images_beyond_the_limit_become_links():
    html = markup.render_post("![a](/a.png)\n" * (MAX_IMAGES + 2))

    assert html.count("<img") == MAX_IMAGES
    assert html.count('class="remote-image"') == 2


def test_cells_are_aligned_without_styles():
    html = markup.render_post("|a|b|\n|:-:|-:|\n|c|d|\n")

    assert '<th align="center">a</th>\n<th align="right">b</th>' in html
    assert '<td align="center">c</td>\n<td align="right">d</td>' in html
    assert "style" not in html


def test_code_that_turns_its_direction_shows_it():
    html = markup.render_post("`a\u202eb`\n\n```python\nx = '\u2066' # \u2069\n```\n\n\u202eprose")

    for name in ("U+202E", "U+2066", "U+2069"):
        assert f'<span class="bidi">{name}</span>' in html
    assert "\u2066" not in html
    assert html.count("\u202e") == 1


def test_php_is_coloured_with_and_without_its_opening():
    for source in ("echo 1;", "<?php echo 1;", "<p><?= 1 ?></p>"):
        assert '<span class="m">1' in markup.render_post(f"```PHP\n{source}\n```")


def test_code_of_an_unknown_language_stays_plain():
    html = markup.render_post("``` klingon qapla'\nbIHeghjaj & <b>\n```")

    assert html == (
        '<pre class="code" dir="ltr"><code class="language-klingon" dir="ltr">'
        "bIHeghjaj &amp; &lt;b&gt;\n</code></pre>\n"
    )


def test_imported_code_is_coloured_by_the_language_of_its_block():
    html = markup.render_imported_html(
        '<pre class="lang-sql prettyprint-override"><code>SELECT 1 &lt; 2;\n</code></pre>'
    )

    assert html == (
        '<pre class="code" dir="ltr"><code class="language-sql" dir="ltr">'
        '<span class="k">SELECT </span><span class="m">1 </span>&lt; <span class="m">2</span>;\n'
        "</code></pre>"
    )


def test_imported_html_keeps_what_readers_need_and_no_mention():
    html = markup.render_imported_html(
        '<h2 id="top">a</h2><p dir="rtl" lang="fr" class="x">b<sup>2</sup> <kbd>Ctrl</kbd></p>'
        '<ol start="3"><li>c</li></ol><a class="mention" href="/people/1" target="_top">@zoe</a>'
    )

    assert html == (
        '<h2 dir="auto">a</h2><p dir="auto" lang="fr">b<sup>2</sup> <kbd>Ctrl</kbd></p>'
        f'<ol dir="auto" start="3"><li>c</li></ol><a href="/people/1" {REL}>@zoe</a>'
    )


def test_imported_html_with_too_many_tags_comes_out_as_its_words():
    assert markup.render_imported_html("<b>a &amp; c" * 10_001).startswith(
        '<p dir="auto"> a &amp; c a &amp; c'
    )


GUIDE = """[TOC]

# Première étape

Un pas[^1] ~~faux~~.

!!! warning "Attention"
    Ne touchez à rien.

| a | b |
|--:|---|
| 1 | 2 |

Term
:   its meaning

- a

    ```php
    echo 1;
    ```

[^1]: Le premier.
"""


def test_a_guide_has_contents_footnotes_and_admonitions():
    html = markup.render_guide(GUIDE)

    assert f'<li><a href="#guide-première-étape" {REL}>Première étape</a></li>' in html
    assert '<h2 dir="auto" id="guide-première-étape">Première étape</h2>' in html
    assert f'<sup id="fnref:1"><a class="footnote-ref" href="#fn:1" {REL}>1</a></sup>' in html
    assert '<li id="fn:1">' in html
    assert f'<a class="footnote-backref" href="#fnref:1" {REL}>↩</a>' in html
    assert '<div dir="auto" class="admonition warning">' in html
    assert '<p class="admonition-title">Attention</p>' in html
    assert '<td align="right">1</td>' in html
    assert "<dt>Term</dt>\n<dd>its meaning</dd>" in html
    assert "<del>faux</del>" in html
    assert '<span class="k">echo </span>' in html


def test_guides_know_nothing_of_each_other():
    first = markup.render_guide(GUIDE)

    assert markup.render_guide("x") == '<p dir="auto">x</p>'
    assert markup.render_guide(GUIDE) == first


@pytest.mark.parametrize("render", [markup.render_post, markup.render_guide, markup.find_mentions])
def test_a_source_above_64_kib_is_refused(render):
    with pytest.raises(InvalidInput) as refusal:
        render("é" * 32_769)

    assert [(error.field, error.code) for error in refusal.value.errors] == [("source", "too_long")]
    assert "64 kB" in refusal.value.errors[0].detail
    assert render("é" * 32_768) is not None


def test_plain_text_is_what_is_read():
    html = markup.render_post(
        "# A\n\n*b*c [d](/e) ![f](/g)\n\n- h\n- i\n\n"
        "```\n  j &amp;\n\n    k\n```\n\nl  \nm &lt;b&gt;"
    )

    assert markup.plain_text(html) == "A bc d f h i j &amp; k l m <b>"
    assert markup.plain_text(html, lines=True) == ("A\nbc d f\nh\ni\n  j &amp;\n\n    k\nl\nm <b>")


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>a</p><p>b</p>", "a b"),
        ("<script>a</script><style>b</style><!-- c --><p onclick='x'>d</p><svg>e</svg>", "d"),
        ("<p title='<b>'>a<br>b&nbsp;c</p>", "a b c"),
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", "a b"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("a < b &amp;lt;", "a < b &lt;"),
        ("", ""),
    ],
)
def test_plain_text_of_any_html(html, words):
    assert markup.plain_text(html) == words


def test_an_excerpt_ends_between_words():
    html = "<p>The <em>server</em> answers &amp; waits.</p><pre><code>ping</code></pre>"

    assert markup.excerpt(html, 100) == "The server answers & waits. ping"
    assert markup.excerpt(html, 32) == "The server answers & waits. ping"
    assert markup.excerpt(html, 31) == "The server answers & waits.…"
    assert markup.excerpt(html, 15) == "The server…"
    assert markup.excerpt("<p>" + "a" * 50 + "</p>", 10) == "a" * 9 + "…"


@pytest.mark.parametrize(
    ("text", "wanted", "html"),
    [
        ("DNS & dns-sec", ["dns"], "<mark>DNS</mark> &amp; <mark>dns</mark>-sec"),
        ("étés ÉTÉ", ["été"], "étés <mark>ÉTÉ</mark>"),
        ("a<b>", [(1, 4)], "a<mark>&lt;b&gt;</mark>"),
        ("abcdef", [(4, 9), (0, 2), (1, 3), (3, 4)], "<mark>abcdef</mark>"),
        ("abc", [(2, 1), (-5, 0), (7, 9)], "abc"),
        ("a.c abc", ["a.c", "", "("], "<mark>a.c</mark> abc"),
        ('<i title="x">', [], "&lt;i title=&quot;x&quot;&gt;"),
    ],
)
def test_what_was_looked_for_is_marked(text, wanted, html):
    marked = markup.highlight(text, wanted)

    assert marked == html
    assert isinstance(marked, SafeString)


def test_filled_escapes_what_is_not_html_already():
    shown = markup.filled('<a title="{}">{} {}</a>', 'a "b" & <c>', markup.safe("<b>d</b>"), 7)

    assert shown == format_html(
        '<a title="{}">{} {}</a>', 'a "b" & <c>', markup.safe("<b>d</b>"), 7
    )
    assert type(shown) is type(markup.safe(""))
    assert markup.escaped("it's plain") == "it&#x27;s plain"
    assert markup.escaped("plain") == "plain"
