"""Words taken out for good: what the kernel keeps beside the things that had them.

Answers kept for a repeated send, and mails. The rooms rewrite their own texts.
"""

import email
import email.policy
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from html import escape, unescape
from typing import Any
from unicodedata import normalize
from urllib.parse import unquote

from django.conf import settings
from django.db.models import Func, Q, QuerySet, TextField

from core.accents import unaccented
from core.mail import DIGEST
from core.markup.letters import letter_html
from core.models import KeptAnswer, OutgoingMail

Clean = Callable[[str], str]
SHORTEST = 3  # letters and digits of a secret by which a part of an address tells it
WHOLE = 6  # characters of a secret by which it is known in what is about other things
PAGE = re.compile(r'<html lang="([^"]*)" dir="([^"]*)">')
WHERE_TO = ("Location", "HX-Redirect")  # headers that may have the words of a title


def without(text: str, secret: str, mark: str, *, is_whole: bool = False) -> str:
    """Return a text with a mark for the secret, also where it is written as HTML has it.

    No bracket follows the mark at once: CommonMark would make a link of the two.
    is_whole: not where it is a part of a longer word.
    """
    begins = r"(?<![^\W_])" if is_whole and secret[0].isalnum() else ""
    ends = r"(?![^\W_])" if is_whole and secret[-1].isalnum() else ""
    for written in dict.fromkeys((secret, escape(secret))):
        pattern = rf"{begins}{re.escape(written)}{ends}(?=([(\[:])?)"
        text = re.sub(pattern, lambda found: f"{mark} " if found[1] else mark, text)
    return text


@dataclass(frozen=True)
class Taking:
    """A Clean that takes several words out of texts at once, the longest first; `met`: those that
    stood in any."""

    texts: Sequence[str]
    mark: str
    met: set[str] = field(default_factory=set)

    def __call__(self, text: str) -> str:
        for secret in self.texts:
            if (clean := without(text, secret, self.mark)) != text:
                self.met.add(secret)
                text = clean
        return text

    def has_met(self, text: str) -> bool:
        """Whether words stood somewhere: by themselves, or as a part of others that went."""
        return any(text in one for one in self.met)


def rewrite(row: Any, clean: Clean, longest: Mapping[str, int | None], **marks: Any) -> bool:
    """Write a row's texts without the words; return whether it had them.

    longest: the fields, each with how many characters it takes (None: any). marks: what is written
    too where words were taken out.
    """
    before = {name: getattr(row, name) for name in longest}
    after = {name: clean(text)[: longest[name]] for name, text in before.items()}
    if after == before:
        return False
    type(row)._default_manager.filter(pk=row.pk).update(**after, **marks)
    return True


# Mails.


def mail_without(raw: bytes, clean: Clean) -> bytes:
    """Return a mail whose subject and texts are clean, its headers else the same.

    As it was, where they are clean already. Where a text was not, the HTML that says the same is
    made anew of it: what was typed may stand there in pieces, as `pass*word*1` does.
    """
    mail = _parsed(raw)
    wholes, said = _alternatives(mail), dict[int, str]()
    subject = str(mail["Subject"] or "")
    is_changed = clean(subject) != subject
    if is_changed:
        mail.replace_header("Subject", clean(subject))
    for part, content in _texts(mail):
        cleaned = clean(content)
        whole = wholes.get(id(part))
        if whole is not None and part.get_content_disposition() != "attachment":
            if part.get_content_subtype() == "html":
                cleaned = _page_of(said[whole], cleaned) if said.get(whole) else cleaned
            elif part.get_content_subtype() == "plain":
                said[whole] = cleaned if cleaned != content else ""
        if cleaned != content:
            del part["Content-Transfer-Encoding"]
            part.set_payload(cleaned, "utf-8")
            is_changed = True
    return mail.as_bytes() if is_changed else raw


def _page_of(text: str, page: str) -> str:
    """Return a text as HTML, in the language of the page in whose place it stands."""
    found = PAGE.search(page)
    language, direction = found.groups() if found else ("und", "ltr")
    return letter_html(text, [], title="", language=language, direction=direction)


