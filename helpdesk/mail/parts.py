"""The parts of a mail: what it says as text and as HTML, and what is attached to it."""

import binascii
import mimetypes
import re
from dataclasses import dataclass, field
from email.message import Message as Mail
from typing import Any, Final

from helpdesk.mail.charsets import decoded, guessed, writable
from helpdesk.mail.headers import ids, words_of
from helpdesk.mail.pages import text_of_html
from helpdesk.mail.tnef import PackedFile, is_packed, unpacked

DEEPEST: Final = 40
MOST_PARTS: Final = 1000
UU_BEGIN: Final = re.compile(r"begin [0-7]{3,4} (\S.{0,200})$")
UU_LINE: Final = re.compile(r"[!-`][ -`]{1,61}$")
META_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}?charset=[\"']?([\w:.-]{2,40})", re.I)


@dataclass(frozen=True)
class Attachment:
    """A file that came with a mail; content_id without its angle brackets, None without one."""

    name: str
    content_type: str
    content: bytes
    content_id: str | None = None


@dataclass
class Body:
    """What was found while walking through the parts.

    packed_texts: what Outlook packed into a file of its own, said where nothing else is.
    """

    texts: list[str] = field(default_factory=list)
    packed_texts: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    parts: int = 0

    @property
    def text(self) -> str:
        said = [text for text in self.texts if text.strip()] or self.packed_texts
        return "\n\n".join(said)

    @property
    def html(self) -> str | None:
        return "\n".join(self.pages) or None


def body_of(mail: Mail) -> Body:
    """Return what a mail says and carries."""
    body = Body()
    _walk(mail, body, depth=0)
    return body


def _walk(part: Mail, body: Body, *, depth: int) -> None:
    body.parts += 1
    if body.parts > MOST_PARTS:
        return
    kind = part.get_content_type()
    children: Any = part.get_payload()
    is_branch = isinstance(children, list) and children
    if kind == "message/rfc822" or (kind.startswith("message/") and is_branch):
        _enclose(part, body, kind)
    elif is_branch and depth < DEEPEST:
        if kind == "multipart/alternative":
            _choose(children, body, depth=depth)
        else:
            for child in children:
                _walk(child, body, depth=depth + 1)
    elif is_branch:
        body.attachments.append(_attachment(part, body, part.as_bytes(), "message/rfc822"))
    else:
        _leaf(part, body, kind)


def _choose(children: list[Mail], body: Body, *, depth: int) -> None:
    """Take of alternatives the plainest text and the last page; what else they carry is kept."""
    text, page, chosen = "", None, Body(parts=body.parts)
    for child in children:
        one = Body(parts=chosen.parts)
        _walk(child, one, depth=depth + 1)
        chosen.parts = one.parts
        chosen.packed_texts += one.packed_texts
        one.packed_texts = []
        is_page = bool(one.pages)
        if is_page:
            page = one.html
        if one.text.strip() and (not text.strip() or not is_page):
            text = one.text if not text.strip() or not is_page else text
        chosen.attachments += one.attachments
    body.parts = chosen.parts
    body.attachments += chosen.attachments
    body.packed_texts += chosen.packed_texts
    if text.strip():
        body.texts.append(text)
    if page is not None:
        body.pages.append(page)


def _leaf(part: Mail, body: Body, kind: str) -> None:
    data = content_of(part)
    name = file_name(part)
    is_file = part.get_content_disposition() == "attachment" or bool(name)
    is_text = kind in ("text/plain", "text/html") or _is_bare(part, kind)
    if is_packed(data) and _unpack(data, body):
        return
    if is_file or not is_text:
        body.attachments.append(_attachment(part, body, data, kind))
        return
    charset = str(part.get_param("charset", "") or "")
    if kind == "text/html":
        meta = META_CHARSET.search(data[:4000])
        page = decoded(data, charset or (meta[1].decode("ascii", "ignore") if meta else ""))
        body.pages.append(page)
        body.texts.append(text_of_html(page))
        return
    text = _without_uuencoded(decoded(data, charset), body)
    if str(part.get_param("format", "") or "").lower() == "flowed":
        text = unflowed(text, delete_space=str(part.get_param("delsp", "")).lower() == "yes")
    body.texts.append(text)


def _unpack(data: bytes, body: Body) -> bool:
    """Take in what Outlook packed; return whether it was all, so that the pack need not be kept."""
    found = unpacked(data)
    body.attachments += [
        _packed_file(file, len(body.attachments) + n) for n, file in enumerate(found.files, 1)
    ]
    if found.text.strip():
        body.packed_texts.append(found.text)
    return found.is_whole


def _packed_file(file: PackedFile, number: int) -> Attachment:
    guess = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    kind = file.content_type if "/" in file.content_type else guess
    name = file.name[:255] or f"attachment-{number}{mimetypes.guess_extension(kind) or ''}"
    return Attachment(name, kind[:255], file.content, file.content_id or None)


def _is_bare(part: Mail, kind: str) -> bool:
    """Whether a broken multipart (no part found in it) is read as the text it holds."""
    return kind.startswith("multipart/") and isinstance(part.get_payload(), str)


