"""Work that is done after commit, by the worker. The one place that knows which task API it is."""

import django

if django.VERSION >= (6, 0):
    from django.tasks import task
else:
    from django_tasks import task  # type: ignore[no-redef,unused-ignore]

from core import journal

__all__ = ["follow", "task"]


@task()
def follow(following_id: int) -> None:
    """Let one follower follow one journal line."""
    journal.run_following(following_id)
