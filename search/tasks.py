"""The worker's part of search."""

from core.tasks import task
from search import actions


@task()
def write_pending() -> None:
    """Write to the index what waits."""
    actions.write_pending()