def content_of(part: Mail) -> bytes:
    """Return the bytes of a leaf, decoded as far as they can be."""
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    payload: Any = part.get_payload()
    if encoding in ("x-uuencode", "uuencode", "uue", "x-uue") and isinstance(payload, str):
        lines = payload.encode("ascii", "surrogateescape").splitlines(keepends=True)
        starts = [n for n, line in enumerate(lines) if line.startswith(b"begin ")]
        return _uudecoded(b"".join(lines[starts[0] + 1 :] if starts else lines))
    data: Any = part.get_payload(decode=True)
    return bytes(data) if isinstance(data, bytes) else b""


def _uudecoded(data: bytes) -> bytes:
    out = b""
    parts = []
    for line in data.splitlines():
        if line.strip() in (b"end", b"`", b""):
            continue
        length = (line[0] - 32) & 63
        try:
            out = binascii.a2b_uu(line)
        except binascii.Error:  # trailing rubbish, as some programs leave it
            try:
                out = binascii.a2b_uu(line[: (length * 4 + 5) // 3])
            except binascii.Error:
                continue
        parts.append(out)
    return b"".join(parts)


def _without_uuencoded(text: str, body: Body) -> str:
    """Take files written into a text (uuencode) out of it, as attachments."""
    if "begin " not in text:
        return text
    kept: list[str] = []
    file: list[str] = []  # its lines, the one that begins it first
    for line in text.replace("\r\n", "\n").split("\n"):
        if not file:
            (file if UU_BEGIN.match(line) else kept).append(line)
        elif line.rstrip() == "end" and len(file) > 1:
            _keep_uuencoded(file, body)
            file = []
        elif line.strip() in ("`", "") or UU_LINE.match(line):
            file.append(line)
        else:  # it was none
            kept += file
            file = []
            (file if UU_BEGIN.match(line) else kept).append(line)
    return "\n".join(kept + file)


def _keep_uuencoded(file: list[str], body: Body) -> None:
    begin = UU_BEGIN.match(file[0])
    name = begin[1].strip() if begin else "file"
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    content = _uudecoded("\n".join(file[1:]).encode("ascii", "replace"))
    body.attachments.append(Attachment(name, kind, content))


def unflowed(text: str, *, delete_space: bool = False) -> str:
    """Return a text whose lines were broken to fit (RFC 3676) with its paragraphs whole."""
    lines: list[str] = []
    open_depth = -1
    for line in text.replace("\r\n", "\n").split("\n"):
        rest = line.lstrip(">")
        depth = len(line) - len(rest)
        rest = rest[1:] if rest.startswith(" ") else rest
        flows = rest.endswith(" ") and rest != "-- "
        shown = rest[:-1] if flows and delete_space else rest
        if depth == open_depth and lines and rest != "-- ":
            lines[-1] += shown
        else:
            lines.append((">" * depth + " " if depth else "") + shown)
        open_depth = depth if flows else -1
    return "\n".join(line.rstrip() if line != "-- " else line for line in lines)


def file_name(part: Mail) -> str:
    """Return the name a part has as a file (RFC 2231, or words of RFC 2047), empty without one."""
    try:
        name = part.get_filename() or ""
    except (UnicodeError, ValueError, LookupError, TypeError):
        name = str(part.get_param("name", "") or "")
    return writable(words_of(str(name)))[:255]


def _attachment(part: Mail, body: Body, data: bytes, kind: str) -> Attachment:
    number = len(body.attachments) + 1
    name = file_name(part)
    if not name:
        ending = {"message/delivery-status": ".txt", "text/plain": ".txt"}.get(kind)
        name = f"attachment-{number}{ending or mimetypes.guess_extension(kind) or ''}"
    cid = ids(str(part.get("Content-ID", ""))) or [str(part.get("Content-ID", "")).strip(" <>")]
    return Attachment(name, writable(kind), data, guessed(cid[0]) or None)


def _enclose(part: Mail, body: Body, kind: str) -> None:
    """Keep a mail within the mail as a file; of a delivery report, its fields as text."""
    children: Any = part.get_payload()
    if not isinstance(children, list):
        data = content_of(part)
    else:
        data = b"\n".join(bytes_of(child) for child in children)
    name = file_name(part)
    if not name and kind == "message/rfc822":
        inner = children[0] if isinstance(children, list) and children else None
        subject = words_of(str(inner.get("Subject", ""))) if isinstance(inner, Mail) else ""
        stem = re.sub(r"[^\w -]+", " ", subject).strip()[:80]
        name = f"{stem or 'mail'}.eml"
    if name:
        body.attachments.append(Attachment(name, kind, data))
    else:
        body.attachments.append(_attachment(part, body, data, kind))


def bytes_of(mail: Mail) -> bytes:
    """Return a mail within a mail as bytes, also one that the library cannot write again."""
    try:
        return mail.as_bytes()
    except (UnicodeError, ValueError, LookupError, TypeError, AttributeError, KeyError):
        lines = [f"{name}: {value}" for name, value in mail.raw_items()]
        payload = mail.get_payload()
        text = "\n".join([*lines, "", payload if isinstance(payload, str) else ""])
        return text.encode("utf-8", "surrogateescape")
