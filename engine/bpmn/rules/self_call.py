"""A process calls itself, directly or through others, before anything waits.

Each call begins with the next one, so nothing ever comes to its second element: the engine stops
the instance with an incident when calls are too deep inside each other. Decide first whether
another call is needed, or wait for something before it.

A draft where every instance calls itself, a warning where a decision comes before the call: then
it ends when the decision says so. Calls in other files of the same deployment are followed as
well.

Source: BPMN 2.0.2, 13.3.4 (a call activity starts the called process and waits for its end).
"""

from __future__ import annotations

from collections import deque

from engine.bpmn.analysis.calls import calling, calls_at_once
from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import Element

#: Calls that are followed in one file.
STEPS = 50_000


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Follow the calls of each process of this file back to itself."""
    own = calls_at_once(drawing)
    if not any(own.values()):
        return
    every = {**around.calls, **own}
    sure = _in_circles(
        {
            key: {one for one, certain in callees.items() if certain}
            for key, callees in every.items()
        }
    )
    possible = _in_circles({key: set(callees) for key, callees in every.items()})
    circling = [process for process in drawing.all("process") if process.get("id") in possible]
    for process in circling[: STEPS // max(len(possible), 1) + 1]:
        key = process.get("id", "")
        certain = _chain(sure, key)
        chain = certain or _chain(possible, key)
        if chain is not None:
            element = calling(process, chain[1])
            _note(element, chain, certain=certain is not None, findings=findings)


def _note(element: Element, chain: list[str], *, certain: bool, findings: Findings) -> None:
    through = "".join(f" through '{one}'" for one in chain[1:-1][:5])
    message = f"The process '{chain[0]}' calls itself{through} before anything waits"
    cure = "Wait for something before the call, or decide whether another one is needed."
    if certain:
        findings.draft(element, f"{message}: no call ever ends.", cure)
    else:
        findings.warning(element, f"{message}: only a decision ends it.", cure)


def _in_circles(calls: dict[str, set[str]]) -> dict[str, set[str]]:
    """Leave out processes that call nobody, again and again; what remains leads to circles."""
    callers: dict[str, list[str]] = {}
    for key, callees in calls.items():
        for callee in callees:
            callers.setdefault(callee, []).append(key)
    open_calls = {key: sum(c in calls for c in callees) for key, callees in calls.items()}
    pending = [key for key, count in open_calls.items() if not count]
    left_out: set[str] = set()
    while pending:
        key = pending.pop()
        left_out.add(key)
        for caller in callers.get(key, ()):
            open_calls[caller] -= 1
            if not open_calls[caller]:
                pending.append(caller)
    return {
        key: {callee for callee in callees if callee in calls and callee not in left_out}
        for key, callees in calls.items()
        if key not in left_out
    }


def _chain(calls: dict[str, set[str]], key: str) -> list[str] | None:
    """Return the shortest row of calls from ``key`` back to it."""
    came_from: dict[str, str] = {}
    pending = deque([key])
    while pending:
        caller = pending.popleft()
        for callee in sorted(calls.get(caller, ())):
            if callee == key:
                chain = [key]
                while caller != key:
                    chain.append(caller)
                    caller = came_from[caller]
                return [key, *reversed(chain)]
            if callee not in came_from:
                came_from[callee] = caller
                pending.append(callee)
    return None
