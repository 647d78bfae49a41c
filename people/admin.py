"""The back office of people: vocabularies and levels. Who signs in there has passed allauth."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from people.actions import close_days, tell_days_changed
from people.holidays import UnreadableFileError, holidays_in, years_ahead
from people.models import (
    ClosedDay,
    GuaranteeLevel,
    GuaranteeLevelVersion,
    LevelGrant,
    RoleGrant,
    ServiceCalendar,
    Skill,
    SkillName,
)

# The admin's own sign-in knows neither rate limits nor the second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class SkillNameInline(admin.TabularInline[SkillName, Skill]):
    model = SkillName
    extra = 1


@admin.register(Skill)
class SkillAdmin(admin.ModelAdmin[Skill]):
    inlines = (SkillNameInline,)
    search_fields = ("slug", "names__name")


class VersionInline(admin.TabularInline[GuaranteeLevelVersion, GuaranteeLevel]):
    """What a level promises: versions are added, never changed."""

    model = GuaranteeLevelVersion
    extra = 1

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(GuaranteeLevel)
class GuaranteeLevelAdmin(admin.ModelAdmin[GuaranteeLevel]):
    list_display = ("slug", "is_default")
    inlines = (VersionInline,)


@admin.register(LevelGrant)
class LevelGrantAdmin(admin.ModelAdmin[LevelGrant]):
    """What people and organisations hold beside their sites."""

    list_display = ("level", "person", "organisation", "since", "until")
    list_filter = ("level",)
    list_select_related = ("level", "person", "organisation")
    raw_id_fields = ("person", "organisation")


class ClosedDayInline(admin.TabularInline[ClosedDay, ServiceCalendar]):
    model = ClosedDay
    extra = 1


class ServiceCalendarForm(forms.ModelForm[ServiceCalendar]):
    holidays = forms.FileField(
        required=False,
        label=gettext_lazy("Holidays from a file"),
        help_text=gettext_lazy(
            "An iCalendar file (.ics): the whole days it names in the next five years are closed."
        ),
    )

    def clean_holidays(self) -> dict[Any, str]:
        """Return the days that the file names, each with its name."""
        upload = self.cleaned_data["holidays"]
        if upload is None:
            return {}
        try:
            return holidays_in(upload.read(), *years_ahead(timezone.localdate()))
        except UnreadableFileError:
            raise forms.ValidationError(_("This is no iCalendar file.")) from None


@admin.register(ServiceCalendar)
class ServiceCalendarAdmin(admin.ModelAdmin[ServiceCalendar]):
    """Hours are as they were promised once a level promises in them; days may be closed always."""

    form = ServiceCalendarForm
    list_display = ("slug", "zone")
    inlines = (ClosedDayInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("zone", "week") if obj is not None and obj.versions.exists() else ()

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        rows = [*formset.new_objects, *formset.deleted_objects]
        rows += [row for row, fields in formset.changed_objects if "day" in fields]
        before = [one["day"].initial for one in formset.initial_forms if "day" in one.changed_data]
        days = {day for day in [*(row.day for row in rows), *before] if day is not None}
        tell_days_changed(actor=request.user, calendar=form.instance, days=days)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Close the days of the file after those that were typed."""
        super().save_related(request, form, formsets, change)
        days = form.cleaned_data.get("holidays")
        if days:
            new = close_days(actor=request.user, calendar_id=form.instance.pk, days=days)
            told = ngettext("%(n)d day is newly closed.", "%(n)d days are newly closed.", new)
            messages.success(request, told % {"n": new})


@admin.register(RoleGrant)
class RoleGrantAdmin(admin.ModelAdmin[RoleGrant]):
    """To look at who holds what; roles are given and ended at /roles, with their journal line."""

    list_display = ("person", "role", "queue_id", "organisation", "since", "until")
    list_filter = ("role",)
    list_select_related = ("person", "organisation")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
