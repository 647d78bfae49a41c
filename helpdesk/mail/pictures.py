"""Pictures that stand within a mail, such as a signature's: told apart from what was attached."""

import re
from dataclasses import replace
from urllib.parse import unquote

from helpdesk.mail.folding import fold
from helpdesk.mail.pages import text_of_html
from helpdesk.mail.parsing import ParsedMail
from helpdesk.mail.parts import Attachment
from helpdesk.mail.shown import INLINE

CID = re.compile(r"cid:([^\s\"'<>()\[\]]+)")


def without_pictures(parsed: ParsedMail) -> tuple[ParsedMail, bool]:
    """Return a mail without the pictures that stand within it, and whether its own words show one.

    What nothing in the mail refers to was attached, whatever a mail program calls it. A picture of
    the signature or of what is quoted is not of the words.
    """
    page = unquote(f"{parsed.html or ''}\n{parsed.text}")
    shown = set(CID.findall(page))
    within = [one for one in parsed.attachments if _is_within(one, page, shown)]
    if not within:
        return parsed, False
    words = f"{parsed.visible_text}\n{fold(text_of_html(parsed.html or ''))[0]}"
    shows = any(_stands_in(words, one) for one in within)
    marks = {mark for one in within for mark in _marks(one)}
    left = replace(
        parsed,
        attachments=tuple(one for one in parsed.attachments if one not in within),
        visible_text=INLINE.sub(
            lambda found: "" if found.group() in marks else found.group(), parsed.visible_text
        ),
    )
    return left, shows


def _is_within(file: Attachment, page: str, shown: set[str]) -> bool:
    if file.content_id is None or not file.content_type.startswith("image/"):
        return False
    return unquote(file.content_id) in shown or _stands_in(page, file)


def _stands_in(words: str, file: Attachment) -> bool:
    return any(mark in words or mark in unquote(words) for mark in _marks(file))


def _marks(file: Attachment) -> tuple[str, str]:
    """Return what mail programs write where a text without pictures has one."""
    return f"[cid:{file.content_id}]", f"[image: {file.name}]"
