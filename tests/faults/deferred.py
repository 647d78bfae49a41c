"""Our own application on SQLite as Django speaks it by itself; for a negative control.

A transaction begins by reading, and asks for the write lock in mid-air: whoever was overtaken
meanwhile is told "database is locked" at once.
"""

from core import databases

databases._of_sqlite = lambda: {"timeout": 5}
databases.OURS[databases.SQLITE] = databases.SQLITE

from core.asgi import application  # noqa: E402

__all__ = ["application"]
