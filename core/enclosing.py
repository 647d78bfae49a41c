"""Files that go along with a mail: read when it goes, so that what was taken away stays here."""

import email
import email.policy
from collections.abc import Iterable
from typing import Any, Final

from django.conf import settings

from core.models import MailedFile, StoredFile
from core.uploads import EML, ZIP

# Mailboxes send back a whole mail for a program in an archive, or for one they cannot look into.
REFUSED: Final = frozenset({ZIP})
# Lines are left as they are: folded anew, a long Message-ID in References becomes encoded words.
AS_WRITTEN: Final = email.policy.SMTP.clone(refold_source="none")


def enclosed(files: Iterable[StoredFile]) -> tuple[list[StoredFile], list[StoredFile]]:
    """Return which files go along with a mail, and which it can only name and link to.

    All that go are together no larger than settings say; archives never do.
    """
    going, left_out, room = [], [], settings.MAIL_FILES_BYTES
    for file in files:
        if file.size <= room and file.content_type not in REFUSED:
            going.append(file)
            room -= file.size
        else:
            left_out.append(file)
    return going, left_out


def with_files(raw: bytes, rows: Iterable[MailedFile]) -> bytes:
    """Return a mail with its files attached; as it is, where there are none.

    Raises OSError where the storage does not hand one over.
    """
    rows = list(rows)
    if not rows:
        return raw
    mail: Any = email.message_from_bytes(raw, policy=AS_WRITTEN)
    for row in rows:
        kind, facts = _kind_of(row.file)
        main, _slash, sub = kind.partition("/")
        with row.file.content.open() as content:
            data = content.read()
        mail.add_attachment(data, maintype=main, subtype=sub, filename=row.name, params=facts)
    return bytes(mail.as_bytes())


def _kind_of(file: StoredFile) -> tuple[str, dict[str, str]]:
    """Return a file's type in a mail, and its charset.

    A mail goes as bytes: what is message/rfc822 may not be encoded, and its lines may be too long.
    """
    kind, _sign, charset = file.content_type.partition("; charset=")
    if kind == EML:
        return "application/octet-stream", {}
    return kind, {"charset": charset} if charset else {}
