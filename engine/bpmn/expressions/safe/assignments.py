"""The statements of a script: setting a variable or a part of one, and deleting.

Setting a part copies the containers on the way to it and leaves the old ones as they were. Whoever
else holds them (another variable, a form that was opened) sees no change.
"""

from __future__ import annotations

import ast
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

from engine.bpmn.expressions.safe.checking import at, check, check_name
from engine.bpmn.expressions.safe.evaluation import Evaluation, MissingError
from engine.bpmn.expressions.safe.limits import RefusedError, described
from engine.bpmn.expressions.safe.quick import LEFT, Node, quick

_ONLY = "A script sets variables and does nothing else."
_CURE = "Write lines of name = expression, name['key'] = expression or del name."


@dataclass(frozen=True, slots=True)
class Statement:
    """One line: where it puts, and what. Without ``value`` it deletes."""

    name: str  #: the variable
    path: tuple[ast.expr, ...]  #: keys on the way to the part, outermost first
    value: ast.expr | None
    reads: frozenset[str]
    node: ast.stmt
    plain: Node | None = None  #: gives most values
    keys: tuple[str, ...] | None = None  #: what ``path`` gives, where the text tells it

    def apply(self, variables: MutableMapping[str, Any], evaluation: Evaluation) -> None:
        """Change ``variables``, which ``evaluation`` looks at; ``RefusedError`` says where."""
        try:
            new = self._new(variables, evaluation)
            keys = self.keys
            if keys is None:
                keys = tuple(evaluation.value(key) for key in self.path)
            if keys:
                variables[self.name] = self._changed(self._old(variables), keys, new)
                evaluation.charge(variables[self.name])
            elif self.value is not None:
                variables[self.name] = new
            elif variables.pop(self.name, self) is self:
                raise _no_variable(self.name)
        except RefusedError as refusal:
            raise at(refusal, self.node)  # noqa: B904 - the same refusal, with its place

    def _new(self, variables: MutableMapping[str, Any], evaluation: Evaluation) -> Any:
        if self.plain is not None:
            try:
                return self.plain(variables)
            except LEFT:
                pass  # the evaluation takes it, or says what is wrong
        return evaluation.value(self.value) if self.value is not None else None

    def _old(self, variables: MutableMapping[str, Any]) -> Any:
        if self.name not in variables:
            raise _no_variable(self.name)
        return variables[self.name]

    def _changed(self, old: Any, keys: tuple[Any, ...], new: Any) -> Any:
        """Return a copy of ``old`` with one part replaced or deleted."""
        if not isinstance(old, dict | list):
            raise RefusedError(
                f"{described(old)} has no parts to set.", f"Set it first: {self.name} = {{}}."
            )
        key, rest = keys[0], keys[1:]
        _check_key(old, key)
        copy = old.copy()
        try:
            if rest:
                copy[key] = self._changed(old[key], rest, new)
            elif self.value is not None:
                copy[key] = new
            else:
                del copy[key]
        except (KeyError, IndexError) as fault:
            raise MissingError(
                f"There is no part {key!r:.60} in '{self.name}'.", "Set the outer part first."
            ) from fault
        return copy


def read_statement(node: ast.stmt) -> Statement:
    """Return what one line of a script does. Raises ``RefusedError`` for any other line."""
    value: ast.expr | None
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target, value = node.targets[0], node.value
    elif isinstance(node, ast.Delete) and len(node.targets) == 1:
        target, value = node.targets[0], None
    else:
        raise at(RefusedError(_ONLY, _cure(node)), node)
    try:
        name, path = _target(target)
    except RefusedError as refusal:
        raise at(refusal, target) from None
    reads: set[str] = {name} if path or value is None else set()
    for part in (*path, *([value] if value is not None else [])):
        reads |= check(part).reads
    told = [part.value for part in path if isinstance(part, ast.Constant)]
    texts = tuple(key for key in told if isinstance(key, str))
    keys = texts if len(texts) == len(path) else None
    plain = quick(value) if value is not None else None
    return Statement(name, path, value, frozenset(reads), node, plain, keys)


def _target(target: ast.expr) -> tuple[str, tuple[ast.expr, ...]]:
    path: list[ast.expr] = []
    while not isinstance(target, ast.Name):
        if isinstance(target, ast.Attribute):
            check_name(target.attr)
            path.append(ast.copy_location(ast.Constant(target.attr), target))
        elif isinstance(target, ast.Subscript) and not isinstance(target.slice, ast.Slice):
            path.append(target.slice)
        else:
            raise RefusedError(_ONLY, _CURE)
        target = target.value
    check_name(target.id)
    return target.id, tuple(reversed(path))


def _check_key(container: Any, key: Any) -> None:
    if isinstance(container, dict) and not isinstance(key, str):
        raise RefusedError("Keys of a dictionary are texts.", "Write the key in quotes, or str(x).")
    if isinstance(container, list) and (isinstance(key, bool) or not isinstance(key, int)):
        raise RefusedError("Positions of a list are whole numbers.", "Write items[0] = ...")


def _cure(node: ast.stmt) -> str:
    if isinstance(node, ast.AugAssign):
        return "Write n = n + 1 instead of n += 1."
    if isinstance(node, ast.Import | ast.ImportFrom):
        return "Leave the import out; the functions of expressions are there without it."
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return "A call alone changes nothing: write items = items + ['x'] instead of append."
    if isinstance(node, ast.If | ast.For | ast.While):
        return "Draw a gateway or a loop, or write name = a if condition else b."
    return _CURE


def _no_variable(name: str) -> MissingError:
    return MissingError(f"There is no variable '{name}'.", f"Set it first: {name} = {{}}.")
