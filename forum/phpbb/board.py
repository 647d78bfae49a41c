"""Reading a board's tables in MySQL or MariaDB, in chunks by key: nothing is held as a whole."""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from forum.phpbb.permissions import GUEST, Setting, readable, with_files

CHUNK = 500
REQUIRED = ("forums", "topics", "posts", "users")
PERMISSIONS = ("acl_groups", "acl_options", "acl_roles_data", "acl_users", "user_group")
TABLES = (*REQUIRED, *PERMISSIONS, "attachments")
PREFIX = re.compile(r"[A-Za-z0-9_]{0,40}")
BOTS = 2  # user_type of the guest and of robots
APPROVED = 1
Row = dict[str, Any]
# A row of a user or group names an option, or a role, which has several.
SETTINGS_OF_GUESTS = """
    SELECT a.forum_id, o.auth_option, COALESCE(r.auth_setting, a.auth_setting) AS auth_setting
    FROM (
        SELECT forum_id, auth_option_id, auth_role_id, auth_setting FROM {acl_users}
        WHERE user_id = %s
        UNION ALL
        SELECT g.forum_id, g.auth_option_id, g.auth_role_id, g.auth_setting FROM {acl_groups} g
        JOIN {user_group} u ON u.group_id = g.group_id
        WHERE u.user_id = %s AND u.user_pending = 0
    ) a
    LEFT JOIN {acl_roles_data} r ON r.role_id = a.auth_role_id AND a.auth_role_id <> 0
    JOIN {acl_options} o
      ON o.auth_option_id = IF(a.auth_role_id = 0, a.auth_option_id, r.auth_option_id)
    WHERE o.auth_option IN ('f_list', 'f_read', 'f_download', 'u_download')
"""


class BoardError(ValueError):
    """The board cannot be read, and why."""


