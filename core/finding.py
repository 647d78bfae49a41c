"""Finding words in texts whatever their case and accents, alike on both databases.

SQLite's LIKE folds ASCII alone: it does not find "Échec" by "échec". So both sides are folded
first, there by core.accents (core.sqlite makes it known), by PostgreSQL in its own words, which
need no extension: `title__folded__contains="echec"`.
"""

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import CharField, Q, TextField, Transform

from core.accents import MARKS, folded


@CharField.register_lookup
@TextField.register_lookup
class Folded(Transform):
    """A text as `folded` returns it, and so what it is compared with."""

    lookup_name = "folded"
    function = "FOLDED"
    bilateral = True

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # What casefold does beyond lower: ß is ss, and a sigma at the end is one.
        bare = f"lower(regexp_replace(normalize(%(expressions)s, NFKD), '{MARKS}', '', 'g'))"
        template = f"replace(translate({bare}, 'ς', 'σ'), 'ß', 'ss')"
        return self.as_sql(compiler, connection, template=template, **context)


def words_sought(text: str) -> list[str]:
    """Return the words of what someone looks for, folded, each once, in order."""
    words = (folded(word) for word in text.replace("\x00", "").split())
    return list(dict.fromkeys(word for word in words if word))


def has_each(field: str, words: Iterable[str]) -> Q:
    """Return the condition that each word stands in a field, be it within another."""
    return Q(*(Q(**{f"{field}__folded__contains": word}) for word in words))


def spans_found(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Return (start, end) in a text of where folded words stand in it, in order."""
    flat, places = _flat(text)
    spans = []
    for word in words:
        for match in re.finditer(re.escape(word), flat):
            end = places[match.end() - 1] + 1
            while end < len(text) and not folded(text[end]):  # marks over its last letter
                end += 1
            spans.append((places[match.start()], end))
    return sorted(spans)


def _flat(text: str) -> tuple[str, range | list[int]]:
    """Return a folded text, and where in `text` each of its letters comes from."""
    if text.isascii():
        return text.lower(), range(len(text))
    pieces = [folded(sign) for sign in text]
    places = [index for index, piece in enumerate(pieces) for _letter in piece]
    return "".join(pieces), places
