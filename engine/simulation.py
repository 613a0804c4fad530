"""Trying a drawing without running it: a person says what happens, and which way it goes.

Nothing is stored. A simulation is a list of moves, played from the start each time it is looked
at, so the list alone is what a page's address holds, and undoing is leaving out the last one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import quote, unquote

from engine.errors import EngineError

#: Moves of one simulation; each look at it plays them all.
MOST_MOVES = 200


class Happening(StrEnum):
    """What a person can let happen at an element."""

    START = "start"  #: begin at this start event, where there are several
    COMPLETE = "complete"  #: a user task, job, or call of what is not there is done
    HAPPEN = "happen"  #: the message, signal, condition or time an event waits for; value: slot
    TAKE = "take"  #: go along these flows out of a gateway; values: their ids
    ERROR = "error"  #: the work ends with an error that something catches; value: its code
    ESCALATION = "escalation"  #: the work escalates; value: the code


@dataclass(frozen=True, slots=True)
class Move:
    """One thing a person lets happen; in a called process elements are ``called/element``."""

    element: str
    what: Happening
    values: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return it as one word, fit for an address: ``element:what:value:value``."""
        return ":".join(quote(part, safe="/") for part in (self.element, self.what, *self.values))

    @classmethod
    def of(cls, text: str) -> Move:
        """Read what ``str`` wrote. Raises ``ValueError`` for anything else."""
        element, what, *values = (unquote(part) for part in text.split(":"))
        return cls(element, Happening(what), tuple(values))


@dataclass(frozen=True, slots=True)
class Option:
    """One way a choice can go."""

    values: tuple[str, ...]  #: of the move that takes it
    label: str  #: name of the flow, of the event, or of what the flow leads to
    detail: str | None = None  #: a condition as it is written, a code
    suggested: bool = False  #: what the present variables would lead to
    always: bool = False  #: this flow is taken whatever else is
    shown_at: str | None = None  #: the element or flow to point at


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can happen now at one element."""

    element: str
    name: str
    kind: str  #: BPMN tag
    what: Happening
    options: tuple[Option, ...]
    several: bool = False  #: any set of options may be taken, not just one
    least: int = 1  #: options that have to be taken, of a choice of several

    def move(self, option: Option) -> Move:
        """Return the move that takes one option."""
        return Move(self.element, self.what, option.values)


@dataclass(frozen=True, slots=True)
class Note:
    """Something the person has to know: what was passed over, and why."""

    element: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Simulation:
    """A definition after some moves."""

    moves: tuple[Move, ...]
    choices: tuple[Choice, ...]
    tokens: Mapping[str, int]  #: how many wait, by element
    path: tuple[str, ...]  #: elements that tokens left, in order
    notes: tuple[Note, ...]
    over: bool
    variables: Mapping[str, Any] = field(default_factory=dict)


class MoveError(EngineError):
    """A move does not fit to where the simulation is; those before it do."""

    def __init__(self, number: int, move: Move | None, why: str) -> None:
        """Name the move, counted from 0; ``move`` is None where there are too many of them."""
        at = f" at {move.element!r}" if move is not None else ""
        super().__init__(f"Move {number + 1}{at} is not possible: {why}")
        self.number = number
        self.move = move


__all__ = ["MOST_MOVES", "Choice", "Happening", "Move", "MoveError", "Note", "Option", "Simulation"]
