"""What someone wrote in a mail, as CommonMark that shows as it was written."""

import re
from collections.abc import Mapping
from typing import Final

# What begins a line and would make it a heading, a rule or a reference.
MARKUP: Final = re.compile(r"^( {0,3})(#{1,6}(?=\s)|=+\s*$|-{2,}\s*$|\[[^\]]+\]:|\+(?=\s))")
INLINE: Final = re.compile(r"\[(?:cid:([^\]\s]{1,300})|image: ([^\]]{1,200}))\]")


def as_commonmark(text: str) -> str:
    """Return a plain text with its line ends kept and no line taken for a heading or a rule."""
    lines = [MARKUP.sub(r"\1\\\2", line.expandtabs(4).rstrip()) for line in text.split("\n")]
    ends = [
        "  " if line and following and not line.startswith("    ") else ""
        for line, following in zip(lines, [*lines[1:], ""], strict=True)
    ]
    return "\n".join(line + end for line, end in zip(lines, ends, strict=True))


def with_images(source: str, addresses: Mapping[str, str], names: Mapping[str, str]) -> str:
    """Return a source with its inline images shown where the mail had them.

    addresses: by content id, of images that were kept; names: of files, to content ids. Images that
    the text does not place come at its end.
    """
    left = dict(addresses)

    def shown(found: re.Match[str]) -> str:
        cid = found[1] or names.get(found[2] or "", "")
        address = addresses.get(cid)
        left.pop(cid, None)
        return f"![]({address})" if address else found.group()

    placed = INLINE.sub(shown, source)
    return "\n\n".join([placed, *(f"![]({address})" for address in left.values())]).strip()
