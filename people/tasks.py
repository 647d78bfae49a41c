"""Work of people that the worker does."""

from datetime import timedelta

from core.tasks import every, task
from people import actions


@every(timedelta(minutes=1))
@task(queue_name="slow")
def end_suspensions() -> None:
    """Write down the suspensions that are over, and tell those who may write again."""
    actions.end_suspensions()
