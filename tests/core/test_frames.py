import resource

import pytest

from core.frames import with_room

CALLS, DEPTHS = 200, range(300)


def mapped(count: int) -> int:
    """Call `count` times; return how often a page of memory was given."""

    def called(a=1, b=2, c=3, d=4, e=5, f=6, g=7, h=8, i=9, j=10):  # larger than at_depth's
        return (a, b, c, d, e, f, g, h, i, j)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _call in range(count):
        called()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def at_depth(depth: int) -> int:
    return at_depth(depth - 1) if depth else mapped(CALLS)


def test_calls_at_a_chunks_end_map_no_memory_where_there_is_room():
    bare = max(at_depth(depth) for depth in DEPTHS)
    roomy = max(with_room(at_depth, depth) for depth in DEPTHS[:150])

    assert bare >= CALLS, "this Python keeps its chunks: core.frames can go"
    assert roomy < CALLS / 10


def test_room_passes_on_what_is_given_returned_and_raised():
    assert with_room(max, 1, 3, 2) == 3
    with pytest.raises(ValueError, match="invalid literal"):
        with_room(int, "x")
