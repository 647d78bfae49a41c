"""The back office of the help desk: its queues."""

from django.contrib import admin

from helpdesk.models import Queue


@admin.register(Queue)
class QueueAdmin(admin.ModelAdmin[Queue]):
    list_display = ["slug", "is_default"]
