"""The three scenarios that every place has for every trigger: it ends the work, or leaves it.

The diagrams of one place are drawn alike, so that one sentence and one order fit all its triggers.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.engine.bpmn.corpus.moves import completes
from tests.engine.bpmn.corpus.scenario import Move, Scenario


@dataclass(frozen=True)
class Place:
    """Where an event may be, told once for all triggers; ``{}`` stands for the trigger's name."""

    diagram: str  #: what its diagrams begin with
    order: str  #: elements that complete until the reaction is over
    interrupting: str
    beside: str  #: the work is still there afterwards
    completing: str  #: and completes as if nothing had happened
    proves: str = ""  #: beside the trigger


def reactions(place: Place, trigger: str, proves: str, *moves: Move) -> list[Scenario]:
    """Return the scenarios of one trigger, which ``moves`` let happen."""
    diagram = f"{place.diagram}-{trigger}"
    staying = f"{diagram}-non-interrupting"
    proves = f"{proves} {place.proves}".strip()
    start, log = {"log": []}, {"log": ["react"]}
    return [
        Scenario(
            diagram,
            place.interrupting.format(trigger),
            place.order,
            log,
            proves=proves,
            start=start,
            moves=moves,
        ),
        Scenario(
            staying,
            place.beside.format(trigger),
            place.order,
            log,
            proves=proves,
            start=start,
            moves=moves,
            end="active work",
        ),
        Scenario(
            staying,
            place.completing.format(trigger),
            f"{place.order} work end",
            log,
            start=start,
            moves=(*moves, completes("work")),
        ),
    ]
