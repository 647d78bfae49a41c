"""What we signed, and is good for one thing: links in mails that prove who got them without signing
in, and that a rule was tried out."""

from django.core import signing

from core.errors import NotSeen

SHARE, RATING, TRIAL = "helpdesk.share", "helpdesk.rating", "helpdesk.trial"
TRIAL_SECONDS = 24 * 3600  # after a day other tickets wait


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


def trial_token(rule_id: int, revision: int) -> str:
    """Return what proves that a rule was tried out as it is in this revision."""
    return signing.TimestampSigner(salt=TRIAL).sign(f"{rule_id}-{revision}")


def is_trial_of(token: str, rule_id: int, revision: int) -> bool:
    """Whether this rule was tried out in this revision, within a day."""
    try:
        tried = signing.TimestampSigner(salt=TRIAL).unsign(token, max_age=TRIAL_SECONDS)
    except signing.BadSignature:
        return False
    return tried == f"{rule_id}-{revision}"
