"""Decisions that can be asked: all files of a deployment, linked once and shared by threads."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from engine.bpmn.decisions import model
from engine.bpmn.decisions.asking import Asked, failed
from engine.bpmn.decisions.hit_policies import HitPolicy
from engine.bpmn.decisions.linking import Linked, behind, link
from engine.bpmn.decisions.plain import Compiler, Scope, UnusualError
from engine.bpmn.decisions.plain_types import Check, plain_check
from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions.friendly.operations import ElsewhereError
from engine.bpmn.reader import Document
from engine.decisions import Decision, Evaluated, Failure, FiredRule

#: Gives the value of a decision from what it sees.
_Logic = Callable[[Scope, list[FiredRule]], Any]


class Decisions:
    """What the files of one deployment decide."""

    def __init__(self, linked: Linked) -> None:
        """Keep files that were linked."""
        self.linked = linked
        self._elements = linked.plan.elements
        self._names = frozenset(node.name for node in self._elements.values())
        #: Keys of decisions with texts in other languages than FEEL.
        self._foreign = frozenset(key for key, node in self._elements.items() if _is_foreign(node))
        self._plain: dict[str, _Steps | None] = {}
        self._foreign_logics: dict[str, _Logic] = {}

    @classmethod
    def of(cls, documents: Iterable[Document]) -> Decisions:
        """Read and link documents; those of BPMN hold no decisions."""
        return cls(link(documents))

    def find(self, name: str) -> str | None:
        """Return the key of a decision, service or knowledge model by its id or its name.

        Where several files hold one of that name, the file that no other imports is meant, and
        then the first.
        """
        wanted = " ".join(name.split())
        found = [
            key
            for key, node in self._elements.items()
            if not isinstance(node, model.InputData) and wanted in (node.id, node.name)
        ]
        files = self.linked.files
        outer = {file.index for file in files} - {
            each.index for file in files for each in file.imports.values()
        }
        return min(
            found,
            key=lambda key: (
                self._elements[key].id != name,
                int(key.partition("#")[0]) not in outer,
                not isinstance(self._elements[key], model.DecisionNode),
            ),
            default=None,
        )

    def names(self) -> list[str]:
        """Return the names of what can be asked, in the order of the files."""
        return [
            node.name for node in self._elements.values() if not isinstance(node, model.InputData)
        ]

    def decide(
        self,
        key: str,
        inputs: Mapping[str, Any],
        *,
        now: datetime | None = None,
        as_texts: bool = False,
        overriding: bool = False,
    ) -> Decision:
        """Return what is decided; what goes wrong is among its failures.

        Args:
            key: of an element, see :meth:`find`.
            inputs: values by name; those that the model does not know are seen by all its texts.
            now: the clock.
            as_texts: dates come as ISO 8601 texts, as everything that has no place in JSON.
            overriding: an input with the name of a decision stands for it.
        """
        steps = self._steps(key)
        if steps is not None and not (overriding and steps.names & inputs.keys()):
            try:
                return steps.decide(inputs, now)  # plain values: there are no dates among them
            except ElsewhereError:
                pass
        if key in self._foreign:
            return self._decided_here(key, inputs, now)
        known = {
            each: self.decide(each, inputs, now=now, overriding=overriding).outputs
            for each in self._foreign & behind(self.linked.plan, key)
        }
        return self._asked.decide(
            key, inputs, known, now=now, as_texts=as_texts, overriding=overriding
        )

    def by_name(self, key: str, value: Any) -> Any:
        """Return a value with the names of its outputs: a dictionary, or a list of them.

        It is what a process gets: an output column is known by its name, also when it is alone;
        what has no columns is known by its variable, or by the key of its decision where that is
        no name of a variable.
        """
        table = self.table(key)
        if table is None:
            return {self._variable(key): value}
        if len(table.outputs) > 1:
            given = isinstance(value, dict | list)
            return value if given else {output.name: None for output in table.outputs}
        name = (table.outputs[0].name if table.outputs else "") or self._elements[key].id
        if isinstance(value, list) and HitPolicy(table.policy).gives_several:
            return [{name: item} for item in value]
        return {name: value}

    def table(self, key: str) -> model.Table | None:
        """Return the table of a decision; None where it is another expression."""
        node = self._elements[key]
        logic = node.logic if isinstance(node, model.DecisionNode) else None
        return logic if isinstance(logic, model.Table) else None

    def _variable(self, key: str) -> str:
        index, _, id = key.partition("#")
        name = self.linked.files[int(index)].parts[id].variable
        return name if name.isidentifier() else id

    @functools.cached_property
    def _asked(self) -> Asked:
        return Asked(self.linked.plan)

    def _steps(self, key: str) -> _Steps | None:
        """Return how the decision is made here; None where the sandbox has to."""
        if key not in self._plain:
            try:
                self._plain[key] = self._compiled(key)
            except ElsewhereError:
                self._plain[key] = None
        return self._plain[key]

    def _compiled(self, key: str) -> _Steps:
        types = self.linked.plan.types
        inputs: list[tuple[str, Check | None]] = []
        decisions: list[_Step] = []
        for each in self._in_order(key):
            node = self._elements[each]
            check = plain_check(node.type, types)
            if isinstance(node, model.InputData):
                inputs.append((node.name, check))
                continue
            if not isinstance(node, model.DecisionNode) or each in self._foreign:
                raise ElsewhereError
            compiler = Compiler(node.id, types, foreign=False)
            logic = compiler.logic(node.logic)
            seen = {path[0] for path, _ in node.needs}
            if any(path != (self._elements[other].name,) for path, other in node.needs):
                raise ElsewhereError
            if compiler.reads & (self._names - seen):
                raise ElsewhereError  # it names what it does not require, so does not see
            if any(_may_hide(name, compiler.reads) for name in seen):
                raise ElsewhereError  # "a-b" may be one name, and "a and b" too
            decisions.append(_Step(node, logic, check, frozenset(compiler.reads - self._names)))
        names = [name for name, _ in inputs] + [step.node.name for step in decisions]
        if len(set(names)) < len(names):
            raise ElsewhereError
        return _Steps(tuple(inputs), tuple(decisions), self._names)

    def _in_order(self, key: str) -> list[str]:
        """Return what a decision requires and itself, each after what it requires."""
        done: dict[str, None] = {}
        pending = [(key, False)]
        entered: set[str] = set()
        while pending:
            each, left = pending.pop()
            if left:
                done[each] = None
            elif each not in entered:
                entered.add(each)
                pending.append((each, True))
                node = self._elements[each]
                if isinstance(node, model.Service | model.Knowledge):
                    raise ElsewhereError
                if isinstance(node, model.DecisionNode):
                    pending.extend((other, False) for _, other in node.needs)
        return list(done)

    def _decided_here(self, key: str, inputs: Mapping[str, Any], now: datetime | None) -> Decision:
        """Return a decision with texts in other languages than FEEL."""
        node = self._elements[key]
        assert isinstance(node, model.DecisionNode)  # noqa: S101 - nothing else is foreign
        scope = Scope({name: inputs[name] for name in inputs.keys() - self._names})
        scope.now = now
        fired: list[FiredRule] = []
        evaluated: list[Evaluated] = []
        for path, other in node.needs:
            required = self._elements[other]
            if isinstance(required, model.DecisionNode):
                found = self.decide(other, inputs, now=now)
                if found.failures:
                    return found
                scope[path[-1]] = found.outputs
                fired.extend(found.fired_rules)
                evaluated.extend(found.evaluated)
            elif isinstance(required, model.InputData):
                scope[path[-1]] = inputs.get(required.name)
        try:
            value = self._foreign_logic(key, node)(scope, fired)
        except UnusualError as error:
            return failed(error.element, error.message)
        except ExpressionError as error:
            return failed(error.element, str(error))
        except ElsewhereError:
            return failed(node.id, "A value is of another type than the decision takes or gives.")
        return Decision(value, tuple(fired), (*evaluated, Evaluated(node.id, node.name, value)))

    def _foreign_logic(self, key: str, node: model.DecisionNode) -> _Logic:
        """Return the logic of a decision in other languages than FEEL; it is compiled once."""
        if key not in self._foreign_logics:
            compiler = Compiler(node.id, self.linked.plan.types, foreign=True)
            self._foreign_logics[key] = compiler.logic(node.logic)
        return self._foreign_logics[key]


class _Step:
    """A decision that is made here."""

    def __init__(
        self, node: model.DecisionNode, logic: _Logic, check: Check | None, reads: frozenset[str]
    ) -> None:
        self.node, self.logic, self.check = node, logic, check
        #: Names of what is given, as far as the model does not know it.
        self.reads = reads


class _Steps:
    """A decision and all that it requires, in order."""

    def __init__(
        self,
        inputs: tuple[tuple[str, Check | None], ...],
        decisions: tuple[_Step, ...],
        declared: frozenset[str],
    ) -> None:
        self._inputs, self._decisions, self._declared = inputs, decisions, declared
        self.names = frozenset(step.node.name for step in decisions[:-1])

    def decide(self, inputs: Mapping[str, Any], now: datetime | None) -> Decision:
        """Return what is decided. Raises :class:`ElsewhereError`."""
        declared = self._declared
        scope = Scope({name: value for name, value in inputs.items() if name not in declared})
        scope.now = now
        missing: list[Failure] = []
        for name, check in self._inputs:
            value = inputs.get(name)
            scope[name] = value if check is None else check(value)
            if value is None and name not in inputs:
                missing.append(Failure(None, f"'{name}' is not given."))
        fired: list[FiredRule] = []
        evaluated: list[Evaluated] = []
        value = None
        for step in self._decisions:
            value = step.logic(scope, fired)
            if step.check is not None:
                step.check(value)
            scope[step.node.name] = value
            if not step.reads <= inputs.keys():
                missing.extend(_not_found(step, inputs))
            evaluated.append(Evaluated(step.node.id, step.node.name, value))
        return Decision(value, tuple(fired), tuple(evaluated), (), tuple(missing))


def _not_found(step: _Step, inputs: Mapping[str, Any]) -> Iterable[Failure]:
    for name in sorted(step.reads - inputs.keys()):
        yield Failure(step.node.id, f"Variable '{name}' not found")


def _is_foreign(node: model.Node) -> bool:
    return isinstance(node, model.DecisionNode) and any(
        text.language is not None for text in texts_of(node.logic)
    )


def _may_hide(name: str, reads: Iterable[str]) -> bool:
    """Say whether a name is not one word and begins like one of those that are read."""
    return not name.isidentifier() and any(name.startswith(word) for word in reads)


def texts_of(boxed: model.Boxed | None) -> Iterable[model.Text]:
    """Yield the texts of a table or an expression, cells among them."""
    if isinstance(boxed, model.Literal) and boxed.text is not None:
        yield boxed.text
    if isinstance(boxed, model.Table):
        for column in boxed.inputs:
            yield column.text
        for output in boxed.outputs:
            if output.default is not None:
                yield output.default
        for rule in boxed.rules:
            yield from (text for text in (*rule.tests, *rule.outputs) if text is not None)
