"""Finding tickets by their words, in the database itself: `field__words="spam folder"` among few
texts, `newest_with` among all.

The rights are conditions of the same statement, so nothing found is ever filtered afterwards, and
what was written a moment ago is found. Words are found from their beginnings. On SQLite each text
has a row of an FTS5 table of the same id, kept by triggers (helpdesk.triggers); accents count for
nothing there. On PostgreSQL a column beside the text holds its words, and an index those of all,
with the block of ids each text is of and its queue: the newest are found without the others.
Source: https://www.sqlite.org/fts5.html; PostgreSQL manual, chapters 12 and 70.
"""

import json
import re
from collections.abc import Collection
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import CharField, Lookup, QuerySet, TextField
from django.db.models.expressions import RawSQL

from core.accents import unaccented

MOST_WORDS: Final = 8
NEWEST: Final = 100  # texts of one table that have words which many have
MOST_TERMS: Final = 64  # words that begin as one asked for, which SQLite looks for one by one
MANY: Final = 20_000  # texts with the words asked for: from here on PostgreSQL walks the newest
# Part of all texts: of words that more have, the last block of ids alone is too full.
COMMON: Final = 0.2
FOUND: Final = 3 * NEWEST // 2  # so many the last ids should have, so that they hardly ever lack
FOUND_OF_SOME: Final = 8 * NEWEST  # the same where PostgreSQL cannot tell how many are of those
SPARED: Final = 4  # so many times as many in all, or to look in the last blocks spares nothing
# What PostgreSQL keeps of a text in a column of its own. Names of hosts, addresses and paths are
# words to its parser: they are taken apart first.
POSTGRESQL: Final = "to_tsvector('simple', translate(%s, '-_./@:=&?#+~', '            '))"
# The block of ids a text is of, 4,096 in a row, as PostgreSQL's index has it beside the words.
BLOCK: Final = "ARRAY[%s.id >> 12]"
# And its queue: of a message that of its ticket, in a column kept by triggers (helpdesk.triggers).
QUEUE: Final = "ARRAY[%s.queue_id]"
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
    """Whether a text has words that begin with all of those asked for; with none, it has.

    On SQLite it is looked at text by text: for few, such as someone's own.
    """

    lookup_name = "words"
    prepare_rhs = False

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[str]]:
        words = words_in(str(self.rhs))
        if not words:
            return "1 = 1", []
        kept = f"{self.lhs.target.model._meta.db_table}_words"
        found = f'SELECT 1 FROM {kept} WHERE rowid = "{self.lhs.alias}"."id" AND {kept} MATCH %s'  # noqa: S608
        return f"EXISTS ({found})", [_begun(connection, kept, words)]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        if not words_in(str(self.rhs)):
            return "TRUE", []
        alias = compiler.quote_name_unless_alias(self.lhs.alias)
        return _with_words(alias, str(self.rhs), ":*")


class _Part(NamedTuple):
    """A part of a statement, and what stands for its parameters."""

    sql: str
    asked: list[Any]


def _all_of(*parts: _Part) -> _Part:
    return _Part(
        " AND ".join(part.sql for part in parts), [a for part in parts for a in part.asked]
    )


class Newest(NamedTuple):
    """Columns of the newest texts with the words; is_cut: some are left out that would belong."""

    found: list[Any]
    is_cut: bool


def newest_with(
    rows: QuerySet[Any],
    text: str,
    *columns: str,
    queues: Collection[int] | None = None,
    is_all: bool = False,
) -> Newest:
    """Return the columns of the newest of some texts that have all words of a text (NEWEST).

    rows: messages or tickets; which, by conditions on these columns alone. queues: by id, all that
    these are of, where it is known: PostgreSQL has them in its index. is_all: these are all there
    are, or all of these queues. Among others PostgreSQL looks for words that very many texts have
    in the last ones alone, and says so (is_cut): to walk all from the newest on, of which few may
    be of these, would cost the more the more there is.
    PostgreSQL gives those with just these words before those with words that begin so.
    A query, and one before that tells the database how to go about it.
    """
    if connection.vendor == "sqlite":
        found = rows.model._default_manager.filter(pk__in=_newest_on_sqlite(rows, text))
        return Newest(list(found.order_by("-pk").values_list(*columns)), is_cut=False)
    table = rows.model._meta.db_table
    names = ", ".join(rows.model._meta.get_field(name).column for name in columns)
    these, every = _condition(rows), _with_words(table, text, ":*")
    whole, begun = _with_words(table, text, ""), every
    if queues is not None:
        of_queues = _Part(f"{QUEUE % table} && %s::bigint[]", [list(queues)])
        whole, begun = _all_of(whole, of_queues), _all_of(begun, of_queues)
    expected, expected_begun, of_all = _expected(table, whole, begun, _Part("TRUE", []))
    if expected_begun > MANY and is_all:
        # Without the queues: by them it would put together all that its index has of each.
        return Newest(_walked(table, names, _all_of(these, every)), is_cut=False)
    if expected_begun > max(MANY, COMMON * of_all):
        return Newest([], is_cut=True)
    wanted = FOUND if is_all else FOUND_OF_SOME
    all_begun = _sorted(table, names, begun, these)
    for likely, count in ((whole, expected), (begun, expected_begun)):
        if count > SPARED * wanted:
            some = _all_of(likely, _among_last(table, wanted / count))
            last = _sorted(table, names, some, these)
            if expected_begun > MANY:
                found = _rows(*last)
                return Newest(found, is_cut=len(found) < NEWEST)
            return Newest(_first_of(last, all_begun), is_cut=False)
    return Newest(_rows(*all_begun), is_cut=False)


