"""Which forums of a board its guests may read, by the board's own tables. Pure.

Source: phpBB's auth class (acl_raw_data_single_user): what guests may is what user 1 may, by rows
of its own and of its groups, each an option or a role of options; never outweighs yes.
"""

from collections.abc import Iterable

GUEST = 1  # ANONYMOUS, the user that every guest is
NEVER, YES = 0, 1
READING = frozenset({"f_list", "f_read"})  # to find it, and to read in it
FETCHING, ON_THE_BOARD = frozenset({"f_download"}), frozenset({"u_download"})  # files
BOARD = 0  # what stands of no forum is of the board
Setting = tuple[int, str, int]  # forum, option, setting


def readable(settings: Iterable[Setting]) -> set[int]:
    """Return the forums that may be found and read."""
    return _with(READING, settings)


def with_files(settings: Iterable[Setting]) -> set[int]:
    """Return the forums whose files may be fetched."""
    settings = list(settings)
    return _with(FETCHING, settings) if BOARD in _with(ON_THE_BOARD, settings) else set()


def _with(wanted: frozenset[str], settings: Iterable[Setting]) -> set[int]:
    yes: dict[int, set[str]] = {}
    never: dict[int, set[str]] = {}
    for forum, option, setting in settings:
        if setting == YES:
            yes.setdefault(forum, set()).add(option)
        elif setting == NEVER:
            never.setdefault(forum, set()).add(option)
    return {forum for forum in yes if yes[forum] - never.get(forum, set()) >= wanted}
