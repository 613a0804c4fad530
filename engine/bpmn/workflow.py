"""One process instance while it runs: a queue of tokens, and what came of running them.

The library walks the whole tree to find what is ready. Here a token is queued when it comes to an
element; a step lets it arrive and, where nothing holds it, execute and leave. Joins that depend on
the *absence* of tokens elsewhere are looked at when the queue is empty. The instance asks no clock:
:attr:`Instance.now` is handed in.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from engine.bpmn import compensation, routing
from engine.bpmn.errors import (
    DecisionError,
    ElementError,
    ExpressionError,
    HopLimitError,
    StepLimitError,
    TimeLimitError,
    TokenLimitError,
)
from engine.bpmn.scope import Scope, SubScope
from engine.bpmn.specs.element import ScopeSpec
from engine.bpmn.specs.triggers import ErrorTrigger
from engine.bpmn.token import ERROR, FUTURE, READY, Token
from engine.bpmn.variables import storable_variables
from engine.bpmn.work import Stopwatch
from engine.errors import TimerExpressionError
from engine.history import HistoryEntry, What
from engine.instances import InstanceStatus
from engine.limits import Limits
from engine.merge import Conflict, merge3
from engine.ports import FailureWait, ThrownMessage, Wait

if TYPE_CHECKING:
    from engine.bpmn.program import Program, World

#: Calls and sub-processes inside each other; a process that calls itself for ever is stopped here.
DEEPEST_SCOPE = 60


class _NoScripts:
    """In the place of the library's script engine, which runs ``exec``: nothing may use it."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"scripts and expressions have an engine of their own ({name})")


_NO_SCRIPTS = _NoScripts()


