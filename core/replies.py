"""Answers by mail: tokens that prove who answers what, in addresses and in Message-IDs.

A mail about a thing goes out with `Reply-To: reply+TOKEN@…` and a Message-ID that begins with the
same token, so the answer finds its way even where a program drops one of the two. The room of a
thing declares what becomes of an answer to it. A token proves that a mail of ours was read; that
the answer comes from the person's own address is for who takes the mail in to check.
"""

import base64
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db.models import Model
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import base36_to_int, int_to_base36

TOKEN: Final = re.compile(r"([a-z]{1,8})-([0-9a-z]{1,13})-([0-9a-z]{1,13})-([a-z2-7]{20})")


@dataclass(frozen=True)
class Answered:
    """What a token says is answered, and whose token it is. kind: of core.things."""

    kind: str
    object_id: int
    person_id: int


@dataclass(frozen=True)
class ReplyTarget:
    """A kind of thing that can be answered by mail.

    code: its short name within tokens, lower-case letters, never changed once mails went out.
    receive: does what an answer means: keyword-only `actor, object_id, source, language, uploads,
    mail_id`; source: CommonMark; uploads: files checked already; mail_id: the same when the same
    mail comes again. Returns the row made; refuses by raising a core.errors.Refusal, and then an
    agent decides on the mail; but where `refuse` is given, it tells the person instead:
    keyword-only `person, refusal, source`.
    takes_files: what is attached comes along, and may be all there is; else it is left, and who
    sent it is told.
    is_private: what is posted is for a few, so that no copy of a posted mail stays beside it.
    """

    kind: str
    code: str
    receive: Callable[..., Model]
    refuse: Callable[..., None] | None = None
    takes_files: bool = False
    is_private: bool = False


_by_kind: dict[str, ReplyTarget] = {}
_by_code: dict[str, ReplyTarget] = {}


def declare(
    kind: str,
    *,
    code: str,
    receive: Callable[..., Model],
    refuse: Callable[..., None] | None = None,
    takes_files: bool = False,
    is_private: bool = False,
) -> None:
    """Let a kind of thing be answered by mail; called once, from the app's ready()."""
    target = ReplyTarget(kind, code, receive, refuse, takes_files, is_private)
    _by_kind[kind] = _by_code[code] = target


def target_of(kind: str) -> ReplyTarget:
    """Return the declaration of a kind. Raises KeyError."""
    return _by_kind[kind]


def token_of(kind: str, object_id: int, person_id: int) -> str:
    """Return the token with which this person answers this thing; the same each time."""
    code = _by_kind[kind].code
    body = f"{code}-{int_to_base36(object_id)}-{int_to_base36(person_id)}"
    return f"{body}-{_signature(body)}"


def read_token(text: str) -> Answered | None:
    """Return what the first true token within a text says; None where there is none.

    In any case of letters: some servers write addresses small, some large.
    """
    for found in TOKEN.finditer(text.lower()[:2000]):
        body, target = found.group().rpartition("-")[0], _by_code.get(found[1])
        if target is not None and constant_time_compare(_signature(body), found[4]):
            return Answered(target.kind, base36_to_int(found[2]), base36_to_int(found[3]))
    return None


def find_answered(addresses: Iterable[str], ids: Sequence[str]) -> Answered | None:
    """Return what a mail to these addresses answers, else by the ids it refers to, nearest last."""
    for text in (*addresses, *reversed(ids)):
        if answered := read_token(text):
            return answered
    return None


def _signature(body: str) -> str:
    mac = salted_hmac("core.replies", body, algorithm="sha256").digest()[:12]
    return base64.b32encode(mac).decode().rstrip("=").lower()


def host() -> str:
    """Return the name that stands in our Message-IDs."""
    return urlsplit(settings.PUBLIC_URL).hostname or "localhost"


def reply_address(token: str) -> str:
    """Return where a mail with this token is answered."""
    local, _at, domain = settings.REPLY_ADDRESS.rpartition("@")
    return f"{local}+{token}@{domain}"


def new_message_id(token: str = "") -> str:
    """Return an id for one mail, in angle brackets; with a token, one that proves it is ours."""
    name = f"{token}.{uuid4().hex[:16]}" if token else uuid4().hex
    return f"<{name}@{host()}>"


def thread_id(token: str) -> str:
    """Return the id that all mails of one thread to one person refer to."""
    return f"<{token}@{host()}>"


def is_own(addresses: Iterable[Any]) -> bool:
    """Whether one of these addresses is ours: what comes from it went round in a circle."""
    local, _at, domain = settings.REPLY_ADDRESS.lower().rpartition("@")
    return any(
        one == f"{local}@{domain}" or (one.startswith(f"{local}+") and one.endswith(f"@{domain}"))
        for one in addresses
    )
