"""Decisions that are made here, without the sandbox: tables and expressions of plain FEEL.

Their answers are those of the sandbox; whatever is not plain, in a text or in a value, is left to
it (:class:`ElsewhereError`). So is everything that went wrong: one place says what. Texts in
another language than FEEL can be evaluated here alone; then what goes wrong is told here
(:class:`UnusualError`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.bpmn.decisions import model
from engine.bpmn.decisions.hit_policies import AGGREGATORS, Hit, HitPolicy, HitPolicyError, chosen
from engine.bpmn.decisions.limits import MOST_FIRED
from engine.bpmn.decisions.model import Text
from engine.bpmn.decisions.plain_types import Check, plain_check
from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions import compile_expression
from engine.bpmn.expressions.feel import LANGUAGE as FEEL
from engine.bpmn.expressions.friendly.budget import begin, measured
from engine.bpmn.expressions.friendly.cells import Test, parse_tests
from engine.bpmn.expressions.friendly.operations import ElsewhereError, result
from engine.bpmn.expressions.friendly.parsing import Node, parse
from engine.bpmn.expressions.protocol import Place
from engine.bpmn.expressions.sandbox.process import SANDBOX
from engine.bpmn.work import Stopwatch
from engine.decisions import FiredRule, Match

#: How much longer than one expression all decisions in other languages behind one may take.
_LONGER = 3


class UnusualError(ElsewhereError):
    """Internal: what went wrong, for decisions that the sandbox cannot make."""

    def __init__(self, element: str | None, message: str) -> None:
        """Name the element in the file."""
        super().__init__(message)
        self.element = element
        self.message = message


class Scope(dict[str, Any]):
    """Variables, the clock, and what counts the work; without that, it is not bounded."""

    now: datetime | None = None
    stopwatch: Stopwatch | None = None


@dataclass(frozen=True, slots=True)
class _Column:
    label: str
    element: str | None
    value: Node
    check: Check | None
    allowed: Test | None


@dataclass(frozen=True, slots=True)
class _Row:
    rule: model.Rule
    tests: tuple[tuple[int, Test], ...]  #: column and test, where there is one
    outputs: tuple[Node | None, ...]


@dataclass(frozen=True, slots=True)
class _Output:
    name: str
    check: Check | None
    order: Sequence[Any]
    default: Node | None


@dataclass(frozen=True, slots=True)
class PlainTable:
    """A table of which every text is a closure."""

    key: str  #: of the decision, for the rules that fire
    table: model.Table
    columns: tuple[_Column, ...]
    outputs: tuple[_Output, ...]
    rows: tuple[_Row, ...]
    #: Brings a value to its usual form: 5.0 is 5.
    tidy: Callable[[Any], Any] = result

    def value(self, scope: Scope, fired: list[FiredRule]) -> Any:
        """Return what the table gives, and add the rules that led to it to ``fired``."""
        values = [self._input(column, scope) for column in self.columns]
        fitting = []
        for row in self.rows:
            for column, test in row.tests:
                if not test(values[column], scope):
                    break
            else:
                fitting.append(row)
                if self.table.policy == "FIRST":
                    break
        hits: Sequence[Hit] = [(row.rule.row, self._outputs_of(row, scope)) for row in fitting]
        if self.table.aggregation is None:
            try:
                orders = [output.order for output in self.outputs]
                hits = chosen(self.table.policy, hits, orders)
            except HitPolicyError as error:
                raise UnusualError(self.table.id, str(error)) from error
        self._tell(fired, hits, fitting, values)
        return self._result([found for _, found in hits], scope)

    def _input(self, column: _Column, scope: Scope) -> Any:
        value = column.value(scope)
        try:
            if column.check is not None:
                if type(value) is dict or type(value) is list:
                    measured(value)
                column.check(value)
        except ElsewhereError as error:
            what = f"The input '{column.label}' is {value!r:.60}, which is of another type."
            raise UnusualError(column.element, what) from error
        if column.allowed is not None and value is not None and not column.allowed(value, scope):
            what = f"The input '{column.label}' is {value!r:.60}, which its values do not allow."
            raise UnusualError(column.element, what)
        return value

    def _outputs_of(self, row: _Row, scope: Scope) -> list[Any]:
        found = []
        for node, output in zip(row.outputs, self.outputs, strict=True):
            value = self.tidy(node(scope)) if node is not None else None
            found.append(self._typed(output, value, row.rule.id))
        return found

    def _typed(self, output: _Output, value: Any, element: str | None) -> Any:
        try:
            return value if output.check is None else output.check(value)
        except ElsewhereError as error:
            what = f"The output '{output.name}' is {value!r:.60}, which is of another type."
            raise UnusualError(element, what) from error

    def _tell(
        self,
        fired: list[FiredRule],
        hits: Sequence[Hit],
        fitting: Sequence[_Row],
        values: Sequence[Any],
    ) -> None:
        """Add the rules that count to ``fired``, with the values that led to them."""
        by_row = {row.rule.row: row for row in fitting}
        tidied: dict[int, Any] = {}
        for number, found in hits[: max(MOST_FIRED - len(fired), 0)]:
            row = by_row[number]
            because = []
            for column, _ in row.tests:
                if column not in tidied:
                    tidied[column] = self.tidy(values[column])
                text = row.rule.tests[column]
                assert text is not None  # noqa: S101 - it has been compiled
                because.append(Match(self.columns[column].label, tidied[column], text.text))
            outputs = {each.name: value for each, value in zip(self.outputs, found, strict=True)}
            fired.append(
                FiredRule(
                    row.rule.id, number, self.key, tuple(because), outputs, row.rule.annotations
                )
            )

    def _result(self, hits: Sequence[Sequence[Any]], scope: Scope) -> Any:
        aggregation = self.table.aggregation
        if not hits and any(output.default is not None for output in self.outputs):
            hits = [self._defaults(scope)]
        elif aggregation is not None:
            return self._aggregated(aggregation, [found[0] for found in hits])
        shaped = [self._shaped(found) for found in hits]
        several = aggregation is None and HitPolicy(self.table.policy).gives_several
        return shaped if several else (shaped[0] if shaped else None)

    def _defaults(self, scope: Scope) -> list[Any]:
        found = []
        for output in self.outputs:
            value = self.tidy(output.default(scope)) if output.default is not None else None
            found.append(self._typed(output, value, self.table.id))
        return found

    def _shaped(self, found: Sequence[Any]) -> Any:
        if len(self.outputs) == 1:
            return found[0]
        return {output.name: value for output, value in zip(self.outputs, found, strict=True)}

    def _aggregated(self, name: str, found: list[Any]) -> Any:
        if name == "COUNT":
            return len(found)
        numbers = [value for value in found if value is not None]
        if not all(type(number) in (int, float) for number in numbers):
            raise UnusualError(self.table.id, f"{name} needs numbers, and an output is none.")
        return self.tidy(AGGREGATORS[name](numbers)) if numbers else None


class Compiler:
    """Compiles the logic of one decision; ``foreign`` where a text is in another language."""

    def __init__(self, key: str, types: Mapping[str, model.Type], *, foreign: bool) -> None:
        """``key`` is that of the decision, ``types`` those of the model."""
        self._key, self._types, self._foreign = key, types, foreign
        self._tidy = _tidy_if_plain if foreign else result
        self.reads: set[str] = set()

    def logic(self, boxed: model.Boxed | None) -> Callable[[Scope, list[FiredRule]], Any]:
        """Return what gives the value of a table or an expression.

        Raises:
            ElsewhereError: it is for the sandbox.
            ExpressionError: a text of another language does not compile.
        """
        if isinstance(boxed, model.Table):
            value = self._table(boxed).value
        elif isinstance(boxed, model.Literal) and boxed.text is not None:
            node = self._node(boxed.text)

            def value(scope: Scope, fired: list[FiredRule]) -> Any:
                return self._tidy(node(scope))
        else:
            raise ElsewhereError
        check = self._check(boxed.type)
        return value if check is None else lambda scope, fired: check(value(scope, fired))

    def _check(self, wanted: model.Type | None) -> Check | None:
        try:
            return plain_check(wanted, self._types)
        except ElsewhereError:
            if self._foreign:
                return None  # dates and the like are taken as they come
            raise

    def _table(self, table: model.Table) -> PlainTable:
        return PlainTable(
            self._key,
            table,
            tuple(self._column(column) for column in table.inputs),
            tuple(self._output(output) for output in table.outputs),
            tuple(self._row(rule, table.inputs) for rule in table.rules),
            self._tidy,
        )

    def _column(self, column: model.Input) -> _Column:
        return _Column(
            column.label,
            column.text.element,
            self._node(column.text),
            self._check(column.type),
            self._test(column.allowed) if column.allowed is not None else None,
        )

    def _output(self, output: model.Output) -> _Output:
        order: Sequence[Any] = ()
        if output.values is not None:
            node, reads = parse(f"[{output.values.text}]")
            if reads:
                raise ElsewhereError
            begin()
            order = result(node({}))
        default = self._node(output.default) if output.default is not None else None
        return _Output(output.name, self._check(output.type), order, default)

    def _row(self, rule: model.Rule, inputs: Sequence[model.Input]) -> _Row:
        tests = tuple(
            (column, self._test(text, inputs[column].variable))
            for column, text in enumerate(rule.tests)
            if text is not None
        )
        outputs = tuple(None if text is None else self._node(text) for text in rule.outputs)
        return _Row(rule, tests, outputs)

    def _node(self, text: Text) -> Node:
        if text.language is not None:
            return self._other(text)
        if not self._foreign:
            node, reads = parse(text.text)
            self.reads |= reads
            return node
        compiled = FEEL.expression(Place(text.text, text.element, text.line))
        self.reads |= compiled.reads

        def asked(scope: Mapping[str, Any]) -> Any:
            _keep_time(scope, text.element)
            found = compiled.evaluate(scope, now=_clock(scope))
            begin()  # what is done with the value does not count as its own work
            return found

        return asked

    def _other(self, text: Text) -> Node:
        if not self._foreign:
            raise ElsewhereError
        compiled = compile_expression(
            text.text, element=text.element, line=text.line, language=text.language
        )
        self.reads |= compiled.reads

        def node(scope: Mapping[str, Any]) -> Any:
            _keep_time(scope, text.element)
            begin()
            try:
                return compiled.evaluate(scope, now=_clock(scope))
            except ExpressionError as error:
                raise UnusualError(text.element, str(error)) from error

        return node

    def _test(self, text: Text, variable: str = "cellInput") -> Test:
        """Compile the tests of a cell, in which the value is called ``variable`` too."""
        if text.language is not None:
            return _asking(self._other(text), variable)
        if not self._foreign:
            test, reads = parse_tests(text.text)
            if variable in reads:
                raise ElsewhereError
            self.reads |= reads
            return test
        compiled = FEEL.tests(Place(text.text, text.element, text.line))
        self.reads |= compiled.reads

        def passes(value: Any, scope: Mapping[str, Any]) -> bool:
            _keep_time(scope, text.element)
            return compiled.passes(value, scope, now=_clock(scope))

        return passes


def _tidy_if_plain(value: Any) -> Any:
    begin()
    try:
        return result(value)
    except ElsewhereError:
        return value


def _asking(node: Node, variable: str) -> Test:
    """Return the test that another language writes: it knows the value by its names."""

    def test(value: Any, variables: Mapping[str, Any]) -> bool:
        seen = Scope({**variables, "value": value, "cellInput": value, variable: value})
        seen.now = _clock(variables)
        seen.stopwatch = getattr(variables, "stopwatch", None)
        found = node(seen)
        return found if isinstance(found, bool) else bool(found == value)

    return test


def longest() -> float:
    """Return the seconds of work that all decisions in other languages behind one may take."""
    return SANDBOX.seconds * _LONGER


def _keep_time(scope: Mapping[str, Any], element: str | None) -> None:
    """Stop what works for too long: each text is bounded, a table has thousands."""
    stopwatch = scope.stopwatch if isinstance(scope, Scope) else None
    if stopwatch is not None and stopwatch.exceeds(longest()):
        raise UnusualError(element, "The decision works for too long.")


def _clock(scope: Mapping[str, Any]) -> datetime | None:
    return scope.now if isinstance(scope, Scope) else None
