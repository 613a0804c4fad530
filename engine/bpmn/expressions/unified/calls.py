"""Which calls of an expression mean something here, and what they become.

A method that looks at data is run. ``execution`` gives and, in scripts, sets variables. Anything
else is a bean of the application the drawing came from, and is refused by its name.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn.expressions.safe.limits import RefusedError
from engine.bpmn.expressions.unified import running
from engine.bpmn.expressions.unified.functions import ASKING, CHANGING, FUNCTIONS, KNOWN
from engine.bpmn.expressions.unified.lexing import refusal
from engine.bpmn.expressions.unified.methods import (
    COMPARING,
    METHOD_NAMES,
    SHALLOW,
    STATIC,
    candidates,
    method,
)
from engine.bpmn.expressions.unified.running import Node, Run

#: Names that are never variables.
_OBJECTS = frozenset({"execution", "true", "false", "null"})


@dataclass(slots=True)
class Reach:
    """What one text reads and writes."""

    #: Whether the text is a script: what may set variables.
    sets: bool = False
    reads: set[str] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)

    def note(self, path: str | None) -> None:
        """Note that the variable in front of ``path`` is read."""
        name = (path or "").partition(".")[0]
        if name and name not in _OBJECTS:
            self.reads.add(name)


@dataclass(frozen=True, slots=True)
class Callee:
    """What is called: ``name(...)``, or ``owner.name(...)``."""

    name: str
    offset: int
    owner: Node | None = None
    path: str | None = None  #: of the owner, where it is a name and names behind dots


def called(
    callee: Callee, arguments: Sequence[Node], literals: Sequence[str | None], reach: Reach
) -> Node:
    """Return the node of a call.

    Args:
        callee: what is called.
        arguments: nodes of what it gets.
        literals: for each argument its text, where it is a literal one.
        reach: told what the call reads and writes.

    Raises:
        RefusedError: it does not exist here, or not with these arguments.
    """
    if callee.owner is None:
        return _function(callee, arguments)
    if callee.path == "execution":
        return _of_execution(callee, arguments, literals, reach)
    static = STATIC.get(f"{(callee.path or '').removeprefix('java.lang.')}.{callee.name}")
    if static is not None:
        _check_count(callee, [static], len(arguments))
        return running.call(static, arguments)
    if callee.name not in METHOD_NAMES:
        raise _bean(callee)
    _check_count(callee, candidates(callee.name), len(arguments) + 1)
    reach.note(callee.path)
    owner, name = callee.owner, callee.name

    def run(state: Run) -> Any:
        value = owner(state)
        if type(value) is str or name not in SHALLOW:
            state.look(value)
        values = [state.look(argument(state)) for argument in arguments]
        function = method(value, name)
        if function in COMPARING:
            return function(value, *values, same=state.equal)
        return state.charge(function(value, *values))

    return run


def _function(callee: Callee, arguments: Sequence[Node]) -> Node:
    function = FUNCTIONS.get(callee.name)
    if function is None:
        known = ", ".join(sorted(FUNCTIONS))
        raise refusal(
            f"There is no function '{callee.name}'.", f"Use one of: {known}.", callee.offset
        )
    _check_count(callee, [function], len(arguments) + 1)
    return running.bound_call(function, arguments)


def _of_execution(
    callee: Callee, arguments: Sequence[Node], literals: Sequence[str | None], reach: Reach
) -> Node:
    function = ASKING.get(callee.name) or CHANGING.get(callee.name)
    if function is None:
        known = ", ".join(sorted({*ASKING, *CHANGING}))
        raise refusal(
            f"'execution.{callee.name}' is not known here.", f"Use one of: {known}.", callee.offset
        )
    _check_count(callee, [function], len(arguments) + 1)
    name = literals[0] if literals else None
    if callee.name in CHANGING:
        _note_change(callee, name, reach)
    elif name is not None:
        reach.reads.add(name)
    elif not arguments and callee.name.startswith("get"):
        property_name = callee.name[3:4].lower() + callee.name[4:]
        reach.reads.update({KNOWN[property_name]} if property_name in KNOWN else ())
    return running.bound_call(function, arguments)


def _note_change(callee: Callee, name: str | None, reach: Reach) -> None:
    if not reach.sets:
        raise refusal(
            f"'execution.{callee.name}' changes a variable.",
            "Do that in a script task.",
            callee.offset,
        )
    if name is None:
        raise refusal(
            "The name of the variable is not written here.",
            "Write it in quotes: execution.setVariable('total', 5).",
            callee.offset,
        )
    reach.writes.add(name)


def _check_count(callee: Callee, functions: Sequence[Any], count: int) -> None:
    """Refuse a call with more or fewer values than any of ``functions`` takes."""
    if not any(_takes(function, count) for function in functions):
        raise refusal(
            f"'{callee.name}' is called with the wrong number of values.",
            "Look up what it takes.",
            callee.offset,
        )


def _takes(function: Any, count: int) -> bool:
    try:
        inspect.signature(function).bind(*range(count))
    except TypeError:
        return False
    except ValueError:
        return True  # a function of Python's own that says nothing about itself
    return True


def _bean(callee: Callee) -> RefusedError:
    if callee.path is None:
        return refusal(
            f"There is no method '{callee.name}'.",
            f"Use one of: {', '.join(sorted(METHOD_NAMES))}.",
            callee.offset,
        )
    return refusal(
        f"The bean '{callee.path}' (its method '{callee.name}') does not exist here.",
        "Let a service task do it: its job type says which job handler does the work.",
        callee.offset,
    )