def _walked(table: str, names: str, which: _Part) -> list[Any]:
    """Return the newest of some texts, one by one by their key."""
    newest = f"WHERE {which.sql} ORDER BY id DESC LIMIT {NEWEST}"
    return _rows(f"SELECT {names} FROM {table} {newest}", which.asked)  # noqa: S608


def _sorted(table: str, names: str, which: _Part, these: _Part) -> _Part:
    """Return what asks for the newest of some texts: all are found first, and put in order.

    By their key it would walk them all. Of each it asks then, from the newest on, whether it is of
    these, until there are enough.
    """
    found = f"SELECT {names}, id + 0 AS place FROM {table} WHERE {which.sql} ORDER BY place DESC"  # noqa: S608
    return _Part(
        f"SELECT {names} FROM ({found}) AS {table} WHERE {these.sql}"  # noqa: S608
        f" ORDER BY place DESC LIMIT {NEWEST}",
        [*which.asked, *these.asked],
    )


def _condition(rows: QuerySet[Any]) -> _Part:
    """Return what some rows of one table are narrowed by."""
    if not rows.query.where:
        return _Part("TRUE", [])
    compiler = rows.query.get_compiler(connection=connection)
    compiler.setup_query()
    sql, asked = compiler.compile(rows.query.where)
    return _Part(sql, list(asked))


def _with_words(table: str, text: str, end: str) -> _Part:
    """Return the condition that a text has all words of another, or words that begin so (":*").

    For a beginning PostgreSQL's index puts together all texts that have a word which begins so, in
    2 ms 20,000; of whole words it reads no more than both have, in the blocks asked for.
    """
    asked = " & ".join(f"'{word}'{end}" for word in words_in(text))
    return _Part(f"{table}.words @@ to_tsquery('simple', %s)", [asked])


def _among_last(table: str, share: float) -> _Part:
    """Return the condition that an id is among this part of all, 0–1, the last ones; or a little
    more, as blocks go."""
    first = "(max(id) * (1 - %s::float8))::bigint"
    last = f"SELECT generate_series({first} >> 12, max(id) >> 12) FROM {table}"  # noqa: S608
    return _Part(f"{BLOCK % table} && ARRAY({last})", [min(share, 1)])


def _first_of(last: _Part, every: _Part) -> list[Any]:
    """Return what the first gives or, where it gives too few, the second.

    One statement: what the last ids spare would else be lost to a second for each rare word.
    """
    return list(
        dict.fromkeys(
            _rows(
                f"WITH last AS MATERIALIZED ({last.sql}) SELECT * FROM last UNION ALL"  # noqa: S608
                f" SELECT * FROM ({every.sql}) AS every"
                f" WHERE (SELECT count(*) FROM last) < {NEWEST}",
                [*last.asked, *every.asked],
            )
        )
    )


def _rows(sql: str, asked: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return list(cursor.fetchall())


def _newest_on_sqlite(rows: QuerySet[Any], text: str) -> RawSQL:
    """Return the ids, which FTS5 gives from the newest on."""
    words = f"{rows.model._meta.db_table}_words"
    condition, parameters = "", [_begun(connection, words, words_in(text))]
    if rows.query.where:
        these = rows.order_by().filter(pk=RawSQL(f"{words}.rowid", ())).values("pk")  # noqa: S611
        sql, more = these.query.get_compiler(connection=connection).as_sql()
        condition, parameters = f" AND EXISTS ({sql})", [*parameters, *more]
    found = f"SELECT rowid FROM {words} WHERE {words} MATCH %s{condition}"  # noqa: S608
    return RawSQL(f"{found} ORDER BY rowid DESC LIMIT {NEWEST}", parameters)  # noqa: S611


def _expected(table: str, *several: _Part) -> list[int]:
    """Return how many rows PostgreSQL expects of each, by its statistics of the words; one query.

    Many it must find by walking from the newest on, or it reads 400,000 texts to sort them; few by
    the index ("plus nothing"), or it walks all of them, 2 s for a word that is rare; and of some
    it need not read those of the last years. It shares none out among processes, of whose plan
    each part would have to be put together again: see core.postgresql.
    """
    asked = [f"(SELECT 1 FROM {table} WHERE {one.sql})" for one in several]  # noqa: S608
    every = [a for one in several for a in one.asked]
    [(plan,)] = _rows(f"EXPLAIN (FORMAT json) {' UNION ALL '.join(asked)}", every)
    return [int(one["Plan Rows"]) for one in plan[0]["Plan"]["Plans"]]
