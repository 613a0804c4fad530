"""Plays the moves of a person on the specs that real instances run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine.bpmn.program import Program, World
from engine.bpmn.simulating.choices import choices, place
from engine.bpmn.simulating.moves import play
from engine.bpmn.simulating.trial import Trial
from engine.bpmn.variables import storable_variables
from engine.errors import NotStartableError
from engine.instances import InstanceStatus
from engine.limits import Limits
from engine.simulation import MOST_MOVES, Move, MoveError, Simulation

#: Steps of a simulation: a page waits for it, and a person reads what comes of it.
STEPS = 5_000


def simulate(
    program: Program,
    moves: Sequence[Move],
    variables: Mapping[str, Any],
    *,
    now: datetime,
    world: World,
    limits: Limits,
) -> Simulation:
    """Return where ``program`` is after ``moves``; see :meth:`engine.Engine.simulate`."""
    if len(moves) > MOST_MOVES:
        raise MoveError(MOST_MOVES, None, f"at most {MOST_MOVES} are played. Start again.")
    if not program.main.starts:
        raise NotStartableError(program.key, "nothing in it would start. Draw a start event.")
    trial = Trial(program, program.main, now=now, world=world)
    trial.limits = replace(limits, steps=min(limits.steps, STEPS))
    trial.data = storable_variables(variables)
    if len(program.main.starts) == 1:
        trial.begin(program.main.starts[0])
        trial.advance(trial.limits.steps)
    for number, move in enumerate(moves):
        play(trial, number, move)
        trial.advance(trial.limits.steps)
    return _seen(trial, tuple(moves))


def _seen(trial: Trial, moves: tuple[Move, ...]) -> Simulation:
    over = trial.status is not InstanceStatus.ACTIVE or trial.halted
    found = () if over else choices(trial)
    tokens: dict[str, int] = {}
    for token in trial.tokens() if not over else ():
        if token.state and token.task_spec.keeps_open and not token.task_spec.is_boundary:
            at = place(trial, token)
            tokens[at] = tokens.get(at, 0) + (token.parent is None)
    if not over and not found:
        trial.tell(None, "Nothing can happen any more: what still waits, waits for ever.")
    return Simulation(
        moves=moves,
        choices=found,
        tokens={at: count for at, count in tokens.items() if count},
        path=tuple(trial.path),
        notes=tuple(dict.fromkeys(trial.notes)),
        over=over or not found,
        variables=dict(trial.data),
    )


__all__ = ["simulate"]
