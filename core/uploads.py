"""What an uploaded file is: its type by content, its name made harmless, its secrets removed.

Pure calculation: bytes and a name in, a clean file or a refusal out. Nothing is ever unpacked.
"""

import email
import hashlib
import io
import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any

import puremagic
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_FRAME_PIXELS = 300_000_000  # all frames of a moving picture together
MAX_UNPACKED_BYTES = 500 * 1024 * 1024
MAX_MEMBERS = 10_000
MAX_NAME = 120

IMAGES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP", "image/gif": "GIF"}
ZIP, EML, TEXT = "application/zip", "message/rfc822", "text/plain"
OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN = "application/vnd.oasis.opendocument"
TEXT_ENDINGS = ["txt", "log", "md", "csv", "tsv", "css", "json", "yml", "yaml", "ini", "conf"]
TEXT_ENDINGS += ["sql", "php", "py", "diff", "patch", "ics", "vcf"]
# The endings a name may have, by type; another ending gets the first one behind it, so that what
# looks like a text is opened as a text: "page.html" becomes "page.html.txt".
ENDINGS = {
    "image/png": ["png"],
    "image/jpeg": ["jpg", "jpeg"],
    "image/webp": ["webp"],
    "image/gif": ["gif"],
    "application/pdf": ["pdf"],
    ZIP: ["zip"],
    EML: ["eml"],
    f"{OFFICE}.wordprocessingml.document": ["docx"],
    f"{OFFICE}.spreadsheetml.sheet": ["xlsx"],
    f"{OFFICE}.presentationml.presentation": ["pptx"],
    f"{OPEN}.text": ["odt"],
    f"{OPEN}.spreadsheet": ["ods"],
    f"{OPEN}.presentation": ["odp"],
    f"{OPEN}.graphics": ["odg"],
    TEXT: TEXT_ENDINGS,
}
OFFICE_FOLDERS = {
    "word/": f"{OFFICE}.wordprocessingml.document",
    "xl/": f"{OFFICE}.spreadsheetml.sheet",
    "ppt/": f"{OFFICE}.presentationml.presentation",
}
# Where Pillow keeps what a picture says beside itself.
HIDDEN = {"exif", "xmp", "XML:com.adobe.xmp", "comment", "photoshop", "Raw profile type exif"}
# Bytes that no text has: control characters but tab, line feed, form feed, return and escape.
NOT_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


@dataclass(frozen=True)
class CleanFile:
    """A file that may be kept; content_type carries the charset of a text."""

    name: str
    content_type: str
    data: bytes
    sha256: str


