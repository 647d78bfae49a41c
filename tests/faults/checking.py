"""What must hold after any fault: one checker for every proof, and for its negative control."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from chat.models import ChatMessage, Room

Heard = Sequence[tuple[int, str]]  # a reader's events: number and client_id, as they came
Row = tuple[int, str, str]  # number, author's handle, client_id
Said = Mapping[tuple[str, str], int]  # what a writer was told is stored: author and client_id
SHOWN = 5


def complaints(
    *, head: int, rows: Iterable[Row], said: Said, streams: Mapping[str, Heard]
) -> list[str]:
    """Return what is wrong: nothing when no message was lost, doubled or out of order."""
    rows = list(rows)
    return [
        *_of_rows(head, rows),
        *_of_writers(rows, said),
        *(text for name, heard in streams.items() for text in _of_reader(name, heard, rows)),
    ]


def _of_rows(head: int, rows: list[Row]) -> list[str]:
    numbers = [number for number, _author, _client_id in rows]
    found = []
    if sorted(numbers) != list(range(1, head + 1)):
        missing = sorted(set(range(1, head + 1)) - set(numbers))
        found.append(f"the room is not 1..{head}: {len(rows)} rows, without {missing[:SHOWN]}")
    twice = [key for key, count in Counter(row[1:] for row in rows).items() if count > 1]
    if twice:
        found.append(f"stored twice: {len(twice)}, as {twice[:SHOWN]}")
    return found


def _of_writers(rows: list[Row], said: Said) -> list[str]:
    stored = {(author, client_id): number for number, author, client_id in rows}
    lost = [key for key in said if key not in stored]
    other = [key for key, number in said.items() if stored.get(key, number) != number]
    found = [f"acknowledged and not stored: {len(lost)}, as {lost[:SHOWN]}"] if lost else []
    if other:
        found.append(f"stored with another number: {len(other)}, as {other[:SHOWN]}")
    return found


def _of_reader(name: str, heard: Heard, rows: list[Row]) -> list[str]:
    numbers = [number for number, _client_id in heard]
    missing = len({row[0] for row in rows} - set(numbers))
    twice = len(numbers) - len(set(numbers))
    back = sum(later < earlier for earlier, later in pairwise(numbers))
    stored = {number: client_id for number, _author, client_id in rows}
    false = sum(stored.get(number) != client_id for number, client_id in heard)
    if not (missing or twice or back or false):
        return []
    return [f"{name}: {missing} missing, {twice} twice, {back} out of order, {false} false"]


def complaints_of(
    room_id: int, said: Said, streams: Mapping[str, Heard], *, named: str = "client_id"
) -> list[str]:
    """Return what is wrong in a room of the database.

    named: the field by which messages are told apart, `source` where names may be false.
    """
    rows = ChatMessage.objects.filter(room=room_id).order_by("number")
    return complaints(
        head=Room.objects.get(pk=room_id).head,
        rows=rows.values_list("number", "author__handle", named),
        said=said,
        streams=streams,
    )
