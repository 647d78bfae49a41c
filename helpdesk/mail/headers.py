"""Headers of mails: encoded words, addresses and ids, however broken. Nothing here ever raises."""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from email.message import Message as Mail
from typing import Final

from helpdesk.mail.charsets import decoded, guessed, writable

# An encoded word as it comes, not as it should: blanks inside, no blank around.
WORD: Final = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*(?:\?(?!=)[^?]*)*)\?=")
BETWEEN_WORDS: Final = re.compile(r"(\?=)[ \t\r\n]+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")
LOCAL: Final = re.compile(r"[^\s<>()\[\],;:\"\\@\x00-\x1f]{1,200}$")
DOMAIN: Final = re.compile(r"(?:[^\W_](?:[\w-]{0,62}[^\W_])?\.){0,10}[^\W_](?:[\w-]{0,62}[^\W_])?")
# Rarer forms of an address: a quoted name before the @, a number for the host (RFC 5321, 4.1.2).
RARE: Final = re.compile(
    r"(\"[^\"@\x00-\x1f]{1,64}\"|[^\s<>()\[\],;:\"\\@\x00-\x1f]{1,64})"
    r"@(\[[0-9A-Fa-f.:]{3,60}\]|(?:[^\W_][\w-]{0,62}\.){1,10}[^\W_][\w-]{0,62})"
)
OUTLOOK: Final = re.compile(r"\[(?:mailto:)([^\[\]\s]{1,320})\]", re.I)
CUT: Final = re.compile(r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?\s]{1,1000}\Z")
ANGLES: Final = re.compile(r"<([^<>]*)>")
COMMENT: Final = re.compile(r"\(([^()]*)\)")
IDS: Final = ANGLES
LONGEST_HEADER: Final = 200_000
MOST_ADDRESSES: Final = 500
MOST_IDS: Final = 100


def header(mail: Mail, name: str) -> str:
    """Return the first header of this name as it stands, unfolded; empty without one."""
    return next(all_headers(mail, name), "")


def all_headers(mail: Mail, name: str) -> Iterator[str]:
    """Yield every header of this name, raw but unfolded; bytes beyond ASCII stay surrogates."""
    wanted = name.lower()
    for key, value in mail.raw_items():
        if key.lower() == wanted:
            yield re.sub(r"\r\n|\r|\n", "", str(value))[:LONGEST_HEADER].strip()


def words_of(value: str) -> str:
    """Return a header for people: encoded words and raw bytes read, one line, single spaces."""
    if "=?" in value:
        value = _unescaped(f"{value}?=" if CUT.search(value) else value)
    return " ".join(guessed(value).split())


def _unescaped(value: str) -> str:
    """Replace encoded words by what they say (RFC 2047).

    Neighbours of one charset are joined before they are read: programs cut within a sign.
    """
    parts: list[tuple[str, bytes | str]] = []
    end = 0
    value = BETWEEN_WORDS.sub(r"\1", value)
    for word in WORD.finditer(value, 0, _end_of_words(value)):
        if word.start() > end:
            parts.append(("", value[end : word.start()]))
        charset, data = word[1].partition("*")[0], _bytes_of(word[2], word[3])
        if parts and parts[-1][0].lower() == charset.lower() and word.start() == end:
            parts[-1] = (charset, bytes(parts[-1][1]) + data)  # type: ignore[arg-type]
        else:
            parts.append((charset, data))
        end = word.end()
    parts.append(("", value[end:]))
    return "".join(
        decoded(part, charset) if isinstance(part, bytes) else guessed(part)
        for charset, part in parts
    )


def _end_of_words(value: str) -> int:
    """Return where the last encoded word ends, at the latest.

    What begins like one after that has no end, and looking for it from each beginning would take
    minutes for a header of nothing but beginnings.
    """
    return value.rfind("?=") + 2


