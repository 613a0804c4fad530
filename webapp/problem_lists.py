"""Problems as pages list them: by severity, worst first, and inside that element by element."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.definitions import Definition, Problem, Severity
from engine.use_cases.definitions import UNANSWERED, blocking


@dataclass(frozen=True, slots=True)
class Group:
    """The problems of one severity."""

    severity: Severity
    problems: tuple[Problem, ...]


def grouped(problems: Iterable[Problem]) -> list[Group]:
    """Return the groups that are not empty; what is about one element stands together."""
    found = list(problems)
    order: dict[str | None, tuple[int, int]] = {}
    for problem in found:
        order.setdefault(problem.element, (problem.line or 0, len(order)))
    found.sort(key=lambda problem: order[problem.element])
    return [
        Group(severity, tuple(problem for problem in found if problem.severity is severity))
        for severity in reversed(Severity)
        if any(problem.severity is severity for problem in found)
    ]


def concerning(problems: Iterable[Problem], key: str) -> list[Problem]:
    """Return the problems of one process, and those of the whole file."""
    return [problem for problem in problems if problem.process in (None, key)]


def may_be_cured_by_now(lacking: Iterable[Problem]) -> bool:
    """Say whether something that was not deployed is all a draft lacks beside the word."""
    rules = {problem.rule for problem in lacking}
    return "unresolved-reference" in rules and rules <= {"unresolved-reference", UNANSWERED}


def only_the_word_is_missing(definition: Definition, problems: Sequence[Problem]) -> bool:
    """Say whether a draft would run if somebody said that it is to be run."""
    lacking = blocking(problems, definition.key)
    mentioned = any(p.rule == UNANSWERED and p.process == definition.key for p in problems)
    return not definition.startable and mentioned and all(p.rule == UNANSWERED for p in lacking)
