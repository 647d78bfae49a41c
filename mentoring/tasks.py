"""Work of mentoring that the worker does."""

from datetime import timedelta

from core.tasks import every, task
from mentoring import actions


@task(queue_name="slow")
def match(run_id: int) -> None:
    """Look for pairs, as a coordinator asked."""
    actions.solve_run(run_id=run_id)


@every(timedelta(days=1))
@task(queue_name="slow")
def refresh_sessions() -> None:
    """Keep sessions at the hour on the wall that was agreed."""
    actions.refresh_sessions()
