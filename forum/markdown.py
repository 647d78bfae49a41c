"""Words and flows that become CommonMark, whatever they were written in before. Pure.

A flow is Markdown in the making: BREAK stands for a line's end that people typed, CODE_END for one
in code, until the flow is finished.
"""

import re

BREAK, CODE_END = "\ue000", "\ue001"
OURS = re.compile(f"[{BREAK}{CODE_END}]")
ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
SPECIAL = re.compile(r"[\\`*_\[\]<>~|]|&(?=#?\w+;)|!(?=\[)")
# At the start of a line these begin headings, lists, quotes, rules and code.
BEGINS = rf"[ \t]*(?:(?=[#+=-])|(\d{{1,9}})(?=[.)](?:\s|{BREAK}|$)))"
AT_START, AFTER_BREAK = re.compile(f"(^|{BREAK}){BEGINS}"), re.compile(f"({BREAK}){BEGINS}")


def text(words: str, *, at_start: bool = True) -> str:
    """Return words that CommonMark shows as they are; addresses stay as they are.

    at_start: they begin a line.
    """
    words = words.replace("\r", "").replace("\n", BREAK)
    found, position = [], 0
    for match in ADDRESS.finditer(words):
        found.append(SPECIAL.sub(r"\\\g<0>", words[position : match.start()]))
        found.append(match[0])
        position = match.end()
    found.append(SPECIAL.sub(r"\\\g<0>", words[position:]))
    return (AT_START if at_start else AFTER_BREAK).sub(_not_at_start, "".join(found))


def _not_at_start(match: re.Match[str]) -> str:
    return f"{match[1]}{match[2]}\\" if match[2] else f"{match[1]}\\"


def finished(flow: str) -> str:
    """Return a flow with its breaks: one is a line's end, several begin a paragraph."""
    flow = re.sub(rf"[ \t]*{BREAK}[ \t]*", BREAK, flow)
    flow = re.sub(f"{BREAK}{{2,}}", "\n\n", flow)
    flow = re.sub(f"(?<=\n){BREAK}+|{BREAK}+(?=\n)|^{BREAK}+|{BREAK}+$", "", flow)
    flow = flow.replace(BREAK, "\\\n")
    return re.sub(r"\n{3,}", "\n\n", flow).strip("\n")


def written(flow: str) -> str:
    """Return the Markdown of a whole text."""
    return finished(flow).replace(CODE_END, "\n")


def block(text: str) -> str:
    return f"\n\n{text}\n\n"


def with_prefix(text: str, first: str, others: str) -> str:
    """Return lines with what begins a quote or an item before them; those of code too."""
    lines = re.split(f"(\n|{CODE_END})", text)
    return first + "".join(part + others if index % 2 else part for index, part in enumerate(lines))


def around(mark: str, inner: str) -> str:
    """Return words between marks, line by line: marks hold only around words, within a line."""
    parts = re.split(f"({BREAK}|\n+)", inner)
    return "".join(part if index % 2 else marked(mark, part) for index, part in enumerate(parts))


def marked(mark: str, part: str) -> str:
    """Return words of one line between marks, the spaces around them outside."""
    words = part.strip()
    if not words:
        return part
    start = part[: len(part) - len(part.lstrip())]
    return f"{start}{mark}{words}{mark}{part[len(part.rstrip()) :]}"


def fenced(code: str, language: str = "") -> str:
    """Return lines of code as a block."""
    fence = "`" * max(3, 1 + longest_run(code))
    lines = code.replace("\n", CODE_END)
    return block(f"{fence}{language}{CODE_END}{lines}{CODE_END}{fence}")


def longest_run(code: str) -> int:
    """Return how many backquotes follow each other in code, at most."""
    return max((len(run) for run in re.findall("`+", code)), default=0)
