"""What a first visit loads: bytes as they travel, and requests. Standard library only."""

import gzip
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urljoin

import brotli

LOADED = re.compile(
    r"""<(?:script|img|source|iframe)[^>]*?\ssrc="([^"]+)|<link[^>]*?\srel="(?:stylesheet|icon"""
    r"""|preload|modulepreload|manifest)"[^>]*?\shref="([^"]+)"""
)
IN_CSS = re.compile(r"""url\(["']?(?!data:)([^"')]+)|@import\s+["']([^"']+)""")
IN_SCRIPT = re.compile(r"""^\s*(?:import|export)[^"';]*["'](\.{0,2}/[^"']+)""", re.MULTILINE)
Get = Callable[[str], tuple[bytes, str]]


@dataclass
class Visit:
    """What a first visit took: bytes as sent and as Brotli, requests, addresses elsewhere."""

    sent: int = 0
    brotli: int = 0
    requests: int = 0
    elsewhere: list[str] = field(default_factory=list)


def first_visit(get: Get, path: str) -> Visit:
    """Load a page with all it names; get gives a body as it travels and its Content-Encoding."""
    todo, seen, visit = [path], {path}, Visit()
    while todo:
        at = todo.pop()
        body, encoding = get(at)
        visit.requests += 1
        visit.sent += len(body)
        visit.brotli += as_brotli(body, encoding)
        for found in linked(at, unpacked(body, encoding)):
            if "//" in found:
                visit.elsewhere.append(found)
            elif found not in seen:
                seen.add(found)
                todo.append(found)
    return visit


def linked(path: str, body: bytes) -> list[str]:
    """Return what a page, a style sheet or a script makes the browser load."""
    if path.endswith((".svg", ".png", ".jpg", ".webp", ".woff2", ".ico")):
        return []
    text = body.decode()
    pattern = IN_CSS if path.endswith(".css") else IN_SCRIPT if path.endswith(".js") else LOADED
    return [absolute(path, next(filter(None, match.groups()))) for match in pattern.finditer(text)]


def absolute(base: str, address: str) -> str:
    """Return an address relative to the path that names it as a path."""
    return urljoin(base, address.replace("&amp;", "&").partition("#")[0])


def unpacked(body: bytes, encoding: str) -> bytes:
    """Return the body before compression."""
    if encoding == "br":
        return bytes(brotli.decompress(body))
    return gzip.decompress(body) if encoding == "gzip" else body


def as_brotli(body: bytes, encoding: str) -> int:
    """Return the bytes a body takes when it is Brotli's (quality 5, what proxies use for pages)."""
    if encoding == "br":
        return len(body)
    return len(brotli.compress(unpacked(body, encoding), quality=5))
