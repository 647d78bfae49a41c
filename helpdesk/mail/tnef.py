"""What Outlook packs into winmail.dat (TNEF): the files, and the text where the mail has no other.

Nothing here raises, whatever the bytes are; what comes out is never more than MOST_BYTES.
Source: [MS-OXTNEF] 2.1 (the stream, its attributes, properties), [MS-OXPROPS] (their numbers).
"""

import struct
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from helpdesk.mail.charsets import decoded, writable
from helpdesk.mail.pages import text_of_html
from helpdesk.mail.rtf import text_of_compressed

SIGNATURE: Final = b"\x78\x9f\x3e\x22"
MESSAGE_WITHIN: Final = uuid.UUID("00020307-0000-0000-c000-000000000046").bytes_le
DEEPEST: Final = 3
MOST_FILES: Final = 500
MOST_PROPERTIES: Final = 5000
MOST_BYTES: Final = 40 * 1024 * 1024

# Attributes of the stream.
CODEPAGE, BODY, PROPERTIES = 0x69007, 0x2800C, 0x69003
NEXT_FILE, FILE_TITLE, FILE_DATA, FILE_PROPERTIES = 0x69002, 0x18010, 0x6800F, 0x69005
# Properties: of the message, and of a file.
SAID, SAID_RTF, SAID_HTML = 0x1000, 0x1009, 0x1013
SHORT_NAME, LONG_NAME, KIND, CONTENT_ID, DATA = 0x3704, 0x3707, 0x370E, 0x3712, 0x3701
SHOWN_NAME: Final = 0x3001

OBJECT, STRING, UNICODE, BINARY = 0x0D, 0x1E, 0x1F, 0x102
WIDTHS: Final = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
MANY: Final = 0x1000
NAMED: Final = 0x8000


@dataclass
class PackedFile:
    """A file as it was packed; content_type empty where none was written down."""

    name: str = ""
    content_type: str = ""
    content: bytes = b""
    content_id: str = ""


@dataclass
class Unpacked:
    """What was found. is_whole: the stream was read to its end, and everything in it."""

    files: list[PackedFile] = field(default_factory=list)
    text: str = ""
    html: str = ""
    is_whole: bool = True
    size: int = 0


class _BrokenError(Exception):
    """The bytes end, or lead nowhere."""


class _TooMuchError(Exception):
    """More is packed than any mail holds."""


BROKEN: Final = (_BrokenError, struct.error, ValueError, OverflowError)


def is_packed(data: bytes) -> bool:
    """Whether these bytes begin as such a file does."""
    return data.startswith(SIGNATURE)


def unpacked(data: bytes, *, depth: int = 0) -> Unpacked:
    """Return what is packed; of a stream that breaks off, what came before."""
    found = Unpacked()
    try:
        _read(data, found, depth)
    except (*BROKEN, _TooMuchError):
        found.is_whole = False
    found.files = [file for file in found.files if file.content]
    return found


def _read(data: bytes, found: Unpacked, depth: int) -> None:
    if not is_packed(data):
        raise _BrokenError
    codepage = ""
    for attribute, value in _attributes(data):
        if attribute == CODEPAGE:
            codepage = _codec(value)
        try:
            _take(attribute, value, codepage, found, depth)
        except BROKEN:
            found.is_whole = False


def _take(attribute: int, value: bytes, codepage: str, found: Unpacked, depth: int) -> None:
    if attribute == BODY:
        found.text = found.text or decoded(value.rstrip(b"\0"), codepage)
    elif attribute == PROPERTIES:
        _take_message(_properties(value, codepage, found), found)
    elif attribute == NEXT_FILE:
        if len(found.files) >= MOST_FILES:
            raise _TooMuchError
        found.files.append(PackedFile())
    elif found.files:
        _take_of_file(attribute, value, codepage, found, depth)


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = len(SIGNATURE) + 2  # and a key nobody needs
    while at < len(data):
        attribute, length = struct.unpack_from("<xII", data, at)
        at += 9
        if at + length > len(data):
            raise _BrokenError
        yield attribute, data[at : at + length]
        at += length + 2  # its sum, which is wrong in many that are otherwise whole


def _codec(value: bytes) -> str:
    """Return the codec of the number of a code page of Windows."""
    number = int.from_bytes(value[:4], "little")
    return {65001: "utf-8", 28591: "iso-8859-1", 20127: "ascii"}.get(number, f"cp{number}")


