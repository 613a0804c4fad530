"""Decisions that can be asked: all files of a deployment, linked once and shared by threads."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine.bpmn.decisions import model
from engine.bpmn.decisions.asking import Asked
from engine.bpmn.decisions.foreign import Foreign, Known, told_together
from engine.bpmn.decisions.hit_policies import HitPolicy
from engine.bpmn.decisions.limits import kept
from engine.bpmn.decisions.linking import Linked, link
from engine.bpmn.decisions.steps import Steps
from engine.bpmn.expressions.friendly.operations import ElsewhereError
from engine.bpmn.expressions.sandbox.border import as_text
from engine.bpmn.reader import Document
from engine.decisions import Decision


class Decisions:
    """What the files of one deployment decide."""

    def __init__(self, linked: Linked) -> None:
        """Keep files that were linked."""
        self.linked = linked
        self._elements = linked.plan.elements
        self._names = frozenset(node.name for node in self._elements.values())
        self._decided_names = frozenset(
            node.name for node in self._elements.values() if isinstance(node, model.DecisionNode)
        )
        self._foreign = Foreign(linked.plan, self._names)
        self._plain: dict[str, Steps | None] = {}

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

    def mentions(self, name: str) -> bool:
        """Say whether an input of that name may be read: whether a text or an element says it."""
        return self._asked.mentions(name)

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
        instead = self._decided_names & inputs.keys() if overriding else frozenset()

        def in_feel(key: str, known: Known) -> Decision:
            return self._made(key, inputs, known, now=now, as_texts=as_texts, instead=instead)

        done = self._foreign.made(key, inputs, now, instead=instead, in_feel=in_feel)
        if not done:
            return in_feel(key, {})
        found = kept(done.get(key) or told_together([*done.values(), in_feel(key, done)]))
        return _as_texts(found) if as_texts else found

    def _made(
        self,
        key: str,
        inputs: Mapping[str, Any],
        known: Known,
        *,
        now: datetime | None,
        as_texts: bool,
        instead: frozenset[str],
    ) -> Decision:
        """Return a decision in FEEL, given those that are known."""
        steps = self._steps(key)
        if steps is not None and not steps.names & instead:
            try:
                return steps.decide(inputs, now)  # plain values: there are no dates among them
            except ElsewhereError:
                pass
        values = {each: found.outputs for each, found in known.items()}
        return self._asked.decide(
            key, inputs, values, now=now, as_texts=as_texts, overriding=bool(instead)
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

    def _steps(self, key: str) -> Steps | None:
        """Return how the decision is made here; None where the sandbox has to."""
        if key not in self._plain:
            try:
                self._plain[key] = Steps(self.linked.plan, key, self._names)
            except ElsewhereError:
                self._plain[key] = None
        return self._plain[key]


def _as_texts(found: Decision) -> Decision:
    told = (replace(each, outputs=as_text(each.outputs)) for each in found.evaluated)
    return replace(found, outputs=as_text(found.outputs), evaluated=tuple(told))
