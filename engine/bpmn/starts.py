"""What starts a compiled process besides a person or program that does so by name."""

from __future__ import annotations

from typing import Any

from engine.bpmn.expressions import Literal
from engine.bpmn.specs.element import ScopeSpec
from engine.bpmn.specs.triggers import (
    ConditionTrigger,
    MessageTrigger,
    SignalTrigger,
    TimerTrigger,
)
from engine.definitions import MessageStart, SignalStart, TimerStart
from engine.schedules import Schedule


def starts_of(process: ScopeSpec) -> dict[str, Any]:
    """Return the start events of a process by the field of ``DefinitionDraft`` they belong to."""
    messages: list[MessageStart] = []
    signals: list[SignalStart] = []
    timers: list[TimerStart] = []
    conditions: list[str] = []
    for start in process.starts:
        element = start.bpmn_id or start.name
        for slot, trigger in enumerate(start.triggers):
            if isinstance(trigger, MessageTrigger):
                messages.append(MessageStart(trigger.name, element))
            elif isinstance(trigger, SignalTrigger):
                signals.append(SignalStart(trigger.name, element))
            elif isinstance(trigger, ConditionTrigger):
                conditions.append(element)
            elif isinstance(trigger, TimerTrigger) and isinstance(trigger.expression, Literal):
                schedule = Schedule(trigger.expression.text, trigger.zone, trigger.calendar)
                timers.append(TimerStart(element, schedule, slot))
    return {
        "message_starts": tuple(messages),
        "signal_starts": tuple(signals),
        "timer_starts": tuple(timers),
        "condition_starts": tuple(dict.fromkeys(conditions)),
    }
