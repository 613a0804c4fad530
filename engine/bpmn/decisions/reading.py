"""DMN XML to decisions, with a problem for everything that is not understood.

The five versions of the namespace carry the same decision tables, so tags are compared by their
local name inside the namespace of the document's root.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from lxml import etree

from engine.bpmn.decisions.hit_policies import AGGREGATORS, HitPolicy
from engine.bpmn.decisions.table import Cell, Decision, Input, Output, Rule
from engine.bpmn.decisions.types import fits, type_named
from engine.bpmn.decisions.unary_tests import CellError, compile_cell, literals
from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions import Expression, Literal, compile_expression
from engine.bpmn.problems import Findings
from engine.bpmn.reader import Document, DocumentKind
from engine.bpmn.xml import Element, identity, line_of, text_of
from engine.definitions import Problem

T = TypeVar("T")
_PATH = re.compile(r"[A-Za-z]\w*(\.[A-Za-z]\w*)*")
_OTHER_LOGIC = {
    "literalExpression",
    "context",
    "invocation",
    "list",
    "relation",
    "functionDefinition",
    "conditional",
    "filter",
    "for",
    "every",
    "some",
}
_TABLE_CURE = "Describe it as a decision table, or as a script task in the process."


def read_decisions(document: Document) -> list[Decision]:
    """Return the decisions of ``document`` that can be asked; none for a BPMN document."""
    return _read(document)[0]


def decision_problems(document: Document) -> list[Problem]:
    """Return what is wrong with the decisions of ``document``."""
    return _read(document)[1]


def _read(document: Document) -> tuple[list[Decision], list[Problem]]:
    if document.kind is not DocumentKind.DMN:
        return [], []
    found: list[Decision] = []
    problems: list[Problem] = []
    keys: set[str] = set()
    for element in document.root:
        tag = _tag(element)
        reader = _DecisionReader(element)
        if tag == "decision":
            decision = reader.read()
            if element.get("id") in keys:
                reader.findings.error(
                    element,
                    f"Two decisions have the id '{element.get('id')}'.",
                    "Give each decision its own id.",
                )
            keys.add(element.get("id", ""))
            if decision is not None and not reader.failed:
                found.append(decision)
        elif tag in ("businessKnowledgeModel", "decisionService"):
            reader.findings.error(element, f"A {tag} is not evaluated.", _TABLE_CURE)
        problems.extend(reader.findings.problems)
    return found, problems


def _tag(element: Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _children(element: Element, tag: str) -> list[Element]:
    return [child for child in element if _tag(child) == tag]


def _child(element: Element, tag: str) -> Element | None:
    return next(iter(_children(element, tag)), None)


def _text(element: Element | None) -> str:
    """Return the content of an entry's ``<text>``."""
    return text_of(_child(element, "text")) if element is not None else ""


