"""Which forums of a board its guests may read, by the board's own tables. Pure.

Source: phpBB's auth class (acl_raw_data_single_user): what guests may is what user 1 may, by rows
of its own and of its groups, each an option or a role of options; never outweighs yes.
"""

from collections.abc import Iterable

GUEST = 1  # ANONYMOUS, the user that every guest is
NEVER, YES = 0, 1
WANTED = frozenset({"f_list", "f_read"})  # to find it, and to read in it


def readable(settings: Iterable[tuple[int, str, int]]) -> set[int]:
    """Return the forums that may be found and read. settings: (forum, option, setting)."""
    yes: dict[int, set[str]] = {}
    never: dict[int, set[str]] = {}
    for forum, option, setting in settings:
        if setting == YES:
            yes.setdefault(forum, set()).add(option)
        elif setting == NEVER:
            never.setdefault(forum, set()).add(option)
    return {forum for forum in yes if yes[forum] - never.get(forum, set()) >= WANTED}
