"""The examples of CommonMark 0.31.2 through render_post: each one passes or is named here."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from core import markup

VECTORS = Path(__file__).parent / "vectors" / "commonmark.json"
EXAMPLES = {row["example"]: row for row in json.loads(VECTORS.read_text(encoding="utf-8"))}

# Raw HTML is off: these expect tags of the source to come through as tags. Each of them shows the
# tags as text instead, which test_raw_html_is_shown_as_text looks at.
RAW_HTML = {
    *(21, 31),  # backslashes and entities inside tags
    *range(148, 192),  # HTML blocks
    *(201, 308, 309),  # "<bar>" after a definition's colon; comments between lists
    *(344, 475, 476, 477, 491, 494, 524, 536),  # tags that bind tighter than other marks
    *(613, 614, 615, 616, 617, 623, 625, 626, 627, 628, 629, 630, 631),  # raw HTML
    *(642, 643),  # line breaks inside tags
}

# What we want otherwise than the specification, and what then comes out.
BY_INTENT = {
    # Schemes that are not on the allow-list lose their address.
    598: "<p><a>a+b+c:d</a></p>",
    599: "<p><a>made-up-scheme://foo,bar</a></p>",
    601: "<p><a>localhost:5001/foo</a></p>",
    # Bare addresses are links.
    602: '<p>&lt;<a href="https://foo.bar/baz">https://foo.bar/baz</a> bim&gt;</p>',
    608: '<p>&lt; <a href="https://foo.bar">https://foo.bar</a> &gt;</p>',
    611: '<p><a href="https://example.com">https://example.com</a></p>',
}


class Reading(HTMLParser):
    """HTML as a list of tags and texts, without what our rendering always adds."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.events = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag == "span":  # the colours of code
            return
        kept = {
            (name, value)
            for name, value in attrs
            if (name, value) not in {("rel", "ugc nofollow noopener"), ("loading", "lazy")}
            and name not in {"dir", "tabindex"}
            and (tag, name, value) != ("pre", "class", "code")
        }
        self.add(("open", tag, frozenset(kept)))

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag):
        if tag != "span":
            self.add(("close", tag))

    def handle_data(self, data):
        if self.events and self.events[-1][0] == "text":
            data = self.events.pop()[1] + data
        self.events.append(("text", data))

    def add(self, event):
        """Drop white space between the tags of an empty quote: browsers show none."""
        around = self.events[-2:-1] == [("open", "blockquote", frozenset())]
        if around and event == ("close", "blockquote") and self.events[-1] == ("text", "\n"):
            self.events.pop()
        self.events.append(event)


def read(html):
    return Reading(html).events


def test_all_examples_are_there():
    assert sorted(EXAMPLES) == list(range(1, 653))


@pytest.mark.parametrize("number", sorted(set(EXAMPLES) - RAW_HTML - set(BY_INTENT)))
def test_example_renders_as_specified(number):
    example = EXAMPLES[number]

    assert read(markup.render_post(example["markdown"])) == read(example["html"])


@pytest.mark.parametrize("number", sorted(BY_INTENT))
def test_example_renders_otherwise_by_intent(number):
    html = markup.render_post(EXAMPLES[number]["markdown"])

    assert read(html.strip()) == read(BY_INTENT[number])


@pytest.mark.parametrize("number", sorted(RAW_HTML))
def test_raw_html_is_shown_as_text(number):
    expected, html = EXAMPLES[number]["html"], markup.render_post(EXAMPLES[number]["markdown"])

    assert read(html) != read(expected)
    tags = {event[1] for event in read(html) if event[0] == "open"}
    assert tags <= {"p", "em", "strong", "code", "pre", "a", "ul", "li", "blockquote", "br"}
    assert "<" in "".join(event[1] for event in read(html) if event[0] == "text")
