"""JUEL, the Unified Expression Language: ``${amount > 5}`` of Camunda 7, Flowable, Activiti.

Data is looked at, compared and calculated with as JSR 245 says; ``execution`` gives variables.
A text may hold several expressions: ``Hello ${name}!``. What a text has no marks around is one
expression. Two things are more lenient than Java: a variable that is not there is ``empty``, and
equals ``null``. Beans, classes and regular expressions are refused.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from engine.bpmn.expressions.protocol import Place
from engine.bpmn.expressions.safe.limits import EXPRESSION_LENGTH, RefusedError
from engine.bpmn.expressions.unified.calls import Reach
from engine.bpmn.expressions.unified.coercion import to_boolean
from engine.bpmn.expressions.unified.parsing import parse
from engine.bpmn.expressions.unified.running import REMOVED, Node, Run


@dataclass(frozen=True, slots=True)
class JuelExpression:
    """A compiled expression; implements :class:`~.protocol.Expression`."""

    place: Place
    reads: frozenset[str]
    node: Node = field(repr=False)

    @property
    def text(self) -> str:
        """The expression as it was written."""
        return self.place.text

    def as_condition(self) -> JuelExpression:
        """Return the same, giving true or false: the text "false", as forms send it, is false."""
        node = self.node
        return replace(self, node=lambda run: to_boolean(node(run)))

    def evaluate(self, variables: Mapping[str, Any], *, now: datetime | None = None) -> Any:
        """Return the value; see :meth:`.protocol.Expression.evaluate`."""
        return _value(self.place, self.node, Run(variables, now))


@dataclass(frozen=True, slots=True)
class JuelScript:
    """A compiled expression that sets variables; implements :class:`~.protocol.Script`."""

    place: Place
    reads: frozenset[str]
    writes: frozenset[str]
    node: Node = field(repr=False)
    result: str | None = None

    @property
    def text(self) -> str:
        """The script as it was written."""
        return self.place.text

    def run(self, variables: MutableMapping[str, Any], *, now: datetime | None = None) -> None:
        """Set variables; see :meth:`.protocol.Script.run`."""
        run = Run(variables, now)
        value = _value(self.place, self.node, run)
        if self.result is not None:
            run.changes[self.result] = value
        for name, changed in run.changes.items():
            if changed is REMOVED:
                variables.pop(name, None)
            else:
                variables[name] = changed


class Juel:
    """The language of both; implements :class:`~.protocol.ExpressionLanguage`."""

    name = "juel"
    aliases = frozenset(
        {
            "juel",
            "uel",
            "el",
            "unified-expression-language",
            "application/juel",
            "http://www.jcp.org/en/jsr/detail?id=245",
            "https://www.jcp.org/en/jsr/detail?id=245",
            "http://java.sun.com/products/jsp",
            "http://camunda.org/schema/1.0/bpmn",
            "http://activiti.org/bpmn",
            "http://flowable.org/bpmn",
        }
    )

    def expression(self, place: Place) -> JuelExpression:
        """Compile one text; the same text is parsed once."""
        node, reach = _compiled(place, False)
        return JuelExpression(place, frozenset(reach.reads), node)

    def script(self, place: Place, result: str | None = None) -> JuelScript:
        """Compile one expression that may call ``execution.setVariable``."""
        node, reach = _compiled(place, True)
        writes = reach.writes | ({result} if result else set())
        return JuelScript(place, frozenset(reach.reads), frozenset(writes), node, result)


def _compiled(place: Place, sets: bool) -> tuple[Node, Reach]:
    try:
        return _parsed(place.text, sets)
    except RefusedError as refused:
        raise _error(place, refused) from refused
    except RecursionError as fault:
        raise place.error("It is nested too deep.", "Make it simpler.") from fault


@functools.lru_cache(maxsize=4096)
def _parsed(text: str, sets: bool) -> tuple[Node, Reach]:
    if len(text) > EXPRESSION_LENGTH:
        raise RefusedError(
            f"It has more than {EXPRESSION_LENGTH:,} characters.", "Make it shorter."
        )
    reach = Reach(sets=sets)
    return parse(text, reach), reach


def _value(place: Place, node: Node, run: Run) -> Any:
    try:
        return run.charge(node(run))
    except RefusedError as refused:
        raise _error(place, refused) from refused
    except RecursionError as fault:
        raise place.error("It is nested too deep.", "Make it simpler.") from fault


def _error(place: Place, refused: RefusedError) -> Exception:
    column = None if refused.offset is None else refused.offset + 1
    return place.error(refused.reason, refused.cure, column=column)


LANGUAGE = Juel()
