"""The help desk's part of the large site."""

import random


def generate_tickets(
    dice: random.Random, count: int, people: list[int], bodies: list[tuple[str, str]]
) -> int:
    return 0


def a_ticket() -> str:
    return "/tickets"
