"""How rules and passes say what they found.

:class:`~engine.definitions.Problem` is the record; this module fills in the element, its name and
its line, so that a rule only says what is wrong and what to do.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from typing import Any

from engine.bpmn.errors import ExpressionError
from engine.bpmn.xml import Element, identity, is_drawn_for_corral, line_of
from engine.definitions import Problem, Severity

#: Problems of one severity that one rule tells one by one. Nobody reads on after so many, and
#: each is stored and shown.
MOST = 500


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
    where = f"Column {error.column} of " if error.column else ""
    return problem_at(
        element,
        "expression-not-compilable",
        Severity.ERROR if is_drawn_for_corral(element) else Severity.DRAFT,
        f"{where}'{error.text}': {error.reason}",
        error.cure,
    )


def rules_in(package: str) -> list[tuple[str, Any]]:
    """Return id and module of every rule of a package, by name; a file a rule."""
    path = importlib.import_module(package).__path__
    names = sorted(module.name for module in pkgutil.iter_modules(path))
    return [
        (name.replace("_", "-"), importlib.import_module(f"{package}.{name}")) for name in names
    ]


class Findings:
    """Collects the problems one rule or pass finds, all under its id."""

    def __init__(self, rule: str) -> None:
        """Start empty; ``rule`` is the id that every problem carries."""
        self.rule = rule
        self._told: list[Problem] = []
        self._count: Counter[Severity] = Counter()
        #: How many more there are, by severity; a hostile file has millions.
        self._more: Counter[Severity] = Counter()

    @property
    def problems(self) -> list[Problem]:
        """What was found: at most :data:`MOST` of a severity, and one that counts the others."""
        return [*self._told, *(self._others(*more) for more in self._more.items())]

    def _others(self, severity: Severity, count: int) -> Problem:
        return Problem(
            rule=self.rule,
            severity=severity,
            element=None,
            line=None,
            message=f"{count:,} or more others of this kind are in the file.",
            cure="Mend those that are listed, and look again.",
        )

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

    def add(self, problem: Problem) -> None:
        """Note a problem that is made elsewhere as well."""
        self._count[problem.severity] += 1
        if self._count[problem.severity] > MOST:
            self._more[problem.severity] += 1
        else:
            self._told.append(problem)

    def _add(self, element: Element, severity: Severity, message: str, cure: str) -> None:
        self.add(problem_at(element, self.rule, severity, message, cure))
