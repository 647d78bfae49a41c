"""How templates are found: each is compiled once a language, and then made shorter.

What never changes in a template (words looked up by frontend.templatetags.phrases, addresses
without arguments, files of our own) is text, and neighbouring texts are one: half of the parts of
a page, and a tenth of its time.
"""

from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from django.template import Context
from django.template.base import (
    FilterExpression,
    Node,
    NodeList,
    Template,
    TextNode,
    Variable,
    VariableDoesNotExist,
    VariableNode,
    render_value_in_context,
)
from django.template.defaulttags import IfNode, LoadNode, URLNode
from django.template.loaders import cached
from django.template.loaders.base import Loader as BaseLoader
from django.template.smartif import TokenBase
from django.templatetags.static import StaticNode
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from frontend.templatetags.phrases import is_literal


class _Shortening(BaseLoader):
    """Shorten a template before any other thread may have it."""

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        template = super().get_template(template_name, skip)
        shorten(template.nodelist)
        return template


class Loader(cached.Loader, _Shortening):
    """Keep a compiled template for each language."""

    def cache_key(self, template_name: str, skip: Any = None) -> str:
        return f"{get_language()} {super().cache_key(template_name, skip)}"


def shorten(nodes: NodeList) -> None:
    """Make constant parts text and join neighbouring texts, in place, all the way down."""
    short: list[Node] = []
    for node in map(_shortened, nodes):
        if type(node) is TextNode and short and type(short[-1]) is TextNode:
            short[-1] = TextNode(short[-1].s + node.s)
        elif not isinstance(node, LoadNode):
            short.append(node)
    nodes[:] = short


def _shortened(node: Node) -> Node:
    for inner in _inside(node):
        shorten(inner)
    for expression in _expressions(vars(node).values()):
        var = expression.var
        if type(var) is Variable and var.lookups and not var.translate:
            var.__class__ = QuickVariable
    if _is_constant(node):
        return TextNode(node.render(Context()))
    if type(node) is VariableNode and not node.filter_expression.filters:
        plain = PlainVariable(node.filter_expression)
        plain.token, plain.origin = node.token, node.origin
        return plain
    return node


class PlainVariable(VariableNode):
    """A variable without filters, mostly a text: escaped without the questions Django asks."""

    def render(self, context: Context) -> str:
        try:
            value = self.filter_expression.var.resolve(context)
        except (AttributeError, VariableDoesNotExist):  # a literal; or nothing there
            return super().render(context)
        if type(value) is str and context.autoescape:
            return escape(value)  # what django.utils.html.escape does, and no more
        return render_value_in_context(value, context)

    render_annotated = render  # Django's adds where it was to what is raised, on the page of DEBUG


EMPTY = (str, SafeString, type(None))  # what a missing variable becomes on its way through a tag


class QuickVariable(Variable):
    """A variable that is looked up in plain dicts and plain objects without Django's detours.

    Django tries `row["name"]` first and catches what an object says to that. Whatever is not plain
    (has items of its own, is to be called) goes Django's way. What a page was not given at all is
    said to be missing at once: Django looks in three more places where no context has anything.
    """

    __slots__ = ()

    def resolve(self, context: Any) -> Any:
        first, *names = self.lookups or ("",)
        try:
            value = context[first]
        except KeyError:
            raise VariableDoesNotExist("Nothing is called %s", (first,)) from None
        try:
            for name in names:
                if type(value) is dict:
                    value = value[name]
                elif not value and type(value) in EMPTY and not hasattr(value, name):
                    raise VariableDoesNotExist("%r has no %s", (value, name))
                elif hasattr(type(value), "__getitem__"):
                    return super().resolve(context)
                else:
                    value = getattr(value, name)
        except (KeyError, AttributeError):
            return super().resolve(context)
        return super().resolve(context) if callable(value) else value


def _expressions(values: Iterable[Any]) -> Iterator[FilterExpression]:
    """Yield what a node looks up: alone, in lists and dicts, in the conditions of an `if`."""
    for value in values:
        if isinstance(value, FilterExpression):
            yield value
        elif isinstance(value, TokenBase):  # and, or, not, ==, or one of these alone
            yield from _expressions(vars(value).values())
        elif isinstance(value, dict):
            yield from _expressions(value.values())
        elif isinstance(value, list | tuple) and not isinstance(value, NodeList):
            yield from _expressions(value)


def _inside(node: Node) -> Iterator[NodeList]:
    if isinstance(node, IfNode):
        yield from (inner for _condition, inner in node.conditions_nodelists)
        return
    for name in node.child_nodelists:
        inner = getattr(node, name, None)
        if isinstance(inner, NodeList):
            yield inner


def _is_constant(node: Any) -> bool:
    if isinstance(node, StaticNode):
        return node.varname is None and is_literal(node.path)
    if isinstance(node, URLNode):
        return not (node.args or node.kwargs or node.asvar) and is_literal(node.view_name)
    return False
