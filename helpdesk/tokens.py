"""Links in mails that prove who got them, without signing in: signed, and good for one thing."""

from django.core import signing

from core.errors import NotSeen

SHARE, RATING = "helpdesk.share", "helpdesk.rating"


def token(purpose: str, *ids: int) -> str:
    """Return the signed form of some ids, for a path."""
    return signing.Signer(salt=purpose).sign("-".join(map(str, ids)))


def ids_of(purpose: str, token: str, count: int) -> list[int]:
    """Return the ids signed for this purpose. Raises NotSeen for what we did not sign."""
    try:
        ids = [int(part) for part in signing.Signer(salt=purpose).unsign(token).split("-")]
    except (signing.BadSignature, ValueError):
        raise NotSeen from None
    if len(ids) != count:
        raise NotSeen
    return ids
