"""The back office of the help desk: queues, states, fields, fairness, failed mails."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from helpdesk import actions
from helpdesk.models import (
    Fairness,
    FieldValue,
    InboundMail,
    NamedState,
    Queue,
    QueueAddress,
    TicketField,
)


class AddressInline(admin.TabularInline[QueueAddress, Queue]):
    model = QueueAddress
    extra = 1


@admin.register(Queue)
class QueueAdmin(admin.ModelAdmin[Queue]):
    list_display = ["slug", "is_default"]
    inlines = [AddressInline]


@admin.register(Fairness)
class FairnessAdmin(admin.ModelAdmin[Fairness]):
    """One row, made here or by the first pick; it stays, as it counts the picks."""

    list_display = ["floor_percent", "patience_hours"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Fairness.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Fairness, form: Any, change: bool) -> None:
        if not change:
            return obj.save()
        actions.change_floor(obj, form.changed_data)


@admin.register(NamedState)
class NamedStateAdmin(admin.ModelAdmin[NamedState]):
    """Names are given and withdrawn; what one stands for stays, since tickets bear it."""

    list_display = ["slug", "code", "position", "is_offered"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else ("code",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(InboundMail)
class InboundMailAdmin(admin.ModelAdmin[InboundMail]):
    """What became of mails; what they say is for the agents of their queue, not for here."""

    list_display = ("received_at", "from_email", "outcome", "reason", "attempts", "last_error")
    list_filter = ("outcome", "is_automatic", "is_bounce")
    search_fields = ("mail_id", "from_email")
    ordering = ("-pk",)
    exclude = ("raw", "folded_text", "subject")
    actions = ("try_again",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[InboundMail]:
        return super().get_queryset(request).defer("raw", "folded_text")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("last error"))
    def last_error(self, row: InboundMail) -> str:
        return row.error[:200]

    @admin.action(description=_("Try the chosen mails again"))
    def try_again(self, request: HttpRequest, rows: QuerySet[InboundMail]) -> None:
        """Settle those that failed, or were stored and no more."""
        count = actions.retry_mails(ids=list(rows.values_list("pk", flat=True)))
        message = ngettext("%(count)d mail is settled.", "%(count)d mails are settled.", count)
        self.message_user(request, message % {"count": count})


class TicketFieldForm(forms.ModelForm[TicketField]):
    """A field, with its words checked: a program and a page read them unasked."""

    class Meta:
        model = TicketField
        fields = [
            "queue",
            "key",
            "kind",
            "labels",
            "hints",
            "choices",
            "required",
            "shown_to",
            "position",
            "retired",
        ]

    def clean_labels(self) -> Any:
        labels = self.cleaned_data.get("labels")
        if not is_words(labels) or not labels:
            raise forms.ValidationError(_('Write words by language, such as {"en": "Budget"}.'))
        return labels

    def clean_hints(self) -> Any:
        hints = self.cleaned_data.get("hints") or {}
        if not is_words(hints):
            raise forms.ValidationError(_('Write words by language, such as {"en": "Budget"}.'))
        return hints

    def clean_choices(self) -> Any:
        choices: Any = self.cleaned_data.get("choices") or []
        is_choice = self.cleaned_data.get("kind") == TicketField.Kind.CHOICE
        rows: list[Any] = choices if isinstance(choices, list) else [None]
        fits = all(
            isinstance(row, dict)
            and set(row) == {"key", "labels"}
            and isinstance(row["key"], str)
            and slugify(row["key"]) == row["key"].lower() != ""
            and is_words(row["labels"])
            for row in rows
        )
        keys = [row["key"] for row in rows] if fits else []
        if not fits or len(set(keys)) != len(keys) or bool(rows) != is_choice:
            raise forms.ValidationError(
                _(
                    "Of kind choice alone, write a list such as "
                    '[{"key": "small", "labels": {"en": "Small"}}], each key once.'
                )
            )
        return choices

    def clean_kind(self) -> str:
        kind = str(self.cleaned_data.get("kind"))
        if self.instance.pk and kind != self.initial.get("kind"):
            filled = FieldValue.objects.filter(field=self.instance).exists()
            if filled:
                raise forms.ValidationError(
                    _("Tickets hold values of the old kind. Retire this field and make another.")
                )
        return kind


def is_words(value: Any) -> bool:
    """Whether this is words by language."""
    return isinstance(value, dict) and all(
        isinstance(code, str) and isinstance(words, str) and words.strip()
        for code, words in value.items()
    )


@admin.register(TicketField)
class TicketFieldAdmin(admin.ModelAdmin[TicketField]):
    form = TicketFieldForm
    list_display = ["key", "queue", "kind", "required", "shown_to", "retired"]
    list_filter = ["queue", "retired"]

    def has_delete_permission(self, request: HttpRequest, obj: TicketField | None = None) -> bool:
        """Allow it only while no ticket holds a value: retired, it keeps them."""
        used = obj is not None and FieldValue.objects.filter(field=obj).exists()
        return not used and super().has_delete_permission(request, obj)
