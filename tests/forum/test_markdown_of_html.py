"""HTML of other forums becomes Markdown where it looks the same, and else stays as it is."""

import pytest

from core.markup import render_imported_html
from forum.markdown_of_html import as_markdown

SAID = [
    ("<p>one</p>\n\n<p>two &amp; *three*</p>\n", "one\n\ntwo & \\*three\\*"),
    ("<p>a <b>bold</b>, <em>slanted </em>word</p>", "a **bold**, *slanted* word"),
    ("<p>a<br>\nb</p>", "a\\\nb"),
    ("<h2>Part</h2><p>x</p><hr>", "## Part\n\nx\n\n---"),
    ("<p># no</p><p>1. no</p><p><em>x</em> - no</p>", "\\# no\n\n1\\. no\n\n*x* - no"),
    (
        '<p><a href="https://x.example/a_b" rel="nofollow">the [b]</a></p>',
        "[the \\[b\\]](https://x.example/a_b)",
    ),
    ('<p><a href="http://x.example/a(b)">c</a></p>', "[c](<http://x.example/a(b)>)"),
    ('<p><a href="http://x.example/a_b">http://x.example/a_b</a></p>', "<http://x.example/a_b>"),
    ('<p><a href="/q/1" title="One">c</a></p>', '[c](/q/1 "One")'),
    (
        '<p><img src="https://x.example/i.png" alt="A page"></p>',
        "![A page](https://x.example/i.png)",
    ),
    ("<p>Call <code>a`b</code> and <code>`</code></p>", "Call ``a`b`` and `` ` ``"),
    (
        '<pre class="lang-php prettyprint-override"><code>&lt;?php\n\n  $a;\n</code></pre>',
        "```php\n<?php\n\n  $a;\n```",
    ),
    ("<ul>\n<li>a</li>\n<li>b\n<ol><li>c</li></ol></li>\n</ul>", "- a\n- b\n  1. c"),
    (
        "<ul><li><p>a</p></li><li><p>b</p><pre><code>c\n\nd\n</code></pre></li></ul>",
        "- a\n\n- b\n\n  ```\n  c\n\n  d\n  ```",
    ),
    (
        "<blockquote>\n  <p>a</p>\n  <blockquote><p>b</p></blockquote></blockquote>",
        "> a\n> \n> > b",
    ),
    ("", ""),
]
UNSAID = [
    "<p>10<sup>2</sup></p>",
    "<p>Press <kbd>F5</kbd></p>",
    "<table><tr><td>a</td></tr></table>",
    "<p>open",
    "<p>a</b></p>",
    "<p>x</p><script>evil()</script>",
    "<p>http://no.link.example here</p>",
    "<ul><li>a</li></ul><ul><li>b</li></ul>",
    "<blockquote>" * 30 + "x" + "</blockquote>" * 30,
    '<p><img src="/i.png" width="5" alt="a"></p>',
    "<p>" + "x" * 70_000 + "</p>",
    "<p>\ue000</p>",
    "<ol start='x'><li>a</li></ol>",
]


@pytest.mark.parametrize(("html", "source"), SAID)
def test_html_becomes_markdown_that_looks_the_same(html, source):
    assert as_markdown(html, render_imported_html(html)) == source


@pytest.mark.parametrize("html", UNSAID)
def test_html_that_markdown_cannot_say_stays(html):
    assert as_markdown(html, render_imported_html(html)) is None
