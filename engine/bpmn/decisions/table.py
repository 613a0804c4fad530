"""A decision that can be asked: its inputs, its rules, and what they lead to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.bpmn.decisions.hit_policies import HitPolicy, HitPolicyError, aggregated, chosen
from engine.bpmn.decisions.types import fits
from engine.bpmn.decisions.unary_tests import Test
from engine.bpmn.errors import DecisionError, ExpressionError
from engine.bpmn.expressions import Expression


@dataclass(frozen=True, slots=True)
class Input:
    """One column on the input side."""

    label: str
    path: tuple[str, ...]  #: names on the way to the value; empty where ``expression`` gives it
    expression: Expression | None
    kind: str | None  #: see :func:`~.types.type_named`
    allowed: Test | None = None

    def value(self, variables: Mapping[str, Any], now: datetime | None) -> Any:
        """Return what the column tests; a variable that is missing is None."""
        if self.expression is not None:
            return self.expression.evaluate(variables, now=now)
        value: Any = variables
        for name in self.path:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value


@dataclass(frozen=True, slots=True)
class Output:
    """One column on the output side."""

    name: str
    kind: str | None
    values: tuple[Any, ...] = ()  #: allowed, most important first
    default: Expression | None = None  #: when no rule fits


@dataclass(frozen=True, slots=True)
class Cell:
    """One input entry: a test of the column's value, or an expression that knows it as value."""

    test: Test | None = None  #: None with no ``expression``: anything passes
    expression: Expression | None = None

    def passes(self, value: Any, variables: Mapping[str, Any], now: datetime | None) -> bool:
        """Say whether the value of the column passes."""
        if self.expression is not None:
            result = self.expression.evaluate({**variables, "value": value}, now=now)
            return result if isinstance(result, bool) else bool(result == value)
        return self.test is None or self.test(value)


@dataclass(frozen=True, slots=True)
class Rule:
    """One row."""

    id: str
    row: int  #: 1-based
    cells: tuple[Cell, ...]
    outputs: tuple[Expression | None, ...]


@dataclass(frozen=True, slots=True)
class FiredRule:
    """A rule that led to the result."""

    id: str
    row: int  #: 1-based


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """What a decision gives: outputs by name, or a list of them where the policy says several."""

    outputs: dict[str, Any] | list[dict[str, Any]]
    fired_rules: tuple[FiredRule, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision table, ready to be asked; shared by threads."""

    key: str
    name: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...] = field(repr=False)
    policy: HitPolicy = HitPolicy.UNIQUE
    aggregation: str | None = None

    def evaluate(
        self, variables: Mapping[str, Any], *, now: datetime | None = None
    ) -> DecisionResult:
        """Return what the rules say about ``variables``.

        When no rule fits, each output is None (or its default), or the list is empty.

        Raises:
            DecisionError: a value has the wrong type, an expression failed, or the rules that
                fit contradict the hit policy; names them.
        """
        try:
            values = [self._checked(column, variables, now) for column in self.inputs]
            fitting = [rule for rule in self.rules if self._fits(rule, values, variables, now)]
            return self._result(fitting, variables, now)
        except HitPolicyError as error:
            raise DecisionError(error.reason, error.cure, decision=self.key) from error
        except ExpressionError as error:
            raise DecisionError(str(error), "", decision=self.key, element=error.element) from error

    def _checked(self, column: Input, variables: Mapping[str, Any], now: datetime | None) -> Any:
        value = column.value(variables, now)
        if not fits(value, column.kind):
            raise DecisionError(
                f"The input '{column.label}' is {value!r:.60}, which is no {column.kind}.",
                "Convert it before the decision is asked, or change the type of the input.",
                decision=self.key,
            )
        if column.allowed is not None and value is not None and not column.allowed(value):
            raise DecisionError(
                f"The input '{column.label}' is {value!r:.60}, which its values do not allow.",
                "Add it to the input values, or check where it comes from.",
                decision=self.key,
            )
        return value

    def _fits(
        self, rule: Rule, values: list[Any], variables: Mapping[str, Any], now: datetime | None
    ) -> bool:
        return all(
            cell.passes(value, variables, now)
            for cell, value in zip(rule.cells, values, strict=True)
        )

    def _result(
        self, fitting: list[Rule], variables: Mapping[str, Any], now: datetime | None
    ) -> DecisionResult:
        if self.policy is HitPolicy.FIRST:
            fitting = fitting[:1]
        hits = [(rule.row, self._outputs_of(rule, variables, now)) for rule in fitting]
        by_row = {rule.row: FiredRule(rule.id, rule.row) for rule in fitting}
        if self.aggregation:
            name = self.outputs[0].name
            total = aggregated(self.aggregation, [outputs[name] for _, outputs in hits])
            return DecisionResult({name: total}, tuple(by_row.values()))
        taken = chosen(self.policy, hits, {out.name: out.values for out in self.outputs})
        fired = tuple(by_row[row] for row, _ in taken)
        if self.policy.gives_several:
            return DecisionResult([dict(outputs) for _, outputs in taken], fired)
        if not taken:
            return DecisionResult(self._when_none_fits(variables, now), ())
        return DecisionResult(dict(taken[0][1]), fired)

    def _outputs_of(
        self, rule: Rule, variables: Mapping[str, Any], now: datetime | None
    ) -> dict[str, Any]:
        outputs: dict[str, Any] = {}
        for column, expression in zip(self.outputs, rule.outputs, strict=True):
            value = expression.evaluate(variables, now=now) if expression is not None else None
            if not fits(value, column.kind):
                raise DecisionError(
                    f"The output '{column.name}' of row {rule.row} is {value!r:.60}, "
                    f"which is no {column.kind}.",
                    "Change the entry, or the type of the output.",
                    decision=self.key,
                    element=rule.id,
                )
            outputs[column.name] = value
        return outputs

    def _when_none_fits(self, variables: Mapping[str, Any], now: datetime | None) -> dict[str, Any]:
        return {
            column.name: column.default.evaluate(variables, now=now) if column.default else None
            for column in self.outputs
        }