class _DecisionReader:
    """Reads one ``<decision>``; what is wrong goes to ``findings``, and reading goes on."""

    def __init__(self, element: Element) -> None:
        self.element = element
        self.key = element.get("id") or ""
        self.findings = Findings("decision-table")
        root = element.getroottree().getroot()
        self._languages = [root.get("expressionLanguage")]

    @property
    def failed(self) -> bool:
        """Say whether something stands in the way of asking the decision."""
        return any(problem.severity in ("draft", "error") for problem in self.findings.problems)

    def read(self) -> Decision | None:
        """Return the decision, or None where there is no table."""
        if not self.key:
            self.findings.error(
                self.element, "The decision has no id.", "Give it one: processes ask by it."
            )
        for requirement in _children(self.element, "informationRequirement"):
            if _child(requirement, "requiredDecision") is not None:
                self.findings.error(
                    self.element,
                    "It needs the result of another decision.",
                    "Ask that decision in a business rule task of its own, just before.",
                )
        table = _child(self.element, "decisionTable")
        if table is None:
            self._no_table()
            return None
        return self._decision(table)

    def _no_table(self) -> None:
        other = next((_tag(child) for child in self.element if _tag(child) in _OTHER_LOGIC), None)
        if other:
            self.findings.error(self.element, f"Its logic is a {other}.", _TABLE_CURE)
        else:
            self.findings.draft(self.element, "It has no logic yet.", "Draw a decision table.")

    def _decision(self, table: Element) -> Decision:
        inputs = tuple(self._input(column) for column in _children(table, "input"))
        columns = _children(table, "output")
        outputs = tuple(self._output(column, alone=len(columns) == 1) for column in columns)
        if not outputs:
            self.findings.error(table, "The table has no output.", "Add an output column.")
        names = [output.name for output in outputs]
        if len(set(names)) < len(names):
            self.findings.error(table, "Two outputs have the same name.", "Rename one of them.")
        policy = self._policy(table)
        self._check_order(table, policy, outputs)
        rules = tuple(
            self._rule(element, row, inputs, outputs)
            for row, element in enumerate(_children(table, "rule"), start=1)
        )
        if not rules:
            self.findings.draft(table, "The table has no rule.", "Add a row.")
        return Decision(
            self.key,
            self.element.get("name") or self.key,
            inputs,
            outputs,
            rules,
            policy,
            self._aggregation(table, policy, outputs),
        )

    def _policy(self, table: Element) -> HitPolicy:
        text = (table.get("hitPolicy") or "UNIQUE").strip().upper()
        if text not in set(HitPolicy):
            self.findings.error(
                table,
                f"There is no hit policy '{text}'.",
                f"Use one of {', '.join(HitPolicy)}.",
            )
            return HitPolicy.UNIQUE
        return HitPolicy(text)

    def _check_order(self, table: Element, policy: HitPolicy, outputs: tuple[Output, ...]) -> None:
        if policy in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER) and not any(
            output.values for output in outputs
        ):
            self.findings.error(
                table,
                f"The hit policy {policy} needs output values.",
                "List the values of an output, most important first.",
            )

    def _aggregation(
        self, table: Element, policy: HitPolicy, outputs: tuple[Output, ...]
    ) -> str | None:
        name = (table.get("aggregation") or "").strip().upper()
        if not name or policy is not HitPolicy.COLLECT:
            return None
        if name not in AGGREGATORS or len(outputs) != 1:
            self.findings.error(
                table,
                f"The aggregation {name} does not work here.",
                f"Use one of {', '.join(AGGREGATORS)} on a table with one output.",
            )
            return None
        return name

    def _input(self, column: Element) -> Input:
        expression = _child(column, "inputExpression")
        text = _text(expression)
        label = column.get("label") or text or column.get("id") or "input"
        kind = type_named(expression.get("typeRef")) if expression is not None else None
        allowed = self._guard(column, lambda: compile_cell(_text(_child(column, "inputValues"))))
        if not text or expression is None:
            self.findings.draft(
                column, f"The input '{label}' has no expression.", "Write a variable's name."
            )
            return Input(label, (), Literal(""), None)
        if self._is_python(expression):
            compiled = self._expression(expression, text)
            return Input(label, (), compiled or Literal(""), kind, allowed)
        if not _PATH.fullmatch(text):
            self.findings.error(
                column,
                f"The input expression '{text:.60}' is not a name or a path.",
                'Compute it in a script task before, or set expressionLanguage="python".',
            )
        return Input(label, tuple(text.split(".")), None, kind, allowed)

    def _output(self, column: Element, *, alone: bool) -> Output:
        name = column.get("name") or (self.key if alone else "")
        if not name:
            self.findings.error(
                column, "The output has no name.", "Name it: results are known by it."
            )
        values = _text(_child(column, "outputValues"))
        default = _text(_child(column, "defaultOutputEntry"))
        return Output(
            name,
            type_named(column.get("typeRef")),
            tuple(self._guard(column, lambda: literals(values)) or ()) if values else (),
            self._expression(column, default) if default else None,
        )

    def _rule(
        self,
        element: Element,
        row: int,
        inputs: tuple[Input, ...],
        outputs: tuple[Output, ...],
    ) -> Rule:
        tests = _children(element, "inputEntry")
        entries = _children(element, "outputEntry")
        if len(tests) != len(inputs) or len(entries) != len(outputs):
            self.findings.error(
                element,
                f"Row {row} has {len(tests)} inputs and {len(entries)} outputs; the table has "
                f"{len(inputs)} and {len(outputs)}.",
                "Give every row one entry for each column.",
            )
            return Rule(element.get("id") or f"row {row}", row, (), ())
        return Rule(
            element.get("id") or f"row {row}",
            row,
            tuple(
                self._cell(entry, row, column) for entry, column in zip(tests, inputs, strict=True)
            ),
            tuple(
                self._entry(entry, row, column)
                for entry, column in zip(entries, outputs, strict=True)
            ),
        )

    def _cell(self, entry: Element, row: int, column: Input) -> Cell:
        text = _text(entry)
        if self._is_python(entry) and text not in ("", "-"):
            return Cell(expression=self._expression(entry, text))
        where = f"Row {row}, '{column.label}': "
        return Cell(self._guard(entry, lambda: compile_cell(text, column.kind), where))

    def _entry(self, entry: Element, row: int, column: Output) -> Expression | None:
        text = _text(entry)
        if text in ("", "-"):
            return None
        compiled = self._expression(entry, text)
        if compiled is not None and not compiled.reads:
            self._check_constant(entry, row, column, compiled)
        return compiled

    def _check_constant(
        self, entry: Element, row: int, column: Output, compiled: Expression
    ) -> None:
        """Find at upload what would fail at every evaluation."""
        try:
            value = compiled.evaluate({})
        except ExpressionError:
            return  # now(), for example: known only when it runs
        if not fits(value, column.kind):
            self.findings.error(
                entry,
                f"Row {row}, '{column.name}': {value!r:.60} is no {column.kind}.",
                "Change the entry, or the type of the output.",
            )
        elif column.values and value is not None and value not in column.values:
            self.findings.warning(
                entry,
                f"Row {row}, '{column.name}': {value!r:.60} is not one of the output values.",
                "Add it to the output values, or correct it.",
            )

    def _is_python(self, entry: Element) -> bool:
        table = entry
        while _tag(table) != "decisionTable":
            parent = table.getparent()
            if parent is None:
                break
            table = parent
        named = [entry.get("expressionLanguage"), table.get("expressionLanguage"), *self._languages]
        language = next((name for name in named if name), "")
        return language.strip().lower() in ("python", "text/python", "https://www.python.org")

    def _expression(self, entry: Element, text: str) -> Expression | None:
        try:
            return compile_expression(text, element=identity(entry), line=line_of(entry))
        except ExpressionError as error:
            self.findings.error(entry, f"'{error.text:.60}': {error.reason}", error.cure)
            return None

    def _guard(self, entry: Element, compile_it: Callable[[], T], where: str = "") -> T | None:
        try:
            return compile_it()
        except CellError as error:
            self.findings.error(entry, f"{where}{error.reason}", error.cure)
            return None