def _bytes_of(encoding: str, payload: str) -> bytes:
    raw = payload.encode("ascii", "surrogateescape") if _is_ascii(payload) else payload.encode()
    if encoding in "qQ":
        return quopri.decodestring(raw.replace(b" ", b"_"), header=True)
    raw = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
    try:
        return base64.b64decode(raw + b"=" * (-len(raw) % 4))
    except (binascii.Error, ValueError):
        return base64.b64decode(raw[: len(raw) // 4 * 4])


def _is_ascii(text: str) -> bool:
    return all(ord(sign) < 128 or 0xDC80 <= ord(sign) <= 0xDCFF for sign in text)


def addresses(value: str) -> list[tuple[str, str]]:
    """Return (name, address) of everyone in a header, the address lower-cased.

    Groups lose their names; what has no address is left out.
    """
    value = OUTLOOK.sub(r"<\1>", value)
    pieces = _split(value)
    if len(pieces) == 1 and value.count('"') % 2:  # an unclosed quote swallowed the commas
        pieces = _split(value.replace('"', ""))
    pieces = _with_surnames(pieces[:MOST_ADDRESSES])
    found = [pair for piece in pieces if (pair := _mailbox(piece))[1]]
    return found or ([pair] if (pair := _mailbox(words_of(value)))[1] else [])


def _with_surnames(pieces: list[str]) -> list[str]:
    """Put back what a comma without quotes cut off: Sow, Aminata <a@x.example>."""
    joined: list[str] = []
    for piece in pieces:
        before = joined[-1] if joined else ""
        is_name = before and "@" not in before and "=?" not in before and ":" not in before
        if is_name and re.match(r"\s*[^\s<@][^<@]*<[^<>]*@", piece):
            joined[-1] = f"{before},{piece}"
        else:
            joined.append(piece)
    return joined


def _split(value: str) -> list[str]:
    """Cut at commas and semicolons outside of quotes, angles and comments; drop group names."""
    end = _end_of_words(value)
    words = WORD.sub(_without_commas, value[:end])
    value = words + value[end:]
    pieces, piece, quoted, depth, angle = [], "", False, 0, False
    for sign in value:
        if sign == '"' and not piece.endswith("\\"):
            quoted = not quoted
        if not quoted and not depth:
            angle = sign == "<" or (angle and sign != ">")
        if not quoted and not angle:
            depth = max(depth + (sign == "(") - (sign == ")"), 0)
            if depth == 0 and sign in ",;":
                pieces.append(piece)
                piece = ""
                continue
            if depth == 0 and sign == ":" and "@" not in piece:
                piece = ""
                continue
        piece += sign
    pieces.append(piece)
    return [one.replace("\x01", ",").replace("\x02", ";") for one in pieces if one.strip()]


def _without_commas(word: re.Match[str]) -> str:
    return word.group().replace(",", "\x01").replace(";", "\x02")


def _mailbox(piece: str) -> tuple[str, str]:
    for inside in reversed(ANGLES.findall(piece)[:50]):
        if address := _address(inside):
            name = COMMENT.sub(" ", piece).partition("<")[0] or piece.rpartition(">")[2]
            return _name(name) or _comment(piece), address
    bare = re.sub(r"\s{0,20}@\s{0,20}", "@", COMMENT.sub(" ", piece))
    address = _address(bare)
    if not address and "=?" in piece:
        plain = words_of(piece)
        return _mailbox(plain) if "=?" not in plain else ("", "")
    name = ANGLES.sub("", bare.replace(_spelled(bare), "")).strip(" <>\"'")
    return _comment(piece) or (_name(name) if address else ""), address


def _spelled(text: str) -> str:
    """Return the first address as it is written in a text; a sign that no text has without one."""
    for at in (found.start() for found in re.finditer("@", text[:4000])):
        local = LOCAL.search(text[max(at - 200, 0) : at])
        domain = DOMAIN.match(text, at + 1)
        if local and domain:
            return f"{local.group()}@{domain.group()}"
    rare = RARE.search(text[:4000])
    return rare.group() if rare else "\x00"


def _address(text: str) -> str:
    found = _spelled(guessed(re.sub(r"\s{0,20}@\s{0,20}", "@", text.strip()[:4000])))
    return "" if found == "\x00" else writable(found).strip(".'").lower()[:320]


def _name(text: str) -> str:
    name = words_of(text.strip()).replace('\\"', '"').strip()
    while len(name) > 1 and name[0] == name[-1] and name[0] in "\"'":
        name = name[1:-1].strip()
    return name.strip('"').strip()


def _comment(piece: str) -> str:
    found = COMMENT.search(re.sub(r'"[^"]*"', "", piece))
    return _name(found[1]) if found else ""


def ids(value: str) -> list[str]:
    """Return the ids of a header, without their angle brackets and blanks."""
    found = ["".join(one.split()) for one in IDS.findall(value)]
    if not found:
        found = [one.strip("<>,;\"'") for one in value.split() if "@" in one]
    return [guessed(one)[:500] for one in dict.fromkeys(found) if one][:MOST_IDS]
