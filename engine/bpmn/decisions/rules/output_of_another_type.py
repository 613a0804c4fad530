"""An output, a default or an expression gives a value of another type than it says.

A row of a table would fail whenever it counts, so the decision is refused. An expression is always
null (warning). Write the value as the type has it, or correct the type.

Source: DMN 1.5, 8.2.5 and 10.3.2.9.4 (type conformance).
"""

from __future__ import annotations

from engine.bpmn.decisions import model
from engine.bpmn.decisions.analysis.examined import Examined, Sheet, spot_of
from engine.bpmn.decisions.analysis.kinds import OTHER, kind_of
from engine.bpmn.decisions.analysis.literals import DATE, MOMENT, literal
from engine.bpmn.decisions.analysis.scopes import Scope
from engine.bpmn.decisions.model import Text, Type
from engine.bpmn.problems import Findings
from engine.definitions import Severity

_CURE = "Write the value as the type has it, or correct the type."


def check(file: Examined, findings: Findings) -> None:
    """Find values that are written down and are of another type."""
    for sheet in file.tables:
        _check_table(sheet, findings)
    for node, logic in file.logic:
        for found in logic:
            if isinstance(found.boxed, model.Literal):
                _look_at_literal(found.boxed, found.boxed.type, found.scope, findings)
        if logic and isinstance(logic[0].boxed, model.Literal) and logic[0].boxed.type is None:
            _look_at_literal(logic[0].boxed, node.type, logic[0].scope, findings)


def _look_at_literal(
    boxed: model.Literal, wanted: Type | None, scope: Scope, findings: Findings
) -> None:
    wrong = boxed.text is not None and _misfit(boxed.text, wanted, scope)
    if boxed.text is not None and wrong:
        message = f"{wrong}, so it is null."
        findings.add(spot_of(boxed.text).problem(findings.rule, Severity.WARNING, message, _CURE))


def _check_table(sheet: Sheet, findings: Findings) -> None:
    outputs = sheet.table.outputs
    texts = [(f"row {row + 1}", column, text) for row, column, text in sheet.entries()]
    texts += [
        ("the default output", column, output.default)
        for column, output in enumerate(outputs)
        if output.default is not None
    ]
    for where, column, text in texts:
        wrong = _misfit(text, outputs[column].type, sheet.scope)
        if wrong:
            message = f"In {where}: {wrong}."
            findings.add(spot_of(text).problem(findings.rule, Severity.ERROR, message, _CURE))


def _misfit(text: Text, wanted: Type | None, scope: Scope) -> str:
    """Return what is wrong with a value that is written down; empty where nothing is."""
    value = literal(text.text) if text.language is None else None
    if value is None:
        return ""
    found = scope.behind(wanted)
    while found is not None and found.list is not None:
        found = scope.behind(found.list)  # a value alone is a list of one
    kind = kind_of(found, scope, certain=True)
    if kind.sort == OTHER or kind.takes(value):
        return ""
    if value.sort == DATE and kind.sort == MOMENT:
        return ""  # it is read as midnight
    return f"{value.text} is no {kind.name}"
