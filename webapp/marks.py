"""What is drawn onto a diagram, or beside a row: tokens, incidents, the path taken, problems.

A mark is handed to ``frontend/src/diagram.js`` as JSON.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict

from engine.decisions import Box
from engine.definitions import Problem, Severity
from engine.history import HistoryEntry, What
from engine.instances import WaitingElement


class Mark(TypedDict):
    """One decoration of one element."""

    element: str
    kind: str  #: ``token``, ``incident``, ``visited``, ``error``, ``warning``, ``draft``, ``info``
    label: str
    count: int


def waiting_marks(waiting: Sequence[WaitingElement]) -> list[Mark]:
    """Return a token for each element where an instance waits, and a sign at each incident."""
    tokens = Counter(place.element for place in waiting if place.kind != "incident")
    stopped = Counter(place.element for place in waiting if place.kind == "incident")
    names = {place.element: place.name or place.element for place in waiting}
    return [
        Mark(element=element, kind="token", label=f"waits at {names[element]}", count=count)
        for element, count in tokens.items()
    ] + [
        Mark(element=element, kind="incident", label=f"stopped at {names[element]}", count=count)
        for element, count in stopped.items()
    ]


def path_marks(history: Iterable[HistoryEntry]) -> list[Mark]:
    """Return a mark for each element the instance has left as drawn, with how often."""
    visits = Counter(
        entry.element for entry in history if entry.element and entry.what is What.COMPLETED
    )
    return [
        Mark(element=element, kind="visited", label=f"passed {count} times", count=count)
        for element, count in visits.items()
    ]


def problem_marks(problems: Iterable[Problem]) -> list[Mark]:
    """Return a mark for each problem that points at an element; mere rewrites are left out."""
    return [
        Mark(
            element=problem.element,
            kind=problem.severity.value,
            label=f"{problem.message} {problem.cure}",
            count=1,
        )
        for problem in problems
        if problem.element and problem.severity.value != "info"
    ]


def rows_of(logic: Box | None) -> dict[str, int]:
    """Return the row of a decision table that each rule and each cell is in, by their ids."""
    grid = logic.grid if logic is not None else None
    rows = grid.rows if grid is not None else ()
    return {element: row.number for row in rows for element in row.elements}


def row_marks(problems: Iterable[Problem], rows: Mapping[str, int]) -> dict[int, Mark]:
    """Return the worst problem of each row; mere rewrites are left out."""
    found: dict[int, Mark] = {}
    for severity in (Severity.WARNING, Severity.DRAFT, Severity.ERROR):
        for problem in problems:
            row = rows.get(problem.element or "")
            if row is not None and problem.severity is severity:
                label = f"{severity.value}: {problem.message}"
                found[row] = Mark(
                    element=problem.element or "", kind=severity.value, label=label, count=1
                )
    return found
