"""Finding tickets by their words, in the database itself: `field__words="spam folder"`.

The rights are conditions of the same statement, so nothing found is ever filtered afterwards, and
what was written a moment ago is found. Words are found from their beginnings. On SQLite each text
has a row of an FTS5 table of the same id, kept by triggers (helpdesk.triggers); accents count for
nothing there. On PostgreSQL a column beside the text holds its words, and an index those of all,
with the block of ids each text is of, so that the newest are found without the others.
Source: https://www.sqlite.org/fts5.html; PostgreSQL manual, chapters 12 and 70.
"""

import json
import re
from typing import Any, Final

from django.db.models import CharField, F, Lookup, QuerySet, TextField

from core.accents import unaccented

MOST_WORDS: Final = 8
NEWEST: Final = 100  # texts of one table that have words which many have
MOST_TERMS: Final = 64  # words that begin as one asked for, which SQLite looks for one by one
MANY: Final = 20_000  # texts with the words asked for: from here on PostgreSQL walks the newest
FEW: Final = 4 * NEWEST  # of so many it reads all, and of more those of the last ids alone
FOUND: Final = 2  # times NEWEST: as many the last ids should have, so that they hardly ever lack
# What PostgreSQL keeps of a text in a column of its own. Names of hosts, addresses and paths are
# words to its parser: they are taken apart first.
POSTGRESQL: Final = "to_tsvector('simple', translate(%s, '-_./@:=&?#+~', '            '))"
# The block of ids a text is of, 4,096 in a row, as PostgreSQL's index has it beside the words.
BLOCK: Final = "ARRAY[id >> 12]"
# The newest texts among the last ids, or among all where too few of these have the words. "plus
# nothing" keeps PostgreSQL from walking the ids of all there is.
AMONG_LAST: Final = """
WITH newest AS MATERIALIZED (
    SELECT id FROM %(table)s WHERE %(has)s AND %(block)s && ARRAY(
        SELECT generate_series((max(id) * (1 - %%s::float8))::bigint >> 12, max(id) >> 12)
        FROM %(table)s
    ) ORDER BY id + 0 DESC LIMIT %(newest)s
)
SELECT id FROM newest UNION ALL (
    SELECT id FROM %(table)s WHERE (SELECT count(*) FROM newest) < %(newest)s AND %(has)s
    ORDER BY id + 0 DESC LIMIT %(newest)s
)
"""
# The words of an index that begin as each of those asked for, each found from the one before.
# char(1) comes before all that a word may go on with.
TERMS: Final = """
WITH RECURSIVE found(word, term, place) AS (
    SELECT value, (SELECT term FROM %(terms)s WHERE term >= value LIMIT 1), 1 FROM json_each(%%s)
    UNION ALL
    SELECT word, (SELECT term FROM %(terms)s WHERE term >= found.term || char(1) LIMIT 1), place + 1
    FROM found WHERE substr(term, 1, length(word)) = word AND place <= %%s
)
SELECT word, term FROM found WHERE substr(term, 1, length(word)) = word
"""
# (table, column) that have their words kept.
KEPT: Final = (("helpdesk_message", "source"), ("helpdesk_ticket", "subject"))


def words_in(text: str) -> list[str]:
    """Return the words of what someone typed, few enough to be looked for."""
    return re.findall(r"[^\W_]+", text.casefold())[:MOST_WORDS]


def _begun(connection: Any, table: str, words: list[str]) -> str:
    """Return what FTS5 is asked for texts of a table with words that begin so; one query.

    Word by word, where they are few: of these it reads no more than is taken, newest first, while
    for a beginning it first puts together all texts that have one.
    """
    folded = [without_accents(word) for word in words]
    terms: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(TERMS % {"terms": f"{table}_terms"}, [json.dumps(folded), MOST_TERMS])
        for word, term in cursor.fetchall():
            terms.setdefault(word, []).append(f'"{term}"')
    asked = []
    for word in folded:
        found = terms.get(word, ())
        is_few = 0 < len(found) <= MOST_TERMS
        asked.append(f"({' OR '.join(found)})" if is_few else f'"{word}"*')
    return " AND ".join(asked)


def without_accents(text: str) -> str:
    """Return a text without its accents, which count for nothing on SQLite."""
    return unaccented(text, "NFD")


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
        asked = _begun(connection, f"{table}_words", words)
        found = f"SELECT rowid FROM {table}_words WHERE {table}_words MATCH %s{self.only}"  # noqa: S608
        return f'"{alias}"."id" IN ({found})', [asked]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        words = words_in(str(self.rhs))
        if not words:
            return "TRUE", []
        asked = " & ".join(f"'{word}':*" for word in words)
        alias = compiler.quote_name_unless_alias(self.lhs.alias)
        return f"{alias}.words @@ to_tsquery('simple', %s)", [asked]


@CharField.register_lookup
@TextField.register_lookup
class NewestWords(Words):
    """The same of the newest texts alone (NEWEST), so that words of all cost what rare ones do."""

    lookup_name = "newest_words"
    only = f" ORDER BY rowid DESC LIMIT {NEWEST}"

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        model, column = self.lhs.target.model, self.lhs.target.column
        newest = model._default_manager.filter(**{f"{column}__words": str(self.rhs)})
        expected = _expected(newest)
        if FEW < expected <= MANY:
            has, asked = super().as_postgresql(compiler, connection)
            facts = {"table": model._meta.db_table, "has": has.partition(".")[2]}
            among = AMONG_LAST % {**facts, "block": BLOCK, "newest": NEWEST}
            share = min(1.0, FOUND * NEWEST / expected)
            return f'"{self.lhs.alias}"."id" IN ({among})', [*asked, share, *asked]
        order = F("pk") if expected > MANY else F("pk") + 0
        newest = newest.order_by(order.desc()).values("pk")[:NEWEST]
        sql, parameters = newest.query.get_compiler(connection=connection).as_sql()
        return f'"{self.lhs.alias}"."id" IN ({sql})', list(parameters)


def _expected(rows: QuerySet[Any]) -> int:
    """Return how many rows PostgreSQL expects, by its statistics of the words; one query.

    Many it must find by walking from the newest on, or it reads 400,000 texts to sort them; few by
    the index ("plus nothing"), or it walks all of them, 2 s for a word that is rare; and of some
    it need not read those of the last years.
    """
    plan = json.loads(rows.order_by().values("pk").explain(format="json"))
    return int(plan[0]["Plan"]["Plan Rows"])
