"""Django's tags for translation, but words that never change are looked up when a template is
compiled, once a language (frontend.loading), and not on each page: a tenth of its time.
"""

from typing import Any

from django.template import Context, Library
from django.template.base import FilterExpression, Node, Parser, TextNode, Token
from django.templatetags import i18n

register = Library()
register.filters.update(i18n.register.filters)
register.tags.update(i18n.register.tags)


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
