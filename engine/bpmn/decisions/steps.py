"""A decision and all that it requires as steps that are made here, each after what it requires."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from engine.bpmn.decisions import model
from engine.bpmn.decisions.limits import KEPT, MOST_NOTES
from engine.bpmn.decisions.linking import in_order
from engine.bpmn.decisions.plain import Compiler, Scope
from engine.bpmn.decisions.plain_types import Check, plain_check
from engine.bpmn.expressions.friendly.budget import begin, measured
from engine.bpmn.expressions.friendly.operations import ElsewhereError
from engine.bpmn.expressions.safe.limits import SCALARS
from engine.decisions import Decision, Evaluated, Failure, FiredRule

#: Characters of texts that are compiled here for one decision: at worst 0.8 s of work; more are
#: for the sandbox. What a text costs beside its characters counts as :data:`_A_TEXT` more.
_READ, _A_TEXT = 300_000, 8

#: Gives the value of a decision from what it sees, and adds the rules that fired.
Logic: TypeAlias = Callable[[Scope, list[FiredRule]], Any]


@dataclass(frozen=True, slots=True)
class _Step:
    """One decision."""

    node: model.DecisionNode
    logic: Logic
    check: Check | None
    reads: frozenset[str]  #: names of what is given, as far as the model does not know it

    def not_given(self, inputs: Mapping[str, Any]) -> Iterable[Failure]:
        """Yield what it reads that is not there."""
        for name in sorted(self.reads - inputs.keys()):
            yield Failure(self.node.id, f"Variable '{name}' not found")


class Steps:
    """A plain decision, ready to be made."""

    def __init__(self, plan: model.Plan, key: str, names: frozenset[str]) -> None:
        """Compile the decision ``key``; ``names`` are those of all elements of the plan.

        Raises:
            ElsewhereError: something in it is for the sandbox.
        """
        self._names = names
        self._inputs: list[tuple[model.InputData, Check | None]] = []
        self._steps: list[_Step] = []
        order = in_order(plan, key)
        if sum(_reading(plan.elements[each]) for each in order) > _READ:
            raise ElsewhereError
        for each in order:
            node = plan.elements[each]
            check = plain_check(node.type, plan.types)
            if isinstance(node, model.InputData):
                self._inputs.append((node, check))
            else:
                self._steps.append(_compiled(plan, node, check, names))
        known = [node.name for node, _ in self._inputs] + [step.node.name for step in self._steps]
        if len(set(known)) < len(known):
            raise ElsewhereError
        #: Names of the decisions on the way.
        self.names = frozenset(step.node.name for step in self._steps[:-1])

    def decide(self, inputs: Mapping[str, Any], now: datetime | None) -> Decision:
        """Return what is decided. Raises :class:`ElsewhereError`."""
        begin()
        scope = Scope({name: inputs[name] for name in inputs if name not in self._names})
        scope.now = now
        warnings: list[Failure] = []
        for node, check in self._inputs:
            value = inputs.get(node.name)
            scope[node.name] = value if check is None else check(value)
            if value is None and node.name not in inputs:
                warnings.append(Failure(node.id, f"'{node.name}' is not given."))
        fired: list[FiredRule] = []
        evaluated: list[Evaluated] = []
        value, told = None, 0
        for step in self._steps:
            value = step.logic(scope, fired)
            if type(value) not in SCALARS:
                told += measured(value)
            if step.check is not None:
                step.check(value)
            scope[step.node.name] = value
            if not step.reads <= inputs.keys():
                warnings.extend(step.not_given(inputs))
            evaluated.append(Evaluated(step.node.id, step.node.name, value))
        if told > KEPT or _told(fired) > KEPT:
            raise ElsewhereError
        return Decision(value, tuple(fired), tuple(evaluated), (), tuple(warnings[:MOST_NOTES]))


def _told(fired: Iterable[FiredRule]) -> int:
    """Return the size of the values that rules tell, beside scalars."""
    total = 0
    for rule in fired:
        for match in rule.because:
            if type(match.value) not in SCALARS:
                total += measured(match.value)
        for value in rule.outputs.values():
            if type(value) not in SCALARS:
                total += measured(value)
    return total


def _reading(node: model.Node) -> int:
    """Return what it costs to compile the texts of a decision, in characters."""
    logic = node.logic if isinstance(node, model.DecisionNode) else None
    return sum(len(text.text) + _A_TEXT for text in model.texts_of(logic))


def _compiled(
    plan: model.Plan, node: model.Node, check: Check | None, names: frozenset[str]
) -> _Step:
    if not isinstance(node, model.DecisionNode):
        raise ElsewhereError
    compiler = Compiler(node.id, plan.types, foreign=False)
    logic = compiler.logic(node.logic)
    seen = {path[0] for path, _ in node.needs}
    if any(path != (plan.elements[other].name,) for path, other in node.needs):
        raise ElsewhereError
    if compiler.reads & (names - seen):
        raise ElsewhereError  # it names what it does not require, so does not see
    if any(_may_hide(name, compiler.reads) for name in seen):
        raise ElsewhereError  # "a-b" may be one name, and "a and b" too
    return _Step(node, logic, check, frozenset(compiler.reads - names))


def _may_hide(name: str, reads: Iterable[str]) -> bool:
    """Say whether a name is not one word and begins like one of those that are read."""
    return not name.isidentifier() and any(name.startswith(word) for word in reads)