class Instance(Scope, BpmnWorkflow):
    """A process instance in memory. One run uses it and throws it away."""

    #: Itself. A plain attribute in the place of the library's property, because all ask for it.
    top_workflow: Instance = None  # type: ignore[assignment]

    def __init__(self, program: Program, spec: ScopeSpec, *, now: datetime, world: World) -> None:
        """Open an empty instance of ``program``.

        Args:
            program: the compiled definition.
            spec: its process.
            now: the present, UTC, for every timer and history entry of this run.
            world: where called processes and decisions are found.
        """
        self.top_workflow = self
        self.now, self.world = now, world
        self.queue: deque[Token] = deque()
        self.scopes: dict[int, SubScope] = {}
        self.last_number = 0
        self.status = InstanceStatus.ACTIVE
        self.history: list[HistoryEntry] = []
        self.thrown: list[ThrownMessage] = []
        self.opened: dict[tuple[int, int], Wait] = {}
        #: Waits ``(token, slot)`` that ended because what they waited for happened.
        self.happened: set[tuple[int, int]] = set()
        #: Tokens that wait for a condition on variables.
        self.watchers: dict[int, Token] = {}
        self.dirty = False  #: variables changed since the conditions were looked at
        self.touched: set[Scope] = set()  #: scopes that may be over
        self.stepped: set[Scope] = set()  #: scopes in which an activity completed
        self.steps = 0
        self.stopwatch = Stopwatch()
        self.live = 0  #: tokens, counted
        self.hops = 0  #: those of the event that is being applied
        self.limits = Limits()
        self._open(program, 0, None)
        super().__init__(spec, script_engine=_NO_SCRIPTS, deserializing=True)

    def fresh(self) -> int:
        """Return the next number; it is never used again in this instance."""
        self.last_number += 1
        return self.last_number

    def dissolve(self) -> None:
        """Let go of everything at once; the instance is of no use afterwards.

        Tokens, scopes and the instance hold each other. Left to itself, all that one run made
        would have to be found by the garbage collector.
        """
        for scope in self.all_scopes():
            for token in scope.tasks.values():
                token.__dict__.clear()
            if scope is not self:
                scope.__dict__.clear()
        self.__dict__.clear()

    # -- what is there ---------------------------------------------------------------------------

    def all_scopes(self) -> list[Scope]:
        """Return the instance and every scope below it, outer before inner."""
        return [self, *self.scopes.values()]

    def tokens(self) -> Iterator[Token]:
        """Yield every live token, inner scopes last."""
        for scope in self.all_scopes():
            yield from list(scope.tasks.values())

    def find(self, number: int | None) -> Token | None:
        """Return the live token with that number."""
        for scope in self.all_scopes():
            if number in scope.tasks:
                return scope.tasks[number]
        return None

    def open_scope(
        self, owner: Token, spec: ScopeSpec, data: dict[str, Any], program: Program
    ) -> SubScope:
        """Open a scope that ``owner`` runs.

        Raises:
            ElementError: if scopes are nested deeper than any sound diagram needs.
        """
        outer = owner.workflow
        if outer.depth >= DEEPEST_SCOPE:
            raise ElementError(
                f"Processes and sub-processes run more than {DEEPEST_SCOPE} deep in each other.",
                "Look for a process that calls itself without a condition that ends it.",
            )
        scope = SubScope(program, spec, number=self.fresh(), owner=owner, outer=outer, data=data)
        self.scopes[scope.number] = scope
        owner.inner = scope
        return scope

    # -- variables -------------------------------------------------------------------------------

    def assign(self, token: Token, values: Mapping[str, Any]) -> None:
        """Set variables where ``token`` is. Raises ``VariableError`` for what cannot be kept."""
        if values:
            token.data.update(storable_variables(values))
            self.dirty = True

    def merge(
        self, token: Token, base: Mapping[str, Any], copy: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the variables of ``token`` with what ``copy`` changed since it was ``base``.

        A value that others changed differently meanwhile is overwritten; the history of the
        element shows both.
        """
        conflicts: list[Conflict] = []
        merged = merge3(base, token.data, copy, conflicts)
        if conflicts:
            detail = token.internal_data.setdefault("detail", {})
            detail.setdefault("overwritten", []).extend(
                {"variable": one.path, "before": one.ours, "after": one.theirs} for one in conflicts
            )
        return merged

    def take_over(self, token: Token, base: Mapping[str, Any], copy: Mapping[str, Any]) -> None:
        """Set the variables where ``token`` is to what :meth:`merge` gives."""
        merged = self.merge(token, base, copy)
        token.data.clear()
        token.data.update(merged)
        self.dirty = True

    # -- history ---------------------------------------------------------------------------------

    def note(self, token: Token, what: What, *, by: str | None = None, detail: Any = None) -> None:
        """Add a line to the history, unless no drawing shows the element."""
        element = token.task_spec.bpmn_id
        if element is not None:
            self.history.append(HistoryEntry(element, what, self.now, by, detail))

    def open(self, wait: Wait) -> None:
        """Take note of something that the instance waits for from now on."""
        self.opened[wait.token, wait.slot] = wait

    def waits(self) -> set[tuple[int, int]]:
        """Return ``(token, slot)`` of everything the instance waits for from outside."""
        found = set()
        for scope in self.all_scopes():
            for number, token in scope.tasks.items():
                if token.state == ERROR:
                    found.add((number, 0))
                else:
                    for slot in token.task_spec.slots(token):
                        found.add((number, slot))
        return found

    def left(self, token: Token, *, completed: bool) -> None:
        """Take note that ``token`` is gone from its element."""
        self.watchers.pop(token.id, None)
        if completed:
            known = token.internal_data
            if not token.task_spec.triggers:  # events say themselves which trigger it was
                self.happened.add((token.id, 0))
            self.note(token, What.COMPLETED, by=known.get("by"), detail=known.get("detail"))
        elif token.state != FUTURE and token.task_spec.is_shown(token):
            self.note(token, What.CANCELLED)

    # -- the loop --------------------------------------------------------------------------------

    def advance(self, limit: int) -> None:
        """Run until only waiting is left; ``limit`` counts the steps of the whole run."""
        self._after()
        while self.queue or self._settle():
            token = self.queue.popleft()
            if not token.alive or token.state not in (FUTURE, READY):
                continue
            self.steps += 1
            stopped = self._too_much(limit)
            if stopped is not None:
                self.stop(token, stopped.what, stopped.cure)
                return
            self.attempt(token, token.proceed)

    def _too_much(self, limit: int) -> ElementError | None:
        if self.steps > limit:
            return StepLimitError(limit)
        if self.stopwatch.exceeds(self.limits.seconds):
            return TimeLimitError(self.limits.seconds)
        if self.live > self.limits.tokens:
            self.live = sum(len(scope.tasks) for scope in self.all_scopes())
            if self.live > self.limits.tokens:
                return TokenLimitError(self.limits.tokens)
        return None

    def send_out(self, thrown: ThrownMessage) -> None:
        """Hand a message or signal to the caller, for other instances.

        Raises:
            HopLimitError: other instances led to it, and others to those, for too long.
        """
        if self.hops >= self.limits.hops:
            raise HopLimitError(thrown.name, self.limits.hops)
        self.thrown.append(replace(thrown, hops=self.hops + 1))

    def attempt(self, token: Token, action: Callable[[], object]) -> None:
        """Do something at ``token``; whatever goes wrong there is an error event or an incident."""
        try:
            action()
        except Exception as error:  # noqa: BLE001 - one instance's fault must not stop a batch
            self._failed(token, error)
        self._after()

    def _after(self) -> None:
        if self.stepped:
            for scope in list(self.stepped):
                self._check_ad_hoc(scope)
            self.stepped.clear()
        if self.dirty:
            self.dirty = False
            for token in list(self.watchers.values()):
                if token.id in self.watchers:
                    self._look(token)
        while self.touched:
            self.touched.pop().check_done()

    def _look(self, token: Token) -> None:
        try:
            token.task_spec.look(token)
        except ExpressionError as error:
            self._failed(token, error)

    def _check_ad_hoc(self, scope: Scope) -> None:
        condition = scope.spec.completion_condition
        if condition is None or scope.completed:
            return
        try:
            over = condition.evaluate(scope.data)
        except ExpressionError as error:
            if scope.owner is not None:
                self._failed(scope.owner, error)
            return
        if over and (scope.spec.cancel_remaining or not scope.open_tokens):
            scope.finish()

    def _settle(self) -> bool:
        """Let one join fire that waited for others to be out of reach. False: nothing moves."""
        for scope in self.all_scopes():
            for index in list(scope.rounds):
                scope.spec.elements[index].end_round(scope)
            for join in list(scope.arrived):
                if join.fires_late and self._try_late(scope, join):
                    return True
        return False

    def _try_late(self, scope: Scope, join: Any) -> bool:
        waiting = scope.arrived[join][-1]
        try:
            return bool(join.try_fire(scope)) and bool(self.queue)
        except ExpressionError as error:
            self._failed(waiting, error)
            return bool(self.queue)

    def finish(self) -> None:
        """End the instance normally."""
        super().finish()
        if self.status is InstanceStatus.ACTIVE:
            self.status = InstanceStatus.COMPLETED

    def end(self, status: InstanceStatus) -> None:
        """End the instance from outside, or because an error reached its border."""
        self.status = status
        super().finish()
        for scope in list(self.scopes.values()):
            scope.completed = True

    # -- failures --------------------------------------------------------------------------------

    def _failed(self, token: Token, error: Exception) -> None:
        culprit: Token | None = token
        while culprit is not None and not culprit.alive:
            culprit = culprit.parent or culprit.workflow.owner
        if culprit is None:
            raise error
        what, cure, code = _explained(error)
        payload = {"error": {"code": code, "message": what}}
        if not routing.propagate(self, culprit, ErrorTrigger, code, payload):
            self.stop(culprit, what, cure)

    def stop(self, token: Token, what: str, cure: str) -> None:
        """Hold ``token`` as an incident until somebody tries again."""
        for child in list(token.children):
            if not child.task_spec.is_boundary:
                child.cancel()
        if token.inner is not None:
            for inside in token.inner.close():
                inside.cancel()
            token.inner = None
        self.renumber(token)
        self.watchers.pop(token.id, None)
        token._set_state(ERROR)
        self.note(token, What.INCIDENT, detail={"what": what, "cure": cure})
        spec = token.task_spec
        self.open(
            FailureWait(token.id, spec.bpmn_id or spec.name, spec.bpmn_name, what=what, cure=cure)
        )

    def retry(self, token: Token, by: str | None = None) -> None:
        """Let a token that was stopped arrive at its element once more."""
        self.note(token, What.RETRIED, by=by)
        self.renumber(token)
        kept = token.task_spec.kept_on_retry
        token.internal_data = {k: v for k, v in token.internal_data.items() if k in kept}
        token._set_state(FUTURE)
        self.queue.append(token)

    def renumber(self, token: Token) -> None:
        """Give ``token`` a new number, because what it waits for is another thing now."""
        tasks = token.workflow.tasks
        del tasks[token.id]
        token.id = self.fresh()
        tasks[token.id] = token

    # -- events ------------------------------------------------------------------------------------

    def handler_done(self, thrower: int) -> None:
        """A compensation handler is through; see :mod:`engine.bpmn.compensation`."""
        compensation.go_on(self, thrower)


def _explained(error: Exception) -> tuple[str, str, str]:
    """Return what happened, what to do, and the BPMN error code of any failure of an element."""
    if isinstance(error, ElementError):
        return error.what, error.cure, error.code
    if isinstance(error, ExpressionError):
        return f"'{error.text}': {error.reason}", error.cure, "expression.failed"
    if isinstance(error, DecisionError):
        return f"Decision {error.decision!r}: {error.reason}", error.cure, "decision.failed"
    if isinstance(error, TimerExpressionError):
        return str(error), "Correct the time, or the variable it comes from.", "timer.failed"
    return (
        f"{type(error).__name__}: {error}",
        "Correct the variables or the diagram, then try again.",
        "element.failed",
    )
