"""The back office of people: vocabularies and levels. Who signs in there has passed allauth."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.http import HttpRequest

from people.models import GuaranteeLevel, GuaranteeLevelVersion, RoleGrant, Skill, SkillName

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
