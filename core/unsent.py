"""What was typed into a form that could not be taken, since its session or its page was too old.

Kept for an hour, known to that browser's session alone, is a form that a page of ours was made
with for one person (`{% once %}` says for whom, signed), of a view that keeps words (core.pages).
It is offered to that person alone, once signed in, and sent by nobody but whoever presses the
button; another who signs in never sees it, and it is gone. Of any other form, and of one whose
token fails, words are shown on the very answer, to be copied. Passwords and files are never kept.
Who goes elsewhere after signing in is reminded by a line on their pages, for as long as it is kept.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from uuid import UUID

from django.core import signing
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from core.errors import TooMany
from core.models import UnsentForm

KEPT_FOR: Final = timedelta(hours=1)
SESSION_KEY: Final = "unsent"
UNTIL_KEY: Final = "unsent_until"  # in the session of who signed in: until when to remind them
FIELD: Final = "unsent"  # what a form carries that is sent again
LONGEST_OPEN: Final = timedelta(days=14)  # a page whose form is kept; as long as a session lasts
MOST: Final = 5  # forms that one session keeps
MOST_AN_HOUR: Final = 30  # from one address
LARGEST: Final = 100_000  # characters of one form
SHORT: Final = 80  # characters that fit a field of one line
LABELS: Final[dict[str, Any]] = {
    "title": _("Title"),
    "subject": _("Subject"),
    "tags": _("Tags"),
    "why": _("Why"),
    "reason": _("Reason"),
    "comment": _("Comment"),
    "language": _("Language"),
}
# Fields that hold nothing but words, be it a single one.
WRITTEN: Final = frozenset(
    ("title", "subject", "tags", "why", "comment", "source", "text", "description", "summary")
)
KEY: Final = re.compile(r"[a-z0-9_.,:@/+-]*")  # what stands for a choice, a number, a date
TOKENS: Final = frozenset(("csrfmiddlewaretoken", "once", "shown", "waiting", "drop", FIELD))
SECRET: Final = re.compile(r".*(password\d*|passwd)|(.*_)?(secret|otp)|code", re.I)
# Asked for again: who sends all the same has read the question on the page that is sent.
NOT_KEPT: Final = frozenset(("csrfmiddlewaretoken", FIELD, "send_secrets"))


@dataclass(frozen=True)
class Field:
    """One field as it was sent. `is_written`: someone typed words into it."""

    name: str
    value: str
    is_written: bool

    @property
    def label(self) -> Any:
        return LABELS.get(self.name, _("Text") if self.is_written else self.name)

    @property
    def is_token(self) -> bool:
        return self.name in TOKENS

    @property
    def is_long(self) -> bool:
        return len(self.value) > SHORT or "\n" in self.value


def fields_of(request: HttpRequest) -> list[Field]:
    """Return what a form sent but NOT_KEPT; nothing of one with a password in it."""
    if any(SECRET.fullmatch(name) for name in request.POST):
        return []
    return [
        Field(name, value.replace("\x00", ""), _is_written(name, value))
        for name, values in request.POST.lists()
        for value in values
        if name not in NOT_KEPT and isinstance(value, str)
    ]


def _is_written(name: str, value: str) -> bool:
    """Whether words were typed: by the field's name, or since it is more than a choice's key."""
    words = value.strip()
    if not words or name in TOKENS or name in ("draft", "next"):
        return False
    is_key = KEY.fullmatch(words) or not any(sign.isalpha() for sign in words)
    return name in WRITTEN or not is_key


def words_of(request: HttpRequest) -> list[Field]:
    """Return what was typed into a form of our own page, to show it on the answer and no more.

    Nothing of what another site sent, and of nothing about accounts.
    """
    if request.method != "POST" or request.path.startswith("/accounts/") or _is_foreign(request):
        return []
    return [field for field in fields_of(request) if field.is_written]


def _is_foreign(request: HttpRequest) -> bool:
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    return origin is not None and urlsplit(origin).netloc != request.get_host()


def signed_writer(request: HttpRequest) -> str:
    """Return for whom a page is made, signed: "7:1vO2ab:…"; "" for visitors. Once a request."""
    found: str | None = getattr(request, "_signed_writer", None)
    if found is None:
        user = request.user
        found = _signer().sign(str(user.pk)) if user.is_authenticated else ""
        request._signed_writer = found  # type: ignore[attr-defined]
    return found


def writer_of(request: HttpRequest) -> int | None:
    """Return the id of whom the page was made for that a form was sent from; None: nobody knows."""
    sent = request.POST.get("once", "").partition(":")[2]
    try:
        return int(_signer().unsign(sent, max_age=LONGEST_OPEN))
    except signing.BadSignature:
        return None


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt="core.unsent")


def act_at(path: str) -> Any:
    """Return what a form that is sent to this path does, in words; None where none is kept."""
    try:
        return getattr(resolve(urlsplit(path).path).func, "keeps_words", None)
    except Resolver404:
        return None


def keep(request: HttpRequest) -> bool:
    """Keep a visitor's form, whose token was checked, for whom its page was made.

    Return whether it is kept: not of a view that keeps no words, from a page made for nobody,
    what has no words, is too large, or comes too often.
    """
    writer = writer_of(request)
    if writer is None or act_at(request.path) is None:
        return False
    fields = fields_of(request)
    size = sum(len(field.name) + len(field.value) for field in fields)
    if not words_of(request) or size > LARGEST or _is_too_often(request):
        return False
    row = UnsentForm.objects.create(
        writer_id=writer,
        path=request.get_full_path()[:500],
        back=came_from(request)[:500],
        fields=[[field.name, field.value] for field in fields],
        files=sorted(request.FILES),
    )
    tokens = [str(row.token), *request.session.get(SESSION_KEY, [])]
    UnsentForm.objects.filter(token__in=tokens[MOST:]).delete()
    request.session[SESSION_KEY] = tokens[:MOST]
    return True


def _is_too_often(request: HttpRequest) -> bool:
    from core.limits import address_of, spend, subscriber_of  # it answers by core.pages, as we do

    try:
        spend(f"address:{subscriber_of(address_of(request))}", "unsent", MOST_AN_HOUR, 3600)
    except TooMany:
        return True
    return False


def came_from(request: HttpRequest) -> str:
    """Return the page of ours that a form stood on; the first page where nobody can say."""
    back = request.META.get("HTTP_REFERER", "/")
    return back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "/"


@dataclass(frozen=True)
class Unsent:
    """A form that waits to be sent again."""

    row: UnsentForm

    @property
    def act(self) -> Any:
        """What sending it does, in words."""
        return act_at(self.row.path)

    @property
    def place(self) -> str:
        """Where it was written, as one can read it."""
        return unquote(urlsplit(self.row.back).path)

    @property
    def fields(self) -> list[Field]:
        return [Field(name, value, _is_written(name, value)) for name, value in self.row.fields]


def waiting(request: HttpRequest) -> list[Unsent]:
    """Return the forms of this person that this session keeps, the newest first."""
    tokens = request.session.get(SESSION_KEY, [])
    if not tokens:
        return []
    since = timezone.now() - KEPT_FOR
    rows = UnsentForm.objects.filter(token__in=tokens, writer=request.user.pk, at__gt=since)
    return [Unsent(row) for row in rows.order_by("-at", "-pk")]


def forget(request: HttpRequest, token: UUID | str | None = None) -> None:
    """Throw away a form that this session keeps, or all; nothing happens for another session's."""
    tokens = request.session.get(SESSION_KEY, [])
    gone = [one for one in tokens if token is None or one == str(token)]
    if gone:
        UnsentForm.objects.filter(token__in=gone).delete()
        request.session[SESSION_KEY] = [one for one in tokens if one not in gone]


