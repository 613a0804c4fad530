"""Asks the sandbox for decisions, and reads its answers.

A plan is sent once. The cells of its tables are read then, by requests that take a twentieth of a
second each, so that others who wait for the sandbox have their turn between them.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from engine.bpmn.decisions.model import Plan
from engine.bpmn.expressions.safe.limits import check_extent
from engine.bpmn.expressions.sandbox.border import incoming, moment_text, outgoing
from engine.bpmn.expressions.sandbox.process import BUNDLE, SANDBOX, SandboxError
from engine.decisions import Decision, Evaluated, Failure, FiredRule, Match

_UNKNOWN = '{"unknown":true}'
#: How often a plan is sent for one answer: the sandbox may be replaced meanwhile.
_TIMES = 3
#: Seconds of work in which a plan has to be kept, and each megabyte of it.
_KEEPING, _KEEPING_A_MEGABYTE = 0.2, 0.2
#: Requests to read cells, one after the other, and the seconds that one may take: it ends by itself
#: after 50 ms and the cell that it is at.
_SLICES, _SLICE = 24, 0.25
#: Seconds between two of them: a lock is not fair, but whoever waits for it has it by then.
_TURN = 0.001
#: Seconds in which cells are not read again that took longer than that.
_TIRED = 60.0


class Asked:
    """A plan as the sandbox knows it: sent once, and again where it was forgotten."""

    def __init__(self, plan: Plan) -> None:
        """Encode the plan."""
        self._plan = msgspec.json.encode(plan).decode()
        self._model = hashlib.sha256(self._plan.encode()).hexdigest()[:32]
        self._tired_until = 0.0

    def mentions(self, name: str) -> bool:
        """Say whether the plan holds a name; of ``import.name`` the last part counts."""
        return name in self._plan or name.rpartition(".")[2] in self._plan

    def decide(
        self,
        target: str,
        inputs: Mapping[str, Any],
        known: Mapping[str, Any],
        *,
        now: datetime | None,
        as_texts: bool,
        overriding: bool,
    ) -> Decision:
        """Return the decision.

        Args:
            target: key of the element in the plan.
            inputs: values by name.
            known: values of decisions by key, which are not decided again.
            now: the clock.
            as_texts: dates come as ISO 8601 texts, as everything that has no place in JSON.
            overriding: an input with the name of a decision stands for it.
        """
        if not BUNDLE.exists():
            return failed(None, "FEEL is not installed here. Run make install.")
        seen = {name: inputs[name] for name in inputs if self.mentions(name)}
        try:
            check_extent(seen)
            request = outgoing(
                {
                    "model": self._model,
                    "target": target,
                    "inputs": seen,
                    "known": list(known.items()),
                    "now": None if now is None else moment_text(now),
                    "overriding": overriding,
                }
            )
            return _read(incoming(self._asked(f'{{"decide": {request}}}'), as_texts=as_texts))
        except (SandboxError, TypeError, ValueError) as failure:
            cure = getattr(failure, "cure", None)
            return failed(
                None, f"It failed: {str(failure).rstrip('.')}.{f' {cure}' if cure else ''}"
            )

    def _asked(self, question: str) -> str:
        for _ in range(_TIMES):
            answer = SANDBOX.ask("F", question)
            if answer != _UNKNOWN:
                return answer
            self._keep()
            if time.monotonic() > self._tired_until:
                self._warm()
        raise SandboxError("the sandbox forgets it: others need its memory")

    def _keep(self) -> None:
        seconds = _KEEPING + len(self._plan) / 2**20 * _KEEPING_A_MEGABYTE
        told = f'{{"keep": {{"model": "{self._model}", "plan": {self._plan}}}}}'
        SANDBOX.ask("F", told, seconds=seconds)

    def _warm(self) -> None:
        """Let cells be read, for a little over a second at most; the decision reads the rest."""
        request = f'{{"warm": {{"model": "{self._model}"}}}}'
        try:
            for _ in range(_SLICES):
                if SANDBOX.ask("F", request, seconds=_SLICE) != '{"left":true}':
                    return
                time.sleep(_TURN)
        except SandboxError:
            self._keep()  # one of the cells took the sandbox along
        self._tired_until = time.monotonic() + _TIRED


def failed(element: str | None, message: str) -> Decision:
    """Return the decision that could not be made."""
    return Decision(None, failures=(Failure(element, message),))


def _read(found: dict[str, Any]) -> Decision:
    return Decision(
        found["value"],
        tuple(_fired(rule) for rule in found["fired"]),
        tuple(Evaluated(each["key"], each["name"], each["value"]) for each in found["evaluated"]),
        tuple(Failure(*each) for each in found["failures"]),
        tuple(Failure(*each) for each in found["warnings"]),
    )


def _fired(rule: Mapping[str, Any]) -> FiredRule:
    return FiredRule(
        rule["id"],
        rule["row"],
        rule["decision"],
        tuple(Match(*each) for each in rule["matched"]),
        rule["outputs"],
        tuple(rule["annotations"]),
    )
