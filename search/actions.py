"""Keeping the index true. The worker alone writes it."""

from collections.abc import Iterable, Iterator

from search.documents import Document, document_of, documents, sources
from search.engines import engine
from search.models import Pending

BATCH = 200
# What commands say that bring in many things at once.
FOUND_LATER = "Search finds it once a worker has run, or after manage.py rebuild_index."


def index_thing(kind: str, object_id: int) -> None:
    """Have a thing's document written (or taken out) soon, in the caller's transaction."""
    index_things(kind, [object_id])


def index_things(kind: str, object_ids: Iterable[int]) -> None:
    """Have many things' documents written soon."""
    from search.tasks import write_pending

    rows = [Pending(kind=kind, object_id=object_id) for object_id in object_ids]
    if rows:
        Pending.objects.bulk_create(rows, batch_size=500)
        write_pending.enqueue()


def write_pending() -> int:
    """Write what waits, in one commit a batch; return the number of documents.

    Rows are deleted after the commit: a crash repeats a write, it never loses one.
    """
    written = 0
    while rows := list(Pending.objects.order_by("pk")[:BATCH]):
        things = dict.fromkeys((row.kind, row.object_id) for row in rows)
        written += engine().update(_as_they_are(things))
        Pending.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return written


def _as_they_are(things: Iterable[tuple[str, int]]) -> Iterator[Document | str]:
    """Yield each thing's document as it is at that moment, or the key of one that has none now.

    Two workers may have read the same rows: who writes second must not write what it read first.
    """
    for kind, object_id in things:
        document = document_of(kind, object_id)
        yield f"{kind}:{object_id}" if document is None else document


def every_document() -> Iterator[Document]:
    """Yield every document, as the database has it now."""
    for source in sources():
        yield from documents(source)


def rebuild_index() -> int:
    """Make the index anew beside the old one; return the number of documents.

    What changes meanwhile waits as Pending and is written after the swap.
    """
    return engine().rebuild(every_document())
