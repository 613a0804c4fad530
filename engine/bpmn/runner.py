"""The engine's port to BPMN: reads files, runs instances. Holds no instance between two calls."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from engine.bpmn import codec, explanations, inbox, reports
from engine.bpmn.decisions import Decisions, showing
from engine.bpmn.decisions.reporting import lacking
from engine.bpmn.expressions.sandbox.process import SANDBOX
from engine.bpmn.library import Library, Shelf
from engine.bpmn.pipeline import normal_form
from engine.bpmn.program import Program
from engine.bpmn.reader import Limits as ReaderLimits
from engine.bpmn.reader import read
from engine.bpmn.simulating import simulate
from engine.bpmn.specs.triggers import ConditionTrigger
from engine.bpmn.variables import storable_variables
from engine.bpmn.workflow import Instance
from engine.decisions import Decision, DecisionView, Failure
from engine.definitions import Executable, FileReport, Form, NormalForm, Source
from engine.errors import NoSuchDecisionError, NotStartableError
from engine.instances import InstanceStatus
from engine.limits import Limits
from engine.ports import (
    Catalogue,
    ClosedWait,
    Event,
    EventKind,
    Outcome,
    StoredProcess,
)
from engine.recent import Recent
from engine.simulation import Move, Simulation

#: Files that were asked for decisions lately; the same ones are asked again and again.
_FILES_KEPT = 32
#: The present of an instance that is only looked at: nothing runs, so nothing is due.
_NEVER = datetime.min.replace(tzinfo=UTC)


class SpiffRunner:
    """Implements :class:`~engine.ports.BpmnRunner` on task specs of our own.

    Threads may share a runner: all it keeps are compiled definitions.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        """Set the bounds of uploads and runs; None is :class:`~engine.limits.Limits` as it is."""
        self._library = Library()
        self._decisions: Recent[int, Decisions] = Recent(_FILES_KEPT)
        self._limits = limits or Limits()
        SANDBOX.seconds = self._limits.expression_seconds

    def read(
        self,
        sources: Sequence[Source],
        known: Callable[[str, str], bool] | None = None,
        *,
        executable: Executable = None,
    ) -> tuple[FileReport, ...]:
        """Return what the files define and every problem in them; never raises for a file."""
        return reports.read(
            sources,
            known,
            executable=executable,
            limits=self._readable,
            reply_limits=self._limits.replies,
            private_reply_limits=self._limits.private_replies,
        )

    def decide(
        self,
        sources: Sequence[Source],
        decision: str,
        inputs: Mapping[str, Any],
        *,
        now: datetime | None = None,
    ) -> Decision:
        """Return what a decision in these files gives; see :class:`engine.ports.BpmnRunner`."""
        decisions, key = self._decision(sources, decision)
        found = decisions.decide(key, inputs, now=now, as_texts=True, overriding=True)
        unread = (name for name in inputs if not decisions.mentions(name))
        return replace(
            found,
            failures=(*_obstacles(decisions, key), *found.failures),
            warnings=(*(Failure(None, f"Nothing reads '{n}'.") for n in unread), *found.warnings),
        )

    def view(self, sources: Sequence[Source], decision: str) -> DecisionView:
        """Return what there is to see of a decision; see :class:`engine.ports.BpmnRunner`."""
        return showing.view(*self._decision(sources, decision))

    def _decision(self, sources: Sequence[Source], decision: str) -> tuple[Decisions, str]:
        digest = hashlib.sha256(b"".join(s.name.encode() + s.content for s in sources)).digest()
        decisions = self._decisions.get_or_make(
            int.from_bytes(digest),
            lambda: Decisions.of(read(source, self._readable) for source in sources),
        )
        key = decisions.find(decision)
        if key is None:
            raise NoSuchDecisionError(decision, decisions.names())
        return decisions, key

    @property
    def _readable(self) -> ReaderLimits:
        return ReaderLimits(size=self._limits.upload_bytes)

    def normalised(self, source: Source) -> NormalForm:
        """Return what a file is rewritten to, and by what. Raises ``UnreadableFileError``."""
        return normal_form(read(source, ReaderLimits(size=max(len(source.content), 1))))

    def explain(self, rule: str) -> str | None:
        """Return what the page of a rule, pass or dialect says."""
        return explanations.explain(rule)

    def forms(self, sources: Sequence[Source]) -> tuple[Form, ...]:
        """Return the forms among the files."""
        return reports.forms(sources, self._readable)

    def run(
        self,
        definition: StoredProcess,
        state: bytes | None,
        events: Sequence[Event],
        *,
        now: datetime,
        catalogue: Catalogue,
    ) -> Outcome:
        """Apply ``events`` and run to the next waits; see :meth:`engine.ports.BpmnRunner.run`.

        The history holds what happened at elements, incidents among it; never the start or end
        of the instance, claims, or the resolving of incidents: those the caller knows.

        Raises:
            NotStartableError: a new instance whose definition has no such start event.
            VariableError: an event carries what no variable can hold.
            StateError: ``state`` cannot be read.
        """
        program = self._library.program(definition)
        shelf = Shelf(self._library, catalogue)
        if state is None:
            instance, first, events = _started(program, events, now, shelf), events[0], events[1:]
            before: set[tuple[int, int]] = set()
            instance.limits, instance.hops = self._limits, first.hops
            instance.advance(self._limits.steps)
        else:
            instance = codec.load(state, program, now=now, world=shelf, find=catalogue.dictionary)
            instance.limits = self._limits
            before = instance.waits()
        untaken = []
        for event in events:
            instance.hops = event.hops
            if not inbox.apply(instance, event):
                untaken.append(event)
            instance.advance(self._limits.steps)
        dictionary = catalogue.dictionary_of(definition.id)
        outcome = _outcome(instance, before, untaken, codec.dump(instance, dictionary))
        instance.dissolve()
        return outcome

    def start_holds(
        self,
        definition: StoredProcess,
        element: str,
        variables: Mapping[str, Any],
        *,
        now: datetime,
    ) -> bool:
        """Tell whether the condition of a start event holds for ``variables``."""
        start = self._library.program(definition).main.start_at(element)
        found = (trigger for trigger in start.triggers) if start is not None else ()
        return any(
            isinstance(trigger, ConditionTrigger) and trigger.holds(variables, now=now)
            for trigger in found
        )

    def simulate(
        self,
        definition: StoredProcess,
        moves: Sequence[Move],
        variables: Mapping[str, Any],
        *,
        now: datetime,
        catalogue: Catalogue,
    ) -> Simulation:
        """Return where a definition is after ``moves``; see :class:`engine.ports.BpmnRunner`."""
        program = self._library.program(definition)
        shelf = Shelf(self._library, catalogue)
        return simulate(program, moves, variables, now=now, world=shelf, limits=self._limits)

    def variables(
        self,
        definition: StoredProcess,
        state: bytes,
        *,
        token: int | None = None,
        catalogue: Catalogue,
    ) -> dict[str, Any]:
        """Return the variables of the instance, or those its ``token`` sees.

        A token that is gone sees what the instance sees.
        """
        program = self._library.program(definition)
        shelf = Shelf(self._library, catalogue)
        instance = codec.load(state, program, now=_NEVER, world=shelf, find=catalogue.dictionary)
        found = instance.find(token)
        seen = dict(instance.data if found is None else found.data)
        instance.dissolve()
        return seen


