"""How rules and passes say what they found.

:class:`~engine.definitions.Problem` is the record; this module fills in the element, its name and
its line, so that a rule only says what is wrong and what to do.
"""

from __future__ import annotations

from engine.bpmn.errors import ExpressionError
from engine.bpmn.xml import CORRAL_NAMESPACE, Element, identity, line_of
from engine.definitions import Problem, Severity


def problem_at(element: Element, rule: str, severity: Severity, message: str, cure: str) -> Problem:
    """Return a problem at ``element``: its id (or that of what is around it), name and line."""
    return Problem(
        rule=rule,
        severity=severity,
        element=identity(element),
        line=line_of(element),
        message=message,
        cure=cure,
        name=element.get("name"),
    )


def expression_problem(element: Element, error: ExpressionError) -> Problem:
    """Return the problem of an expression at ``element`` that does not compile.

    In a diagram drawn for Corral it is a slip, so the upload is refused. Elsewhere it may be a
    remark or another language: the drawing is kept, and somebody has to supply the expression.
    """
    ours = CORRAL_NAMESPACE in element.getroottree().getroot().nsmap.values()
    where = f"Column {error.column} of " if error.column else ""
    return problem_at(
        element,
        "expression-not-compilable",
        Severity.ERROR if ours else Severity.DRAFT,
        f"{where}'{error.text}': {error.reason}",
        error.cure,
    )


class Findings:
    """Collects the problems one rule or pass finds, all under its id."""

    def __init__(self, rule: str) -> None:
        """Start empty; ``rule`` is the id that every problem carries."""
        self.rule = rule
        self.problems: list[Problem] = []

    def info(self, element: Element, message: str, cure: str = "Nothing to do.") -> None:
        """Note a change that keeps the meaning."""
        self._add(element, Severity.INFO, message, cure)

    def warning(self, element: Element, message: str, cure: str) -> None:
        """Note what runs, but probably not as it was meant."""
        self._add(element, Severity.WARNING, message, cure)

    def draft(self, element: Element, message: str, cure: str) -> None:
        """Note what somebody has to supply before the definition can start."""
        self._add(element, Severity.DRAFT, message, cure)

    def error(self, element: Element, message: str, cure: str) -> None:
        """Note what cannot run: the deployment is refused."""
        self._add(element, Severity.ERROR, message, cure)

    def _add(self, element: Element, severity: Severity, message: str, cure: str) -> None:
        self.problems.append(problem_at(element, self.rule, severity, message, cure))
