"""Ticket numbers to read aloud, such as 4H7-291-K: six signs of Crockford's base 32 and a check.

A number is another way to write a ticket's id. It opens nothing (visible_to decides that), but
ids are scattered by a fixed permutation, so that neighbours do not look alike on the phone and
nobody reads from a number how many tickets there are. The check sign is of the same alphabet
(Crockford's own five extra ones, such as `~`, cannot be read aloud): one wrong sign, or two
neighbours exchanged, is always found.
Source: https://www.crockford.com/base32.html; Damm, Total anti-symmetrische Quasigruppen (2004).
"""

import re
from functools import lru_cache
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SIGNS: Final = 6
COUNT: Final = 32**SIGNS
HEARD: Final = str.maketrans("OIL", "011")  # what is heard or misread for 0 and 1
BETWEEN: Final = re.compile(r"[\s\-\u2010-\u2015]+")
# Odd, so it has an inverse and every id gets a number of its own; near the golden section of
# COUNT, so that ids in a row lie far apart.
FACTOR: Final = 0x278DDE6D
INVERSE: Final = pow(FACTOR, -1, COUNT)


@lru_cache(maxsize=4096)
def number_of(ticket_id: int) -> str:
    """Return the number of a ticket, as it is shown. Raises ValueError for an id above 2³⁰ - 1."""
    if not 0 < ticket_id < COUNT:
        raise ValueError(f"No number for {ticket_id}.")
    scattered = ticket_id * FACTOR % COUNT
    values = [scattered >> shift & 31 for shift in range(5 * (SIGNS - 1), -1, -5)]
    signs = "".join(ALPHABET[value] for value in [*values, check_of(values)])
    return f"{signs[:3]}-{signs[3:6]}-{signs[6]}"


def id_of(number: str) -> int:
    """Return the ticket id a number says, in any case, with or without dashes and spaces.

    O is taken for 0, I and L for 1. Raises ValueError where the check finds a slip.
    """
    signs = BETWEEN.sub("", number).upper().translate(HEARD)
    values = [ALPHABET.find(sign) for sign in signs]
    if len(values) != SIGNS + 1 or -1 in values or check_of(values[:-1]) != values[-1]:
        raise ValueError("This is not a ticket number.")
    scattered = 0
    for value in values[:-1]:
        scattered = scattered * 32 + value
    ticket_id = scattered * INVERSE % COUNT
    if ticket_id == 0:
        raise ValueError("No ticket has this number.")
    return ticket_id


def check_of(values: list[int]) -> int:
    """Return the check of values 0 to 31: their polynomial at 2, in the field of 32 elements."""
    check = 0
    for value in values:
        check = (check ^ value) << 1
        if check > 31:
            check ^= 0b100101  # x⁵ + x² + 1, primitive
    return check
