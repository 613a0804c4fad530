"""A token: the library's task, reduced to what is alive.

The library keeps every task an instance ever had in one tree. Here a token leaves its scope the
moment it is done, so memory, stored bytes and the cost of a step do not grow with age. What is
left of the tree is *attachment*: boundary events hang on their activity, the instances of a loop
on the loop, the events of an event gateway on the gateway. Cancelling a token cancels all that
hangs on it, and the sub-process it runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.expressions.together import each_value

if TYPE_CHECKING:
    from engine.bpmn.expressions import Expression
    from engine.bpmn.scope import Scope
    from engine.bpmn.specs.element import Element, Flow

FUTURE: int = TaskState.FUTURE  #: about to arrive
WAITING: int = TaskState.WAITING  #: for an event, or for other tokens at a join
READY: int = TaskState.READY  #: to be run, or a user task that waits for its agent
STARTED: int = TaskState.STARTED  #: a job, a sub-process or a loop is under way
COMPLETED: int = TaskState.COMPLETED
ERROR: int = TaskState.ERROR  #: an incident; stays until somebody tries again
CANCELLED: int = TaskState.CANCELLED


class Token(Task):
    """One live task. :attr:`id` is its number: unique in the instance and never used again."""

    # Plain attributes in place of the library's properties, which look ids up in a dictionary.
    parent: Token | None = None  #: what this token is attached to
    children: list[Token] = []

    def __init__(
        self,
        scope: Scope,
        spec: Element,
        *,
        number: int,
        data: dict[str, Any],
        parent: Token | None = None,
        via: Flow | None = None,
    ) -> None:
        """Put a token into ``scope`` that has not arrived yet.

        The library's constructor is not called: it draws a random id and asks the clock.

        Args:
            scope: where it lives.
            spec: the element it is at.
            number: its id.
            data: the variables it sees; shared with its scope, except inside a loop.
            parent: what it is attached to.
            via: the flow that leads it there; joins tell their inputs apart by it.
        """
        self.id = number
        self.workflow = scope
        self.task_spec = spec
        self.data = data
        self.via = via.slot if via is not None else -1
        self.internal_data: dict[str, Any] = {}
        self.inner: Scope | None = None
        self.children = []
        self._state = FUTURE
        if parent is not None:
            self.parent = parent
            parent.children.append(self)
        scope.enter(self)

    #: One of the states above. Read at every turn: so by C, not by a function of Python.
    state = property(attrgetter("_state"))

    @property
    def alive(self) -> bool:
        """Whether the token is still in its scope."""
        return self.id in self.workflow.tasks

    def _set_state(self, value: int) -> None:
        self._state = value

    def evaluate(self, expression: Expression) -> Any:
        """Return the value of ``expression`` on the variables this token sees."""
        return expression.evaluate(self.data, now=self.workflow.top_workflow.now)

    def evaluate_each(self, expressions: Sequence[Expression]) -> Iterator[Any]:
        """Yield the value of each expression, each when it is asked for."""
        return each_value(expressions, self.data, now=self.workflow.top_workflow.now)

    def wait(self, state: int = WAITING) -> bool:
        """Take ``state`` and return False: what ``_update_hook`` gives back for «not yet»."""
        self._state = state
        return False

    def proceed(self) -> None:
        """Take the next step: arrive, with the boundary events armed first, and run if possible."""
        if self._state == FUTURE:
            for boundary in self.task_spec.boundaries:
                boundary.arm(self)
                if not self.alive:  # its condition was true already
                    return
            if not self.task_spec._update_hook(self) or not self.alive:
                return
        self.run()

    def run(self) -> bool | None:
        """Execute the token where it is. One that was cancelled by what it did stays so."""
        self._state = READY
        done: bool | None = self.task_spec._run_hook(self)
        if not self.alive:
            return done
        if done:
            self.complete()
        else:
            self._state = STARTED
        return done

    def complete(self) -> None:
        """Leave the element, normally."""
        if self.parent is not None:
            self.parent.task_spec.collect(self.parent, self)
        self._state = COMPLETED
        for child in list(self.children):
            child.cancel()
        self.workflow.leave(self)
        self.task_spec._on_complete_hook(self)

    def cancel(self) -> None:
        """Take this token out, with all that hangs on it. Iterative: sub-processes nest deep."""
        pending = [self]
        while pending:
            token = pending.pop()
            if not token.alive:
                continue
            pending.extend(token.children)
            if token.inner is not None:
                pending.extend(token.inner.close())
            token.workflow.leave(token)
            token.workflow.top_workflow.left(token, completed=False)
            token._state = CANCELLED

    def detach(self) -> None:
        """Stop hanging on :attr:`parent`."""
        if self.parent is not None:
            self.parent.children.remove(self)
            self.parent = None
