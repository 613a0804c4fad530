"""Refuses, when a text is uploaded, whatever is outside the safe subset.

The walk is iterative and looks at every node once. What it lets through the evaluator knows.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from engine.bpmn.expressions.safe.functions import FUNCTIONS, METHOD_NAMES
from engine.bpmn.expressions.safe.limits import BITS, DEPTH, RefusedError, too_high
from engine.bpmn.expressions.safe.operators import BINARY, COMPARISONS, UNARY

#: Functions that the evaluation itself provides.
SPECIAL = frozenset({"now", "default", "defined"})
#: Words of JSON, for people who do not write Python; a variable of that name comes first.
CONSTANTS = {"true": True, "false": False, "null": None}

_ALLOWED: frozenset[type[ast.AST]] = frozenset(
    {
        ast.Expression,
        ast.Constant,
        ast.Name,
        ast.Load,
        ast.Store,
        ast.Attribute,
        ast.Subscript,
        ast.Slice,
        ast.Call,
        ast.keyword,
        ast.UnaryOp,
        ast.BinOp,
        ast.BoolOp,
        ast.And,
        ast.Or,
        ast.Compare,
        ast.IfExp,
        ast.List,
        ast.Tuple,
        ast.Dict,
        ast.ListComp,
        ast.GeneratorExp,
        ast.DictComp,
        ast.comprehension,
        ast.JoinedStr,
        ast.FormattedValue,
        *UNARY,
        *BINARY,
        *COMPARISONS,
    }
)
_REFUSED: dict[type[ast.AST], tuple[str, str]] = {
    ast.Lambda: ("'lambda' is not allowed.", "Write the expression itself."),
    ast.NamedExpr: ("':=' is not allowed.", "Set variables in a script task: name = expression."),
    ast.Set: ("Sets are not allowed.", "Write a list in [ ]."),
    ast.SetComp: ("Sets are not allowed.", "Write a list in [ ]."),
    ast.Starred: ("'*' in front of a list is not allowed.", "Add lists: first + second."),
    ast.Await: ("'await' is not allowed.", "Leave it out."),
}
_CURE = "Use names, numbers, texts, lists, comparisons, and/or/not, and the listed functions."
_FORMAT = re.compile(r"[<>^]?[+ -]?0?\d{0,2},?(\.\d{1,2})?[a-zA-Z%]?")


@dataclass(frozen=True, slots=True)
class Checked:
    """What the walk found."""

    reads: frozenset[str]


def check(root: ast.AST) -> Checked:
    """Return what the tree reads.

    Raises:
        RefusedError: something is outside the subset, or nested too deep; says where.
    """
    reads: set[str] = set()
    bound: set[str] = set()
    pending: list[tuple[ast.AST, int]] = [(root, 1)]
    while pending:
        node, depth = pending.pop()
        try:
            if depth > DEPTH:
                raise RefusedError(f"It is nested more than {DEPTH} deep.", "Split it into parts.")
            _check_node(node)
        except RefusedError as refusal:
            raise at(refusal, node) from None
        if isinstance(node, ast.Name):
            (reads if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        pending.extend((child, depth + 1) for child in _children(node))
    return Checked(frozenset(reads - bound - CONSTANTS.keys()))


def at(refusal: RefusedError, node: ast.AST) -> RefusedError:
    """Note where the refusal happened, unless something inside ``node`` did so already."""
    if refusal.offset is None:
        refusal.line = getattr(node, "lineno", None)
        refusal.offset = getattr(node, "col_offset", None)
    return refusal


def check_name(name: str) -> None:
    """Refuse names that could reach what is not a variable."""
    if name.startswith("_"):
        raise RefusedError(
            f"The name '{name}' begins with '_'.", "Use a name that begins with a letter."
        )


def _children(node: ast.AST) -> Iterable[ast.AST]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return [*node.args, *node.keywords]  # the function's name is no variable
    if isinstance(node, ast.FormattedValue):
        return [node.value]
    return ast.iter_child_nodes(node)


def _check_node(node: ast.AST) -> None:
    if type(node) not in _ALLOWED:
        reason, cure = _REFUSED.get(
            type(node), (f"'{type(node).__name__}' is not part of the language.", _CURE)
        )
        raise RefusedError(reason, cure)
    check_one = _CHECKS.get(type(node))
    if check_one:
        check_one(node)


def _constant(node: ast.Constant) -> None:
    if not isinstance(node.value, str | int | float | bool | None):
        raise RefusedError("Only texts, numbers, True, False and None may be written.", _CURE)
    if isinstance(node.value, int) and node.value.bit_length() > BITS:
        raise too_high()
    text = node.value if isinstance(node.value, str) else ""
    # Half of a surrogate pair is no text that could be stored.
    if not text.isascii() and any("\ud800" <= sign <= "\udfff" for sign in text):
        raise RefusedError("A text holds half a character.", "Write the whole character.")


def _call(node: ast.Call) -> None:
    if isinstance(node.func, ast.Name):
        name = node.func.id
        check_name(name)
        if name not in FUNCTIONS and name not in SPECIAL:
            known = ", ".join(sorted({*FUNCTIONS, *SPECIAL}))
            raise RefusedError(f"There is no function '{name}'.", f"Use one of: {known}.")
        if name in SPECIAL:
            _special(name, node)
    elif isinstance(node.func, ast.Attribute):
        if node.func.attr not in METHOD_NAMES:
            known = ", ".join(sorted(METHOD_NAMES))
            raise RefusedError(f"There is no method '{node.func.attr}'.", f"Use one of: {known}.")
    else:
        raise RefusedError("Only functions with a name can be called.", _CURE)
    if any(keyword.arg is None for keyword in node.keywords):
        raise RefusedError("'**' is not allowed in a call.", "Name each argument.")


def _special(name: str, node: ast.Call) -> None:
    wanted = {"now": 0, "defined": 1, "default": 2}[name]
    if len(node.args) != wanted or node.keywords:
        usage = {"now": "now()", "defined": "defined(name)", "default": "default(name, 0)"}[name]
        raise RefusedError(f"{name} is called in another way.", f"Write {usage}.")


def _format(node: ast.FormattedValue) -> None:
    if node.conversion not in (-1, ord("s")):
        raise RefusedError("Only !s is allowed in an f-text.", "Leave the conversion out.")
    if node.format_spec is None:
        return
    parts = node.format_spec.values if isinstance(node.format_spec, ast.JoinedStr) else []
    if (
        len(parts) != 1
        or not isinstance(parts[0], ast.Constant)
        or not _FORMAT.fullmatch(str(parts[0].value))
    ):
        raise RefusedError(
            "The format in the f-text is not allowed.", "Write it like {amount:.2f}."
        )


def _comprehension(node: ast.ListComp | ast.GeneratorExp | ast.DictComp) -> None:
    if len(node.generators) > 2:
        raise RefusedError("At most two 'for' in one expression.", "Use a multi-instance activity.")
    for generator in node.generators:
        names = (
            generator.target.elts if isinstance(generator.target, ast.Tuple) else [generator.target]
        )
        if generator.is_async or not all(isinstance(name, ast.Name) for name in names):
            raise RefusedError(
                "'for' needs a plain name, or names with commas.", "for key, value in x."
            )


_CHECKS: dict[type[ast.AST], Callable[..., None]] = {
    ast.Name: lambda node: check_name(node.id),
    ast.Attribute: lambda node: check_name(node.attr),
    ast.Constant: _constant,
    ast.Call: _call,
    ast.FormattedValue: _format,
    ast.ListComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _comprehension,
}
