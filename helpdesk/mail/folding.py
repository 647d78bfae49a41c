"""What someone wrote apart from what they quoted and signed: folded, never cut.

Every line gets a kind; then what is written stays visible, with the quotes that it answers one by
one, and the rest is folded. Both together hold every sign of the text.
"""

import re
from itertools import pairwise
from typing import Final

from helpdesk.mail.phrases import (
    DELIMITER,
    NAME_ALONE,
    ORIGINAL,
    RULE,
    WROTE,
    header_kind,
    is_forward_line,
    is_named_line,
    is_phone_line,
    is_wrote_line,
    may_be_wrote_line,
    unmarked,
)

MARKED: Final = re.compile(r"^\s{0,4}>")
# The answer and "On … wrote:" on one line, as some programs leave them.
SHARED: Final = re.compile(
    r"^(.{1,2000}?\S?[ \t]*?)(-{0,8}[ \t]*)(?<!\w)"
    r"((?:On|Le|Am|El|Il) (?:\w{2,9}\.?,? )?.{4,200}:)[ \t]*$"
)
DIVIDER: Final = re.compile(r"^\s*(?:[-_*=]\s?){2,80}$")
LINK: Final = re.compile(r"^\s*[(<]?https?://\S{1,2000}[)>]?\s*>?\s*$")
WRITTEN, QUOTE, HEAD, SIGNED, BLANK = "written", "quote", "head", "signed", "blank"
MOST_HEADS: Final = 1000  # lines that might begin a quote, and do not
MOST_LINES: Final = 20_000
LONGEST_SIGNATURE: Final = 15  # lines after a bare "--"; after "-- " as RFC 3676 has it, 40
LONG_LINE: Final = 60


def fold(text: str, *, is_forward: bool = False) -> tuple[str, str]:
    """Return (visible, folded) of a plain text.

    is_forward: the subject says that it was forwarded, so quoted headers begin what it is about.
    A text in which nothing but quotes is found stays visible as a whole.
    """
    lines = _lines(text)
    rest = lines[MOST_LINES:]
    lines = lines[:MOST_LINES]
    kinds = _kinds(lines, is_forward=is_forward)
    _sign(lines, kinds)
    shown = _shown(kinds)
    visible = _joined([line for line, keep in zip(lines, shown, strict=True) if keep])
    if not visible.strip():
        return _joined([*lines, *rest]), ""
    hidden = [line for line, keep in zip(lines, shown, strict=True) if not keep]
    return visible, _joined([*hidden, *rest])


def _lines(text: str) -> list[str]:
    lines = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        shared = SHARED.match(line) if line.rstrip().endswith(":") and len(line) < 2500 else None
        if shared and is_wrote_line(shared[3]) and not WROTE.match(line):
            lines += [shared[1], line[shared.end(1) :]]
        else:
            lines.append(line)
    return lines


def _joined(lines: list[str]) -> str:
    kept = [line if line == "-- " else line.rstrip() for line in lines]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip("\n")


def _kinds(lines: list[str], *, is_forward: bool) -> list[str]:
    """Return of every line whether it is written, quoted, or says that a quote begins."""
    kinds = [BLANK if not line.strip() else WRITTEN for line in lines]
    at = looked = 0
    while at < len(lines):
        if kinds[at] == BLANK or looked > MOST_HEADS:
            at += 1
        elif MARKED.match(lines[at]):
            kinds[at] = QUOTE
            at += 1
        elif is_forward_line(lines[at]):
            break
        elif end := _head(lines, at):
            if is_forward and header_kind(lines[end - 1]):
                break
            at = _quote_after(lines, kinds, at, end)
        else:
            looked += may_be_wrote_line(lines[at]) or lines[at].rstrip().endswith(":")
            at += 1
    _lazy(lines, kinds)
    _unheaded(kinds)
    return kinds


def _head(lines: list[str], at: int) -> int:
    """Return the line behind what says that a quote begins here, 0 when nothing does."""
    line = lines[at]
    if ORIGINAL.match(unmarked(line)):
        return _headers(lines, _next(lines, at + 1)) or at + 1
    if RULE.match(line):
        return _headers(lines, _next(lines, at + 1))
    return _wrote(lines, at) or _named(lines, at) or _headers(lines, at)


def _named(lines: list[str], at: int) -> int:
    """Return the line behind "Somebody wrote:"; 0 where that is not what stands here."""
    is_quote_below = MARKED.match(_line(lines, _next(lines, at + 1))) is not None
    return at + 1 if is_named_line(lines[at], is_quote_below=is_quote_below) else 0


def _wrote(lines: list[str], at: int) -> int:
    """Return the line behind "On … wrote:", which takes up to four; 0 where none begins here."""
    line, joined = lines[at], ""
    if not may_be_wrote_line(line):
        return 0
    for end in range(at, min(at + 4, len(lines))):
        if not lines[end].strip() or MARKED.match(lines[end]):
            break
        joined = f"{joined} {lines[end].strip()}" if joined else lines[end]
        if is_wrote_line(joined, first=line):
            return end + 1
    return 0


def _headers(lines: list[str], at: int) -> int:
    """Return the line behind a block of quoted headers that begins here, 0 for none."""
    if at >= len(lines) or header_kind(lines[at]) not in ("from", "sent", "to", "subject"):
        return 0
    found: set[str] = set()
    end, runs_on = at, 0
    for number in range(at, min(at + 14, len(lines))):
        kind = header_kind(lines[number])
        if kind:
            found.add(kind)
            end, runs_on = number + 1, 0
        elif not lines[number].strip() or runs_on:
            # Some programs leave a blank line between headers.
            following = _next(lines, number)
            if following > number + 1 or not header_kind(_line(lines, following)):
                break
        else:
            runs_on += 1
    is_block = len(found - {"other"}) >= 2 and bool(found & {"from", "sent"})
    return end if is_block else 0


