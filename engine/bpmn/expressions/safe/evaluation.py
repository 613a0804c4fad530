"""Walks a checked tree: simpleeval, with values of JSON alone and every step counted.

simpleeval brings the walk over conditionals, ``and``/``or`` and slices. What it leaves to its user
is replaced: attributes of a dictionary are its keys and nothing else, methods come from a list,
values never change in place, and work and size are bounded (:mod:`~.limits`).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from simpleeval import SimpleEval

from engine.bpmn.expressions.safe.checking import CONSTANTS, at
from engine.bpmn.expressions.safe.functions import FUNCTIONS, METHODS, MOMENT_PARTS
from engine.bpmn.expressions.safe.limits import (
    BITS,
    SCALARS,
    SIZE,
    WORK,
    RefusedError,
    described,
    size_of,
    too_high,
    too_large,
    too_much,
)
from engine.bpmn.expressions.safe.operators import BINARY, COMPARISONS, UNARY

#: Bytes that cost one unit of work.
_BYTES_A_UNIT = 32
#: Bits of a whole number that cost one.
_BITS_A_UNIT = 256
_FAULTS = (
    TypeError,
    ValueError,
    KeyError,
    IndexError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    MemoryError,
)


class MissingError(RefusedError):
    """A variable, key or position that is not there; ``default`` and ``defined`` take it."""


class Evaluation(SimpleEval):
    """One evaluation of one tree. Not to be kept: it counts its own work."""

    # The tables of the class serve all evaluations: building them, as simpleeval's own
    # constructor does for each, would cost more than a short expression.
    functions = FUNCTIONS
    operators = UNARY

    def __init__(self, names: Mapping[str, Any], now: datetime | None = None) -> None:
        """Evaluate over the variables ``names`` at the moment ``now``, UTC."""
        self.names = names
        self.now = now
        self.work = 0
        self._bound: dict[str, Any] = {}

    def value(self, node: ast.AST) -> Any:
        """Return the value of a whole tree. Raises ``RefusedError`` with the place."""
        result = self._eval(node)
        if type(result) not in SCALARS:
            self.charge(result)
        return result

    def charge(self, value: Any) -> None:
        """Count the size of a value as work. Raises when it is too large, or the work too much."""
        short = type(value) is str and len(value) < _BYTES_A_UNIT
        self.work += 1 if short else size_of(value) // _BYTES_A_UNIT
        if self.work > WORK:
            raise too_much()

    def _made(self, value: Any) -> Any:
        """Return what an operator or a function gave, counted by its size."""
        kind = type(value)
        if kind is int:
            bits = value.bit_length()
            self.work += bits // _BITS_A_UNIT
            if bits > BITS:
                raise too_high()
        elif kind not in SCALARS:
            self.charge(value)
        return value

    def _eval(self, node: ast.AST) -> Any:
        self.work += 1
        try:
            if self.work > WORK:
                raise too_much()
            return _HANDLERS[type(node)](self, node)
        except RefusedError as refusal:
            raise at(refusal, node)  # noqa: B904 - the same refusal, with its place
        except _FAULTS as fault:
            failed = RefusedError(_reason(fault), "Check the values that the variables can have.")
            raise at(failed, node) from fault

    def _eval_name(self, node: ast.Name) -> Any:
        name = node.id
        if name in self._bound:
            return self._bound[name]
        try:
            return self.names[name]
        except KeyError:
            if name in CONSTANTS:
                return CONSTANTS[name]
        raise MissingError(
            f"There is no variable '{name}'.", f"Set it before, or write default({name}, None)."
        )

    def _eval_constant(self, node: ast.Constant) -> Any:
        return node.value

    def _eval_binop(self, node: ast.BinOp) -> Any:
        left, right = self._eval(node.left), self._eval(node.right)
        operator, sign = BINARY[type(node.op)]
        try:
            result = operator(left, right)
        except TypeError as fault:
            raise RefusedError(
                f"'{sign}' does not work on {described(left)} and {described(right)}.",
                "Convert one of them, for example with str() or int().",
            ) from fault
        return self._made(result)

    def _eval_compare(self, node: ast.Compare) -> Any:
        left = self._eval(node.left)
        for kind, comparator in zip(node.ops, node.comparators, strict=True):
            right = self._eval(comparator)
            if not self._compared(kind, left, right):
                return False
            left = right
        return True

    def _compared(self, kind: ast.cmpop, left: Any, right: Any) -> bool:
        for value in (left, right):
            if type(value) not in SCALARS:
                self.charge(value)
        operator, sign = COMPARISONS[type(kind)]
        try:
            return bool(operator(left, right))
        except TypeError as fault:
            raise RefusedError(
                f"{described(left)} and {described(right)} cannot be compared with '{sign}'.",
                "Check that the variable is set, or write default(name, 0).",
            ) from fault

    def _eval_attribute(self, node: ast.Attribute) -> Any:
        whole = self._eval(node.value)
        if isinstance(whole, Mapping):
            return self._item(whole, node.attr)
        if isinstance(whole, date) and node.attr in MOMENT_PARTS:
            return getattr(whole, node.attr)
        kind = MissingError if whole is None else RefusedError
        raise kind(
            f"{described(whole)} has no part '{node.attr}'.",
            f"Check that it is set, or write default(..., None) around it: '{node.attr}'.",
        )

    def _eval_subscript(self, node: ast.Subscript) -> Any:
        whole = self._eval(node.value)
        sliced = node.slice if isinstance(node.slice, ast.Slice) else None
        key = self._eval(node.slice) if sliced is None else self._slice(sliced)
        if type(key) is str:
            self.charge(key)  # where it is not there, it is told
        if isinstance(whole, Mapping | list | str):
            found = self._item(whole, key)
            return found if sliced is None else self._made(found)
        kind = MissingError if whole is None else RefusedError
        raise kind(f"{described(whole)} has no parts.", "Check that it is a list or dictionary.")

    def _item(self, whole: Any, key: Any) -> Any:
        try:
            return whole[key]
        except (KeyError, IndexError) as fault:
            word = "part" if isinstance(whole, Mapping) else "position"
            raise MissingError(
                f"There is no {word} {key!r:.60}.", "Check its name, or use default(..., None)."
            ) from fault

    def _slice(self, node: ast.Slice) -> slice:
        made: slice = self._eval_slice(node)
        return made

    def _eval_call(self, node: ast.Call) -> Any:
        if isinstance(node.func, ast.Name) and node.func.id in _SPECIAL:
            return _SPECIAL[node.func.id](self, node)
        if isinstance(node.func, ast.Attribute):
            whole = self._eval(node.func.value)
            function = self._method(whole, node.func.attr)
            values = [whole, *map(self._eval, node.args)]
        else:
            assert isinstance(node.func, ast.Name)  # noqa: S101 - checked at upload
            function = FUNCTIONS[node.func.id]
            values = [self._eval(argument) for argument in node.args]
        named = {str(keyword.arg): self._eval(keyword.value) for keyword in node.keywords}
        if function is not len:
            for value in (*values, *named.values()):
                if type(value) not in SCALARS:
                    self.charge(value)
        return self._made(function(*values, **named))

    def _method(self, whole: Any, name: str) -> Callable[..., Any]:
        methods = METHODS.get(type(whole), {})
        if name not in methods:
            raise RefusedError(
                f"{described(whole)} has no method '{name}'.",
                "Check that it is set and of the type that was meant.",
            )
        return methods[name]

    def _now(self, node: ast.Call) -> datetime:
        if self.now is None:
            raise RefusedError(
                "now() is not known here.", "Use it in scripts, conditions and timers."
            )
        return self.now

    def _default(self, node: ast.Call) -> Any:
        try:
            value = self._eval(node.args[0])
        except MissingError:
            value = None
        return self._eval(node.args[1]) if value is None else value

    def _defined(self, node: ast.Call) -> bool:
        try:
            self._eval(node.args[0])
        except MissingError:
            return False
        return True

    def _eval_list(self, node: ast.List | ast.Tuple) -> list[Any]:
        return [self._eval(item) for item in node.elts]

    def _eval_dict(self, node: ast.Dict) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                inner = self._eval(value)
                if not isinstance(inner, dict):
                    raise RefusedError(
                        "'**' needs a dictionary.", "Write {**customer, 'tier': 'gold'}."
                    )
                self.charge(inner)
                made.update(inner)
            else:
                made[self._key(key)] = self._eval(value)
        return made

    def _key(self, node: ast.AST) -> str:
        key = self._eval(node)
        if not isinstance(key, str):
            raise RefusedError(
                "Keys of a dictionary are texts.", "Write the key in quotes, or str(x)."
            )
        return key

    def _eval_comprehension(self, node: ast.ListComp | ast.GeneratorExp) -> list[Any]:
        made: list[Any] = []
        size = 0
        for _ in self._rounds(node.generators):
            item = self._eval(node.elt)
            size = self._collected(size, item)
            made.append(item)
        return made

    def _eval_dict_comprehension(self, node: ast.DictComp) -> dict[str, Any]:
        made: dict[str, Any] = {}
        size = 0
        for _ in self._rounds(node.generators):
            key = self._key(node.key)
            made[key] = self._eval(node.value)
            size = self._collected(size + len(key), made[key])
        return made

    def _collected(self, size: int, item: Any) -> int:
        """Return the size of what a comprehension has collected, with one item more, counted."""
        kind = type(item)
        if kind in SCALARS:
            size += 9 if kind is not int else item.bit_length() // 3 + 3
        else:
            more = size_of(item)
            self.work += more // _BYTES_A_UNIT
            size += more + 1
        if size > SIZE:
            raise too_large()
        return size

    def _rounds(self, generators: list[ast.comprehension]) -> Iterator[None]:
        """Bind the names of each round; what they hid comes back at the end."""
        first, rest = generators[0], generators[1:]
        source = self._eval(first.iter)
        if not isinstance(source, list | str | dict):
            raise RefusedError(f"'for' cannot go through {described(source)}.", "Give it a list.")
        before = dict(self._bound)
        try:
            for item in source:
                self.work += 1
                self._bind(first.target, item)
                if all(self._eval(condition) for condition in first.ifs):
                    if rest:
                        yield from self._rounds(rest)
                    else:
                        yield
        finally:
            self._bound = before

    def _bind(self, target: ast.expr, item: Any) -> None:
        if isinstance(target, ast.Name):
            self._bound[target.id] = item
        elif isinstance(target, ast.Tuple):
            for name, value in zip(target.elts, list(item), strict=True):
                self._bind(name, value)

    def _eval_joinedstr(self, node: ast.JoinedStr) -> str:
        text = "".join(str(self._eval(part)) for part in node.values)
        self.charge(text)
        return text

    def _eval_formattedvalue(self, node: ast.FormattedValue) -> str:
        value = self._eval(node.value)
        self.charge(value)
        if isinstance(node.format_spec, ast.JoinedStr):
            spec = node.format_spec.values[0]
            return format(value, str(spec.value) if isinstance(spec, ast.Constant) else "")
        text: str = FUNCTIONS["str"](value)
        return text


def _reason(fault: Exception) -> str:
    if isinstance(fault, ZeroDivisionError):
        return "It divides by zero."
    if isinstance(fault, RecursionError | MemoryError | OverflowError):
        return "It is too large to be calculated."
    text = str(fault).strip().rstrip(".")
    return f"It failed: {text}." if text else "It failed."


_SPECIAL: dict[str, Callable[[Evaluation, ast.Call], Any]] = {
    "now": Evaluation._now,
    "default": Evaluation._default,
    "defined": Evaluation._defined,
}
_HANDLERS: dict[type[ast.AST], Callable[[Evaluation, Any], Any]] = {
    ast.Name: Evaluation._eval_name,
    ast.Constant: Evaluation._eval_constant,
    ast.Attribute: Evaluation._eval_attribute,
    ast.Subscript: Evaluation._eval_subscript,
    ast.Call: Evaluation._eval_call,
    ast.UnaryOp: Evaluation._eval_unaryop,
    ast.BinOp: Evaluation._eval_binop,
    ast.BoolOp: Evaluation._eval_boolop,
    ast.Compare: Evaluation._eval_compare,
    ast.IfExp: Evaluation._eval_ifexp,
    ast.List: Evaluation._eval_list,
    ast.Tuple: Evaluation._eval_list,
    ast.Dict: Evaluation._eval_dict,
    ast.ListComp: Evaluation._eval_comprehension,
    ast.GeneratorExp: Evaluation._eval_comprehension,
    ast.DictComp: Evaluation._eval_dict_comprehension,
    ast.JoinedStr: Evaluation._eval_joinedstr,
    ast.FormattedValue: Evaluation._eval_formattedvalue,
}
