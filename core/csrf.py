"""The token of forms, masked anew on each page, as Django masks it, in a tenth of the time.

Django draws the 32 signs of a mask one by one, through five functions each.
"""

import os
from typing import Any, Final

from django.middleware import csrf

SIGNS: Final = csrf.CSRF_ALLOWED_CHARS
_COUNT: Final = len(SIGNS)
_LENGTH: Final = csrf.CSRF_SECRET_LENGTH
_PLACE: Final = {sign: place for place, sign in enumerate(SIGNS)}
# A byte of chance is a sign by its rest; the last few bytes would make some signs likelier.
_SIGN_OF: Final = bytes(ord(SIGNS[byte % _COUNT]) for byte in range(256))
_UNFAIR: Final = bytes(range(256 - 256 % _COUNT, 256))


def chance(length: int = _LENGTH) -> str:
    """Return random signs, each as likely as any other."""
    drawn = b""
    while len(drawn) < length:
        drawn += os.urandom(2 * length).translate(_SIGN_OF, _UNFAIR)
    return drawn[:length].decode("ascii")


def masked(secret: str) -> str:
    """Return a mask and the secret under it, which Django's middleware takes apart again."""
    mask = chance(len(secret))
    return mask + "".join(
        [SIGNS[(_PLACE[x] + _PLACE[y]) % _COUNT] for x, y in zip(secret, mask, strict=True)]
    )


def mask_quickly() -> None:
    """Let Django mask so."""
    module: Any = csrf
    module._mask_cipher_secret = masked
