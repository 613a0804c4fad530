"""Events that wait: intermediate, boundary, receive task, and the starts of event sub-processes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from engine.bpmn.specs.element import Element, Origin, ScopeSpec
from engine.bpmn.specs.mapping import Mapped
from engine.bpmn.specs.triggers import ConditionTrigger, Trigger
from engine.bpmn.token import READY, WAITING, Token
from engine.bpmn.variables import storable_variables
from engine.history import What

if TYPE_CHECKING:
    from engine.bpmn.extensions.mapping import MappingSettings
    from engine.bpmn.specs.subprocesses import EventSubProcess


class Catch(Element):
    """Anything that waits for a trigger, or for the first or all of several."""

    def __init__(
        self,
        scope: ScopeSpec,
        name: str,
        origin: Origin,
        triggers: tuple[Trigger, ...],
        *,
        all_needed: bool = False,
    ) -> None:
        """Wait for one of ``triggers``, or with ``all_needed`` for each of them once."""
        super().__init__(scope, name, origin)
        self.wait_for(triggers)
        self.all_needed = all_needed
        #: What becomes of the payload, where the drawing says so.
        self.mapping: MappingSettings | None = None

    def wait_for(self, triggers: tuple[Trigger, ...]) -> None:
        """Wait for these triggers, in the place of others."""
        self.triggers = triggers
        # Asked of each token whenever an instance is read: so it is not looked for each time.
        self.watches = any(isinstance(trigger, ConditionTrigger) for trigger in triggers)
        self._all = tuple(enumerate(triggers))
        self._outside = tuple(slot for slot, trigger in self._all if trigger.from_outside)

    def slots(self, token: Token) -> Iterable[int]:
        """Return the slots of triggers from outside that have not happened yet."""
        if token.state != WAITING:
            return ()
        seen = token.internal_data.get("seen")
        return [slot for slot in self._outside if slot not in seen] if seen else self._outside

    def pending(self, token: Token) -> Iterable[tuple[int, Trigger]]:
        """Return the triggers that have not happened yet, with their slots."""
        seen = token.internal_data.get("seen")
        return [each for each in self._all if each[0] not in seen] if seen else self._all

    def is_shown(self, token: Token) -> bool:
        """Events behind an event gateway are not shown: the token waits at the gateway."""
        return token.parent is None or token.parent.task_spec.is_activity

    def _update_hook(self, my_task: Token) -> bool:
        if not self.triggers:
            return True
        top = my_task.workflow.top_workflow
        happened = [slot for slot, t in self.pending(my_task) if t.arm(my_task, slot)]
        my_task.wait(WAITING)
        if self.is_shown(my_task):
            top.note(my_task, What.ENTERED)
        for slot, trigger in self.pending(my_task):
            if trigger.from_outside and slot not in happened:
                top.open(trigger.wait(my_task, slot))
        for slot in happened:
            if my_task.state == WAITING and my_task.alive:
                self.fire(my_task, slot, {})
        return False

    def look(self, my_task: Token) -> None:
        """Evaluate the conditions among the triggers: variables changed."""
        for slot, trigger in self.pending(my_task):
            if isinstance(trigger, ConditionTrigger) and trigger.became_true(my_task, slot):
                self.fire(my_task, slot, {})
                return

    def fire(self, token: Token, slot: int, payload: Mapping[str, Any]) -> None:
        """Take a trigger that happened; with ``all_needed`` the last one lets the token go on."""
        top = token.workflow.top_workflow
        top.happened.add((token.id, slot))
        seen = token.internal_data.setdefault("seen", [])
        seen.append(slot)
        if self.mapping is not None:
            payload = self.mapping.taken(token.data, payload, now=top.now)
        top.assign(token, payload)
        if not self.all_needed or len(seen) == len(self.triggers):
            self.fired(token, slot)

    def fired(self, token: Token, slot: int) -> None:
        """Let the token go on. Events behind an event gateway end the race first."""
        racing = token
        if racing.parent is not None and isinstance(racing.parent.task_spec, Mapped):
            racing = racing.parent
        if racing.parent is not None and not racing.parent.task_spec.is_activity:
            racing.parent.task_spec.won(racing.parent, racing)
        self._go(token)

    def rearm(self, token: Token, slot: int, parent: Token | None) -> None:
        """Put a new listener in the place of one that fired, if it is to stay armed.

        It is armed before anything else moves: what is thrown next must find it.
        """
        following = self.triggers[slot].after(token, slot)
        if following is None:
            return
        if following is True:
            following = [None]
        again = token.workflow.put(self, parent=parent, data=token.data, hurry=True)
        again.internal_data["armed"] = [None] * slot + following

    def _go(self, token: Token) -> None:
        top = token.workflow.top_workflow
        top.watchers.pop(token.id, None)
        token.wait(READY)
        # What fired comes before anything else that is ready: an interruption interrupts.
        top.queue.appendleft(token)


class StartEvent(Catch):
    """A start event; its trigger happened when a token is put there.

    That of a process also gives the variables that nobody set their default values, so that a
    default which cannot be computed is an incident at it.
    """

    def _update_hook(self, my_task: Token) -> bool:
        return True

    def _run_hook(self, my_task: Token) -> bool | None:
        top, data = my_task.workflow.top_workflow, my_task.data
        if self.mapping is not None:
            taken = storable_variables(self.mapping.taken({}, data, now=top.now))
            if self.triggers:  # what arrived is gone but for what the outputs made of it
                data.clear()
            top.assign(my_task, taken)
        missing = [default for default in self.scope.defaults if default[0] not in data]
        if missing:
            known = dict(data)
            for name, default in missing:
                known[name] = default.evaluate(known, now=top.now)
            top.assign(my_task, {name: known[name] for name, _ in missing})
        return True


class IntermediateCatch(Catch):
    """A catching event in the flow. A cycle sends one token on for each repetition."""


class ReceiveTask(Catch):
    """An activity that waits for a message."""

    is_activity = True


class BoundaryEvent(Catch):
    """Waits while its activity is under way, and interrupts it or runs beside it."""

    is_boundary = True

    def __init__(
        self,
        scope: ScopeSpec,
        name: str,
        origin: Origin,
        triggers: tuple[Trigger, ...],
        *,
        all_needed: bool = False,
        interrupting: bool = True,
    ) -> None:
        """``interrupting`` is ``cancelActivity`` of the drawing."""
        super().__init__(scope, name, origin, triggers, all_needed=all_needed)
        self.interrupting = interrupting

    def is_shown(self, token: Token) -> bool:
        """No token waits at a boundary event as drawn: it waits at the activity."""
        return False

    def arm(self, activity: Token) -> None:
        """Begin to wait on ``activity``, unless a retry finds it armed from the first attempt."""
        if any(child.task_spec is self for child in activity.children):
            return
        scope = activity.workflow
        token = Token(
            scope, self, number=scope.top_workflow.fresh(), data=scope.data, parent=activity
        )
        try:
            self._update_hook(token)
        except Exception:
            token.cancel()
            raise

    def fired(self, token: Token, slot: int) -> None:
        """Interrupt the activity, before anything else in it can run, or stay armed beside it."""
        activity = token.parent
        if activity is not None:
            token.detach()
            implicit = token.internal_data.pop("implicit", False)
            if self.interrupting and not implicit:
                activity.task_spec.interrupted(activity)
                activity.cancel()
            else:
                self.rearm(token, slot, activity)
        self._go(token)


class Listener(Catch):
    """The waiting start of an event sub-process: armed with the scope, and keeps none open."""

    is_listener = True
    keeps_open = False

    def __init__(
        self,
        scope: ScopeSpec,
        name: str,
        origin: Origin,
        triggers: tuple[Trigger, ...],
        *,
        all_needed: bool,
        interrupting: bool,
        runs: EventSubProcess,
        start: str,
    ) -> None:
        """Wait for the start event with the id ``start`` in the event sub-process ``runs``."""
        super().__init__(scope, name, origin, triggers, all_needed=all_needed)
        self.interrupting, self.runs, self.start = interrupting, runs, start

    def is_shown(self, token: Token) -> bool:
        """Armed is not entered."""
        return False

    def fired(self, token: Token, slot: int) -> None:
        """Start the event sub-process; an interrupting one ends all else in the scope first."""
        scope = token.workflow
        # Put first: a scope must not look empty while it is cleared.
        run = scope.put(self.runs, hurry=True)
        run.internal_data["start"] = self.start
        if self.interrupting:
            scope.clear_but(run)
        else:
            self.rearm(token, slot, None)
            token.cancel()
