"""The headings of a rendered guide, for a table of contents beside it."""

import re
from dataclasses import dataclass
from typing import Final

from core.markup.reading import plain_text

HEADING: Final = re.compile(r'<h([23])\b[^<>]*\bid="(guide-[^"<>]+)"[^<>]*>(.*?)</h\1>', re.DOTALL)


@dataclass(frozen=True)
class Heading:
    """A part of a guide. level: 2 for parts, 3 for parts of parts."""

    level: int
    anchor: str
    text: str


def contents(html: str) -> list[Heading]:
    """Return the headings of what render_guide made, in order; the text is plain."""
    found = HEADING.findall(html)
    return [Heading(int(level), anchor, plain_text(inner)) for level, anchor, inner in found]