def _obstacles(decisions: Decisions, key: str) -> Iterable[Failure]:
    """Yield what a deployment would refuse, or keep as a draft, though it can be evaluated."""
    for problem in lacking(decisions.linked, key):
        yield Failure(problem.element, f"{problem.message} {problem.cure}")


def _started(program: Program, events: Sequence[Event], now: datetime, shelf: Shelf) -> Instance:
    if not events or events[0].kind is not EventKind.STARTED:
        raise ValueError("the first event of a new instance has to be STARTED")
    first = events[0]
    start = program.main.start_at(first.name)
    if start is None:
        wanted = f"start event {first.name!r}" if first.name else "start event without a trigger"
        raise NotStartableError(
            program.key, f"it has no {wanted}. Send the message it starts with, or add one."
        )
    instance = Instance(program, program.main, now=now, world=shelf)
    instance.data = storable_variables(first.payload)
    instance.begin(start)
    return instance


def _outcome(
    instance: Instance, before: set[tuple[int, int]], untaken: list[Event], state: bytes
) -> Outcome:
    after = instance.waits() if instance.status is InstanceStatus.ACTIVE else set()
    return Outcome(
        state=state,
        status=instance.status,
        opened=tuple(wait for key, wait in instance.opened.items() if key in after),
        closed=tuple(
            ClosedWait(token, slot, (token, slot) in instance.happened)
            for token, slot in sorted(before - after)
        ),
        history=tuple(instance.history),
        thrown=tuple(instance.thrown),
        untaken=tuple(untaken),
    )


__all__ = ["SpiffRunner"]
