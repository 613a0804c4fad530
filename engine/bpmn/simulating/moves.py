"""Does in a simulation what a person lets happen: one function a kind of move."""

from __future__ import annotations

from engine.bpmn import routing
from engine.bpmn.simulating.choices import at, choices
from engine.bpmn.simulating.trial import Trial
from engine.bpmn.specs.triggers import ErrorTrigger, EscalationTrigger, TimerTrigger
from engine.bpmn.token import Token
from engine.instances import InstanceStatus
from engine.simulation import Choice, Happening, Move, MoveError


def play(trial: Trial, number: int, move: Move) -> None:
    """Apply ``move``; the caller advances the simulation afterwards.

    Raises:
        MoveError: nothing of the kind can happen now at that element.
    """
    if trial.status is not InstanceStatus.ACTIVE or trial.halted:
        raise MoveError(number, move, "the simulation is over. Go back, or start again.")
    if not trial.begun:
        _start(trial, number, move)
        return
    for token in sorted(trial.tokens(), key=lambda one: one.id):
        for choice in at(trial, token):
            if (choice.element, choice.what) == (move.element, move.what) and _fits(choice, move):
                _do(trial, token, choice, move)
                return
    raise MoveError(number, move, "nothing of the kind can happen there now. Go back a move.")


def _start(trial: Trial, number: int, move: Move) -> None:
    fitting = [c for c in choices(trial) if c.element == move.element and c.what is move.what]
    if not fitting:
        raise MoveError(number, move, "begin at one of the start events.")
    start = next(s for s in trial.spec.starts if (s.bpmn_id or s.name) == move.element)
    trial.begin(start)


def _fits(choice: Choice, move: Move) -> bool:
    offered = {option.values for option in choice.options}
    if not choice.several:
        return move.values in offered
    wanted = set(move.values)
    return len(wanted) >= choice.least and all((value,) in offered for value in wanted)


def _do(trial: Trial, token: Token, choice: Choice, move: Move) -> None:
    held = token.id in trial.held
    trial.held.discard(token.id)
    if move.what is Happening.TAKE:
        always = {option.values[0] for option in choice.options if option.always}
        token.internal_data["chosen"] = sorted(always | set(move.values))
        trial.attempt(token, token.complete)
    elif move.what is Happening.COMPLETE:
        trial.attempt(token, token.complete)
    elif move.what is Happening.HAPPEN:
        trial.attempt(token, lambda: _happen(trial, token, int(move.values[0])))
    else:
        kind = ErrorTrigger if move.what is Happening.ERROR else EscalationTrigger
        word, code = str(move.what), move.values[0] or None
        payload = {word: {"code": code, "message": choice.name}}
        if held and move.what is Happening.ESCALATION:
            trial.held.add(token.id)  # it goes on beside what takes the escalation
        trial.attempt(token, lambda: routing.propagate(trial, token, kind, code, payload))


def _happen(trial: Trial, token: Token, slot: int) -> None:
    spec = token.task_spec
    if isinstance(spec.triggers[slot], TimerTrigger):
        # A time that could not be told when the wait began is now.
        armed = token.internal_data.setdefault("armed", [])
        armed.extend([None] * (slot + 1 - len(armed)))
        armed[slot] = armed[slot] or [trial.now]
    spec.fire(token, slot, {})


__all__ = ["play"]
