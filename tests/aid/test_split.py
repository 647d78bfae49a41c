import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid.split import lines_of, share

PEOPLE = st.lists(st.integers(1, 10**6), min_size=1, max_size=30, unique=True)


@given(total=st.integers(0, 10**6), parts=st.integers(1, 500))
def test_shares_sum_to_the_whole_and_differ_by_one_at_most(total, parts):
    shares = share(total, parts)

    assert sum(shares) == total
    assert len(shares) == parts
    assert max(shares) - min(shares) <= 1
    assert shares == sorted(shares, reverse=True)


@given(minutes=st.integers(1, 1440), givers=PEOPLE, receivers=PEOPLE)
def test_lines_of_an_entry_sum_to_zero(minutes, givers, receivers):
    lines = lines_of(minutes, givers, receivers)

    assert sum(lines.values()) == 0
    assert 0 not in lines.values()
    for giver in set(givers) - set(receivers):
        assert lines[giver] == minutes


def test_odd_minute_goes_to_the_lowest_id():
    assert lines_of(10, [9], [3, 1, 2]) == {9: 10, 1: -4, 2: -3, 3: -3}


@pytest.mark.parametrize(("total", "parts"), [(10, 0), (-1, 2)])
def test_share_refuses_nobody_and_negative_minutes(total, parts):
    with pytest.raises(ValueError, match="Minutes"):
        share(total, parts)
