"""Handles: the public name of a person in addresses and mentions."""

import base64
import secrets
import unicodedata

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from people.models.person import folded

MIN_LENGTH, MAX_LENGTH = 2, 40
GIVEN = "member-"  # handles made by us begin so, and may be replaced once by one's own
ERASED = "erased-"
# Words that lead elsewhere, or that would pass for the association itself.
WORDS = """
me new edit admin administrator api accounts all everyone here staff team entraide moderator
moderators moderation coordinator support help helpdesk contact root system security abuse
postmaster webmaster nobody none null undefined anonymous member deleted
"""
RESERVED = frozenset(WORDS.split())
# Scripts whose letters look alike: a name mixing them passes for another's.
ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})


def checked_handle(handle: str, *, field: str = "handle") -> str:
    """Return a handle as it is stored (NFKC). Whether it is taken is not looked at.

    Raises InvalidInput.
    """
    handle = unicodedata.normalize("NFKC", handle.strip().removeprefix("@"))
    if not MIN_LENGTH <= len(handle) <= MAX_LENGTH or len(folded(handle)) > MAX_LENGTH * 2:
        raise InvalidInput.of(field, "length", _("Between 2 and 40 characters."))
    if not all(sign.isalnum() or sign in "-_" for sign in handle) or not handle[0].isalnum():
        raise InvalidInput.of(
            field, "characters", _("Letters, digits, - and _ only, beginning with a letter.")
        )
    if handle[-1] in "-_" or handle.isdigit():
        raise InvalidInput.of(field, "characters", _("End with a letter or a digit."))
    if len({_script(sign) for sign in handle if sign.isalpha()} & ALIKE) > 1:
        raise InvalidInput.of(field, "mixed", _("Letters of one alphabet only."))
    if is_reserved(handle):
        raise InvalidInput.of(field, "reserved", _("This handle is kept for the association."))
    return handle


def is_reserved(handle: str) -> bool:
    """Whether nobody may choose this handle."""
    name = folded(handle)
    return name in RESERVED or name.startswith((GIVEN, ERASED))


def given_handle() -> str:
    """Return a new handle for someone who has not chosen one; it tells nothing of them."""
    return GIVEN + base64.b32encode(secrets.token_bytes(10)).decode().lower()[:12]


def _script(letter: str) -> str:
    return unicodedata.name(letter, "UNKNOWN").split()[0]
