"""Words taken out for good: what the kernel keeps beside the things that had them.

Answers kept for a repeated send, and mails. The rooms rewrite their own texts.
"""

import email
import email.policy
import json
import re
from collections.abc import Iterable, Iterator
from html import escape, unescape
from typing import Any

from django.db.models import BinaryField, BooleanField, F, Func, Q, QuerySet, Value

from core.models import KeptAnswer, OutgoingMail

SHORTEST = 3  # letters and digits of a secret by which it is known in another form
WHERE_TO = ("Location", "HX-Redirect")  # headers that may have the words of a title


def without(text: str, secret: str, mark: str) -> str:
    """Return a text with a mark for the secret, also where it is written as HTML has it.

    No bracket follows the mark at once: CommonMark would make a link of the two.
    """
    for written in {secret, escape(secret)}:
        for follows in ("(", "[", ":"):
            text = text.replace(written + follows, f"{mark} {follows}")
        text = text.replace(written, mark)
    return text


def mail_without(raw: bytes, secret: str, mark: str) -> bytes:
    """Return a mail without the words, its headers else the same; as it was, where it has none."""
    mail: Any = email.message_from_bytes(raw, policy=email.policy.SMTP)
    is_changed = secret in str(mail["Subject"])
    if is_changed:
        mail.replace_header("Subject", without(str(mail["Subject"]), secret, mark))
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            content = part.get_content()
            clean = _unlinked(without(content, secret, mark), secret)
            if clean != content:
                part.set_content(clean, subtype=part.get_content_subtype(), charset="utf-8")
                is_changed = True
    return mail.as_bytes() if is_changed else raw


def _unlinked(text: str, secret: str) -> str:
    """Return a text whose addresses have lost the parts that tell a secret, as of a title."""
    letters = _letters(secret)
    if len(letters) < SHORTEST:
        return text

    def short(found: re.Match[str]) -> str:
        parts = found[0].split("/")
        return "/".join(part for part in parts if letters not in _letters(part))

    return re.sub(r"(?<=://)[^\s\"'<>]+", short, text)


def empty_answers(paths: Iterable[str]) -> None:
    """Empty the answers kept about things: sent to their paths or below, or leading there."""
    for path in paths:
        about = Q(path=path) | Q(path__startswith=f"{path}/")
        for name in WHERE_TO:
            leads = f"headers__{name}"
            about |= Q(**{leads: path}) | Q(**{f"{leads}__startswith": f"{path}/"})
        empty(KeptAnswer.objects.filter(about), path)


def empty(rows: QuerySet[KeptAnswer], path: str = "") -> None:
    """Empty kept answers; where one leads to or below a path, it leads to the path."""
    for row in rows.exclude(status=None).only("headers"):
        for name in WHERE_TO:
            if path and row.headers.get(name, "").startswith(f"{path}/"):
                row.headers[name] = path
        row.body = b"{}"
        row.save(update_fields=["headers", "body"])


def purge_kept(secret: str, mark: str) -> None:
    """Take words out of all that is kept for a while: answers to whomever, and mails.

    Answers that have them are emptied, in whatever form; mails that wait are written anew; of
    mails of many things that went, the bodies are forgotten, and the words leave every subject.
    """
    rows = KeptAnswer.objects.exclude(status=None).filter(_contains(secret))
    ids = [row.pk for row in rows.iterator(chunk_size=500) if _has(row, secret)]
    empty(KeptAnswer.objects.filter(pk__in=ids))
    for mail in OutgoingMail.objects.filter(sent_at=None, raw__isnull=False).select_for_update():
        before = bytes(mail.raw or b"")
        raw, subject = mail_without(before, secret, mark), without(mail.subject, secret, mark)[:300]
        if (raw, subject) != (before, mail.subject):
            mail.raw, mail.subject = raw, subject
            mail.save(update_fields=["raw", "subject"])
    for mail in OutgoingMail.objects.filter(subject__contains=secret).select_for_update():
        mail.subject = without(mail.subject, secret, mark)[:300]
        mail.save(update_fields=["subject"])
    OutgoingMail.objects.filter(thing_kind="").exclude(sent_at=None).update(raw=None)


class _Holds(Func):
    """Whether bytes hold other bytes."""

    function = "instr"
    template = "%(function)s(%(expressions)s) > 0"
    output_field = BooleanField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        turned = self.copy()
        turned.set_source_expressions(self.get_source_expressions()[::-1])
        return turned.as_sql(compiler, connection, "position", arg_joiner=" IN ", **context)


def _contains(secret: str) -> Q:
    """Return the condition on what may have a secret: its longest word stands in all its forms."""
    word = max(re.findall(r"[^\W_]+", secret), key=len, default="")
    if len(word) < SHORTEST:
        return Q()
    return Q(_Holds(F("body"), Value(word.encode(), BinaryField())))


def _has(row: KeptAnswer, secret: str) -> bool:
    """Whether an answer has a secret as it was typed, or as Markdown, HTML or JSON have it."""
    body = bytes(row.body or b"").decode(errors="replace")
    if secret in body or escape(secret) in body:
        return True
    texts, letters = [body, *_strings(body)], _letters(secret)
    if any(secret in text for text in texts):
        return True
    return len(letters) >= SHORTEST and any(letters in _letters(_shown(text)) for text in texts)


def _strings(body: str) -> Iterator[str]:
    """Yield what a program was told, text by text; nothing of what is no JSON."""
    try:
        waiting = [json.loads(body)]
    except ValueError:
        return
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, (list, dict)):
            waiting += one.values() if isinstance(one, dict) else one


def _shown(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def _letters(text: str) -> str:
    return "".join(re.findall(r"[^\W_]+", text.lower()))
