"""How long someone had a form before them: a signed moment that travels with it."""

from typing import Any

from django.core import signing
from django.http import HttpRequest

FIELD = "shown"
LONGEST = 7 * 24 * 3600


def token(person: Any) -> str:
    """Return the moment of now, signed for this person."""
    return _signer().sign(str(person.pk))


def token_of(request: HttpRequest) -> str:
    """Return what a form carries: the moment it was first shown, kept when it comes back."""
    sent = request.POST.get(FIELD, "")
    if sent and seconds(request) > 0:
        return sent
    if "typed_token" not in vars(request):  # a page may have many forms
        vars(request)["typed_token"] = token(request.user)
    made: str = vars(request)["typed_token"]
    return made


def seconds(request: HttpRequest) -> float:
    """Return how long ago the form that was sent had been shown, in seconds.

    0 for one that carries no moment of ours, or another person's: no page of ours sent it.
    """
    sent = request.POST.get(FIELD, "")
    try:
        owner = _signer().unsign(sent, max_age=LONGEST)
    except signing.SignatureExpired:
        return float(LONGEST)
    except signing.BadSignature:
        return 0.0
    if owner != str(request.user.pk):
        return 0.0
    stamp = sent.rsplit(":", 2)[1]
    return max(0.0, _now() - signing.b62_decode(stamp))


def _now() -> float:
    return float(signing.b62_decode(_signer().timestamp()))


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt="people.typed")