def forget_others(request: HttpRequest, user: Any, **signal: Any) -> None:
    """Throw away what this session keeps of anyone but who signs in now; note what is theirs."""
    if tokens := request.session.get(SESSION_KEY):
        rows = UnsentForm.objects.filter(token__in=tokens)
        rows.exclude(writer=user).delete()
        kept = dict(rows.order_by("-at", "-pk").values_list("token", "at"))
        request.session[SESSION_KEY] = [str(token) for token in kept]
        if kept:
            until = max(kept.values()) + KEPT_FOR
            request.session[UNTIL_KEY] = until.timestamp()


def is_waiting(request: HttpRequest) -> bool:
    """Return whether to remind who is signed in of their words; the session alone is asked."""
    session = getattr(request, "session", {})  # a refusal may come before there is one
    if not request.user.is_authenticated or not session.get(SESSION_KEY):
        return False
    until: float = session.get(UNTIL_KEY, 0.0)
    return until > timezone.now().timestamp()


def forget_sent(request: HttpRequest, status: int) -> None:
    """Forget what was sent again and taken, or stands in the form of the page that answers."""
    if request.method == "POST" and status < 400 and request.user.is_authenticated:
        token = request.POST.get(FIELD, "")
        if token:
            forget(request, token)


def prune() -> None:
    """Delete what nobody sent again."""
    UnsentForm.objects.filter(at__lte=timezone.now() - KEPT_FOR).delete()
