from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.numbers import ALPHABET, COUNT, id_of, number_of

IDS = st.integers(min_value=1, max_value=COUNT - 1)


@given(IDS)
def test_number_leads_back_to_its_id(ticket_id):
    assert id_of(number_of(ticket_id)) == ticket_id


@given(IDS)
def test_number_reads_the_same_however_it_is_typed(ticket_id):
    number = number_of(ticket_id)
    plain = number.replace("-", "")

    assert id_of(plain) == id_of(plain.lower()) == id_of(f" {plain[:2]} {plain[2:]} ") == ticket_id
    assert id_of(plain.replace("0", "o").replace("1", "l")) == ticket_id
    assert id_of(plain.replace("0", "O").replace("1", "I")) == ticket_id


@given(IDS, st.integers(0, 6), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_always_found(ticket_id, place, sign):
    signs = list(number_of(ticket_id).replace("-", ""))
    if signs[place] == sign:
        return
    signs[place] = sign

    with pytest.raises(ValueError, match="not a ticket number"):
        id_of("".join(signs))


@given(IDS, st.integers(0, 5))
def test_exchanged_neighbours_are_always_found(ticket_id, place):
    signs = list(number_of(ticket_id).replace("-", ""))
    if signs[place] == signs[place + 1]:
        return
    signs[place], signs[place + 1] = signs[place + 1], signs[place]

    with pytest.raises(ValueError, match="not a ticket number"):
        id_of("".join(signs))


@given(st.text(max_size=12))
def test_any_text_is_a_number_or_refused(text):
    try:
        ticket_id = id_of(text)
    except ValueError:
        return
    assert id_of(number_of(ticket_id)) == ticket_id


def test_a_thousand_tickets_have_a_thousand_numbers_that_do_not_look_alike():
    numbers = [number_of(ticket_id) for ticket_id in range(1, 1001)]

    assert len(set(numbers)) == 1000
    for first, second in pairwise(numbers):
        assert sum(a != b for a, b in zip(first, second, strict=True)) >= 3


@pytest.mark.parametrize("ticket_id", [0, -1, COUNT])
def test_ids_out_of_range_have_no_number(ticket_id):
    with pytest.raises(ValueError, match="No number"):
        number_of(ticket_id)


@pytest.mark.parametrize("text", ["", "4H7-291", "0000000", "UUU-UUU-U", "12345678", "²³⁴-567-8"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="number"):
        id_of(text)
