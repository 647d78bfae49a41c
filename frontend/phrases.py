"""Templates compiled once a language: words that never change are looked up then, not on each page.

`{% translate "…" %}` of a literal, a tenth of a page's time, becomes plain text. For that the
loader keeps one compiled template for each language, and settings load this library as `i18n`.
"""

from typing import Any

from django.template import Context, Library
from django.template.base import FilterExpression, Node, Parser, TextNode, Token
from django.template.loaders import cached
from django.templatetags import i18n
from django.utils.translation import get_language

register = Library()
register.filters.update(i18n.register.filters)
register.tags.update(i18n.register.tags)


class Loader(cached.Loader):
    """Keep a compiled template for each language."""

    def cache_key(self, template_name: str, skip: Any = None) -> str:
        return f"{get_language()} {super().cache_key(template_name, skip)}"


@register.tag("translate")
@register.tag("trans")
def do_translate(parser: Parser, token: Token) -> Node:
    """Compile `{% translate %}`: a literal without a name to keep it under is text already."""
    node: Any = i18n.do_translate(parser, token)
    if node.asvar or node.message_context or not is_literal(node.filter_expression):
        return node  # type: ignore[no-any-return]
    return TextNode(node.render(Context()))


def is_literal(expression: FilterExpression) -> bool:
    """Whether an expression is a quoted text without filters."""
    return not expression.filters and not getattr(expression.var, "lookups", None)
