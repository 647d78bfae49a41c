"""How templates are found: each is compiled once a language, and then made shorter.

What never changes in a template (words looked up by frontend.templatetags.phrases, addresses
without arguments, files of our own) is text, and neighbouring texts are one: half of the parts of
a page, and a tenth of its time. What is left is put together (frontend.parts).
"""

from collections.abc import Iterator
from typing import Any

from django.template import Context
from django.template.base import Node, NodeList, Template, TextNode
from django.template.defaulttags import IfNode, LoadNode, URLNode
from django.template.loaders import cached
from django.template.loaders.base import Loader as BaseLoader
from django.templatetags.static import StaticNode
from django.utils.translation import get_language

from frontend import parts, variables
from frontend.templatetags.phrases import is_literal


class _Shortening(BaseLoader):
    """Shorten a template before any other thread may have it."""

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        template = super().get_template(template_name, skip)
        shorten(template.nodelist, put_together=not self.engine.debug)
        return template


class Loader(cached.Loader, _Shortening):
    """Keep a compiled template for each language."""

    def cache_key(self, template_name: str, skip: Any = None) -> str:
        return f"{get_language()} {super().cache_key(template_name, skip)}"


def shorten(nodes: NodeList, *, put_together: bool = True) -> None:
    """Make constant parts text and join neighbouring texts, in place, all the way down.

    put_together: and make functions of what is left.
    """
    short: list[Node] = []
    for node in nodes:
        for inner in _inside(node):
            shorten(inner, put_together=put_together)
        now = _shortened(node)
        if type(now) is TextNode and short and type(short[-1]) is TextNode:
            short[-1] = TextNode(short[-1].s + now.s)
        elif not isinstance(now, LoadNode):
            short.append(now)
    nodes[:] = short
    if put_together:
        parts.put_together(nodes)


def _shortened(node: Node) -> Node:
    variables.quicken(node)
    return TextNode(node.render(Context())) if _is_constant(node) else node


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
