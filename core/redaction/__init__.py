"""Private facts in a text: found by their form, so that they are not published by mistake.

What is found, and what is left on purpose, because everyone writes it: addresses of nobody
(127.0.0.1, 8.8.8.8), versions (8.4.1.2), files (index.php), domains everyone knows (php.net; list
in known.py), placeholders (/home/user, ****), sums and commits. A domain under `.example` is
someone's here, as in every story; example.com itself is nobody's.
All of it is linear in the text. A person reads what is proposed: this finds, and decides nothing.
"""

from collections.abc import Iterable
from functools import lru_cache

from core.redaction.hosts import find_addresses, find_domains, find_mails, find_paths
from core.redaction.keys import find_keys, is_public_key
from core.redaction.names import find_names
from core.redaction.numbers import find_accounts, find_cards, find_phones
from core.redaction.passwords import find_passwords
from core.redaction.spans import CARD, IBAN, KEY, PASSWORD, Span, united

__all__ = ["Span", "find_names", "find_private", "find_secrets", "replaced"]

REMEMBERED, LONGEST_REMEMBERED = 4_096, 4_096  # texts, and characters of one: 64 MiB at the most
FINDERS = (
    find_keys,
    find_passwords,
    find_mails,
    find_accounts,
    find_cards,
    find_paths,
    find_addresses,
    find_domains,
    find_phones,
)


def find_private(text: str, names: Iterable[str] = (), whole: Iterable[str] = ()) -> list[Span]:
    """Return the private facts of a text, sorted, none overlapping another.

    names: of those who take part, found too (find_names); whole: found as they stand, and not by
    their parts, such as organisations. Kinds: core.redaction.spans.KINDS.
    """
    find = _remembered if len(text) <= LONGEST_REMEMBERED else _found
    return list(find(text, tuple(names), tuple(whole)))


def _found(text: str, names: tuple[str, ...], whole: tuple[str, ...]) -> tuple[Span, ...]:
    by_form = [span for find in FINDERS for span in find(text)]
    return tuple(united([*by_form, *find_names(text, names, whole)]))


# What is said in a ticket is masked again each time its page, or a list with it, is shown.
_remembered = lru_cache(maxsize=REMEMBERED)(_found)


def find_secrets(text: str) -> list[Span]:
    """Return what nobody should send at all: passwords, private keys, tokens, cards, accounts."""
    found = [*find_keys(text), *find_passwords(text), *find_accounts(text), *find_cards(text)]
    return [
        span
        for span in united(found)
        if span.kind in (PASSWORD, IBAN, CARD)
        or (span.kind == KEY and not is_public_key(text[span.start : span.end]))
    ]


def replaced(text: str, spans: Iterable[Span], words: dict[str, str]) -> str:
    """Return the text with each span replaced by the word for its kind."""
    parts, at = [], 0
    for span in spans:
        parts += [text[at : span.start], words[span.kind]]
        at = span.end
    return "".join([*parts, text[at:]])
