"""A file of decisions as rules look at it: its texts, its tables, and where each thing stands."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import NamedTuple

from engine.bpmn.decisions import model
from engine.bpmn.decisions.analysis.cells import Cell, Cells
from engine.bpmn.decisions.analysis.compiling import Compiler
from engine.bpmn.decisions.analysis.grids import Grid, grid_of
from engine.bpmn.decisions.analysis.kinds import Kind, kind_of_input
from engine.bpmn.decisions.analysis.listed import Listed
from engine.bpmn.decisions.analysis.ranking import ranks
from engine.bpmn.decisions.analysis.scopes import Scope, scope_of
from engine.bpmn.decisions.analysis.searching import Answer, covered, gaps, overlaps
from engine.bpmn.decisions.analysis.texts import (
    Logic,
    Occurrence,
    allowed_values,
    texts_of,
    walk,
)
from engine.bpmn.decisions.hit_policies import HitPolicy
from engine.bpmn.decisions.linking import Linked
from engine.bpmn.decisions.model import Text
from engine.bpmn.decisions.reading import File
from engine.bpmn.xml import Element, line_of
from engine.definitions import Problem, Severity


class Spot(NamedTuple):
    """Where a problem is shown."""

    element: str | None
    line: int | None
    name: str | None = None

    def problem(self, rule: str, severity: Severity, message: str, cure: str) -> Problem:
        """Return a problem here."""
        return Problem(rule, severity, self.element, self.line, message, cure, self.name)


def spot_of(text: Text) -> Spot:
    """Return where a text stands."""
    return Spot(text.element, text.line)


class Examined:
    """One file among those that are linked."""

    def __init__(self, file: File, linked: Linked) -> None:
        """Keep both; everything is looked at when it is asked for."""
        self.file, self.linked = file, linked
        self.compiler = Compiler(node.name for node in linked.plan.elements.values())

    @functools.cached_property
    def nodes(self) -> list[model.Node]:
        """The elements of the file."""
        elements = self.linked.plan.elements
        return [elements[self.file.key(part.id)] for part in self.file.parts.values()]

    @functools.cached_property
    def logic(self) -> list[tuple[model.Node, list[Logic]]]:
        """All expressions of each element, outer before inner."""
        plan = self.linked.plan
        known: dict[str, model.Type | None] = {}
        return [
            (node, [*walk(node.logic, scope_of(node, plan, known))])
            for node in self.nodes
            if isinstance(node, model.DecisionNode | model.Knowledge)
        ]

    @functools.cached_property
    def texts(self) -> list[tuple[model.Node | None, Occurrence]]:
        """All texts, each with the element it is in; those of types are in none."""
        found: list[tuple[model.Node | None, Occurrence]] = [
            (node, text) for node, logic in self.logic for each in logic for text in texts_of(each)
        ]
        nothing = Scope(self.linked.plan.types, {})
        root = next((part.element.getparent() for part in self.file.parts.values()), None)
        limits = allowed_values(root) if root is not None else ()
        found.extend((None, Occurrence(text, "tests", nothing)) for text in limits)
        return found

    @functools.cached_property
    def tables(self) -> list[Sheet]:
        """All decision tables, those inside of other expressions too."""
        read = Cells()
        return [
            Sheet(each.boxed, each.scope, self._elements, read)
            for _, logic in self.logic
            for each in logic
            if isinstance(each.boxed, model.Table)
        ]

    @functools.cached_property
    def _elements(self) -> dict[str, Element]:
        parts = self.file.parts.values()
        return {
            id: element
            for part in parts
            for element in part.element.iter()
            if (id := element.get("id")) is not None
        }


class Sheet:
    """A decision table."""

    def __init__(
        self, table: model.Table, scope: Scope, elements: dict[str, Element], read: Cells
    ) -> None:
        """``scope`` is what its texts see; ``elements`` are those of the file by id.

        ``read`` reads the cells of the whole file.
        """
        self.table, self.scope, self._elements = table, scope, elements
        self._read = read

    def cell(self, text: str) -> Cell | None:
        """Return the tests of a cell; see :class:`~.cells.Cells`."""
        return self._read(text)

    @functools.cached_property
    def listed(self) -> list[Listed]:
        """What the values of each input have to pass."""
        return [Listed(kind.allowed) for kind in self.kinds]

    @functools.cached_property
    def kinds(self) -> list[Kind]:
        """What the values of each input are."""
        return [kind_of_input(column, self.scope) for column in self.table.inputs]

    @functools.cached_property
    def grid(self) -> Grid | None:
        """The table as boxes; None where it is too large, or has no row."""
        found = grid_of(self.table, self.kinds, self._read) if self.table.rules else None
        return found if self._read.is_complete else None

    @functools.cached_property
    def gaps(self) -> Answer:
        """The values without a row, where the table should have one for each."""
        table = self.table
        asks = not HitPolicy(table.policy).gives_several and not self._has_default
        return gaps(self.grid) if asks and self.grid is not None else Answer([])

    @functools.cached_property
    def overlaps(self) -> Answer:
        """The rows that fit the same values, where no two should, or only such that agree."""
        asks = self.table.policy in (HitPolicy.UNIQUE, HitPolicy.ANY)
        return overlaps(self.grid) if asks and self.grid is not None else Answer([])

    @functools.cached_property
    def covered(self) -> Answer:
        """The rows that never count because of others."""
        order = ranks(self.table)
        return covered(self.grid, order) if order and self.grid is not None else Answer([])

    @property
    def _has_default(self) -> bool:
        return any(output.default is not None for output in self.table.outputs)

    @property
    def spot(self) -> Spot:
        """Where problems of the whole table are shown."""
        return self._spot(self.table.id, None)

    def spot_of_row(self, row: int) -> Spot:
        """Return where problems of a row, from 0, are shown."""
        rule = self.table.rules[row]
        texts = (text for text in (*rule.tests, *rule.outputs) if text is not None)
        line = next((text.line for text in texts if text.line is not None), None)
        return self._spot(rule.id, line)

    def _spot(self, id: str | None, line: int | None) -> Spot:
        element = self._elements.get(id or "")
        if element is not None:
            return Spot(id, line_of(element), element.get("name"))
        return Spot(self.table.id, line)

    def cells(self) -> Iterator[tuple[int, int, Text]]:
        """Yield row and column, from 0, and text of each cell that asks for something."""
        for row, rule in enumerate(self.table.rules):
            for column, text in enumerate(rule.tests):
                if text is not None:
                    yield row, column, text

    def entries(self) -> Iterator[tuple[int, int, Text]]:
        """Yield row and column, from 0, and text of each output entry."""
        for row, rule in enumerate(self.table.rules):
            for column, text in enumerate(rule.outputs):
                if text is not None:
                    yield row, column, text
