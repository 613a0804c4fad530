"""What events wait for and throw: one class a kind of event definition.

They extend the library's event definitions. What a waiting event has to remember (a due date, a
correlation key) is one value a slot in the token's ``internal_data["armed"]``, so that several
triggers on one event do not mix.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition

from engine import timers
from engine.bpmn.errors import ElementError, ExpressionError
from engine.bpmn.extensions.parameters import evaluated
from engine.bpmn.variables import LONGEST_NAME, storable_name, storable_variables
from engine.ports import MessageWait, SignalWait, TimerWait, Wait
from engine.schedules import Firing, Schedule

if TYPE_CHECKING:
    from engine.bpmn.expressions import Expression
    from engine.bpmn.extensions.parameters import Parameters
    from engine.bpmn.token import Token
    from engine.calendars import Calendar


class Trigger(EventDefinition):
    """One event definition of one event."""

    #: Whether it happens outside the instance, so that the caller keeps a row for it.
    from_outside = False

    def arm(self, token: Token, slot: int) -> bool:
        """Begin to wait; True when it has happened already."""
        return False

    def wait(self, token: Token, slot: int) -> Wait:
        """Return the caller's row; only for triggers :attr:`from_outside`."""
        raise NotImplementedError(f"{type(self).__name__} has no row")

    def after(self, token: Token, slot: int) -> Any:
        """Return what a listener that stays armed remembers next; None when it stays no longer."""
        return True

    def _place(self, token: Token) -> tuple[int, str, str | None]:
        spec = token.task_spec
        # It is stored once and found by an index, as names of messages are.
        name = spec.bpmn_name and spec.bpmn_name[:LONGEST_NAME]
        return token.id, spec.bpmn_id or spec.name, name


class SentTrigger(Trigger):
    """What goes by its name from one instance to others, and takes a payload along."""

    from_outside = True

    def __init__(self, name: str, inputs: Parameters = ()) -> None:
        """Keep how to compute the payload when it is thrown."""
        super().__init__(name)
        self.inputs = inputs

    def payload_of(self, token: Token) -> dict[str, Any]:
        """Return what is sent along: the declared inputs, never all variables."""
        now = token.workflow.top_workflow.now
        return storable_variables(evaluated(self.inputs, token.data, now=now))


class MessageTrigger(SentTrigger):
    """A message with a name; while waiting, of one correlation key or of any."""

    def __init__(
        self,
        name: str,
        key: Expression | None = None,
        inputs: Parameters = (),
        time_to_live: Expression | None = None,
    ) -> None:
        """Keep how to compute the key, and payload and time to live when it is thrown."""
        super().__init__(name, inputs)
        self.key, self.time_to_live = key, time_to_live

    def expiry_of(self, token: Token) -> datetime | None:
        """Return when it is not kept any longer; None is for ever.

        Raises:
            TimerExpressionError: the time to live is no duration.
        """
        value = token.evaluate(self.time_to_live) if self.time_to_live is not None else None
        if value is None or value == "":
            return None
        return timers.due_date(str(value), since=token.workflow.top_workflow.now)

    def arm(self, token: Token, slot: int) -> bool:
        """Evaluate the correlation key now: later changes of variables do not move the wait."""
        _keep(token, slot, self.key_of(token))
        return False

    def key_of(self, token: Token) -> str | None:
        """Return the correlation key as the variables of ``token`` give it."""
        value = token.evaluate(self.key) if self.key is not None else None
        return None if value is None else storable_name(str(value), "correlation key")

    def takes(self, token: Token, slot: int, name: str, key: str | None) -> bool:
        """Say whether a message is the one that ``token`` waits for."""
        waits_for = _kept(token, slot)
        return self.name == name and (waits_for is None or waits_for == key)

    def wait(self, token: Token, slot: int) -> Wait:
        """Return the subscription."""
        return MessageWait(*self._place(token), self.name, _kept(token, slot), slot=slot)

    def after(self, token: Token, slot: int) -> Any:
        """Wait for the same key again."""
        return [_kept(token, slot)]


class SignalTrigger(SentTrigger):
    """A signal: everybody who waits for its name takes it."""

    def wait(self, token: Token, slot: int) -> Wait:
        """Return the subscription."""
        return SignalWait(*self._place(token), self.name, slot=slot)


class CodedTrigger(Trigger):
    """An error or an escalation: it climbs from scope to scope until somebody takes its code."""

    def __init__(self, name: str, code: str | None) -> None:
        """``code`` None takes any."""
        super().__init__(name)
        self.code = code


class ErrorTrigger(CodedTrigger):
    """An error."""


class EscalationTrigger(CodedTrigger):
    """An escalation; nobody has to take it."""


