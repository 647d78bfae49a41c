"""Finding tickets by their words, in the database itself: `field__words="spam folder"`.

The rights are conditions of the same statement, so nothing found is ever filtered afterwards, and
what was written a moment ago is found. Words are found from their beginnings. On SQLite each text
has a row of an FTS5 table of the same id, kept by triggers (helpdesk.triggers); accents count for
nothing there. On PostgreSQL an index holds the words of the column (migration 0005).
Source: https://www.sqlite.org/fts5.html; PostgreSQL manual, chapter 12.
"""

import json
import re
from typing import Any, Final

from django.db.models import CharField, F, Lookup, QuerySet, TextField

MOST_WORDS: Final = 8
NEWEST: Final = 200  # texts of one table that have words which many have
MANY: Final = 20_000  # texts with the words asked for: from here on PostgreSQL walks the newest
# The expression of the index, which a query must repeat word for word. Names of hosts, addresses
# and paths are words to its parser: they are taken apart first.
POSTGRESQL: Final = "to_tsvector('simple', translate(%s, '-_./@:=&?#+~', '            '))"
# (table, column) that have their words kept.
KEPT: Final = (("helpdesk_message", "source"), ("helpdesk_ticket", "subject"))


def words_in(text: str) -> list[str]:
    """Return the words of what someone typed, few enough to be looked for."""
    return re.findall(r"[^\W_]+", text.casefold())[:MOST_WORDS]


@CharField.register_lookup
@TextField.register_lookup
class Words(Lookup[Any]):
    """Whether a text has words that begin with all of those asked for; with none, it has."""

    lookup_name = "words"
    prepare_rhs = False
    only = ""

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[str]]:
        words = words_in(str(self.rhs))
        if not words:
            return "1 = 1", []
        alias, table = self.lhs.alias, self.lhs.target.model._meta.db_table
        asked = " ".join(f'"{word}"*' for word in words)
        found = f"SELECT rowid FROM {table}_words WHERE {table}_words MATCH %s{self.only}"  # noqa: S608
        return f'"{alias}"."id" IN ({found})', [asked]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        words = words_in(str(self.rhs))
        if not words:
            return "TRUE", []
        column, parameters = self.process_lhs(compiler, connection)
        asked = " & ".join(f"'{word}':*" for word in words)
        return f"{POSTGRESQL % column} @@ to_tsquery('simple', %s)", [*parameters, asked]


@CharField.register_lookup
@TextField.register_lookup
class NewestWords(Words):
    """The same of the newest texts alone (NEWEST), so that words of all cost what rare ones do."""

    lookup_name = "newest_words"
    only = f" ORDER BY rowid DESC LIMIT {NEWEST}"

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        model, column = self.lhs.target.model, self.lhs.target.column
        newest = model._default_manager.filter(**{f"{column}__words": str(self.rhs)})
        order = F("pk") if _expected(newest) > MANY else F("pk") + 0
        newest = newest.order_by(order.desc()).values("pk")[:NEWEST]
        sql, parameters = newest.query.get_compiler(connection=connection).as_sql()
        return f'"{self.lhs.alias}"."id" IN ({sql})', list(parameters)


def _expected(rows: QuerySet[Any]) -> int:
    """Return how many rows PostgreSQL expects, by its statistics of the words; one query.

    Many it must find by walking from the newest on, or it reads 400,000 texts to sort them; few by
    the index ("plus nothing"), or it walks all of them, 2 s for a word that is rare.
    """
    plan = json.loads(rows.order_by().values("pk").explain(format="json"))
    return int(plan[0]["Plan"]["Plan Rows"])
