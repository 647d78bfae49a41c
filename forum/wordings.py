"""When a text was changed so much that votes on it were for another text. Pure.

A wording begins with the first revision, and anew with each revision that differs by LARGE or more
from the one the present wording began with (the share of the words of both that were added or
removed). So small steps add up. A revision that brings an earlier one back brings its wording back
too, and the votes for it.
"""

from typing import Final

from core.differences import share_changed
from forum.contents import Content

LARGE: Final = 1 / 3


def is_large(old: Content, new: Content) -> bool:
    """Return whether so much of title and text changed that it is another wording.

    Spaces, signs and tags count nothing.
    """
    return share_changed(f"{old.title}\n{old.source}", f"{new.title}\n{new.source}") >= LARGE


def wording_after(began_with: Content, wording: int, new: Content, revision: int) -> int:
    """Return the wording of a new revision; `began_with` is what the present one began with."""
    return revision if is_large(began_with, new) else wording
