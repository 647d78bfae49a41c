"""Filters and tags of the pages."""

from django import template
from django.utils.safestring import SafeString

from core.markup import written_html
from core.models import WrittenText

register = template.Library()


@register.filter
def written(row: WrittenText) -> SafeString:
    """Show what someone wrote: {{ post|written }}."""
    return written_html(row)
