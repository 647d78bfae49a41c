"""The checker fails on what it is there for."""

from tests.faults.checking import complaints

ROWS = [(1, "bao", "a"), (2, "bao", "b"), (3, "omar", "a")]
SAID = {("bao", "a"): 1, ("bao", "b"): 2, ("omar", "a"): 3}
HEARD = [(1, "a"), (2, "b"), (3, "a")]


def found(head=3, rows=ROWS, said=SAID, heard=HEARD):
    return complaints(head=head, rows=rows, said=said, streams={"reader": heard})


def test_whole_stream_is_well():
    assert found() == []


def test_dropped_doubled_and_turned_numbers_are_found():
    assert found(heard=HEARD[:1] + HEARD[2:]) == [
        "reader: 1 missing, 0 twice, 0 out of order, 0 false"
    ]
    assert found(heard=HEARD[:-1])
    assert found(heard=[*HEARD, HEARD[-1]])
    assert found(heard=[HEARD[1], HEARD[0], HEARD[2]])
    assert found(heard=[(1, "a"), (2, "other"), (3, "a")])


def test_lost_and_doubled_rows_are_found():
    assert found(rows=ROWS[:-1], heard=HEARD[:-1])
    assert found(rows=ROWS[:-1], head=2, heard=HEARD[:-1]) == [
        "acknowledged and not stored: 1, as [('omar', 'a')]"
    ]
    assert found(rows=[*ROWS, (4, "bao", "a")], head=4, heard=[*HEARD, (4, "a")])
    assert found(said={**SAID, ("bao", "b"): 3})
