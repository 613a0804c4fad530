"""What is drawn onto a diagram: tokens, incidents, the path taken, problems.

A mark is handed to ``frontend/src/diagram.js`` as JSON.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypedDict

from engine.definitions import Problem
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
