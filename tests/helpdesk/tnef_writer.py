"""Writes winmail.dat as Outlook does, for tests. Source: [MS-OXTNEF] 2.1, [MS-OXRTFCP] 3.2."""

import struct
import uuid

MESSAGE, ATTACHMENT = 1, 2
STRING, UNICODE, BINARY, OBJECT, LONG, TIME = 0x1E, 0x1F, 0x102, 0x0D, 3, 0x40
INTERFACE = uuid.UUID("00020307-0000-0000-C000-000000000046").bytes_le


def packed(*attributes: bytes, codepage: int = 1252) -> bytes:
    """Return a whole stream of these attributes."""
    head = struct.pack("<IH", 0x223E9F78, 0x0102)
    version = attribute(MESSAGE, 0x89006, struct.pack("<I", 0x10000))
    return b"".join(
        [head, version, attribute(MESSAGE, 0x69007, struct.pack("<II", codepage, 0)), *attributes]
    )


def attribute(level: int, number: int, value: bytes) -> bytes:
    return (
        struct.pack("<BII", level, number, len(value))
        + value
        + struct.pack("<H", sum(value) & 0xFFFF)
    )


def properties(*each: bytes) -> bytes:
    return struct.pack("<I", len(each)) + b"".join(each)


def prop(kind: int, name: int, value: bytes) -> bytes:
    """Return one property; values of text and bytes with their count, length and padding."""
    head = struct.pack("<HH", kind, name)
    if kind in (LONG, TIME):
        return head + value
    return head + struct.pack("<II", 1, len(value)) + value + b"\0" * (-len(value) % 4)


def named_prop(value: bytes) -> bytes:
    """Return a property of a program's own, named by words."""
    name = "x-plum".encode("utf-16-le") + b"\0\0"
    head = (
        struct.pack("<HH", BINARY, 0x8001)
        + uuid.uuid4().bytes_le
        + struct.pack("<II", 1, len(name))
    )
    head += name + b"\0" * (-len(name) % 4)
    return head + struct.pack("<II", 1, len(value)) + value + b"\0" * (-len(value) % 4)


def file(title: bytes, content: bytes, *more: bytes) -> bytes:
    """Return the attributes of a file: its short title, its bytes, its properties."""
    rendering = attribute(ATTACHMENT, 0x69002, struct.pack("<HIHHI", 1, 0xFFFFFFFF, 32, 32, 0))
    parts = [rendering, attribute(ATTACHMENT, 0x18010, title + b"\0")]
    if content:
        parts.append(attribute(ATTACHMENT, 0x6800F, content))
    if more:
        parts.append(attribute(ATTACHMENT, 0x69005, properties(*more)))
    return b"".join(parts)


def wide(text: str) -> bytes:
    return text.encode("utf-16-le") + b"\0\0"


def compressed(rtf: bytes) -> bytes:
    """Return rich text as LZFu without one reference back, which is allowed."""
    body = b"".join(b"\0" + rtf[n : n + 8] for n in range(0, len(rtf), 8))
    return struct.pack("<II4sI", len(body) + 12, len(rtf), b"LZFu", 0) + body
