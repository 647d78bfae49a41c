"""Rich text of Outlook to plain text. Nothing here raises, and what comes out is bounded.

Source: [MS-OXRTFCP] (how it is compressed), Rich Text Format 1.9.1 (the words that matter here).
"""

import re
import struct
from typing import Final

from helpdesk.mail.charsets import decoded

LONGEST: Final = 2_000_000
PLAIN, COMPRESSED = b"MELA", b"LZFu"
WINDOW: Final = 4096
# What every compressed text may refer back to before it has said anything. [MS-OXRTFCP] 2.1.2.1.
BEGUN_WITH: Final = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
TOKEN: Final = re.compile(
    r"\\'([0-9a-fA-F]{2})|\\([a-z]{1,32})(-?\d{1,10})? ?|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)",
    re.IGNORECASE,
)
# Groups that hold no text of the letter.
SILENT: Final = {
    "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "footer", "listtable",
    "listoverridetable", "themedata", "datastore", "xmlnstbl", "generator", "fldinst",
}  # fmt: skip
BREAKS: Final = {"tab": "\t", "cell": "\t"} | dict.fromkeys(
    ("par", "line", "sect", "page", "row"), "\n"
)
SIGNS: Final = {
    "emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“",
    "rdblquote": "”", "emspace": " ", "enspace": " ",
}  # fmt: skip


def text_of_compressed(data: bytes) -> str:
    """Return the text of compressed rich text; empty for what is none."""
    return text_of_rtf(decompressed(data))


def decompressed(data: bytes) -> bytes:
    """Return rich text as it was before it was compressed, at most LONGEST bytes of it."""
    if len(data) < 16:
        return b""
    _size, wanted = struct.unpack_from("<II", data)
    kind, most = data[8:12], min(wanted, LONGEST)
    if kind == PLAIN:
        return data[16 : 16 + most]
    return _expanded(data, most) if kind == COMPRESSED else b""


def _expanded(data: bytes, most: int) -> bytes:
    window = bytearray(BEGUN_WITH.ljust(WINDOW, b"\0"))
    write, out, at = len(BEGUN_WITH), bytearray(), 16
    while at < len(data) and len(out) < most:
        control = data[at]
        at += 1
        for bit in range(8):
            is_reference = control >> bit & 1
            if at + is_reference >= len(data) or len(out) >= most:
                return bytes(out[:most])
            if not is_reference:
                piece = data[at : at + 1]
                at += 1
            else:
                said = data[at] << 8 | data[at + 1]
                at += 2
                start, length = said >> 4, (said & 15) + 2
                if start == write:  # the end
                    return bytes(out[:most])
                piece = _copied(window, start, write, length)
            for byte in piece:
                window[write] = byte
                write = (write + 1) % WINDOW
            out += piece
    return bytes(out[:most])


def _copied(window: bytearray, start: int, write: int, length: int) -> bytes:
    """Return bytes of the window from start on; those beyond `write` are what is being written."""
    behind = (write - start) % WINDOW or WINDOW
    return bytes(window[(start + n % behind) % WINDOW] for n in range(length))


def text_of_rtf(rtf: bytes) -> str:
    """Return the text of rich text, also of such that was made of HTML."""
    text = rtf[:LONGEST].decode("latin-1")
    if not text.lstrip().startswith("{\\rtf"):
        return ""
    codepage = re.search(r"\\ansicpg(\d{3,5})", text[:2000])
    return _Reader(f"cp{codepage[1]}" if codepage else "cp1252").read(text)


class _Reader:
    """Reads rich text from front to back, remembering for each open group whether it is silent."""

    def __init__(self, codec: str) -> None:
        self.codec = codec
        self.out: list[str] = []
        self.bytes = bytearray()  # of signs written by their numbers, which may be two to a sign
        self.silent = [False]
        self.skips = [1]  # how many signs stand for one of \u, for who does not know it
        self.to_skip = 0

    def read(self, text: str) -> str:
        for token in TOKEN.finditer(text):
            code, word, number, sign, brace, plain = token.groups()
            if brace:
                self._turn(brace)
            elif code:
                self._byte(int(code, 16))
            elif word:
                self._word(word.lower(), number)
            elif sign:
                self._sign(sign)
            elif plain:
                self._say(plain)
        self._flush()
        # A sign beyond \uFFFF is written as its two halves.
        halves = "".join(self.out).encode("utf-16-le", "surrogatepass")
        return halves.decode("utf-16-le", "replace").replace("\xa0", " ").strip()

    def _turn(self, brace: str) -> None:
        self._flush()
        self.to_skip = 0
        if brace == "{":
            self.silent.append(self.silent[-1])
            self.skips.append(self.skips[-1])
        elif len(self.silent) > 1:
            self.silent.pop()
            self.skips.pop()

    def _byte(self, value: int) -> None:
        if self.to_skip:
            self.to_skip -= 1
        elif not self.silent[-1]:
            self.bytes.append(value)

    def _word(self, word: str, number: str | None) -> None:
        if word in SILENT:
            self.silent[-1] = True
        elif word == "uc" and number:
            self.skips[-1] = min(max(int(number), 0), 8)
        elif word == "u" and number:
            self._add(chr(int(number) % 0x10000))
            self.to_skip = self.skips[-1]
        elif word in BREAKS or word in SIGNS:
            self._add(BREAKS.get(word) or SIGNS[word])

    def _sign(self, sign: str) -> None:
        if sign == "*":
            self.silent[-1] = True
        elif sign in "\\{}":
            self._say(sign)
        elif sign in "~_-":
            self._add({"~": " ", "_": "-", "-": ""}[sign])

    def _say(self, plain: str) -> None:
        skipped = min(self.to_skip, len(plain))
        self.to_skip -= skipped
        self._add(plain[skipped:])

    def _add(self, text: str) -> None:
        self._flush()
        if not self.silent[-1]:
            self.out.append(text)

    def _flush(self) -> None:
        if self.bytes:
            self.out.append(decoded(bytes(self.bytes), self.codec))
            self.bytes.clear()
