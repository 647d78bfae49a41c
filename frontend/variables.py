"""What a template names, looked up in plain dicts and plain objects without Django's detours."""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

from django.template import Context
from django.template.base import FilterExpression, Node, NodeList, Variable, VariableDoesNotExist
from django.template.smartif import TokenBase
from django.utils.safestring import SafeString

Getter = Callable[[Context], Any]


class _Missing:
    """What a page was not given: no value, and false."""

    def __bool__(self) -> bool:
        return False


MISSING = _Missing()
# Whether rows of a kind have items of their own (`row["name"]`); kept: most are asked often.
has_items: Callable[[type], bool] = lru_cache(maxsize=1024)(
    lambda kind: hasattr(kind, "__getitem__")
)
EMPTY = (str, SafeString, type(None))  # what a missing variable becomes on its way through a tag


class QuickVariable(Variable):
    """A variable that asks plain things first.

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
        name = ""
        try:
            for name in names:
                if type(value) is dict:
                    value = value[name]
                elif (value or type(value) not in EMPTY) and has_items(type(value)):
                    return super().resolve(context)
                else:
                    value = getattr(value, name)
        except (KeyError, AttributeError):
            # Django looks in three more places, and finds it in none where its kind has no such.
            if callable(value) or hasattr(type(value), name):
                return super().resolve(context)
            raise VariableDoesNotExist("%r has no %s", (value, name)) from None
        return super().resolve(context) if callable(value) else value


def quicken(node: Node) -> None:
    """Let a node look its variables up quickly."""
    for expression in _expressions(vars(node).values()):
        var = expression.var
        if type(var) is Variable and var.lookups and not var.translate:
            var.__class__ = QuickVariable


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


def getter(var: Variable) -> Getter:
    """Return what gives the value of a variable, or MISSING: most have one name or two."""
    slow = _caught(var.resolve)
    if type(var) is not QuickVariable or var.lookups is None or len(var.lookups) > 2:
        return slow
    first, *names = var.lookups

    def one(context: Context) -> Any:
        for scope in reversed(context.dicts):
            if first in scope:
                value = scope[first]
                return slow(context) if callable(value) else value
        return MISSING

    if not names:
        return one
    second = names[0]

    def two(context: Context) -> Any:
        for scope in reversed(context.dicts):
            if first in scope:
                value = scope[first]
                break
        else:
            return MISSING
        kind = type(value)
        try:
            if kind is dict:
                value = value[second]
            elif has_items(kind) and (value or kind not in EMPTY):
                return slow(context)
            else:
                value = getattr(value, second)
        except (KeyError, AttributeError):
            # Django looks in three more places, and finds it in none where its kind has no such.
            return slow(context) if callable(value) or hasattr(kind, second) else MISSING
        return slow(context) if callable(value) else value

    return two


def _caught(resolve: Getter) -> Getter:
    def caught(context: Context) -> Any:
        try:
            return resolve(context)
        except VariableDoesNotExist:
            return MISSING

    return caught