def _line(lines: list[str], at: int) -> str:
    return lines[at] if at < len(lines) else ""


def _next(lines: list[str], at: int) -> int:
    """Return the first line from here on that is not blank."""
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at


def _quote_after(lines: list[str], kinds: list[str], at: int, end: int) -> int:
    """Mark what a head begins: lines behind `>`, or all that follows; return where to go on."""
    kinds[at:end] = [HEAD] * (end - at)
    above = at - 1
    while above > 0 and kinds[above] == BLANK:
        above -= 1
    if above > 0 and kinds[above] == WRITTEN and DIVIDER.match(lines[above]):
        kinds[above] = HEAD
    first = _next(lines, end)
    if first < len(lines) and MARKED.match(lines[first]):
        return first
    for number in range(end, len(lines)):
        kinds[number] = QUOTE if lines[number].strip() else BLANK
    return len(lines)


def _lazy(lines: list[str], kinds: list[str]) -> None:
    """Take a line that a program broke off a quoted one, or a link it put there, for quoted."""
    for at in range(1, len(lines) - 1):
        is_between = kinds[at - 1] == QUOTE == kinds[at + 1] and kinds[at] == WRITTEN
        if is_between and (LINK.match(lines[at]) or _runs_on(lines[at - 1].rstrip(), lines[at])):
            kinds[at] = QUOTE


def _runs_on(before: str, line: str) -> bool:
    """Whether a short line ends the long one, or the link, before it."""
    if "(http" in before and ")" not in before.rpartition("(http")[2]:
        return line.rstrip().endswith(")")
    return len(before) >= LONG_LINE > len(line) and before[-1] not in ".!?:"


def _unheaded(kinds: list[str]) -> None:
    """Leave marked lines as written where no head says they are quoted, and text is around them."""
    if HEAD in kinds:
        return
    spans = _spans(kinds)
    for number, (kind, start, end) in enumerate(spans):
        between = 0 < number < len(spans) - 1
        if kind == QUOTE and between and sum(one[0] == QUOTE for one in spans) == 1:
            kinds[start:end] = [WRITTEN if one == QUOTE else one for one in kinds[start:end]]


def _spans(kinds: list[str]) -> list[tuple[str, int, int]]:
    """Return runs of one kind (a head is part of its quote), blank lines left out at their ends."""
    spans: list[tuple[str, int, int]] = []
    for at, kind in enumerate(kinds):
        if kind == BLANK:
            continue
        same = QUOTE if kind == HEAD else kind
        if spans and spans[-1][0] == same:
            spans[-1] = (same, spans[-1][1], at + 1)
        else:
            spans.append((same, at, at + 1))
    return spans


def _sign(lines: list[str], kinds: list[str]) -> None:
    """Mark signatures in what is written: delimited, of phones, of lists, a name alone."""
    spans = [span for span in _spans(kinds) if span[0] == WRITTEN]
    for start, end in [(span[1], span[2]) for span in spans]:
        first = _delimited(lines, start, end)
        if first < end:
            kinds[first:end] = [SIGNED if kind == WRITTEN else kind for kind in kinds[first:end]]
        _sign_paragraph(lines, kinds, start, first)


def _delimited(lines: list[str], start: int, end: int) -> int:
    """Return the line with which a delimited signature begins; the end where there is none."""
    for at in range(start, end):
        is_rule = at > 0 and lines[at].lstrip().startswith("_") and RULE.match(lines[at])
        if is_rule and header_kind(_line(lines, at + 1)):
            continue
        if not is_rule and not DELIMITER.match(lines[at]):
            continue
        following = sum(bool(line.strip()) for line in lines[at + 1 : min(end, at + 100)])
        longest = 8 if is_rule else 40 if lines[at] == "-- " else LONGEST_SIGNATURE
        if 0 < following <= longest or (following == 0 and at > start):
            return at
    return end


def _sign_paragraph(lines: list[str], kinds: list[str], start: int, end: int) -> None:
    """Mark a last paragraph that is a phone's signature or a name alone."""
    last = end - 1
    while last >= start and kinds[last] == BLANK:
        last -= 1
    if last < start:
        return
    above = kinds[last - 1] if last > 0 else BLANK
    is_name = NAME_ALONE.match(lines[last]) is not None and above == BLANK and last > start
    if is_name or is_phone_line(lines[last]):
        kinds[last] = SIGNED
        if not is_name:
            _sign_paragraph(lines, kinds, start, last)


def _shown(kinds: list[str]) -> list[bool]:
    """Return which lines stay visible: the written, and quotes answered one by one."""
    written = [at for at, kind in enumerate(kinds) if kind == WRITTEN]
    last = written[-1] if written else -1
    quotes = [(start, end) for kind, start, end in _spans(kinds) if kind == QUOTE]
    is_answered_within = any(
        any(end <= at < other[0] for at in written) for (_start, end), other in pairwise(quotes)
    )
    shown: list[bool] = []
    for at, kind in enumerate(kinds):
        is_quote = kind in (QUOTE, HEAD)
        if kind == BLANK:  # goes with the line above it
            shown.append(shown[-1] if shown else True)
        else:
            shown.append(kind == WRITTEN or (is_quote and is_answered_within and at < last))
    return shown
