"""The back office of the kernel: tasks that were given up, with a way to try them again."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_tasks_db.admin import DBTaskResultAdmin
from django_tasks_db.compat import TaskResultStatus
from django_tasks_db.models import DBTaskResult

admin.site.unregister(DBTaskResult)


class Situation(admin.SimpleListFilter):
    """Which tasks: the dead letters, unless another list is asked for."""

    title = _("situation")
    parameter_name = "situation"
    default = TaskResultStatus.FAILED.value

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*TaskResultStatus.choices]

    def choices(self, changelist: Any) -> Any:
        chosen = self.value() or self.default
        for value, label in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": value == chosen, "query_string": query, "display": label}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(status=self.value() or self.default)


@admin.register(DBTaskResult)
class TaskAdmin(DBTaskResultAdmin):
    list_display = ("task_name", "queue_name", "status", "attempts", "last_error", "run_after")  # type: ignore[assignment]
    list_filter = (Situation, "queue_name")  # type: ignore[assignment]
    actions = ("try_again",)

    @admin.display(description=_("attempts"))
    def attempts(self, row: Any) -> int:
        return len(row.worker_ids)

    @admin.display(description=_("last error"))
    def last_error(self, row: Any) -> str:
        return str(row.traceback).strip().rpartition("\n")[2][:200]

    @admin.action(description=_("Try the chosen tasks again"))
    def try_again(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        """Start anew with all attempts; only tasks given up, or waiting for their next attempt."""
        again = rows.filter(status__in=[TaskResultStatus.FAILED, TaskResultStatus.READY]).update(
            status=TaskResultStatus.READY,
            run_after=timezone.now(),
            finished_at=None,
            worker_ids=[],
        )
        self.message_user(
            request,
            ngettext(
                "%(count)d task will be tried again.", "%(count)d tasks will be tried again.", again
            )
            % {"count": again},
        )
