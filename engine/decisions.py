"""What a decision gave, and why.

A *decision* is asked by its key (the id in its file) or its name. It gives a value as DMN says:
that of its expression; for a decision table with one output column the value of that column, with
several a dictionary by their names, and a list of either where several rules count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Match:
    """One input of a rule that fired: the value, and the test it passed."""

    input: str  #: label of the column, or its expression
    value: Any
    test: str  #: as written in the table


@dataclass(frozen=True, slots=True)
class FiredRule:
    """A rule that led to the result."""

    id: str
    row: int  #: 1-based
    decision: str = ""  #: key of the decision whose table holds it
    because: tuple[Match, ...] = ()  #: inputs that any value passes are left out
    outputs: Mapping[str, Any] = field(default_factory=dict)
    annotations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A decision that was evaluated on the way, and what it gave."""

    key: str
    name: str
    outputs: Any


@dataclass(frozen=True, slots=True)
class Failure:
    """Why something is null that should not be."""

    element: str | None  #: id in the file
    message: str  #: one sentence


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of one decision."""

    outputs: Any  #: its value; None also where it failed
    fired_rules: tuple[FiredRule, ...] = ()  #: of all tables, in the order they were evaluated
    evaluated: tuple[Evaluated, ...] = ()  #: the asked one last
    #: A contradicted hit policy, a value of another type, a text that cannot be read or is endless.
    failures: tuple[Failure, ...] = ()
    #: What FEEL turned into null on the way, such as a variable that is not there.
    warnings: tuple[Failure, ...] = ()
