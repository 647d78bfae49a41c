from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from forum.ranking import ranked, standing


@dataclass(frozen=True)
class Row:
    pk: int
    up: int
    down: int


ROWS = st.lists(
    st.builds(Row, pk=st.integers(1, 99), up=st.integers(0, 50), down=st.integers(0, 50)),
    unique_by=lambda row: row.pk,
    max_size=12,
)


@given(ROWS, st.integers(1, 99))
def test_accepted_stands_first_then_the_better_standing(rows, accepted):
    order = ranked(rows, accepted)

    assert sorted(order, key=lambda row: row.pk) == sorted(rows, key=lambda row: row.pk)
    if any(row.pk == accepted for row in rows):
        assert order[0].pk == accepted
    rest = [standing(row.up, row.down) for row in order if row.pk != accepted]
    assert rest == sorted(rest, reverse=True)


def test_few_votes_count_with_caution():
    assert standing(0, 0) == 0.5
    assert standing(1, 0) < standing(20, 1)
