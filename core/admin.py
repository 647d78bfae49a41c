"""The back office of the kernel: tasks and mails given up, with a way to try them again."""

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

from core import mail
from core.models import OutgoingMail, UndeliverableAddress

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


class Sent(admin.SimpleListFilter):
    title = _("situation")
    parameter_name = "situation"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("refused", _("refused or delayed")), ("waiting", _("not sent yet"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        unsent = queryset.filter(sent_at=None)
        return unsent.exclude(failure="") if self.value() == "refused" else unsent


@admin.register(OutgoingMail)
class OutgoingMailAdmin(admin.ModelAdmin[OutgoingMail]):
    """To whom, about what and how it went; what a mail says is nobody's business here."""

    list_display = ("to", "subject", "created_at", "sent_at", "failure")
    list_filter = (Sent,)
    search_fields = ("to", "message_id")
    ordering = ("-pk",)
    exclude = ("raw",)
    actions = ("send_again",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=_("Send the chosen mails again"))
    def send_again(self, request: HttpRequest, rows: QuerySet[OutgoingMail]) -> None:
        """Queue anew those that were not sent and have their body still."""
        count = mail.send_again(rows)
        message = ngettext("%(count)d mail is queued.", "%(count)d mails are queued.", count)
        self.message_user(request, message % {"count": count})


@admin.register(UndeliverableAddress)
class UndeliverableAddressAdmin(admin.ModelAdmin[UndeliverableAddress]):
    """Addresses that take no mail; to delete one is to let mails go to it again."""

    list_display = ("address", "status", "since")
    search_fields = ("address",)
    ordering = ("-since",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
