"""Asks the sandbox for decisions, and reads its answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from engine.bpmn.decisions.model import Plan
from engine.bpmn.expressions.sandbox.border import TAG, incoming, moment_text, outgoing
from engine.bpmn.expressions.sandbox.process import BUNDLE, SANDBOX, SandboxError
from engine.decisions import Decision, Evaluated, Failure, FiredRule, Match

#: Seconds that it takes at most to keep a plan, and each kilobyte of it: its cells are read then.
_KEEPING_SECONDS, _KEEPING_A_KILOBYTE = 2.0, 0.01


class Asked:
    """A plan as the sandbox knows it: sent once, and again where it was forgotten."""

    def __init__(self, plan: Plan) -> None:
        """Encode the plan."""
        self._plan = msgspec.json.encode(plan).decode()
        self._model = hashlib.sha256(self._plan.encode()).hexdigest()[:32]

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
        try:
            request = outgoing(
                {
                    "model": self._model,
                    "target": target,
                    "inputs": {name: inputs[name] for name in inputs if name in self._plan},
                    "known": list(known.items()),
                    "now": None if now is None else moment_text(now),
                    "overriding": overriding,
                }
            )
            question = f'{{"decide": {request}}}'
            answer = SANDBOX.ask("F", question)
            if answer == '{"unknown":true}':
                told = f'{{"model": "{self._model}", "plan": {self._plan}}}'
                patience = _KEEPING_SECONDS + len(told) / 1024 * _KEEPING_A_KILOBYTE
                SANDBOX.ask("F", f'{{"keep": {told}}}', seconds=patience)
                answer = SANDBOX.ask("F", question)
            return _read(answer, as_texts)
        except (SandboxError, TypeError, ValueError) as failure:
            return failed(None, f"It failed: {str(failure).rstrip('.')}.")


def failed(element: str | None, message: str) -> Decision:
    """Return the decision that could not be made."""
    return Decision(None, failures=(Failure(element, message),))


def _read(answer: str, as_texts: bool) -> Decision:
    found = json.loads(answer, object_hook=_untagged) if as_texts else incoming(answer)
    return Decision(
        found["value"],
        tuple(_fired(rule) for rule in found["fired"]),
        tuple(Evaluated(each["key"], each["name"], each["value"]) for each in found["evaluated"]),
        tuple(Failure(*each) for each in found["failures"]),
        tuple(Failure(*each) for each in found["warnings"]),
    )


def _untagged(found: dict[str, Any]) -> Any:
    return found[TAG][1] if TAG in found else found


def _fired(rule: Mapping[str, Any]) -> FiredRule:
    return FiredRule(
        rule["id"],
        rule["row"],
        rule["decision"],
        tuple(Match(*each) for each in rule["matched"]),
        rule["outputs"],
        tuple(rule["annotations"]),
    )