def text_of_mail(
    text: str, secret: str, mark: str, paths: Collection[str], *, is_whole: bool = False
) -> str:
    """Return a text of a mail about purged things without the secret.

    Addresses of this site lead where they led. paths: of the things; addresses of these lose the
    parts that tell the secret, as of a title.
    """
    if settings.PUBLIC_URL in secret:
        return without(text, secret, mark)
    begin = 0
    parts = []
    for link in _own_links(text):
        parts.append(without(text[begin : link.start()], secret, mark, is_whole=is_whole))
        parts.append(settings.PUBLIC_URL + _path_without(link[1], secret, mark, paths))
        begin = link.end()
    return "".join([*parts, without(text[begin:], secret, mark, is_whole=is_whole)])


def rewrite_mails(rows: QuerySet[OutgoingMail], clean: Clean) -> None:
    """Rewrite mails that wait, forget the bodies of those that went, and clean all subjects."""
    ids = [mail.pk for mail in rows.order_by("pk") if _rewrite(mail, clean)]
    for mail in OutgoingMail.objects.filter(pk__in=ids).select_for_update().order_by("pk"):
        if _rewrite(mail, clean):
            mail.save(update_fields=["raw", "subject"])


def _rewrite(mail: OutgoingMail, clean: Clean) -> bool:
    """Rewrite a mail, unsaved; return whether that changes it."""
    before = (None if mail.raw is None else bytes(mail.raw), mail.subject)
    waits = before[0] if mail.sent_at is None else None
    mail.raw = None if waits is None else mail_without(waits, clean)
    mail.subject = clean(mail.subject)[:300]
    return (mail.raw, mail.subject) != before


def _parsed(raw: bytes) -> Any:
    return email.message_from_bytes(raw, policy=email.policy.SMTP)


def _alternatives(mail: Any) -> dict[int, int]:
    """Return which parts say the same: by id(), the nearest whole of alternatives each is in."""
    wholes = [one for one in mail.walk() if one.get_content_type() == "multipart/alternative"]
    return {id(part): id(whole) for whole in wholes for part in whole.walk()}


def _texts(mail: Any) -> Iterator[tuple[Any, str]]:
    """Yield the parts of a mail that are texts, with what they say."""
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            try:
                yield part, part.get_content()
            except LookupError:  # a charset that nobody knows
                yield part, part.get_payload(decode=True).decode(errors="replace")


def _own_links(text: str) -> Iterator[re.Match[str]]:
    """Yield the addresses of this site; group 1 is what follows the host."""
    host = re.escape(settings.PUBLIC_URL)
    return re.finditer(rf"{host}(?![\w-]|[.:]\w)([^\s\"'<>()]*)", text)


def _path_without(path: str, secret: str, mark: str, paths: Collection[str]) -> str:
    """Return where an address leads without the parts that tell the secret.

    Of other things, only a secret that is no word of this site's own addresses goes.
    """
    thing = _thing_at(path, paths)
    letters, parts = _letters(secret), re.split(r"(?=[/?#])", path[len(thing) :])
    if thing and len(letters) >= SHORTEST:
        parts = [one for one in parts if one[:1] != "/" or letters not in _letters(unquote(one))]
    rest = "".join(parts)
    if len(secret) >= WHOLE and not secret.isalpha():
        rest = without(rest, secret, mark, is_whole=True)
    return thing + rest


def _thing_at(path: str, paths: Collection[str]) -> str:
    """Return which of these paths a path is or lies below; empty: none."""
    ends = [*(found.start() for found in re.finditer("[/?#]", path)), len(path)]
    return next((path[:end] for end in ends if path[:end] in paths), "")


# What is kept for a while.


