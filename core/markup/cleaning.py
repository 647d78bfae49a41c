"""The allow-list: the tags, attributes, classes and schemes that reach a reader."""

import re
from typing import Final

import nh3

from core.languages import is_language_tag
from core.markup.code import CODE_CLASSES

# fmt: off
TEXT_TAGS: Final = frozenset({
    "a", "abbr", "b", "br", "code", "del", "em", "i", "ins", "kbd", "mark", "q", "s", "samp",
    "small", "span", "strike", "strong", "sub", "sup", "u", "var",
})
BLOCK_TAGS: Final = frozenset({
    "blockquote", "dd", "details", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
    "img", "li", "ol", "p", "pre", "summary", "table", "tbody", "td", "tfoot", "th", "thead",
    "tr", "ul",
})
# fmt: on
TAGS: Final = TEXT_TAGS | BLOCK_TAGS
ATTRIBUTES: Final = {
    "*": {"lang", "title"},
    "a": {"href", "class"},
    "code": {"class"},
    "div": {"class", "dir"},
    "img": {"src", "alt", "width", "height"},
    "li": {"id"},
    "ol": {"start", "dir"},
    "p": {"class", "dir"},
    "pre": {"class", "tabindex"},
    "span": {"class"},
    "sup": {"id"},
    "td": {"align"},
    "th": {"align"},
    **{tag: {"dir"} for tag in ("blockquote", "details", "dl", "table", "ul")},
    **{f"h{level}": {"dir", "id"} for level in range(1, 7)},
}
SCHEMES: Final = frozenset({"http", "https", "mailto", "tel", "ftp", "sftp", "irc", "ircs", "xmpp"})
GONE_WITH_CONTENT: Final = frozenset(
    {"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "title", "head"}
)
CLASSES: Final = {
    "a": frozenset({"mention", "remote-image", "footnote-ref", "footnote-backref"}),
    "div": frozenset({"toc", "footnote", "admonition"})
    | {"note", "tip", "important", "warning", "danger", "example"},
    "p": frozenset({"admonition-title"}),
    "pre": frozenset({"code"}),
    "span": CODE_CLASSES,
}
ALIGNMENTS: Final = frozenset({"left", "center", "right"})
NUMBER: Final = re.compile(r"\d{1,9}")
LANGUAGE_CLASS: Final = re.compile(r"language-\S{1,40}")
# Ids exist in guides alone. Their prefixes keep them from shadowing a name that scripts or the
# page's own parts go by (DOM clobbering).
GUIDE_ID: Final = re.compile(r"(?:guide-[\w-]{1,80}|fn(?:ref)?\d*:[\w-]{1,40})")
OWN_PATH: Final = re.compile(r"(?![a-zA-Z][\w+.-]*:)(?!/[/\\])(?!\\)[^\x00-\x20\\]+")
# Elements nested in each other take the square of their number: 12,800 lists in 64 kB took 0.4 s.
MAX_TAGS: Final = 10_000
TAG: Final = re.compile(r"<[a-zA-Z!?/][^<>]*>?")


def is_own_path(address: str) -> bool:
    """Say whether a browser resolves an address to this very host.

    No scheme and no host, in any of the spellings browsers forgive: they drop spaces and control
    characters and read a backslash as a slash, so addresses holding those are refused whole.
    """
    return OWN_PATH.fullmatch(address) is not None


def has_too_many_tags(html: str) -> bool:
    """Whether reading its elements would take too long: then it is read for its words alone."""
    return len(TAG.findall(html)) > MAX_TAGS


def clean(html: str) -> str:
    """Return HTML with nothing in it that the allow-list does not name."""
    return FINAL.clean(html)


def clean_foreign(html: str, *, keep_ids: bool = False) -> str:
    """Return HTML of others well-formed and harmless, ready to be dressed.

    Their own `dir`, and unless `keep_ids` their ids, are taken out; images keep any http address,
    since the dressing turns remote ones into links.
    """
    return (GUIDE if keep_ids else IMPORTED).clean(html)


def _kept(tag: str, name: str, value: str) -> str | None:
    """Return an attribute's value as far as it may stay; ids and directions are others' matter."""
    if name == "class":
        if tag in ("code", "pre") and LANGUAGE_CLASS.fullmatch(value):
            return value
        return " ".join(word for word in value.split() if word in CLASSES.get(tag, ())) or None
    if name == "lang":
        return value if is_language_tag(value) else None
    if name == "align":
        return value if value in ALIGNMENTS else None
    if name in ("start", "width", "height"):
        return value if NUMBER.fullmatch(value) else None
    return None if name == "title" and not value else value


def _final(tag: str, name: str, value: str) -> str | None:
    if name == "src" and not is_own_path(value):
        return None
    if name == "dir":
        return value if value in ("auto", "ltr") else None
    if name == "tabindex":
        return value if value == "0" else None
    if name == "id":
        return value if GUIDE_ID.fullmatch(value) else None
    return _kept(tag, name, value)


def _guide(tag: str, name: str, value: str) -> str | None:
    return None if name in ("dir", "tabindex") else _kept(tag, name, value)


def _imported(tag: str, name: str, value: str) -> str | None:
    if tag == "pre" and name == "class":
        return value  # "lang-php prettyprint-override", for the dressing to read
    if tag == "a" and name == "class":
        return None  # "mention" is ours to say
    return None if name in ("dir", "id", "tabindex") else _kept(tag, name, value)


def _cleaner(attribute_filter: object) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags=set(GONE_WITH_CONTENT),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=attribute_filter,  # type: ignore[arg-type]
        set_tag_attribute_values={
            "code": {"dir": "ltr"},
            "pre": {"dir": "ltr"},
            "img": {"loading": "lazy"},
            "table": {"tabindex": "0"},  # a wide one scrolls, and must be reached without a mouse
        },
        url_schemes=set(SCHEMES),
        link_rel="ugc nofollow noopener",
    )


FINAL: Final = _cleaner(_final)
GUIDE: Final = _cleaner(_guide)
IMPORTED: Final = _cleaner(_imported)
