"""Phone numbers, bank accounts and cards: numbers that are someone's."""

import re
from collections.abc import Iterator
from typing import Final

from core.redaction.ibans import LENGTHS
from core.redaction.spans import CARD, IBAN, PHONE, Span

GAP: Final = r"[ \u00a0\u202f.\-/]?"
SEP: Final = r"[ \u00a0\u202f.\-/]"
BEFORE: Final = r"(?<![\w.,:#$€£%=/+\-])"
AFTER: Final = r"(?![\w%€$£]|[.,:\-/]\d)"
# As they are written with the country in front. Source: ITU-T E.164 (at most 15 digits), E.123.
ABROAD: Final = re.compile(
    r"(?<![\w.+\-/:])(?:\+|00(?=[1-9]))[1-9]\d{0,2}(?:[ \u00a0\u202f.\-/]?\(?\d{1,5}\)?){2,7}"
    r"(?![\w%€$£])"
)
HOME_FORMS: Final = [
    # France, its overseas parts, and the Maghreb, where a number begins with 0 too: pairs.
    rf"0[1-9](?:{SEP}\d{{2}}){{4}}",
    r"0[1-9]\d{8}",
    # Algeria, Morocco, Belgium, Switzerland, Germany, Italy, the United Kingdom: 0 and an area.
    rf"\(0[1-9]\d{{0,4}}\){GAP}\d{{2,8}}(?:{SEP}\d{{2,8}}){{0,4}}",
    rf"0[1-9]\d{{1,4}}(?: ?[/\-] ?|{SEP})\d{{3,8}}(?:{SEP}\d{{2,6}}){{0,3}}",
    r"01[5-7]\d{8,9}",
    r"07\d{9}",
    # Spain: nine digits, written in groups.
    rf"[6-9]\d{{2}}{SEP}\d{{3}}{SEP}\d{{3}}",
    rf"[6-9]\d{{2}}{SEP}\d{{2}}{SEP}\d{{2}}{SEP}\d{{2}}",
    rf"9[1-8]{SEP}\d{{3}}{SEP}\d{{2}}{SEP}\d{{2}}",
    # Belgium, with a slash; the Netherlands and Germany, mobiles without groups; Italy, mobiles.
    rf"0[1-9]\d{{1,3}}/ ?\d{{2,3}}(?:{SEP}\d{{2,3}}){{2}}",
    rf"0[67]{SEP}\d{{8}}",
    rf"3[2-9]\d{SEP}\d{{6,7}}",
    # North America.
    r"(?:1[-. ])?\([2-9]\d{2}\) ?[2-9]\d{2}[-. ]\d{4}",
    r"(?:1[-. ])?[2-9]\d{2}([-. ])[2-9]\d{2}\1\d{4}",
]
# Groups of digits run on in other numbers: of companies, accounts, orders.
MORE_BEHIND: Final = re.compile(r"[ \u00a0\u202f]\d")
CALLED_OTHERWISE: Final = re.compile(
    r"\b(?:siren|siret|tva|vat|rcs|rna|rib|isbn|issn|ean|order|commande|facture|invoice|rechnung|"
    r"pedido|ticket|dossier|r[ée]f[ée]?rence|r[ée]f)\b[^\w\n]{0,3}(?:n[o°º]|num\w{0,4})?\W{0,4}\Z",
    re.IGNORECASE,
)
# Arabic and Persian digits are dialled like ours. Each is one character, as its digit is.
WESTERN: Final = {base + digit: str(digit) for base in (0x660, 0x6F0) for digit in range(10)}
AT_HOME: Final = [re.compile(f"{BEFORE}{form}{AFTER}") for form in HOME_FORMS]
SAID: Final = re.compile(
    r"(?:\bt[ée]l(?:\b|[ée]phone)|\bphone|\bmobile\b|\bportable\b|\bhandy|\btelefon|\btel[ée]fono|"
    r"\bm[óo]vil\b|\bcelular|\bfax\b|\bwhats ?app\b|\brufnummer|\bcall (?:me|us)\b|\bring me\b|"
    r"\bappele[rz]\b|\bjoindre (?:au|par)\b|\bjoignable\b|\berreichbar\b|\bll[áa]m[ae]|هاتف|جوال|"
    r"موبايل|اتصل|الاتصال|واتساب|تلفون)"
    r"[^\d\n+(]{0,30}(\+?\(?\d(?:[ \u00a0\u202f.\-/()]{0,2}\d){5,14})(?![\w%])",
    re.IGNORECASE,
)
UNIT: Final = re.compile(
    r"[ \u00a0\u202f]?(?:[kmgt]?i?[bo]\b|octets?|bytes?|bits?|euros?|eur\b|usd\b|dollars?|francs?|"
    r"ms\b|secondes?|seconds?|sekunden|rows?\b|lignes?|zeilen|filas|px\b|items|files|fichiers|"
    r"visit|vues|views|hits|users|€|\$|£|%)",
    re.IGNORECASE,
)
DATED: Final = re.compile(r"(?:19|20)\d{2}[./\- ]|\d{2}[./-]\d{2}[./-](?:19|20)\d{2}")
# Every number has as many digits, however they are grouped: without them nothing else is tried.
SIX_DIGITS: Final = re.compile(r"\d(?:[ \u00a0\u202f.\-/()]{0,4}\d){5}")
LADDERS: Final = frozenset({"0123456789", "01234567890", "00000000", "1234567890"})
ACCOUNT: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Z]{2}\d{2}(?:[ \u00a0-]?[A-Z0-9]){11,30}|"
    r"[a-z]{2}\d{2}(?:[ \u00a0-]?[a-z0-9]){11,30})(?![A-Za-z0-9])"
)
PLASTIC: Final = re.compile(r"(?<![\w.,])[3-6]\d{3}(?:[ \u00a0-]?\d){9,15}(?![\w]|[.,]\d)")