def _take_message(properties: dict[int, bytes | str], found: Unpacked) -> None:
    said, page = properties.get(SAID, ""), properties.get(SAID_HTML, "")
    found.text = _as_text(said).replace("\r\n", "\n").strip() or found.text
    found.html = _as_text(page)
    packed = properties.get(SAID_RTF, b"")
    if not found.text and found.html:
        found.text = text_of_html(found.html)
    if not found.text and isinstance(packed, bytes):
        found.text = text_of_compressed(packed)


def _take_of_file(attribute: int, value: bytes, codepage: str, found: Unpacked, depth: int) -> None:
    file = found.files[-1]
    if attribute == FILE_TITLE:
        file.name = file.name or decoded(value.rstrip(b"\0"), codepage)
    elif attribute == FILE_DATA:
        _take_content(file, value, found)
    elif attribute == FILE_PROPERTIES:
        known = _properties(value, codepage, found)
        names = [_as_text(known.get(one, "")) for one in (LONG_NAME, SHORT_NAME, SHOWN_NAME)]
        file.name = next((name for name in [names[0], file.name, *names[1:]] if name), "")
        file.content_type = _as_text(known.get(KIND, ""))
        file.content_id = _as_text(known.get(CONTENT_ID, "")).strip("<> ")
        content = known.get(DATA, b"")
        if isinstance(content, bytes) and content.startswith(MESSAGE_WITHIN):
            _take_message_within(file, content[len(MESSAGE_WITHIN) :], found, depth)
        elif isinstance(content, bytes) and content and not file.content:
            _take_content(file, content, found)


def _take_content(file: PackedFile, content: bytes, found: Unpacked) -> None:
    found.size += len(content)
    if found.size > MOST_BYTES:
        raise _TooMuchError
    file.content = content


def _take_message_within(file: PackedFile, data: bytes, found: Unpacked, depth: int) -> None:
    """Keep a mail within the mail: what it says as a text, its files beside the others."""
    if depth >= DEEPEST:
        raise _BrokenError
    inner = unpacked(data, depth=depth + 1)
    file.name = f"{file.name or 'mail'}.txt"
    file.content_type = "text/plain"
    _take_content(file, inner.text.encode(), found)
    for one in inner.files[: MOST_FILES - len(found.files)]:
        _take_content(one, one.content, found)
        found.files.insert(len(found.files) - 1, one)
    found.is_whole = found.is_whole and inner.is_whole


def _properties(data: bytes, codepage: str, found: Unpacked) -> dict[int, bytes | str]:
    """Return the properties of text and bytes, by number: of a broken list, those before."""
    known: dict[int, bytes | str] = {}
    try:
        for name, value in _property_by_property(data, codepage):
            known[name] = value
    except BROKEN:
        found.is_whole = False
    return known


def _property_by_property(data: bytes, codepage: str) -> Iterator[tuple[int, bytes | str]]:
    (count,) = struct.unpack_from("<I", data)
    at = 4
    for _number in range(min(count, MOST_PROPERTIES)):
        kind, name = struct.unpack_from("<HH", data, at)
        at += 4
        if name >= NAMED:
            at = _past_a_name(data, at)
        plain = kind & ~MANY
        if plain in WIDTHS:
            values = struct.unpack_from("<I", data, at)[0] if kind & MANY else 1
            at += (4 if kind & MANY else 0) + WIDTHS[plain] * values
            continue
        if plain not in (OBJECT, STRING, UNICODE, BINARY):
            raise _BrokenError
        (values,) = struct.unpack_from("<I", data, at)
        at += 4
        for _value in range(values):
            value, at = _value_at(data, at)
            yield name, _meant(value, plain, codepage)


def _past_a_name(data: bytes, at: int) -> int:
    """Step over what a property of a program's own is called."""
    (is_text,) = struct.unpack_from("<I", data, at + 16)
    at += 20
    return _value_at(data, at)[1] if is_text else at + 4


def _value_at(data: bytes, at: int) -> tuple[bytes, int]:
    """Return the value that begins here with its length, and where the next begins."""
    (length,) = struct.unpack_from("<I", data, at)
    at += 4
    if at + length > len(data):
        raise _BrokenError
    return data[at : at + length], at + length + (-length % 4)


def _meant(value: bytes, kind: int, codepage: str) -> bytes | str:
    if kind == UNICODE:
        return writable(value.decode("utf-16-le", "replace")).rstrip("\0")
    if kind == STRING:
        return decoded(value.rstrip(b"\0"), codepage)
    return value


def _as_text(value: bytes | str) -> str:
    return value if isinstance(value, str) else decoded(value.rstrip(b"\0"))
