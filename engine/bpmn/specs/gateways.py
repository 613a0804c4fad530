"""Gateways: joins that count tokens, and choices between flows.

A token that comes to a join waits there and remembers the flow it came by; a join consumes tokens
that leave together. As variables belong to the scope, there is nothing to merge.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.bpmn.errors import ElementError
from engine.bpmn.specs.element import Element, Flow, Origin, ScopeSpec
from engine.bpmn.token import READY, WAITING, Token
from engine.history import What

if TYPE_CHECKING:
    from engine.bpmn.expressions import Expression
    from engine.bpmn.scope import Scope


class Join(Element):
    """A place where tokens wait for each other. Subclasses say which leave together."""

    def is_shown(self, token: Token) -> bool:
        """Waiting for other tokens of the same instance is no line of its own."""
        return False

    def _update_hook(self, my_task: Token) -> bool:
        my_task.wait(WAITING)
        my_task.workflow.arrived.setdefault(self, []).append(my_task)
        if not self.fires_late:
            self.try_fire(my_task.workflow)
        return False

    def try_fire(self, scope: Scope) -> bool:
        """Let tokens leave if the join's rule allows it; returns whether any did."""
        leaving = self.consumable(scope)
        if not leaving:
            return False
        survivor = leaving[-1]
        for token in leaving[:-1]:
            token.cancel()
        arrivals = scope.arrived[self]
        arrivals.remove(survivor)
        if not arrivals:
            del scope.arrived[self]
        survivor.via = -1
        survivor.wait(READY)
        scope.top_workflow.queue.append(survivor)
        return True

    def consumable(self, scope: Scope) -> list[Token]:
        """Return the waiting tokens that leave together now; empty when they have to wait."""
        raise NotImplementedError

    def first_of_each_input(self, scope: Scope) -> dict[int, Token]:
        """Return, for each input that has a token, the one that came first."""
        first: dict[int, Token] = {}
        for token in scope.arrived.get(self, ()):
            first.setdefault(token.via, token)
        return first


class ParallelGateway(Join):
    """Fires when every input has a token; excess tokens stay for the next turn."""

    def consumable(self, scope: Scope) -> list[Token]:
        """Return one token of each input."""
        first = self.first_of_each_input(scope)
        return list(first.values()) if len(first) >= len(self.incoming) else []


class TokenGate(Join):
    """``startQuantity``: the activity behind it runs once for every ``quantity`` tokens."""

    def __init__(self, scope: ScopeSpec, name: str, origin: Origin, quantity: int) -> None:
        """Let tokens through in groups of ``quantity``."""
        super().__init__(scope, name, origin)
        self.quantity = quantity

    def consumable(self, scope: Scope) -> list[Token]:
        """Return the first full group, whichever inputs its tokens came by."""
        waiting = scope.arrived.get(self, [])
        return waiting[: self.quantity] if len(waiting) >= self.quantity else []


class Choosing(Element):
    """Diverging half: flows with conditions, a default, flows that are always taken.

    The choice is made while the token is still here, so that a condition that fails is an
    incident at this element.
    """

    first_only = False
    must_choose = True
    #: Whether flows with neither a condition nor the default are taken whatever else is.
    takes_bare_flows = False

    def __init__(self, scope: ScopeSpec, name: str, origin: Origin, default: str | None) -> None:
        """``default`` is the id of the default flow."""
        super().__init__(scope, name, origin)
        self.default = default

    def _run_hook(self, my_task: Token) -> bool | None:
        my_task.internal_data["chosen"] = [flow.id for flow in self.chosen(my_task)]
        return True

    def spread(self, my_task: Token) -> None:
        """Send a token along each chosen flow."""
        chosen = my_task.internal_data["chosen"]
        for flow in self.outgoing:
            if flow.id in chosen:
                my_task.workflow.send(flow)

    def chosen(self, my_task: Token) -> list[Flow]:
        """Return the flows to take.

        Raises:
            ElementError: if no condition is true and no default says where to go.
        """
        if len(self.outgoing) < 2 and not any(f.condition for f in self.outgoing):
            return self.outgoing
        taken: list[Flow] = []
        hit = False
        if self.takes_bare_flows:
            taken += [f for f in self.outgoing if f.condition is None and f.id != self.default]
        asking = [f for f in self.outgoing if f.condition is not None and f.id != self.default]
        values = my_task.evaluate_each([f.condition for f in asking if f.condition is not None])
        for flow, holds in zip(asking, values, strict=True):
            if holds:
                taken.append(flow)
                hit = True
                if self.first_only:
                    return taken
        if not hit:
            taken.extend(flow for flow in self.outgoing if flow.id == self.default)
        if not taken and self.must_choose and self.outgoing:
            raise ElementError(
                "No condition is true and there is no default flow.",
                "Correct the variables that the conditions read, or draw a default flow.",
                code="gateway.no-way-out",
            )
        return taken