class Board:
    """The tables of one board."""

    def __init__(self, connection: Any, prefix: str) -> None:
        self._connection = connection
        self._prefix = prefix
        self._names = {table: f"`{prefix}{table}`" for table in TABLES}
        for table in REQUIRED:
            if not self._columns(table):
                raise BoardError(f"There is no table {prefix}{table}.")
        # 3.1 and later say visibility, 3.0 said approved.
        for table, stem in (("topics", "topic"), ("posts", "post")):
            is_later = f"{stem}_visibility" in self._columns(table)
            name = f"{stem}_visibility" if is_later else f"{stem}_approved"
            self._names[f"{stem}_shown"] = f"`{name}`"

    def forums(self) -> list[Row]:
        """Return every forum with how many topics everyone who may read it sees."""
        return self._all(
            "SELECT f.forum_id, f.forum_name, COUNT(t.topic_id) AS topics FROM {forums} f "
            "LEFT JOIN {topics} t ON t.forum_id = f.forum_id AND t.{topic_shown} = 1 "
            "GROUP BY f.forum_id, f.forum_name ORDER BY f.forum_id",
        )

    def open_to_guests(self) -> set[int]:
        """Return the forums that guests may find and read, without a password.

        None where the board has no tables of permissions.
        """
        found = readable(self._settings_of_guests())
        if "forum_password" in self._columns("forums"):
            closed = self._all("SELECT forum_id FROM {forums} WHERE forum_password <> ''")
            found -= {row["forum_id"] for row in closed}
        return found

    def files_open_to_guests(self) -> set[int]:
        """Return the forums whose files guests may fetch, where they may read."""
        return with_files(self._settings_of_guests())

    def _settings_of_guests(self) -> list[Setting]:
        if not all(self._columns(table) for table in PERMISSIONS):
            return []
        rows = self._all(SETTINGS_OF_GUESTS, [GUEST, GUEST])
        return [(row["forum_id"], row["auth_option"], row["auth_setting"]) for row in rows]

    def users(self) -> Iterator[list[Row]]:
        """Yield people, without the guest and robots."""
        yield from self._chunks(
            "SELECT user_id AS id, username, user_email, user_regdate FROM {users} "
            "WHERE user_type <> %s AND user_id > %s ORDER BY user_id LIMIT %s",
            [BOTS],
        )

    def topics(self, forums: Sequence[int]) -> Iterator[list[Row]]:
        """Yield approved topics of these forums with their first post; no shadows of moved ones."""
        yield from self._chunks(
            "SELECT t.topic_id AS id, t.forum_id, t.topic_title, t.poll_start, t.topic_status, "
            "t.topic_type, p.* FROM {topics} t JOIN {posts} p ON p.post_id = t.topic_first_post_id "
            "WHERE t.{topic_shown} = 1 AND t.topic_moved_id = 0 "
            "AND t.forum_id IN %s AND t.topic_id > %s ORDER BY t.topic_id LIMIT %s",
            [tuple(forums)],
        )

    def replies(self, forums: Sequence[int]) -> Iterator[list[Row]]:
        """Yield approved posts of those topics but the first ones."""
        yield from self._chunks(
            "SELECT p.post_id AS id, p.* FROM {posts} p "
            "JOIN {topics} t ON t.topic_id = p.topic_id "
            "WHERE t.{topic_shown} = 1 AND p.{post_shown} = 1 "
            "AND p.post_id <> t.topic_first_post_id AND t.topic_moved_id = 0 "
            "AND t.forum_id IN %s AND p.post_id > %s ORDER BY p.post_id LIMIT %s",
            [tuple(forums)],
        )

    def hidden(self, forums: Sequence[int]) -> int:
        """Return how many posts of these forums are not shown: not approved, or deleted softly."""
        found = self._all(
            "SELECT COUNT(*) AS count FROM {posts} p JOIN {topics} t ON t.topic_id = p.topic_id "
            "WHERE t.forum_id IN %s AND NOT (t.{topic_shown} = 1 "
            "AND p.{post_shown} = 1)",
            [tuple(forums)],
        )
        return int(found[0]["count"])

    def attachments(self, posts: Sequence[int]) -> dict[int, list[Row]]:
        """Return the files of posts in the order in which texts count them: newest first."""
        found: dict[int, list[Row]] = {post: [] for post in posts}
        if not posts or not self._columns("attachments"):
            return found
        rows = self._all(
            "SELECT attach_id, post_msg_id, physical_filename, real_filename FROM {attachments} "
            "WHERE in_message = 0 AND is_orphan = 0 AND post_msg_id IN %s ORDER BY attach_id DESC",
            [tuple(posts)],
        )
        for row in rows:
            found[row["post_msg_id"]].append(row)
        return found

    def _columns(self, table: str) -> set[str]:
        rows = self._all(
            "SELECT column_name AS name FROM information_schema.columns "
            "WHERE table_schema = DATABASE() AND table_name = %s",
            [f"{self._prefix}{table}"],
        )
        return {row["name"] for row in rows}

    def _chunks(self, statement: str, values: list[Any]) -> Iterator[list[Row]]:
        last = 0
        while rows := self._all(statement, [*values, last, CHUNK]):
            last = rows[-1]["id"]
            yield rows

    def _all(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement.format(**self._names), values)
            return list(cursor.fetchall())


@contextmanager
def opened(url: str, prefix: str) -> Iterator[Board]:
    """Open a board by `mysql://user:password@host:port/database`. Raises BoardError.

    `?unix_socket=PATH` after it speaks by a socket.
    """
    try:
        import pymysql  # of requirements/imports.txt, which a site need not have
        from pymysql.cursors import DictCursor
    except ImportError:
        raise BoardError("PyMySQL is missing: make imports") from None
    parts = urlsplit(url)
    if parts.scheme not in ("mysql", "mariadb") or not parts.path.strip("/"):
        raise BoardError("mysql://user:password@host/database, please.")
    if not PREFIX.fullmatch(prefix):
        raise BoardError("A prefix has letters, digits and _ alone.")
    socket = parse_qs(parts.query).get("unix_socket", [None])[0]
    try:
        connection = pymysql.connect(
            host=parts.hostname or "127.0.0.1",
            port=parts.port or 3306,
            unix_socket=socket,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            database=unquote(parts.path.strip("/")),
            charset="utf8mb4",
            cursorclass=DictCursor,
        )
    except pymysql.MySQLError as error:
        raise BoardError(f"The database does not let us in: {error}") from error
    with closing(connection):
        try:
            yield Board(connection, prefix)
        except pymysql.MySQLError as error:
            raise BoardError(f"The board cannot be read: {error}") from error
