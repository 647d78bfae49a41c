from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from taggit.models import Tag as TaggitTag

from forum.actions import tell_platform_changed
from forum.models import Platform, PlatformVersion, Tag
from people.present import me

admin.site.unregister(TaggitTag)


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin[Tag]):
    list_display = ("name", "slug")
    search_fields = ("name_folded",)

    def save_model(self, request: HttpRequest, obj: Tag, form: Any, change: bool) -> None:
        # Not its number of questions, which others count up meanwhile.
        obj.save(update_fields=form.changed_data if change else None)


class PlatformVersionInline(admin.TabularInline[PlatformVersion, Platform]):
    """Versions begin and end; what an answer was confirmed on is never deleted."""

    model = PlatformVersion
    extra = 1

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Platform)
class PlatformAdmin(admin.ModelAdmin[Platform]):
    """What the host runs; the page of it is /platforms."""

    list_display = ("name", "key")
    inlines = (PlatformVersionInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("key", "name") if obj is not None else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for one in formset.initial_forms:  # value and name stay: answers were confirmed on them
            stands = PlatformVersion.objects.get(pk=one.instance.pk)
            one.instance.value, one.instance.name = stands.value, stands.name
        super().save_formset(request, form, formset, change)
        rows = [*formset.new_objects, *(row for row, _fields in formset.changed_objects)]
        tell_platform_changed(actor=me(request), versions=rows)
