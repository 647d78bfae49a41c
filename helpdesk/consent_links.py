"""The link in a mail by which a requester says yes or no, once, without signing in."""

from typing import TYPE_CHECKING, Any

from django.core import signing

from core.errors import NotSeen

if TYPE_CHECKING:
    from helpdesk.models import PublicAnswer

SALT = "helpdesk.consent"
KEPT_SECONDS = 60 * 24 * 3600


def link_path(answer: "PublicAnswer") -> str:
    """Return the signed path of an answer that waits for its requester."""
    return f"/consent/{signing.dumps([answer.pk, answer.link_nonce], salt=SALT)}"


def read_link(token: str) -> tuple[int, str]:
    """Return the id and nonce of a link. Raises NotSeen for what we did not sign, or long ago."""
    try:
        pk, nonce = signing.loads(token, salt=SALT, max_age=KEPT_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        raise NotSeen from None
    return _whole(pk), str(nonce)


def _whole(value: Any) -> int:
    return int(value)