def empty_answers(paths: Iterable[str]) -> None:
    """Empty the answers kept about things: sent to their paths or below, or leading there.

    What leads below a path leads to the path then. Read once, however many paths.
    """
    paths, about = frozenset(paths), []
    rows = KeptAnswer.objects.exclude(status=None)
    for pk, path, headers in list(rows.values_list("pk", "path", "headers")):
        leads = {name: _thing_at(headers.get(name, ""), paths) for name in WHERE_TO}
        cut = headers | {name: thing for name, thing in leads.items() if thing}
        if cut != headers:
            KeptAnswer.objects.filter(pk=pk).update(headers=cut)
        if any(leads.values()) or _thing_at(path, paths):
            about.append(pk)
    empty(KeptAnswer.objects.filter(pk__in=about))


def empty(rows: QuerySet[KeptAnswer]) -> None:
    """Empty kept answers; those that are not there yet stay as they are."""
    rows.exclude(status=None).update(body=b"{}")


def purge_kept(secret: str, mark: str, paths: Collection[str]) -> None:
    """Take words out of what is kept for a while and tells of many things, or of others.

    paths: of the purged things. Mails of many things that lead to one are written anew where they
    wait; of all that went, the bodies are forgotten, and the words leave the subjects. Answers
    about anything are emptied where they have the words as words of their own.
    """
    digests = OutgoingMail.objects.filter(thing_kind=DIGEST)
    waiting = digests.filter(sent_at=None, raw__isnull=False)
    about = Q(pk__in=[mail.pk for mail in waiting if _leads_to(mail, paths)])
    about |= Q(sent_at__isnull=False, subject__contains=secret)
    clean = partial(text_of_mail, secret=secret, mark=mark, paths=paths, is_whole=True)
    rewrite_mails(digests.filter(about), clean)
    digests.filter(sent_at__isnull=False, raw__isnull=False).update(raw=None)
    if len(secret) >= WHOLE:
        rows = _with(_ascii_word(secret)).exclude(status=None).values_list("pk", "body")
        ids = [pk for pk, body in rows.iterator(chunk_size=500) if _has(bytes(body or b""), secret)]
        empty(KeptAnswer.objects.filter(pk__in=ids))


def _leads_to(mail: OutgoingMail, paths: Collection[str]) -> bool:
    texts = _texts(_parsed(bytes(mail.raw or b"")))
    return any(_thing_at(link[1], paths) for _part, text in texts for link in _own_links(text))


class _Readable(Func):
    """Bytes as a text in which ASCII stands as it is."""

    template = "CAST(%(expressions)s AS TEXT)"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="encode(%(expressions)s, 'escape')", **context
        )


def _with(word: str) -> QuerySet[KeptAnswer]:
    """Return the answers that may have a word, in any case of letters."""
    rows = KeptAnswer.objects.all()
    return rows.alias(said=_Readable("body")).filter(said__icontains=word) if word else rows


def _ascii_word(secret: str) -> str:
    """Return the longest part of a secret that is the same with accents and without."""
    return max(re.findall(r"[A-Za-z0-9]+", normalize("NFC", secret)), key=len, default="")


def _has(answer: bytes, secret: str) -> bool:
    """Whether an answer has a secret as it was typed, or as Markdown, HTML or JSON have it."""
    body = answer.decode(errors="replace")
    texts = [body, *_strings(body)]
    if any(without(text, secret, "", is_whole=True) != text for text in texts):
        return True
    pattern = _pattern(secret)
    return len(_letters(secret)) >= WHOLE and any(
        re.search(pattern, _folded(_shown(text))) for text in texts
    )


def _pattern(secret: str) -> str:
    """Return what finds the words of a secret, one after another, whatever signs stand between."""
    runs = re.findall(r"[^\W_]+|[\W_]+", re.sub(r"^[\W_]+|[\W_]+$", "", _folded(secret)))
    gaps = {True: r"[\W_]+", False: r"[\W_]*"}
    words = [run if run[0].isalnum() else gaps[bool(re.search(r"\s", run))] for run in runs]
    return rf"(?<![^\W_]){''.join(words)}(?![^\W_])"


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


def _folded(text: str) -> str:
    """Return a text without accents, in small letters."""
    return unaccented(text.casefold())


def _letters(text: str) -> str:
    return "".join(re.findall(r"[^\W_]+", _folded(text)))
