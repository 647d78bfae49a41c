from django.contrib import admin
from taggit.models import Tag as TaggitTag

from forum.models import Tag

admin.site.unregister(TaggitTag)


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin[Tag]):
    list_display = ("name", "slug")
    search_fields = ("name_folded",)