class BadFile(Exception):  # noqa: N818  (an answer, not a fault)
    """Why a file is not taken: a code of WORDS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


WORDS = {
    "file_empty": _("“%(name)s” is empty."),
    "file_too_large": _("“%(name)s” is larger than %(megabytes)d MB."),
    "file_unpacks_too_large": _("“%(name)s” would be too large once opened."),
    "file_damaged": _("“%(name)s” is damaged. Try to save and send it again."),
    "file_gone": _("A file you chose before is not here any more. Choose it again."),
    "file_type": _(
        "“%(name)s” is of a type we do not take. Send an image (PNG, JPEG, WebP, GIF), a PDF, a "
        "text, a mail, an office document without macros, or a zip archive."
    ),
}


def in_words(code: str, name: str) -> str:
    """Say why the file of this name is not taken."""
    return str(WORDS[code] % {"name": clean_name(name), "megabytes": MAX_BYTES // 1024**2})


def clean_file(name: str, data: bytes) -> CleanFile:
    """Return the file as it may be kept. Raises BadFile."""
    if not data:
        raise BadFile("file_empty")
    if len(data) > MAX_BYTES:
        raise BadFile("file_too_large")
    content_type, data = sniff(name, data)
    return CleanFile(
        name=clean_name(name, content_type.partition(";")[0]),
        content_type=content_type,
        data=data,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def sniff(name: str, data: bytes) -> tuple[str, bytes]:
    """Return what a file is, whatever its name says, and its bytes without hidden facts.

    Raises BadFile.
    """
    if data.startswith(b"%PDF-"):
        return "application/pdf", data
    if data.startswith(b"PK\x03\x04"):
        return archive_type(data), data
    charset = charset_of(data)
    if charset:
        is_eml = name.lower().endswith(".eml") and is_mail(data)
        return (EML if is_eml else f"{TEXT}; charset={charset}"), data
    try:
        guess = puremagic.from_string(data, mime=True)
    except puremagic.PureError:
        guess = ""
    if guess not in IMAGES:
        raise BadFile("file_type")
    return guess, clean_image(data, IMAGES[guess])


def clean_image(data: bytes, kind: str) -> bytes:
    """Return an image without Exif, XMP and comments.

    Encoded anew only if there is something to remove; a picture that Exif says to turn is turned.
    Raises BadFile.
    """
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as image:
            frames = getattr(image, "n_frames", 1)
            pixels = image.width * image.height
            if pixels > MAX_PIXELS or pixels * frames > MAX_FRAME_PIXELS:
                raise BadFile("file_unpacks_too_large")
            image.load()  # proves that it is whole, and reads what PNG says behind the picture
            return encoded(image, kind, frames) if tells_more(image) else data
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BadFile("file_unpacks_too_large") from None
    except (OSError, SyntaxError, ValueError, EOFError):  # what Pillow raises for damaged files
        raise BadFile("file_damaged") from None


def tells_more(image: Any) -> bool:
    """Whether an image holds more than its picture: where, when and with what it was taken."""
    return bool(
        HIDDEN & set(image.info)
        or getattr(image, "text", None)  # PNG
        or image.format == "MPO"  # a JPEG with more pictures behind it
        or b"XMP DataXMP" in image.info.get("extension", ())  # GIF
    )


def encoded(image: Any, kind: str, frames: int) -> bytes:
    """Return the picture alone, with its colours' profile, turned as Exif says."""
    out = io.BytesIO()
    bare = {"exif": b"", "xmp": b"", "icc_profile": image.info.get("icc_profile")}
    if frames > 1 and image.format != "MPO":
        image.info.pop("comment", None)
        image.save(out, kind, save_all=True, **bare)
        return out.getvalue()
    turned = ImageOps.exif_transpose(image)
    for name in HIDDEN:
        turned.info.pop(name, None)
    quality = {"quality": 90} if kind in ("JPEG", "WEBP") else {}
    turned.save(out, kind, **quality, **bare)
    return out.getvalue()


def archive_type(data: bytes) -> str:
    """Return which document a zip file is, or that it is a zip file.

    Its size once opened is what its own list declares; nothing is unpacked. Raises BadFile.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sizes = {member.filename: member.file_size for member in archive.infolist()}
            unpacked = sum(member.file_size for member in archive.infolist())
            declared = ""
            if 0 < sizes.get("mimetype", 0) < 100:
                declared = archive.read("mimetype").decode("ascii", "replace")
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, OSError):
        raise BadFile("file_damaged") from None
    if len(sizes) > MAX_MEMBERS or unpacked > MAX_UNPACKED_BYTES:
        raise BadFile("file_unpacks_too_large")
    content_type = document_type(set(sizes), declared)
    if content_type not in ENDINGS:
        raise BadFile("file_type")
    return content_type


def document_type(names: set[str], declared: str) -> str:
    """Return the type of a zip file with these members; empty for documents we do not take."""
    if any(name.endswith("vbaProject.bin") for name in names):
        return ""
    if declared:
        return declared
    if "[Content_Types].xml" not in names:
        return ZIP
    for folder, content_type in OFFICE_FOLDERS.items():
        if any(name.startswith(folder) for name in names):
            return content_type
    return ""


def charset_of(data: bytes) -> str:
    """Return the charset of a text, empty when the bytes are no text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError:
            return ""
        return "" if NOT_TEXT.search(text.encode()) else "utf-16"
    if NOT_TEXT.search(data):
        return ""
    for charset in ("utf-8", "windows-1252"):
        try:
            data.decode(charset)
        except UnicodeDecodeError:
            continue
        return charset
    return ""


def is_mail(data: bytes) -> bool:
    """Whether a text has the headers of a mail."""
    headers = email.message_from_bytes(data[:100_000])
    return bool(headers["From"] and (headers["Date"] or headers["Received"]))


def clean_name(name: str, content_type: str = "") -> str:
    """Return a name without paths, invisible characters and, for a known type, wrong ending."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    visible = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in name)
    name = " ".join(re.sub(r'[<>:"|?*]', "_", visible).split()).strip(". ") or "file"
    stem, dot, ending = name.rpartition(".")
    endings = ENDINGS.get(content_type, [])
    if not endings:
        return name[:MAX_NAME]
    if not dot or ending.lower() not in endings:
        stem, ending = name, endings[0]
    return f"{stem[: MAX_NAME - len(ending) - 1]}.{ending}"