def find_phones(text: str) -> Iterator[Span]:
    """Yield phone numbers: with a country, as five countries write them, or said to be one."""
    if not SIX_DIGITS.search(text):
        return
    text = text.translate(WESTERN)
    for found in ABROAD.finditer(text):
        digits = _digits(found.group())
        grouped = re.search(r"\d[^\d]", found.group()[3:]) is not None
        enough = 8 if grouped else 10
        if enough <= len(digits) <= 16 and not _counts(text, found.end()):
            yield Span(found.start(), _without_gap(found), PHONE)
    for pattern in AT_HOME:
        for found in pattern.finditer(text):
            if _is_phone(found.group()) and not _is_other(text, found):
                yield Span(found.start(), found.end(), PHONE)
    for found in SAID.finditer(text):
        if not DATED.match(found.group(1)):
            yield Span(found.start(1), found.end(1), PHONE)


def _is_phone(number: str) -> bool:
    digits = _digits(number)
    if not 9 <= len(digits) <= 12 or digits in LADDERS or len(set(digits)) < 3:
        return False
    # 900 000 000 counts something; 01 02 2024 … is a day.
    return not digits.endswith("000000") and not DATED.match(number)


def _is_other(text: str, found: re.Match[str]) -> bool:
    """Whether it counts something, or is a part or the whole of a number of another sort."""
    return (
        _counts(text, found.end())
        or MORE_BEHIND.match(text, found.end()) is not None
        or CALLED_OTHERWISE.search(text[max(0, found.start() - 40) : found.start()]) is not None
    )


def _counts(text: str, end: int) -> bool:
    """Whether a unit follows: then it is an amount, however it is written."""
    return UNIT.match(text, end) is not None


def _without_gap(found: re.Match[str]) -> int:
    return found.start() + len(found.group().rstrip(" \u00a0\u202f.-/("))


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def find_accounts(text: str) -> Iterator[Span]:
    """Yield IBANs whose check digits hold. Source: ISO 13616, ISO 7064 (mod 97)."""
    for found in ACCOUNT.finditer(text):
        parts = found.group()
        for length in _ends(parts):
            if _is_iban(parts[:length]):
                yield Span(found.start(), found.start() + length, IBAN)
                break


def _ends(parts: str) -> Iterator[int]:
    """Yield where it may end: words in capitals may stand behind it, after a space."""
    yield len(parts)
    yield from (at for at in range(len(parts) - 1, 14, -1) if parts[at] in " \u00a0-")


def _is_iban(text: str) -> bool:
    plain = "".join(char for char in text if char.isalnum() and char.isascii())
    if not 15 <= len(plain) <= 34:
        return False
    # In small letters chance makes more of them: there the length must be the country's own.
    if not plain.isupper() and LENGTHS.get(plain[:2].upper()) != len(plain):
        return False
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def find_cards(text: str) -> Iterator[Span]:
    """Yield card numbers whose last digit holds. Source: ISO/IEC 7812 (Luhn)."""
    for found in PLASTIC.finditer(text):
        digits = _digits(found.group())
        if 13 <= len(digits) <= 19 and len(set(digits)) > 1 and _is_luhn(digits):
            yield Span(found.start(), found.end(), CARD)


def _is_luhn(digits: str) -> bool:
    total = 0
    for index, char in enumerate(reversed(digits)):
        number = int(char) * (2 if index % 2 else 1)
        total += number - 9 if number > 9 else number
    return total % 10 == 0