class ExclusiveGateway(Choosing):
    """Takes the first flow whose condition is true, in the order of the drawing."""

    first_only = True


class ConditionalSplit(Choosing):
    """Conditional flows out of an activity; none true and no default ends the token quietly."""

    must_choose = False
    takes_bare_flows = True


class InclusiveGateway(Choosing, Join):
    """Waits while a token elsewhere could still reach an input that has none.

    Tokens that can as well reach an input that has one do not count: otherwise a join at the head
    of a loop would wait for its own future.
    """

    fires_late = True

    def consumable(self, scope: Scope) -> list[Token]:
        """Return the first token of each input, when no other can come."""
        first = self.first_of_each_input(scope)
        return list(first.values()) if first and not self.still_coming(scope, first) else []

    def still_coming(self, scope: Scope, full: Iterable[int]) -> bool:
        """Say whether a token elsewhere can reach one of the inputs that are not in ``full``."""
        have = set(full)
        reach_empty = self._reach([f for f in self.incoming if f.slot not in have])
        reach_full = self._reach([f for f in self.incoming if f.slot in have])
        return any(
            token.task_spec is not self
            and token.task_spec in reach_empty
            and token.task_spec not in reach_full
            for token in scope.tasks.values()
            if token.task_spec.keeps_open
        )

    def _reach(self, inputs: list[Flow]) -> set[Element]:
        """Return the elements from which a token can come to ``inputs`` without passing here."""
        seen: set[Element] = set()
        pending = [flow.source for flow in inputs]
        while pending:
            element = pending.pop()
            if element is self or element in seen:
                continue
            seen.add(element)
            pending.extend(flow.source for flow in element.incoming)
            if element.is_boundary:
                pending.extend(host for host in self.scope.elements if element in host.boundaries)
        return seen


class ComplexGateway(InclusiveGateway):
    """Fires when its condition on ``activationCount`` holds, then swallows the stragglers.

    After firing it waits for the tokens of the same round that can still come, lets none of them
    through, and begins a new round. Without a condition it joins like an inclusive gateway.
    """

    must_choose = False
    takes_bare_flows = True

    def __init__(
        self,
        scope: ScopeSpec,
        name: str,
        origin: Origin,
        default: str | None,
        activation: Expression | None,
    ) -> None:
        """``activation`` is the activation condition."""
        super().__init__(scope, name, origin, default)
        self.activation = activation

    def _update_hook(self, my_task: Token) -> bool:
        super()._update_hook(my_task)
        if self.activation is not None:
            self.try_fire(my_task.workflow)
        return False

    def consumable(self, scope: Scope) -> list[Token]:
        """Return one token of each input that has one, when the condition holds."""
        if self.activation is None:
            return super().consumable(scope)
        seen = scope.rounds.get(self.index)
        if seen is not None:
            self._swallow(scope, seen)
            return []
        first = self.first_of_each_input(scope)
        if not first:
            return []
        names = {**scope.data, "activationCount": len(scope.arrived[self])}
        if not self.activation.evaluate(names, now=scope.top_workflow.now):
            return []
        if len(first) < len(self.incoming):
            scope.rounds[self.index] = list(first)
        return list(first.values())

    def _swallow(self, scope: Scope, seen: list[int]) -> None:
        for via, token in self.first_of_each_input(scope).items():
            if via not in seen:
                token.cancel()
                seen.append(via)
        self.end_round(scope)

    def end_round(self, scope: Scope) -> None:
        """Begin a new round when every straggler of this one came, or can come no more."""
        seen = scope.rounds[self.index]
        if len(seen) == len(self.incoming) or not self.still_coming(scope, seen):
            del scope.rounds[self.index]


class EventGateway(Element):
    """All events behind it wait; the first that happens cancels the others."""

    def _update_hook(self, my_task: Token) -> bool:
        my_task.workflow.top_workflow.note(my_task, What.ENTERED)
        for flow in self.outgoing:
            my_task.workflow.put(flow.target, parent=my_task)
        return my_task.wait(WAITING)

    def won(self, my_task: Token, winner: Token) -> None:
        """End the race: ``winner`` goes on alone, and the token here is gone."""
        winner.detach()
        for other in list(my_task.children):
            other.cancel()
        my_task.workflow.leave(my_task)
        my_task.workflow.top_workflow.left(my_task, completed=True)
