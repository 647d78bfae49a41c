"""phpBB's stored texts, either way of storing them, as one tree. Pure."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

# phpBB's markup, when smilies and links were stored as HTML between comments.
FOUND = re.compile(
    r"<!-- s(?P<smiley>.*?) --><img[^>]*?><!-- s(?P=smiley) -->"
    r'|<!-- (?P<kind>[mwl]) --><a [^>]*?href="(?P<href>[^"]*)"[^>]*>(?P<words>.*?)</a>'
    r"<!-- (?P=kind) -->",
    re.DOTALL,
)
MAIL = re.compile(r'<!-- e --><a href="mailto:([^"]*)">(.*?)</a><!-- e -->', re.DOTALL)
INLINE_FILE = re.compile(r"<!-- ia\d+ -->(.*?)<!-- ia\d+ -->", re.DOTALL)
ANY_TAG = re.compile(r"<[^>]*>")
# Attributes by tag, named as the later format names them.
VALUE_OF = {
    "URL": "url",
    "QUOTE": "author",
    "LIST": "type",
    "ATTACHMENT": "index",
    "EMAIL": "email",
    "COLOR": "color",
    "SIZE": "size",
    "CODE": "lang",
}


@dataclass
class Node:
    """An element: its name in capitals, and what is in it. The root has no name."""

    name: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Node | str"] = field(default_factory=list)

    def text(self) -> str:
        """Return the words in it."""
        return "".join(one if isinstance(one, str) else one.text() for one in self.children)


class UnreadableText(ValueError):  # noqa: N818  (an answer, not a fault)
    """A text that is not what phpBB stores."""


def parse(text: str, uid: str = "") -> Node:
    """Return the tree of a stored text. uid: the post's bbcode_uid. Raises UnreadableText."""
    if text.startswith(("<r>", "<t>", "<r ", "<t ")):
        return _from_xml(text)
    return _from_bbcode(text, uid)


def _from_xml(text: str) -> Node:
    if "<!" in text:  # phpBB writes no declarations, comments or sections
        raise UnreadableText
    try:
        root = ET.fromstring(text)  # noqa: S314  (without declarations there is nothing to expand)
    except ET.ParseError:
        raise UnreadableText from None
    node = Node()
    _fill(node, root)
    return node


def _fill(node: Node, element: ET.Element) -> None:
    """Take over what is in an element: `s`, `e` and `i` are the markup as it was typed.

    A `br` means a line's end, and the line feed beside it nothing; in code it is the other way.
    """
    _plain = str if node.name in ("CODE", "C") else _without_feeds
    if element.text:
        node.children.append(_plain(element.text))
    for child in element:
        if child.tag == "br":
            node.children.append("" if _plain is str else "\n")
        elif child.tag == "p":
            _fill(node, child)
            node.children.append("\n\n")
        elif child.tag not in ("s", "e", "i"):
            inner = Node(child.tag, dict(child.attrib))
            _fill(inner, child)
            node.children.append(inner)
        if child.tail:
            node.children.append(_plain(child.tail))


def _without_feeds(text: str) -> str:
    return text.replace("\n", "")


def _from_bbcode(text: str, uid: str) -> Node:
    root = Node()
    open_nodes = [root]
    for part in _parts(text, uid):
        if isinstance(part, str | Node):
            open_nodes[-1].children.append(part)
            continue
        closes, name, value = part
        if not closes:
            if name == "*" and open_nodes[-1].name == "LI":
                open_nodes.pop()
            node = Node("LI" if name == "*" else name.upper())
            if value:
                node.attributes[VALUE_OF.get(node.name, "value")] = value
            open_nodes[-1].children.append(node)
            open_nodes.append(node)
        else:
            _close(open_nodes, "LI" if name == "*" else name.upper())
    return root


def _close(open_nodes: list[Node], name: str) -> None:
    """Close the innermost element of this name, with all that is open in it; none is no fault."""
    for index in range(len(open_nodes) - 1, 0, -1):
        if open_nodes[index].name == name:
            del open_nodes[index:]
            return


def _parts(text: str, uid: str) -> Iterator[str | Node | tuple[bool, str, str]]:
    """Yield words, links, and tags as (closes, name, value): only those with the uid are tags."""
    if not uid:
        yield from _words(text)
        return
    tag = re.compile(rf"\[(/?)([a-zA-Z0-9_*-]+)(?:=([^\[\]]*?))?(?::[a-z])?:{re.escape(uid)}\]")
    position = 0
    for match in tag.finditer(text):
        yield from _words(text[position : match.start()])
        value = unescape(match[3] or "").strip('"')
        yield bool(match[1]), match[2], value
        position = match.end()
    yield from _words(text[position:])


def _words(text: str) -> Iterator[str | Node]:
    """Yield words as they were typed, and the links and smilies that were found in them."""
    text = MAIL.sub(lambda match: match[1], text)
    text = INLINE_FILE.sub(lambda match: match[1], text)
    position = 0
    for match in FOUND.finditer(text):
        yield _bare(text[position : match.start()])
        if match["kind"]:
            yield Node("URL", {"url": unescape(match["href"])}, [_bare(match["words"])])
        else:
            yield Node("E", {}, [unescape(match["smiley"])])
        position = match.end()
    yield _bare(text[position:])


def _bare(text: str) -> str:
    return unescape(ANY_TAG.sub("", text))
