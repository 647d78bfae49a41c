"""The tree of a phpBB text as CommonMark, and what of it was not understood. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from forum.phpbb.tree import Node, UnreadableText, parse

# Stand for a line's end that people typed, and for one in code, until the last step.
BREAK, CODE_END = "\ue000", "\ue001"
OURS = re.compile(f"[{BREAK}{CODE_END}]")
ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
SPECIAL = re.compile(r"[\\`*_\[\]<>~|]|&(?=#?\w+;)|!(?=\[)")
# At the start of a line these begin headings, lists, quotes, rules and code.
AT_START = re.compile(rf"(?m)(^|{BREAK})[ \t]*(?:(?=[#+=-])|(\d{{1,9}})(?=[.)](?:\s|{BREAK}|$)))")
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
    flow = _finished(writer.inside(tree))
    return Written(flow.replace(CODE_END, "\n"), writer.lost, writer.files)


def _finished(flow: str) -> str:
    """Return a flow with its breaks: one is a line's end, several begin a paragraph."""
    flow = re.sub(rf"[ \t]*{BREAK}[ \t]*", BREAK, flow)
    flow = re.sub(f"{BREAK}{{2,}}", "\n\n", flow)
    flow = re.sub(f"(?<=\n){BREAK}+|{BREAK}+(?=\n)|^{BREAK}+|{BREAK}+$", "", flow)
    flow = flow.replace(BREAK, "\\\n")
    return re.sub(r"\n{3,}", "\n\n", flow).strip("\n")


def _block(text: str) -> str:
    return f"\n\n{text}\n\n"


def _with_prefix(text: str, first: str, others: str) -> str:
    lines = re.split(f"(\n|{CODE_END})", text)
    return first + "".join(part + others if index % 2 else part for index, part in enumerate(lines))


def _text(words: str) -> str:
    """Return words that CommonMark shows as they are; addresses stay as they are."""
    words = words.replace("\r", "").replace("\n", BREAK)
    found, position = [], 0
    for match in ADDRESS.finditer(words):
        found.append(SPECIAL.sub(r"\\\g<0>", words[position : match.start()]))
        found.append(match[0])
        position = match.end()
    found.append(SPECIAL.sub(r"\\\g<0>", words[position:]))
    return AT_START.sub(_not_at_start, "".join(found))


def _not_at_start(match: re.Match[str]) -> str:
    return f"{match[1]}{match[2]}\\" if match[2] else f"{match[1]}\\"


def _around(mark: str, inner: str) -> str:
    """Return words between marks, line by line: marks hold only around words, within a line."""
    parts = re.split(f"({BREAK}|\n+)", inner)
    return "".join(part if index % 2 else _mark(mark, part) for index, part in enumerate(parts))


def _mark(mark: str, part: str) -> str:
    words = part.strip()
    if not words:
        return part
    start = part[: len(part) - len(part.lstrip())]
    return f"{start}{mark}{words}{mark}{part[len(part.rstrip()) :]}"


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
                at_start = not flow or flow.endswith("\n")
                flow += _text(one.lstrip(" \t") if at_start else one)
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
        return _around("**", self.inside(node))

    def italic(self, node: Node) -> str:
        return _around("*", self.inside(node))

    def struck(self, node: Node) -> str:
        return _around("~~", self.inside(node))

    def smiley(self, node: Node) -> str:
        return SMILIES.get(node.text(), _text(node.text()))

    def code(self, node: Node) -> str:
        text = node.text().strip("\n")
        if node.name == "C" and "\n" not in text:
            ticks = "`" * (1 + _longest_run(text))
            return f"{ticks} {text} {ticks}"
        fence = "`" * max(3, 1 + _longest_run(text))
        lang = re.sub(r"[^\w+-]", "", node.attributes.get("lang", ""))
        return _block(f"{fence}{lang}{CODE_END}{text.replace(chr(10), CODE_END)}{CODE_END}{fence}")

    def quote(self, node: Node) -> str:
        author = node.attributes.get("author", "")
        inner = _finished(self.inside(node))
        if author:
            inner = f"{_mark('*', _text(author) + ':')}\n\n{inner}"
        return _block(_with_prefix(inner, "> ", "> "))

    def items(self, node: Node) -> str:
        ordered = node.attributes.get("type") in ("1", "decimal")
        found: list[str] = []
        for one in node.children:
            if isinstance(one, Node) and one.name == "LI":
                mark = f"{len(found) + 1}. " if ordered else "- "
                inner = _finished(self.inside(one))
                found.append(_with_prefix(inner, mark, " " * len(mark)))
        return _block(re.sub(r"\n +(?=\n)", "\n", "\n".join(found)))

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
        return f"![](<{address}>)" if SAFE_ADDRESS.fullmatch(address) else _text(address)

    def attachment(self, node: Node) -> str:
        index = node.attributes.get("index", "")
        if not index.isdecimal():
            return self.inside(node)
        self.files.append(int(index))
        return f"[{_text(node.text())}](file:{index})"

    def link_text(self, node: Node) -> str:
        return _text(node.attributes.get("text") or node.text())


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


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
