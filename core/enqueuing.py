"""The way into the task queue: django-tasks-db's, its row written as core.prepared writes."""

from typing import Any

from django_tasks_db import DatabaseBackend
from django_tasks_db.compat import normalize_json, task_enqueued


class Backend(DatabaseBackend):
    """Each act of help enqueues a task; an INSERT made anew was a twentieth of the act's time."""

    def enqueue(self, task: Any, args: Any, kwargs: Any) -> Any:
        self.validate_task(task)
        result = self._task_to_db_task(task, args, kwargs).task_result  # once; its own, twice
        task_enqueued.send(type(self), task_result=result)
        return result

    def _task_to_db_task(self, task: Any, args: Any, kwargs: Any) -> Any:
        # The apps are not ready when the backend is made.
        from django_tasks_db.models import DBTaskResult, get_date_max

        from core.prepared import insert, new

        return insert(
            new(
                DBTaskResult,
                id=self._get_id(),
                args_kwargs=normalize_json({"args": args, "kwargs": kwargs}),
                priority=task.priority,
                task_path=task.module_path,
                queue_name=task.queue_name,
                run_after=task.run_after or get_date_max(),  # as its signal says of rows it saves
                backend_name=self.alias,
            )
        )
