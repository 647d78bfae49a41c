"""Bytes of mails to text, whatever they call themselves. Nothing here ever raises."""

import codecs
import re
from typing import Final

# Codecs that read text from bytes in linear time; a label may name no other (punycode, base64 …).
TEXT: Final = re.compile(
    r"(ascii|utf|iso|latin|cp|windows|koi8|gb|big5|euc|shift|johab|hz|mac|tis|ptcp|kz|charmap)"
)
# What mail programs call charsets that Python knows by another name, or too narrowly: what is
# called Latin-1 is Windows-1252 since browsers say so. Source: WHATWG Encoding Standard, 4.2.
ALIASES: Final = {
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "ansi": "cp1252",
    "ansi_x3.4-1968": "cp1252",
    "iso-8859-1-windows-1252": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-8-i": "cp1255",
    "iso-8859-8-e": "cp1255",
    "gb2312": "gb18030",
    "iso-gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "chinese": "gb18030",
    "big5": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "korean": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "sjis": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "unicode-1-1-utf-7": "utf-7",
    "utf7": "utf-7",
    "utf-8mb4": "utf-8",
    "x-utf-8": "utf-8",
    "unicode": "utf-16",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "windows-874": "cp874",
}
# Signs that PostgreSQL, XML or a page cannot hold.
UNWRITABLE: Final = re.compile("[\x00\ud800-\udfff]")


def writable(text: str) -> str:
    """Return a text without the signs that no database and no page can hold."""
    return UNWRITABLE.sub(lambda sign: "" if sign.group() == "\x00" else "\ufffd", text)


def codec_of(label: str) -> str:
    """Return the Python codec a label means, empty for one that is none of text."""
    name = label.strip().strip("\"'").lower().partition(";")[0].strip()
    name = ALIASES.get(name, name)
    try:
        known = codecs.lookup(name).name if len(name) < 40 else ""
    except (LookupError, ValueError):
        return ""
    return known if TEXT.match(known) else ""


def decoded(data: bytes, label: str = "") -> str:
    """Return bytes as text: as the label says where that can be, else as they look.

    Text that is valid UTF-8 beyond ASCII is UTF-8 whatever a label of one byte a sign says.
    """
    codec = codec_of(label) or "utf-8"
    if codec.startswith("cp125") and data.isascii():
        codec = "ascii"
    tried = [codec, "utf-8-sig"]
    if codec.startswith(("cp125", "iso8859", "koi8", "cp8", "mac", "ascii", "utf-8")):
        tried.reverse()
    for name in tried:
        try:
            return writable(data.decode(name))
        except (UnicodeError, ValueError):
            continue
    return writable(_approximate(data, codec))


def _approximate(data: bytes, codec: str) -> str:
    """Read what is damaged: as labelled with few signs lost, else as Windows-1252 would."""
    try:
        text = data.decode(codec, "replace")
    except (UnicodeError, ValueError):
        text = ""
    beyond = sum(byte > 127 for byte in data)
    if text and text.count("\ufffd") <= beyond // 8:
        return text
    return data.decode("cp1252", "replace")


def guessed(text: str, label: str = "") -> str:
    """Return a text as the standard library keeps raw bytes in it, with these bytes read."""
    if text.isascii():
        is_shifted = "\x1b$" in text  # Japanese as it came, seven bits a sign (RFC 1468)
        return decoded(text.encode(), "iso-2022-jp") if is_shifted else writable(text)
    try:
        return decoded(text.encode("ascii", "surrogateescape"), label)
    except UnicodeError:  # signs that are no kept bytes
        return decoded(text.encode("utf-8", "surrogateescape"), label)
