"""The tree of a phpBB text as CommonMark, and what of it was not understood. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from forum import markdown
from forum.markdown import BREAK, OURS
from forum.phpbb.tree import Node, UnreadableText, parse

SMILIES = {
    ":)": "🙂", ":-)": "🙂", ":smile:": "🙂", ":(": "🙁", ":-(": "🙁", ":sad:": "🙁",
    ";)": "😉", ";-)": "😉", ":wink:": "😉", ":D": "😀", ":-D": "😀", ":grin:": "😀",
    ":P": "😛", ":-P": "😛", ":razz:": "😛", ":o": "😮", ":-o": "😮", ":shock:": "😲",
    ":?": "😕", ":-?": "😕", ":???:": "😕", "8-)": "😎", ":cool:": "😎", ":lol:": "😂",
    ":x": "😠", ":-x": "😠", ":mad:": "😠", ":oops:": "😳", ":cry:": "😢", ":evil:": "👿",
    ":twisted:": "😈", ":roll:": "🙄", ":!:": "❗", ":?:": "❓", ":idea:": "💡",
    ":arrow:": "➡", ":|": "😐", ":-|": "😐", ":mrgreen:": "😁", ":geek:": "🤓",
}  # fmt: skip
# Looks that CommonMark has not: their words stay.
LOOKS = {"U", "COLOR", "SIZE", "FONT", "CENTER", "ALIGN", "LEFT", "RIGHT", "HIGHLIGHT", "EMOJI"}
SAFE_ADDRESS = re.compile(r"(?:https?|ftp)://[^\s<>]+", re.IGNORECASE)


@dataclass
class Written:
    """A text in CommonMark. lost: tags that were not understood, and how often. files: indexes of
    the attachments that stand in the text, as `file:INDEX` links."""

    source: str
    lost: Counter[str] = field(default_factory=Counter)
    files: list[int] = field(default_factory=list)


def to_markdown(text: str, uid: str = "") -> Written:
    """Return a stored text as CommonMark; one that cannot be read keeps its bare words."""
    text = OURS.sub("", text)
    writer = _Writer()
    try:
        tree = parse(text, uid)
    except UnreadableText:
        writer.lost["(unreadable)"] += 1
        tree = Node(children=[re.sub(r"<[^>]*>", "", text)])
    return Written(markdown.written(writer.inside(tree)), writer.lost, writer.files)


class _Writer:
    """Writes a tree; a method for each element that CommonMark can say."""

    def __init__(self) -> None:
        self.lost: Counter[str] = Counter()
        self.files: list[int] = []

    def inside(self, node: Node) -> str:
        """Return the flow of all that is in an element."""
        flow = ""
        for one in node.children:
            if isinstance(one, str):
                # Spaces at the start of a block would make it code.
                at_start = not flow or flow.endswith(("\n", BREAK))
                flow += markdown.text(one.lstrip(" \t") if at_start else one, at_start=at_start)
            else:
                flow += self.element(one)
        return flow

    def element(self, node: Node) -> str:
        write = ELEMENTS.get(node.name)
        if write is not None:
            return write(self, node)
        if node.name not in LOOKS:
            self.lost[node.name.lower()] += 1
        return self.inside(node)

    def bold(self, node: Node) -> str:
        return markdown.around("**", self.inside(node))

    def italic(self, node: Node) -> str:
        return markdown.around("*", self.inside(node))

    def struck(self, node: Node) -> str:
        return markdown.around("~~", self.inside(node))

    def smiley(self, node: Node) -> str:
        return SMILIES.get(node.text(), markdown.text(node.text()))

    def code(self, node: Node) -> str:
        text = node.text().strip("\n")
        if node.name == "C" and "\n" not in text:
            ticks = "`" * (1 + markdown.longest_run(text))
            return f"{ticks} {text} {ticks}"
        return markdown.fenced(text, re.sub(r"[^\w+-]", "", node.attributes.get("lang", "")))

    def quote(self, node: Node) -> str:
        author = node.attributes.get("author", "")
        inner = markdown.finished(self.inside(node))
        if author:
            inner = f"{markdown.marked('*', markdown.text(author) + ':')}\n\n{inner}"
        return markdown.block(markdown.with_prefix(inner, "> ", "> "))

    def items(self, node: Node) -> str:
        ordered = node.attributes.get("type") in ("1", "decimal")
        found: list[str] = []
        for one in node.children:
            if isinstance(one, Node) and one.name == "LI":
                mark = f"{len(found) + 1}. " if ordered else "- "
                inner = markdown.finished(self.inside(one))
                found.append(markdown.with_prefix(inner, mark, " " * len(mark)))
        return markdown.block(re.sub(r"\n +(?=\n)", "\n", "\n".join(found)))

    def link(self, node: Node) -> str:
        address = node.attributes.get("url") or node.text()
        words = self.inside(node).replace(BREAK, " ").strip()
        if not SAFE_ADDRESS.fullmatch(address):
            return words
        if not words or node.text().strip() in (address, address.removesuffix("/")):
            return f"<{address}>"
        return f"[{words}](<{address}>)"

    def mail(self, node: Node) -> str:
        """Addresses of people stay words: nobody's address becomes a link by an import."""
        return self.inside(node)

    def image(self, node: Node) -> str:
        address = node.attributes.get("src") or node.text().strip()
        return f"![](<{address}>)" if SAFE_ADDRESS.fullmatch(address) else markdown.text(address)

    def attachment(self, node: Node) -> str:
        index = node.attributes.get("index", "")
        if not index.isdecimal():
            return self.inside(node)
        self.files.append(int(index))
        return f"[{markdown.text(node.text())}](file:{index})"

    def link_text(self, node: Node) -> str:
        return markdown.text(node.attributes.get("text") or node.text())


Write = Callable[[_Writer, Node], str]
ELEMENTS: dict[str, Write] = {
    "B": _Writer.bold,
    "STRONG": _Writer.bold,
    "I": _Writer.italic,
    "EM": _Writer.italic,
    "S": _Writer.struck,
    "STRIKE": _Writer.struck,
    "DEL": _Writer.struck,
    "E": _Writer.smiley,
    "CODE": _Writer.code,
    "C": _Writer.code,
    "QUOTE": _Writer.quote,
    "LIST": _Writer.items,
    "URL": _Writer.link,
    "EMAIL": _Writer.mail,
    "IMG": _Writer.image,
    "ATTACHMENT": _Writer.attachment,
    "LINK_TEXT": _Writer.link_text,
}


def without_missing(source: str, addresses: Sequence[tuple[int, str]]) -> str:
    """Return a text with its `file:INDEX` links put right: to an address, or to the words alone."""
    known = dict(addresses)

    def put(match: re.Match[str]) -> str:
        address = known.get(int(match[2]))
        return f"[{match[1]}](<{address}>)" if address else match[1]

    return re.sub(r"\[((?:[^\]\\]|\\.)*)\]\(file:(\d+)\)", put, source)