class TimerTrigger(Trigger):
    """A date, a duration or a cycle.

    A cycle that fired is armed again with what is left of it. Firings missed while nothing ran
    count as one, see :meth:`engine.schedules.Schedule.following`.
    """

    from_outside = True

    def __init__(
        self,
        name: str,
        expression: Expression,
        zone: str = "UTC",
        calendar: Calendar | None = None,
    ) -> None:
        """``expression`` gives the text when the event is armed; the others say how it is read."""
        super().__init__(name)
        self.expression, self.zone, self.calendar = expression, zone, calendar

    def arm(self, token: Token, slot: int) -> bool:
        """Compute the due date; True when it has passed.

        Raises:
            ElementError: if the expression gives no text.
            TimerExpressionError: if the text is no date, duration or cycle.
        """
        now: datetime = token.workflow.top_workflow.now
        known = _kept(token, slot)
        if known is None:
            known = self._first(token, now)
            _keep(token, slot, known)
        return bool(known[0] <= now)

    def _first(self, token: Token, now: datetime) -> list[Any]:
        text = token.evaluate(self.expression)
        if isinstance(text, datetime | date):
            text = text.isoformat()
        if not isinstance(text, str):
            raise ElementError(
                f"The time '{self.expression.text}' gave {text!r}, which is no text.",
                "Give a duration such as PT15M, or a date such as 2026-03-01T09:00:00Z.",
            )
        firing = self._schedule(text).first(since=now)
        return _row(firing, text) if timers.is_cycle(text) else [firing.due]

    def _schedule(self, text: str) -> Schedule:
        return Schedule(text, self.zone, self.calendar)

    def wait(self, token: Token, slot: int) -> Wait:
        """Return the timer."""
        return TimerWait(*self._place(token), _kept(token, slot)[0], slot=slot)

    def after(self, token: Token, slot: int) -> Any:
        """Return the next due date of a cycle; None after the last, and for what fires once."""
        known = _kept(token, slot)
        if len(known) == 1:
            return None
        due, left, text, *rhythm = known
        if not isinstance(text, str):
            # Stored before cycles kept their text: seconds between two firings.
            text, rhythm = f"R/PT{text}S", [due, 0]
        firing = Firing(due, None if left < 0 else left, *rhythm)
        now = token.workflow.top_workflow.now
        following = self._schedule(text).following(firing, now=now)
        return None if following is None else [_row(following, text)]


def _row(firing: Firing, text: str) -> list[Any]:
    """Return what a token remembers of a cycle: plain values, because they are stored."""
    left = -1 if firing.left is None else firing.left
    return [firing.due, left, text, firing.anchor, firing.index]


class ConditionTrigger(Trigger):
    """A condition on variables; looked at when they changed, never stored by the caller.

    It happens when the condition *becomes* true. An event that stays armed after it fired waits
    until the condition was false in between.
    """

    def __init__(self, name: str, condition: Expression) -> None:
        """Keep the compiled condition."""
        super().__init__(name)
        self.condition = condition

    def holds(self, variables: Mapping[str, Any], *, now: datetime) -> bool:
        """Say whether it is true before there is an instance.

        It is not where it looks at something that is not given, or cannot be evaluated: it was
        written for other facts.
        """
        if not self.condition.reads <= variables.keys():
            return False
        try:
            return bool(self.condition.evaluate(variables, now=now))
        except ExpressionError:
            return False

    def arm(self, token: Token, slot: int) -> bool:
        """Look at the variables, and ask to be told when they change."""
        token.workflow.top_workflow.watchers[token.id] = token
        return self.became_true(token, slot)

    def became_true(self, token: Token, slot: int) -> bool:
        """Say whether the condition is true now, and was not when it was last looked at."""
        before = bool(_kept(token, slot))
        holds = bool(token.evaluate(self.condition))
        _keep(token, slot, holds)
        return holds and not before

    def after(self, token: Token, slot: int) -> Any:
        """Remember that the condition holds."""
        return [True]


class Gap(Trigger):
    """What an unfinished event waits for: only a person who tries the draft lets it happen."""


class CompensateTrigger(Trigger):
    """Undo completed activities: one, or all of the scope."""

    def __init__(self, activity: str | None, *, wait: bool) -> None:
        """``activity`` is a BPMN id; ``wait`` says whether the flow goes on only afterwards."""
        super().__init__("compensate")
        self.activity, self.wait_for_handlers = activity, wait


class TerminateTrigger(Trigger):
    """End the scope at once."""


class CancelTrigger(Trigger):
    """Cancel the transaction, compensate it, and leave by its cancel boundary event."""


def _keep(token: Token, slot: int, value: Any) -> None:
    armed = token.internal_data.setdefault("armed", [])
    while len(armed) <= slot:
        armed.append(None)
    armed[slot] = value


def _kept(token: Token, slot: int) -> Any:
    armed = token.internal_data.get("armed", ())
    return armed[slot] if slot < len(armed) else None
