"""Templates as functions: what Django asks of each node, each time it is drawn, is asked once.

A Part stands for the nodes of one list. Texts, plain variables, conditions, loops and included
templates are functions of the context; whatever else is there draws itself. What is drawn is what
Django draws, in half of its time. Not for DEBUG, whose page of errors needs the nodes' own.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.template import Context
from django.template.base import (
    Node,
    NodeList,
    Template,
    TextNode,
    Variable,
    VariableDoesNotExist,
    VariableNode,
    render_value_in_context,
)
from django.template.defaulttags import CsrfTokenNode, ForNode, IfNode, TemplateLiteral
from django.template.library import SimpleNode
from django.template.loader_tags import ExtendsNode, IncludeNode
from django.template.smartif import TokenBase
from django.templatetags.i18n import BlockTranslateNode
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, override

from core.markup import escaped
from frontend.variables import MISSING, Getter, getter

Step = str | Callable[[Context], str]


class Part(Node):
    """All nodes of one list, drawn by one function. Those who look for nodes find them inside."""

    child_nodelists = ("nodes",)

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.nodes = NodeList(nodes)
        self.step = _joined(map(_step_of, self.nodes))
        self._by_type: dict[type[Node], list[Node]] = {}

    def render(self, context: Context) -> Any:
        return self.step if isinstance(self.step, str) else self.step(context)

    render_annotated = render  # Django's own annotates what is raised, for the page of DEBUG

    def get_nodes_by_type(self, nodetype: type[Node]) -> list[Node]:
        """Return what Django looks for in a base template, each time it is extended."""
        if nodetype not in self._by_type:
            self._by_type[nodetype] = super().get_nodes_by_type(nodetype)
        return self._by_type[nodetype]


def put_together(nodes: NodeList) -> None:
    """Put one Part in the place of all nodes, where that spares anything."""
    kinds = {type(node) for node in nodes}
    if kinds - {TextNode, Part, ExtendsNode}:
        nodes[:] = [Part(nodes)]


def _joined(steps: Iterable[Step]) -> Step:
    together: list[Any] = []
    for step in steps:
        if isinstance(step, str) and together and isinstance(together[-1], str):
            together[-1] += step
        else:
            together.append(step)
    if len(together) < 2:
        only: Step = together[0] if together else ""
        return only

    def all_of_them(context: Context) -> str:
        return "".join([step if step.__class__ is str else step(context) for step in together])

    return all_of_them


def _step_of(node: Node) -> Step:
    return KINDS.get(type(node), _own)(node)


def _own(node: Any) -> Step:
    is_own = type(node).render_annotated is not Node.render_annotated
    step: Step = node.render_annotated if is_own else node.render
    return step


def _steps_of(nodes: NodeList) -> Step:
    return _joined(map(_step_of, nodes))


def _variable(node: Any) -> Step:
    var = node.filter_expression.var
    if not isinstance(var, Variable) or var.translate or node.filter_expression.filters:
        return _own(node)
    value_in, otherwise = getter(var), node.render

    def variable(context: Context) -> Any:
        value = value_in(context)
        if type(value) is str and context.autoescape:  # most are
            return escaped(value)
        return otherwise(context) if value is MISSING else _drawn(value, context)

    return variable


def _drawn(value: Any, context: Context) -> Any:
    kind = type(value)
    if kind is str and context.autoescape:
        return escaped(value)
    if kind is SafeString:
        return value
    if kind is int and not settings.USE_THOUSAND_SEPARATOR:  # then alike in every language
        return str(value)
    if isinstance(value, Promise):  # words of gettext_lazy
        return _drawn(str(value), context)
    return render_value_in_context(value, context)


def _given(expression: Any) -> Getter:
    """Return what gives a value as a tag is given it: a text for what is missing."""
    resolve: Getter = expression.resolve
    if _is_constant(expression):
        value = resolve(Context())
        return lambda _context: value
    return _or_else(getter(expression.var), "") if _is_name(expression) else resolve


def _is_name(expression: Any) -> bool:
    """Whether an expression is a name alone: no filter, no text, no words to be translated."""
    return not expression.filters and isinstance(expression.var, Variable)


def _is_constant(expression: Any) -> bool:
    """Whether an expression is one text or number, whatever a page was given."""
    var = expression.var
    if expression.filters:
        return False
    return type(var) is SafeString or (isinstance(var, Variable) and var.literal is not None)


def _tag(node: Any) -> Step:
    if node.target_var is not None:
        return _own(node)
    call, args = node.func, [_given(arg) for arg in node.args]
    if node.takes_context:
        args.insert(0, lambda context: context)
    kwargs = {name: _given(arg) for name, arg in node.kwargs.items()}

    def tag(context: Context) -> Any:
        given = [value(context) for value in args]
        if kwargs:
            output = call(*given, **{name: value(context) for name, value in kwargs.items()})
        else:
            output = call(*given)
        if type(output) is SafeString or not context.autoescape:
            return output
        return escaped(output) if type(output) is str else conditional_escape(output)

    return tag


def _words(node: Any) -> Step:
    """Words around variables, looked up once: a template is of one language."""
    if node.plural or node.counter or node.message_context or node.asvar:
        return _own(node)
    text, names = node.render_token_list(node.singular)
    words, extra = gettext(text), {n: _given(e) for n, e in node.extra_context.items()}
    try:
        words % dict.fromkeys(names, "")
    except (KeyError, ValueError):  # a translation that Django does without
        return _own(node)

    def around(context: Context) -> str:
        given = {name: value(context) for name, value in extra.items()}
        found = {n: given[n] if n in given else context.get(n, "") for n in names}
        return words % {name: _drawn(value, context) for name, value in found.items()}

    return around


def _token(_node: Any) -> Step:
    field = '<input type="hidden" name="csrfmiddlewaretoken" value="%s">'  # as Django writes it

    def token(context: Context) -> str:
        value = str(context.get("csrf_token", "NOTPROVIDED"))
        return "" if value in ("", "None", "NOTPROVIDED") else field % escaped(value)

    return token


def _choice(node: Any) -> Step:
    branches: list[tuple[Getter | None, Any]] = [
        (None if condition is None else _truth_of(condition), _steps_of(nodes))
        for condition, nodes in node.conditions_nodelists
    ]

    def choice(context: Context) -> Any:
        for is_so, step in branches:
            try:
                if is_so is not None and not is_so(context):
                    continue
            except VariableDoesNotExist:
                continue
            return step if step.__class__ is str else step(context)
        return ""

    return choice


def _truth_of(condition: Any) -> Getter:
    """Return what is asked of a condition: of a plain variable its value, and MISSING is false."""
    plain = _plain(condition)
    if plain is not None:
        return plain
    asked: Getter = _quick(condition).eval
    return asked


def _plain(condition: Any) -> Getter | None:
    expression: Any = condition.value if type(condition) is TemplateLiteral else None
    return getter(expression.var) if expression is not None and _is_name(expression) else None


def _quick(condition: Any) -> Any:
    """Return a condition whose plain variables are asked directly, in place."""
    if type(condition) is TemplateLiteral:
        if _is_constant(condition.value):
            vars(condition)["eval"] = _given(condition.value)
        elif (plain := _plain(condition)) is not None:
            vars(condition)["eval"] = _or_else(plain, None)
        return condition
    for inner in (condition.first, condition.second):
        if isinstance(inner, TokenBase):
            _quick(inner)
    if condition.id in OPERATORS:
        vars(condition)["eval"] = OPERATORS[condition.id](condition)
    return condition


def _both(condition: Any) -> Getter:
    first, second = condition.first.eval, condition.second.eval

    def both(context: Context) -> Any:
        try:
            return first(context) and second(context)
        except Exception:  # as django.template.smartif: what is raised on the way is no
            return False

    return both


def _either(condition: Any) -> Getter:
    first, second = condition.first.eval, condition.second.eval

    def either(context: Context) -> Any:
        try:
            return first(context) or second(context)
        except Exception:
            return False

    return either


def _not(condition: Any) -> Getter:
    first = _truth_of(condition.first)

    def opposite(context: Context) -> Any:
        try:
            return not first(context)
        except Exception:
            return False

    return opposite


def _equal(condition: Any) -> Getter:
    first, second = condition.first.eval, condition.second.eval

    def equal(context: Context) -> Any:
        try:
            return first(context) == second(context)
        except Exception:
            return False

    return equal


OPERATORS = {"and": _both, "or": _either, "not": _not, "==": _equal}  # others stay Django's


def _or_else(value_in: Getter, instead: str | None) -> Getter:
    def asked(context: Context) -> Any:
        value = value_in(context)
        return instead if value is MISSING else value

    return asked


def _loop(node: Any) -> Step:
    names, is_reversed = node.loopvars, node.is_reversed
    each, none = _steps_of(node.nodelist_loop), _steps_of(node.nodelist_empty)
    sequence_in = _sequence(node.sequence)

    def loop(context: Context) -> str:
        # Read beside django.template.defaulttags.ForNode.render. Scopes are plain dicts here.
        outer, scopes = context.get("forloop", {}), context.dicts
        depth, scope = len(scopes), dict[str, Any]()
        scopes.append(scope)
        try:
            found = sequence_in(context)
            values = list(found) if found is not None else []
            if not values:
                return none if isinstance(none, str) else none(context)
            drawn: list[str] = []
            count = len(values)
            state = scope["forloop"] = {"parentloop": outer}
            for at, item in enumerate(reversed(values) if is_reversed else values):
                state.update(counter0=at, counter=at + 1, first=at == 0)
                state.update(
                    revcounter=count - at, revcounter0=count - at - 1, last=at + 1 == count
                )
                if len(names) > 1:
                    scopes.append(dict(zip(names, item, strict=True)))
                else:
                    scope[names[0]] = item
                drawn.append(each if isinstance(each, str) else each(context))
                if len(names) > 1:
                    scopes.pop()
            return "".join(drawn)
        finally:
            del scopes[depth:]

    return loop


def _sequence(expression: Any) -> Getter:
    """Return what gives the items of a loop: None for what is missing."""
    if _is_name(expression):
        return _or_else(getter(expression.var), None)
    return lambda context: expression.resolve(context, ignore_failures=True)


def _inclusion(node: Any) -> Step:
    name, given = node.template.var, [*node.extra_context.items()]
    is_constant = isinstance(name, str) and not name.startswith(".") and not node.template.filters
    if node.isolated_context or not is_constant:
        return _own(node)
    # Of the language of the template around it (frontend.loading.Loader); none changes it midway.
    language, found = get_language(), list[Callable[[Any], Any]]()
    values = [(key, _given(value)) for key, value in given]

    def inclusion(context: Any) -> Any:
        if not found:
            with override(language):
                found.append(_drawing(context.template.engine.get_template(name)))
        context.dicts.append({key: value(context) for key, value in values})
        try:
            return found[0](context)
        finally:
            context.dicts.pop()

    return inclusion


def _drawing(template: Template) -> Callable[[Any], Any]:
    """Return what draws an included template: its one Part, where nothing in it asks which
    template is being drawn (blocks, cycles, tags of others)."""
    [first, *rest] = template.nodelist or [TextNode("")]
    inner = {type(node) for node in template.nodelist.get_nodes_by_type(Node)}
    return first.render if not rest and inner <= KINDS.keys() else template.render


KINDS: dict[type[Node], Callable[[Any], Step]] = {
    TextNode: lambda node: str.__str__(node.s),  # a SafeString too becomes a plain one
    Part: lambda node: node.step,
    IfNode: _choice,
    ForNode: _loop,
    IncludeNode: _inclusion,
    VariableNode: _variable,
    SimpleNode: _tag,
    BlockTranslateNode: _words,
    CsrfTokenNode: _token,
}
